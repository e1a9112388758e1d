"""The inbox of a desk: baskets and their counts, filter, search, pages, and never another town's case."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kreisportal.cases import by_applicant, inbox, work
from kreisportal.cases.inbox import Basket, Inbox, Question, count_baskets, read_inbox
from kreisportal.kernel.database import Context
from kreisportal.staff import team
from kreisportal.staff.duty import Duty
from tests.cases.house import CaseFacts, House
from tests.cases.test_work import ACTS, do

TODAY = date(2031, 3, 3)
Ask = Callable[..., Inbox]


@pytest.fixture(scope="module")
def me(house: House) -> Context:
    """Who asks: a caseworker of Visbek, where nothing else happens."""
    return house.staff("visbek")


@pytest.fixture(scope="module")
def cases(house: House, me: Context) -> dict[str, CaseFacts]:
    """A case for each basket."""
    made = {
        name: house.case("visbek", family_name=name)
        for name in ("Neu", "Meine", "Wartet", "Vorbei", "Andrer")
    }
    colleague = house.staff("visbek")
    do(house, me, made["Meine"], work.take)
    do(house, me, made["Wartet"], ACTS["question"])
    do(house, colleague, made["Andrer"], work.take)
    do(house, colleague, made["Vorbei"], ACTS["decided"])
    house.case("lohne", family_name="Fremd")
    for name, days in (("Neu", 5), ("Meine", -1), ("Wartet", 0), ("Vorbei", -9), ("Andrer", 2)):
        day = TODAY + timedelta(days=days)
        house.rows("UPDATE cases SET due_on = %s WHERE id = %s RETURNING 1", day, made[name].id)
    return made


@pytest.fixture
def ask(house: House, me: Context, cases: dict[str, CaseFacts]) -> Ask:
    """Asks the inbox: ``ask(Basket.NEW, words="…")``."""

    def asked(basket: Basket, context: Context = me, **more: Any) -> Inbox:
        assert context.staff_id is not None
        duty = Duty(context.staff_id, (), frozenset())
        question = dataclasses.replace(Question(basket, duty, TODAY), **more)
        with house.acting(context) as session:
            return read_inbox(session, question)

    return asked


def names(found: Inbox) -> list[str]:
    """The family names of the cases of a page."""
    return [(row.applicant_name or "").rpartition(" ")[2] for row in found.cases]


@pytest.mark.parametrize(
    ("basket", "expected"),
    [
        (Basket.NEW, ["Neu"]),
        (Basket.MINE, ["Meine", "Wartet"]),
        (Basket.WAITING, ["Wartet"]),
        (Basket.OVERDUE, ["Meine"]),
        (Basket.OPEN, ["Meine", "Wartet", "Andrer", "Neu"]),
        (Basket.CLOSED, ["Vorbei"]),
    ],
)
def test_each_basket_holds_what_its_name_says_by_due_date(
    ask: Ask, basket: Basket, expected: list[str]
) -> None:
    found = ask(basket)
    assert names(found) == expected
    assert (found.total, found.page, found.pages) == (len(expected), 1, 1)
    assert found.counts[basket] == len(expected)


def test_counts_do_not_depend_on_what_is_asked_for(house: House, ask: Ask, me: Context) -> None:
    found = ask(Basket.CLOSED, words="gibt es nicht", service_key="keine")
    assert (names(found), found.total) == ([], 0)
    expected = dict(zip(Basket, (1, 2, 1, 1, 4, 1), strict=True))
    assert found.counts == expected
    assert me.staff_id is not None
    with house.acting(me) as session:
        assert (
            count_baskets(session, Question(Basket.NEW, Duty(me.staff_id, (), frozenset()), TODAY))
            == expected
        )


def test_another_town_sees_none_of_it(house: House, ask: Ask) -> None:
    found = ask(Basket.OPEN, house.staff("holdorf"))
    assert (names(found), found.total, set(found.counts.values()), found.services) == ([], 0, {0}, [])


@pytest.mark.parametrize("words", ["neu", "NEU", "änne neu", "aenne", "  neu  ", "beispiel neu", "wölfch"])
def test_a_name_is_found_however_it_is_written(ask: Ask, words: str) -> None:
    expected = ["Neu"] if "neu" in words.lower() and "beispiel" not in words else names(ask(Basket.OPEN))
    if "beispiel" in words:
        expected = []
    assert names(ask(Basket.OPEN, words=words)) == expected


@pytest.mark.parametrize(
    "written", [str, str.lower, lambda number: number.replace("-", " "), lambda n: n[4:14]]
)
def test_a_number_is_found_whole_or_in_part(
    ask: Ask, cases: dict[str, CaseFacts], written: Callable[[str], str]
) -> None:
    assert names(ask(Basket.OPEN, words=written(cases["Andrer"].number))) == ["Andrer"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "%%", "a%z", "'"])
def test_signs_of_the_database_are_letters_like_others(ask: Ask, words: str) -> None:
    assert names(ask(Basket.OPEN, words=words)) == []


def test_a_service_is_a_filter(ask: Ask) -> None:
    assert ask(Basket.OPEN, service_key="hund-anmelden").total == 4
    assert ask(Basket.OPEN, service_key="hund").total == 0
    assert ask(Basket.OPEN).services == ["hund-anmelden"]


def test_pages_are_whole_and_none_is_beyond_the_last(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE_SIZE", 3)
    first, last = ask(Basket.OPEN, page=1), ask(Basket.OPEN, page=2)
    assert (first.pages, names(first) + names(last)) == (2, ["Meine", "Wartet", "Andrer", "Neu"])
    assert (ask(Basket.OPEN, page=99).page, ask(Basket.OPEN, page=-3).page) == (2, 1)
    assert ask(Basket.NEW, page=2, words="nichts").pages == 1


def test_closed_ones_come_newest_first(house: House, ask: Ask, cases: dict[str, CaseFacts]) -> None:
    late = house.case("visbek", family_name="Spät")
    with house.acting(late.context) as session:
        by_applicant.withdraw(session, late.context, late.id, 30)
    try:
        assert names(ask(Basket.CLOSED)) == ["Spät", "Vorbei"]
    finally:
        house.rows("DELETE FROM cases WHERE id = %s RETURNING 1", late.id)


def test_somebody_elses_cases_are_not_mine(ask: Ask, me: Context) -> None:
    stranger = dataclasses.replace(me, staff_id=uuid.uuid4())
    assert ask(Basket.MINE, stranger).total == 0


def test_what_other_departments_work_is_shown_only_if_asked_for_or_given(ask: Ask, me: Context) -> None:
    assert me.staff_id is not None
    duty = Duty(me.staff_id, (), frozenset({"hund-anmelden"}))
    assert names(ask(Basket.OPEN, duty=duty)) == ["Meine", "Wartet"]
    assert ask(Basket.OPEN, duty=duty).counts[Basket.NEW] == 0
    assert names(ask(Basket.OPEN, duty=duty, everything=True)) == names(ask(Basket.OPEN))
    elsewhere = Duty(me.staff_id, (), frozenset({"sperrmuell"}))
    assert names(ask(Basket.OPEN, duty=elsewhere)) == names(ask(Basket.OPEN))


def test_the_cases_of_who_is_away_are_among_the_deputys(
    ask: Ask, me: Context, house: House, cases: dict[str, CaseFacts]
) -> None:
    assert me.staff_id is not None
    (other,) = house.rows("SELECT assignee_id FROM cases WHERE id = %s", cases["Andrer"].id)[0]
    with house.acting(me) as session:
        absent = team.member(session, other)
    both = Duty(me.staff_id, (absent,), frozenset({"hund-anmelden"}))
    assert sorted(names(ask(Basket.MINE, duty=both))) == ["Andrer", "Meine", "Wartet"]
    assert names(ask(Basket.MINE)) == ["Meine", "Wartet"]
