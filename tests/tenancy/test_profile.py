"""A tenant as pages see it is the tenant as its files say, whatever the database has packed away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition import TenantHosts
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.definition_region import tenant_folders
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord, pack, unpack
from kreisportal.web.program import Program


def record(program: Program, slug: str) -> TenantRecord:
    found = program.keeper.current.registry.by_slug_or_none(slug)
    assert found is not None
    return found


@pytest.mark.parametrize("folder", tenant_folders(shipped("tenants")), ids=lambda folder: folder.name)
def test_it_is_what_the_files_say(program: Program, folder: object) -> None:
    original = read_tenant(folder)  # type: ignore[arg-type]
    seen = definition_of(record(program, original.slug))
    # Offers and legal pages are kept elsewhere; of the hosts only the canonical one matters on a page.
    expected = replace(
        original,
        offers={},
        legal={},
        own_texts={},
        parent=original.parent and "parent",
        hosts=TenantHosts(original.hosts.portal[:1]),
    )
    assert seen == expected


def test_it_is_read_once(program: Program) -> None:
    town = record(program, "vechta")
    assert definition_of(town) is definition_of(town)


def test_a_change_is_another_record_and_read_anew(program: Program) -> None:
    town = record(program, "vechta")
    facts = dict(unpack(town.packed))
    facts["profile"] = {**facts["profile"], "name": {**facts["profile"]["name"], "de": "Stadt Anders"}}
    assert definition_of(replace(town, packed=pack(facts))).name.full["de"] == "Stadt Anders"
    assert definition_of(town).name.full["de"] == "Stadt Vechta"


def test_what_a_later_version_has_added_does_not_hurt(program: Program) -> None:
    town = record(program, "vechta")
    facts = dict(unpack(town.packed))
    facts["profile"] = {**facts["profile"], "something_new": {"x": 1}}
    assert definition_of(replace(town, packed=pack(facts))).name.short == "Vechta"


def test_what_cannot_be_without_a_file_may_be_missing(program: Program) -> None:
    town = record(program, "vechta")
    facts = dict(unpack(town.packed))
    facts["profile"] = {key: facts["profile"][key] for key in ("name", "contact", "state")}
    seen = definition_of(replace(town, packed=pack(facts), hosts=()))
    assert (seen.brand, seen.hours, seen.mail, seen.offices, seen.hosts.portal) == (None, None, None, (), ())
