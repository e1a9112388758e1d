"""To which authority a case can be passed on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import g

from kreisportal.app import create_app
from kreisportal.cases.pages import targets
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.web.program import Program
from kreisportal.web.site import Here


@pytest.fixture
def at_lohne(program: Program) -> Iterator[None]:
    """The desk of Lohne, whose district has four more authorities on line."""
    snapshot = program.keeper.current
    tenant = snapshot.registry.by_slug_or_none("lohne")
    assert tenant is not None
    host = tenant.host("desk") or ""
    with create_app(program).test_request_context(base_url=f"https://{host}"):
        g.here = Here("desk", host, tenant, snapshot)
        yield


def test_the_list_is_the_districts(at_lohne: None) -> None:
    assert [slug for slug, _ in targets.listed_targets()] == [
        "bakum",
        "neuenkirchen-voerden",
        "landkreis-vechta",
        "vechta",
    ]


@pytest.mark.parametrize("typed", ["Cloppenburg", "49661", "cloppenburg"])
def test_an_authority_of_another_district_is_found_by_its_place(at_lohne: None, typed: str) -> None:
    assert targets.find_target("", typed).slug == "cloppenburg"


def test_what_is_typed_counts_before_the_list(at_lohne: None) -> None:
    assert targets.find_target("vechta", "Bakum").slug == "bakum"
    assert targets.find_target("vechta", "").slug == "vechta"


@pytest.mark.parametrize(
    ("slug", "typed", "field", "words"),
    [
        ("", "", targets.LISTED, "Wählen Sie die Behörde"),
        ("lohne", "", targets.LISTED, "Wählen Sie die Behörde"),
        ("nirgends", "", targets.LISTED, "Wählen Sie die Behörde"),
        ("", "Xyzhausen", targets.TYPED, "Diesen Ort kennen wir nicht"),
        ("vechta", "Garrel", targets.TYPED, "nimmt hier keine Vorgänge an"),
    ],
)
def test_a_refusal_says_what_to_do(at_lohne: None, slug: str, typed: str, field: str, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        targets.find_target(slug, typed)
    assert words in caught.value.messages[field][0]
