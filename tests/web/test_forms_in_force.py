"""Forms at run time: the one in force for who begins, the one from then for who has begun."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.forms_in_force import current_form, form_version
from kreisportal.web.program import Program
from tests.support.server import DatabaseCopy
from tests.web.small_app import with_views

FORM = "hund-anmelden"


@pytest.fixture(scope="module")
def other(program: Program, region: DatabaseCopy) -> Iterator[int]:
    """Another version of a form than the one in force, which the snapshot does not hold."""
    version, data = program.keeper.current.catalogue.forms[FORM]
    changed = json.loads(json.dumps(data))
    changed["title"]["de"] = "Hund neu anmelden"
    with region.superuser() as superuser:
        superuser.execute(
            "INSERT INTO catalogue_entries (kind, key, version, position, digest, data, release_id, retired_by)"
            " SELECT kind, key, version + 1, position, digest, %s, release_id, release_id FROM catalogue_entries"
            " WHERE kind = 'form' AND key = %s AND version = %s",
            (json.dumps(changed), FORM, version),
        )
    yield version + 1


def ask(program: Program, question: Any) -> str:
    """What a view says that asks for a form."""
    with with_views(program, {"ask": question}) as client:
        return client("vechta.localhost").get("/test/ask").text


def test_who_begins_gets_the_form_in_force(program: Program) -> None:
    version, form = program.keeper.current.catalogue.forms[FORM]

    def question() -> str:
        found_version, found = current_form(FORM)
        return f"{found_version} {found.key} {len(found.steps)}"

    assert ask(program, question) == f"{version} {FORM} {len(form['steps'])}"


def test_who_has_begun_with_another_version_goes_on_with_that(program: Program, other: int) -> None:
    def question() -> str:
        return f"{form_version(FORM, other).title['de']} / {current_form(FORM)[1].title['de']}"

    assert ask(program, question) == "Hund neu anmelden / Hund anmelden"


@pytest.mark.parametrize(("key", "version"), [("nichts", 1), (FORM, 999)])
def test_a_form_that_there_never_was_is_not_found(program: Program, key: str, version: int) -> None:
    def question() -> str:
        with pytest.raises(NotFoundError):
            form_version(key, version)
        with pytest.raises(NotFoundError):
            current_form("nichts")
        return "not found"

    assert ask(program, question) == "not found"


def test_a_version_is_built_once(program: Program, other: int) -> None:
    def question() -> str:
        return str(form_version(FORM, other) is form_version(FORM, other))

    assert ask(program, question) == "True"
