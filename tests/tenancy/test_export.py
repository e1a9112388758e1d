"""A tenant written as files is read in again as the same tenant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kreisportal.catalogue.offers import file_table, import_offers
from kreisportal.catalogue.queries import offers_of
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition import TenantDefinition
from kreisportal.tenancy.definition_mark import drawing_of
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.definition_region import tenant_folders
from kreisportal.tenancy.export import export_files
from kreisportal.tenancy.importing import import_tenant
from kreisportal.tenancy.models import Host, Tenant
from tests.documents import samples

_PICTURE: dict[str, Any] = {"file": "picture.webp", "alt": {"de": "Der Markt"}, "credit": "A. Beispiel"}
_MADE = {"digest": "ab" * 32, "width": 1280, "height": 640}
_COUNCIL = "https://rat.example/oparl"
SLUGS = [folder.name for folder in tenant_folders(shipped("tenants"))]


def exported(session: Session, slug: str, folder: Path) -> TenantDefinition:
    """The tenant as the command ``tenant export`` writes it and ``tenant add`` reads it."""
    row = session.scalars(select(Tenant).where(Tenant.slug == slug)).one()
    parent = session.get(Tenant, row.parent_id) if row.parent_id else None
    hosts = list(session.scalars(select(Host).where(Host.tenant_id == row.id)))
    offers = {key: file_table(offer) for key, offer in offers_of(session, row.id).items()}
    for name, content in export_files(row, parent.slug if parent else None, hosts, offers).items():
        path = folder / slug / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    # The command lays the picture beside it, which lies with the town's documents.
    if "picture" in row.profile.get("brand", {}):
        (folder / slug / _PICTURE["file"]).write_bytes(b"RIFF")
    return read_tenant(folder / slug, shipped("tenants") / "_common")


@pytest.mark.parametrize("slug", SLUGS)
def test_what_was_read_in_and_written_out_is_the_same(database: Database, tmp_path: Path, slug: str) -> None:
    original = read_tenant(shipped("tenants") / slug)
    with database.transaction(REGION) as session:
        again = exported(session, slug, tmp_path)
    assert again == original


@pytest.mark.parametrize("slug", SLUGS[:3])
def test_reading_the_export_in_again_changes_nothing(database: Database, tmp_path: Path, slug: str) -> None:
    with database.transaction(REGION) as session:
        before = session.scalar(text("SELECT max(revision) FROM changes"))
        definition = exported(session, slug, tmp_path)
        outcome = import_tenant(session, definition)
        conflicts = import_offers(session, outcome.tenant_id, definition.offers)
        assert (outcome.taken, outcome.conflicts, conflicts) == ((), (), [])
        assert session.scalar(text("SELECT max(revision) FROM changes")) == before


def _closed_in_summer(tenant: Tenant) -> None:
    closed = [{"date": "2027-07-01", "until": "2027-07-14", "reason": {"de": "Umzug"}}]
    tenant.profile = {**tenant.profile, "hours": {**tenant.profile["hours"], "closed": closed}}


def _own_words(tenant: Tenant) -> None:
    own = {"imprint": {"de": "# Eigenes\n\n{name}\n", "en": "# Own\n\n{name}\n"}}
    tenant.profile = {**tenant.profile, "texts": own}


def _odd_letters(tenant: Tenant) -> None:
    name = {**tenant.profile["name"], "de": "Stadt \"Vechta\" \\ ß – ✓ 'x'"}
    tenant.profile = {**tenant.profile, "name": name}


def _by_its_admin(tenant: Tenant) -> None:
    svg = drawing_of(samples.image("PNG"), 40, 30)
    tenant.profile = {
        **tenant.profile,
        "brand": {"colour": "#123456", "mark": "mark.svg", "mark_svg": svg, "picture": _PICTURE | _MADE},
        "home": {"order": ["life", "often", "business", "topics"]},
        "notice": {"text": {"de": "Zu.", "en": "Closed."}, "kind": "warning", "from": "2027-01-01"},
        "declaration": {"date": "2027-01-02", "checked_by": "Prüfstelle"},
        "council": {"url": _COUNCIL, "body": f"{_COUNCIL}/body/1", "name": "Rat", "on": False},
        "languages": ["de-simple"],
    }


@pytest.mark.parametrize("change", [_closed_in_summer, _own_words, _odd_letters, _by_its_admin])
def test_what_an_admin_changed_is_in_the_files(
    database: Database, tmp_path: Path, change: Callable[[Tenant], None]
) -> None:
    with pytest.raises(RuntimeError, match="undone"), database.transaction(REGION) as session:
        row = session.scalars(select(Tenant).where(Tenant.slug == "vechta")).one()
        change(row)
        session.flush()
        definition = exported(session, "vechta", tmp_path)
        written = {**row.profile, "brand": dict(row.profile["brand"])}
        texts = written.pop("texts", {})
        mark_svg = written["brand"].pop("mark_svg")
        if "picture" in written["brand"]:
            written["brand"]["picture"] = _PICTURE
        assert definition.brand and definition.brand.mark_svg == mark_svg
        for key in ("name", "hours", "brand", "home", "notice", "declaration", "council", "languages"):
            assert definition.document.get(key) == written.get(key)
        assert definition.own_texts == texts
        raise RuntimeError("undone")


def test_an_authority_without_a_portal_has_no_hosts_and_no_mark(database: Database, tmp_path: Path) -> None:
    with database.transaction(REGION) as session:
        slug = session.scalars(select(Tenant.slug).where(~Tenant.has_portal)).first()
        assert slug
        definition = exported(session, slug, tmp_path)
    assert definition.hosts.portal == ()
    assert [path.name for path in (tmp_path / slug).iterdir()] == ["tenant.toml"]
