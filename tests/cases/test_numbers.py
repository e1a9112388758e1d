"""Case numbers: they survive being typed, show a slip, and are never given twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal import cases
from kreisportal.cases.numbers import case_number, next_number, normalise
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.ids import new_id
from tests.support.server import DatabaseCopy

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)
years = st.integers(2000, 2999)
runnings = st.integers(1, 99_999_999)
numbers = st.builds(case_number, codes, years, runnings)
TENANT = 4001


@given(codes, years, runnings)
def test_a_number_names_town_year_and_place_in_line(code: str, year: int, running: int) -> None:
    parts = case_number(code, year, running).split("-")
    assert (parts[0], int(parts[1]), int(parts[2]), len(parts[3])) == (code, year, running, 1)
    assert len(parts[2]) >= 5


def test_the_example_that_the_page_shows_is_a_number() -> None:
    template = Path(cases.__file__).parent / "templates" / "cases" / "enter.html"
    (example,) = re.findall(r"[A-Z]{3}-\d{4}-\d+-\d", template.read_text("utf-8"))
    assert normalise(example) == example


@given(numbers, st.data())
def test_every_wrong_digit_is_noticed(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([at for at, letter in enumerate(number) if letter.isdigit()]))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != number[place]]))
    assert normalise(number[:place] + digit + number[place + 1 :]) is None


@given(numbers, st.data())
def test_digits_that_changed_places_are_noticed(number: str, data: st.DataObject) -> None:
    pairs = [
        at
        for at in range(len(number) - 1)
        if number[at : at + 2].isdigit() and number[at] != number[at + 1]
        # The one pair that the check digit cannot tell apart.
        if {number[at], number[at + 1]} != {"0", "9"}
    ]
    if pairs:
        at = data.draw(st.sampled_from(pairs))
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        assert normalise(swapped) is None


@given(
    numbers, st.sampled_from([" ", "", "-", "–", "‑", "—", " - ", ".", "/", "\t", "\u00ad"]), st.booleans()
)
def test_what_people_make_of_a_number_is_understood(number: str, separator: str, small: bool) -> None:
    typed = separator.join(number.split("-"))
    assert normalise(f"  {typed.lower() if small else typed}\n") == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "VEC",
        "VEC-2026-42-8",
        "VEC-2026-00042",
        "VEC-2026-000042-8",
        "VECH-2026-00042-8",
        "ÄÖÜ-2026-00042-8",
        "VEC-2026-00042-8; DROP TABLE cases",
        "VEC-2026-٠٠٠٤٢-8",
        "VEC-2026-" + "9" * 5000 + "-7",
        "٤٢",
    ],
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert normalise(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_in_its_proper_form_or_none(typed: str) -> None:
    found = normalise(typed)
    assert found is None or normalise(found) == found


@pytest.fixture(scope="module")
def database(schema: DatabaseCopy) -> Iterator[Database]:
    """A database with a town of its own."""
    with schema.superuser() as connection:
        connection.execute(
            "INSERT INTO tenants (id, slug, code, kind, ars, has_portal, state, profile, imported)"
            f" VALUES ({TENANT}, 't', 'TST', 'city', '034600009999', true, 'open', '{{}}', '{{}}')"
        )
    opened = schema.open()
    yield opened
    opened.close()


def applicant() -> Context:
    return Context(ActorKind.APPLICANT, TENANT, subject_id=new_id())


def take(database: Database, year: int) -> str:
    with database.transaction(applicant()) as session:
        return next_number(session, TENANT, "TST", year)


def test_a_year_begins_with_one_and_goes_on_by_one(database: Database) -> None:
    assert [take(database, 2031) for _ in range(3)] == [case_number("TST", 2031, n) for n in (1, 2, 3)]
    assert take(database, 2032) == case_number("TST", 2032, 1)
    assert take(database, 2031) == case_number("TST", 2031, 4)


def test_a_number_whose_submission_failed_is_given_again(database: Database) -> None:
    first = take(database, 2041)
    with pytest.raises(RuntimeError), database.transaction(applicant()) as session:
        next_number(session, TENANT, "TST", 2041)
        raise RuntimeError
    assert (first, take(database, 2041)) == (case_number("TST", 2041, 1), case_number("TST", 2041, 2))


def test_two_at_once_wait_for_each_other(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> str:
        with database.transaction(applicant()) as session:
            number = next_number(session, TENANT, "TST", 2051)
            begun.set()
            assert may_end.wait(20)
            return number

    with ThreadPoolExecutor(2) as people:
        first = people.submit(slow)
        assert begun.wait(20)
        second = people.submit(take, database, 2051)
        may_end.set()
        assert {first.result(20), second.result(20)} == {case_number("TST", 2051, n) for n in (1, 2)}
