"""Passing on at the desk: the district's authorities in a list, others by their place, and never to one nobody meant."""

from __future__ import annotations

import re

import pytest

from tests.cases.house import CONTENT, House
from tests.cases.test_desk_views import Desks, address, kinds, page_of, send


def test_the_list_names_the_authorities_of_the_district_that_are_on_line(house: House, desk: Desks) -> None:
    page = page_of(desk("lohne"), house.case("lohne")).text
    (listed,) = re.findall(r'<select[^>]* name="behoerde".*?</select>', page, re.DOTALL)
    slugs = re.findall(r'value="([^"]+)"', listed)
    assert slugs == ["bakum", "neuenkirchen-voerden", "landkreis-vechta", "vechta"]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Cloppenburg", "cloppenburg"),
        (" cloppenburg ", "cloppenburg"),
        ("49377", "vechta"),
        ("Lohne", "lohne"),
        ("Lohne (Oldenburg)", "lohne"),
    ],
)
def test_another_authority_is_found_by_its_place_which_goes_before_the_list(
    house: House, desk: Desks, typed: str, slug: str
) -> None:
    case, at = house.case("bakum"), desk("bakum")
    values = {"behoerde": "landkreis-vechta", "anderer_ort": typed, "grund": "Dort."}
    assert send(at, case, "weitergeben", **values).status_code == 303
    gone = house.value(
        "SELECT went_to_id FROM cases WHERE id = %s AND tenant_id = %s", case.id, case.tenant.id
    )
    assert gone == house.tenant(slug).id


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Xyz", "Diesen Ort kennen wir nicht"),
        ("Hannover", "Diesen Ort kennen wir nicht"),
        ("Neuenkirchen", "Diesen Ort kennen wir nicht"),
        ("Friesoythe", "nimmt hier keine Vorgänge an"),
        ("Bakum", "nimmt hier keine Vorgänge an"),
        # The city of Oldenburg is elsewhere; of the places that bear its name in theirs only Lohne is on line.
        ("Oldenburg", "Das können mehrere sein: "),
        ("Loh", "Das können mehrere sein: Lohheide, Lohne (Oldenburg)"),
    ],
)
def test_a_place_that_says_too_little_or_cannot_take_it_is_asked_about(
    house: House, desk: Desks, typed: str, sentence: str
) -> None:
    case, at = house.case("bakum"), desk("bakum")
    answer = send(at, case, "weitergeben", anderer_ort=typed, grund="Dort.")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Dort." in answer.text
    assert kinds(house, case) == ["submitted"]


def test_passing_on_leaves_only_where_it_went(house: House, desk: Desks) -> None:
    case, at = house.case("lohne", files=1, family_name="Ganz-Einmalig"), desk("lohne")
    answer = send(at, case, "weitergeben", behoerde="landkreis-vechta", grund="Der Kreis ist zuständig.")
    assert answer.status_code == 303
    page = page_of(at, case).text
    assert "Weitergegeben an Landkreis Vechta" in page
    for gone in ("Wölfchen", "Nachweis 0.pdf", "Ganz-Einmalig"):
        assert gone not in page, gone
    there = desk("landkreis-vechta")
    arrived = page_of(there, case).text
    for text in (case.number, "Weitergegeben von Stadt Lohne", "Ganz-Einmalig", "Der Kreis ist zuständig."):
        assert text in arrived, text
    document = there.browser.get(address(case, f"dokument/{case.files[0]}"), buffered=True)
    assert document.data == CONTENT
    assert at.browser.get(address(case, f"dokument/{case.files[0]}")).status_code == 404
    assert at.browser.get(address(case, "kopie.pdf")).status_code == 404


def test_an_authority_that_closed_a_moment_ago_is_refused_with_words(house: House, desk: Desks) -> None:
    case, at, target = house.case("lohne"), desk("lohne"), house.tenant("neuenkirchen-voerden")
    page = page_of(at, case)
    # The program's registry does not know it yet.
    house.rows("UPDATE tenants SET has_portal = false WHERE id = %s RETURNING 1", target.id)
    try:
        answer = send(at, case, "weitergeben", page, behoerde=target.slug, grund="Nicht hier.")
    finally:
        house.rows("UPDATE tenants SET has_portal = true WHERE id = %s RETURNING 1", target.id)
    assert answer.status_code == 409
    assert "Diese Behörde kann gerade keine Vorgänge annehmen" in answer.text
    assert "Nicht hier." in answer.text
    assert kinds(house, case) == ["submitted"]
