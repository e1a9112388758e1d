"""Pieces of pages that are kept: the same for everybody at a town, never another town's, language's or person's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import render_template_string, request
from sqlalchemy import text

from kreisportal.kernel.database.context import REGION
from kreisportal.web import fragments
from kreisportal.web.program import Program
from tests.web.small_app import with_views

PIECE = (
    "{% call kept('piece', value) %}{{ count() }} {{ page.town.name }} {{ page.language.path }}{% endcall %}"
)


@pytest.fixture
def pages(program: Program) -> Iterator[tuple[Any, list[int]]]:
    """Browsers for a page with a piece, and how often the piece was rendered."""
    rendered: list[int] = []

    def count() -> str:
        rendered.append(1)
        return f"No. {len(rendered)}"

    def piece() -> str:
        return render_template_string(PIECE, count=count, value=request.args.get("value", ""))

    with with_views(program, {"piece": piece}, fresh=True) as client:
        yield client, rendered


def test_it_is_rendered_once_for_all_who_see_the_same(pages: Any) -> None:
    client, rendered = pages
    first = client("vechta.localhost").get("/test/piece?x=1").text
    assert client("vechta.localhost").get("/test/piece?x=2").text == first == "No. 1 Stadt Vechta de"
    assert len(rendered) == 1


def test_each_town_host_and_value_has_its_own(pages: Any) -> None:
    client, rendered = pages
    texts = {
        client("vechta.localhost").get("/test/piece").text,
        client("cloppenburg.localhost").get("/test/piece").text,
        client("vechta.localhost").get("/test/piece?value=other").text,
    }
    assert {text.partition(" ")[2].partition(" ")[2] for text in texts} == {
        "Stadt Vechta de",
        "Stadt Cloppenburg de",
    }
    assert len(rendered) == len(texts) == 3


def rename(program: Program, name: str) -> None:
    """Give Vechta another name, and let the program see it."""
    change = text(
        "UPDATE tenants SET profile = jsonb_set(profile, '{name,de}', to_jsonb(CAST(:name AS text)))"
        " WHERE slug = 'vechta'"
    )
    with program.database.transaction(REGION) as session:
        session.execute(change, {"name": name})
    assert program.keeper.renew()


def test_a_town_that_has_changed_is_rendered_anew(pages: Any, program: Program) -> None:
    client, rendered = pages
    client("vechta.localhost").get("/test/piece")
    rename(program, "Stadt Neu")
    try:
        assert "Stadt Neu" in client("vechta.localhost").get("/test/piece").text
    finally:
        rename(program, "Stadt Vechta")
    assert len(rendered) == 2


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an application that is made from now on keep two pieces."""
    monkeypatch.setattr(fragments, "_MOST", 2)


@pytest.mark.usefixtures("little_room")
def test_there_are_never_more_than_there_is_room_for(pages: Any) -> None:
    client, rendered = pages
    for value in ("a", "b", "a", "c", "a", "b"):
        client("vechta.localhost").get(f"/test/piece?value={value}")
    # The one that was not asked for longest had to go: b, when c came.
    assert len(rendered) == 4
