"""Inviting somebody to act, answering, ending; both sides see it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from kreisportal.kernel import clock
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.cases.citizen import token_of
from tests.cases.house import SERVICE
from tests.mandates.acting import ACTING, GIVER, PAGES, Pair, account_of, answer_as
from tests.support.browser import Browser
from tests.support.statements import statements_sent


def test_both_see_a_mandate_that_was_accepted(pair: Pair) -> None:
    mandate = pair.invite("leistung")
    giver, acting = pair.giver.at(HOST), pair.acting.at(HOST)
    assert "noch nicht angenommen" in giver.get(f"{PAGES}/{mandate}").text
    assert acting.get(f"{PAGES}/{mandate}").status_code == 404, "nobody is joined by an address"
    page = acting.get(pair.link(mandate))
    assert title_of(page) == f"Für {GIVER} handeln?"
    assert "nur „Hund anmelden“: Stadt Vechta" in page.text
    assert pair.accept(mandate).headers["Location"] == f"{PAGES}/{mandate}"
    assert title_of(giver.get(f"{PAGES}/{mandate}")) == f"{ACTING} handelt für mich"
    assert title_of(acting.get(f"{PAGES}/{mandate}")) == f"Ich handle für {GIVER}"
    for own in (giver, acting):
        assert "in Kraft seit" in own.get(f"{PAGES}/").text
    mails = pair.house.rows(
        "SELECT recipient, template FROM mails WHERE data->>'mandate_id' = %s ORDER BY template, recipient",
        str(mandate),
    )
    assert mails == [
        *sorted((person.email, "mandate_accepted") for person in (pair.giver, pair.acting)),
        (pair.acting.email, "mandate_invitation"),
    ]


@pytest.mark.parametrize(("who", "word"), [("giver", "widerrufen"), ("acting", "niedergelegt")])
def test_either_side_ends_it_once(pair: Pair, who: str, word: str) -> None:
    mandate = pair.give()
    person: Citizen = getattr(pair, who)
    page = person.at(HOST).get(f"{PAGES}/{mandate}")
    assert pair.end(mandate, person).status_code == 303
    for each in (pair.giver, pair.acting):
        assert word in each.at(HOST).get(f"{PAGES}/{mandate}").text
    again = person.at(HOST).submit(page, {}, f"{PAGES}/{mandate}/beenden")
    assert again.status_code == 404
    told = pair.house.rows(
        "SELECT recipient FROM mails WHERE data->>'mandate_id' = %s AND template = 'mandate_ended'",
        str(mandate),
    )
    assert {recipient for (recipient,) in told} == {pair.giver.email, pair.acting.email}


def test_a_link_is_answered_once(pair: Pair, stranger: Citizen) -> None:
    mandate = pair.give()
    assert answer_as(stranger, pair.link(mandate)).status_code == 404
    assert title_of(pair.acting.at(HOST).get(pair.link(mandate))) == "Diese Einladung gilt nicht mehr"


def test_a_declined_invitation_stays_declined(pair: Pair) -> None:
    mandate = pair.invite()
    assert pair.accept(mandate, "nein").headers["Location"] == f"{PAGES}/"
    assert "abgelehnt am" in pair.giver.at(HOST).get(f"{PAGES}/{mandate}").text
    assert pair.accept(mandate).status_code == 404
    assert pair.acting.at(HOST).get(f"{PAGES}/{mandate}").status_code == 404


def test_the_giver_cannot_accept(pair: Pair) -> None:
    mandate = pair.invite()
    answered = answer_as(pair.giver, pair.link(mandate))
    assert (answered.status_code, title_of(answered)) == (409, "Das ist Ihre eigene Einladung")


@pytest.mark.parametrize(
    "column", [{"invitation_until": "now()"}, {"ends_at": "now()"}], ids=["invitation", "mandate"]
)
def test_what_is_over_is_not_accepted(pair: Pair, column: dict[str, str]) -> None:
    mandate = pair.invite()
    page = pair.acting.at(HOST).get(pair.link(mandate))
    pair.set(mandate, **column)
    sent = pair.acting.at(HOST).submit(page, {"own_name": ACTING, "antwort": "ja"}, pair.link(mandate))
    assert sent.status_code == 404


def test_an_invitation_that_was_taken_back_is_nothing(pair: Pair) -> None:
    mandate = pair.invite()
    assert pair.end(mandate).status_code == 303
    assert pair.accept(mandate).status_code == 404


def test_a_guest_signs_in_first_and_comes_back(pair: Pair, client: Callable[..., Browser]) -> None:
    path = pair.link(pair.invite())
    led = client(HOST).get(path)
    assert led.status_code == 303
    assert "einladung" in led.headers["Location"]


def test_giving_asks_once_more_who_one_is(pair: Pair) -> None:
    own = pair.giver.at(HOST)
    pair.house.superuser.execute(
        "UPDATE sessions SET authenticated_at = now() - interval '20 minutes' WHERE account_id = %s",
        (account_of(pair.house, pair.giver),),
    )
    led = own.get(f"{PAGES}/neu/behoerde")
    assert "/bestaetigen" in led.headers["Location"]


def test_inviting_is_the_same_whether_an_account_has_the_address(pair: Pair, stranger: Citizen) -> None:
    """Counted in statements, which is what the time is made of."""
    counts = []
    for email in (pair.acting.email, f"frei-{stranger.email}"):
        with statements_sent() as statements:
            pair.invite(email=email)
        counts.append(statements)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("called", "", "Vor- und Nachnamen"),
        ("own_name", "www.evil.example", "nur den Namen"),
        ("own_name", "x" * 81, "nur den Namen"),
        ("email", "keine", "name@beispiel.de"),
        ("behoerde", "hamburg", "Wählen Sie eine Stadt"),
        ("leistung", "gibt-es-nicht", "Wählen Sie eine Leistung"),
        ("bis-day", "32", "24.12.2026"),
        ("bis-year", "2020", "ab heute"),
        ("bis-year", "2099", "ab heute"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(pair: Pair, field: str, typed: str, told: str) -> None:
    page = pair.fill("leistung", **{field: typed})
    assert page.status_code == 422
    assert told in page.text
    if field != "email":
        assert pair.acting.email in page.text, "nothing typed is lost"


def test_the_last_day_counts_in_full(pair: Pair) -> None:
    day = clock.today()
    parts = {"bis-day": str(day.day), "bis-month": str(day.month), "bis-year": str(day.year)}
    mandate = pair.give(**parts)
    ends = pair.house.value("SELECT ends_at FROM account_mandates WHERE id = %s", mandate)
    assert ends.astimezone(clock.LOCAL_ZONE).date() == day + datetime.timedelta(days=1)


def test_nobody_gives_a_mandate_for_anothers_case(pair: Pair) -> None:
    case = pair.house.case("vechta")
    pair.case()
    assert pair.fill("vorgang", vorgang=str(case.id)).status_code == 422


def test_what_nobody_offered_counts_for_nothing(pair: Pair, stranger: Citizen) -> None:
    own, page = pair.giver.at(HOST), pair.giver.at(HOST).get(f"{PAGES}/neu/leistung")
    day = clock.today() + datetime.timedelta(days=1)
    done = own.post(
        f"{PAGES}/neu/leistung",
        {
            **{"csrf_token": token_of(page), "called": ACTING, "email": pair.acting.email, "own_name": GIVER},
            **{"behoerde": "vechta", "leistung": SERVICE, "bis-day": str(day.day)},
            **{"bis-month": str(day.month), "bis-year": str(day.year), "scope": "town", "tenant_id": "1"},
            **{"case_id": str(pair.case().id), "accepted_at": "2020-01-01"},
            "representative_id": str(account_of(pair.house, stranger)),
        },
    )
    mandate = done.headers["Location"].rpartition("/")[2]
    row = pair.house.rows(
        "SELECT scope, case_id, representative_id, accepted_at FROM account_mandates WHERE id = %s", mandate
    )
    assert row == [("service", None, None, None)]


@pytest.mark.parametrize("who", ["giver", "acting"])
def test_a_deleted_account_ends_it(pair: Pair, who: str) -> None:
    mandate = pair.give()
    gone: Citizen = getattr(pair, who)
    other = pair.acting if who == "giver" else pair.giver
    own = gone.at(HOST)
    deleted = own.submit(own.get("/de/loeschen"), {"password": PASSWORD}, "loeschen")
    assert deleted.status_code == 200
    page = other.at(HOST).get(f"{PAGES}/{mandate}").text
    assert "beendet, weil eines der Konten gelöscht ist" in page


def test_what_has_been_over_for_a_year_is_forgotten(pair: Pair) -> None:
    old, late, open_ = pair.invite(), pair.give(), pair.give()
    pair.set(old, declined_at="now() - interval '366 days'")
    pair.set(late, ended_at="now() - interval '364 days'")
    pair.house.superuser.execute("SELECT definer.tidy_mandates()")
    left = pair.house.rows("SELECT id FROM account_mandates WHERE id = ANY (%s)", [old, late, open_])
    assert {number for (number,) in left} == {late, open_}
