"""Changes of an offer that are planned: what counts on which day, what stays, and how they are laid in and taken back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offer_changes import Choices, change_offer, stamp_of, typed_of
from kreisportal.catalogue.offer_plans import FIELD, plan_offer, planned_for, withdraw
from kreisportal.catalogue.offers import file_table, hand_over, import_offers
from kreisportal.catalogue.planned import in_force, with_change, without_change
from kreisportal.catalogue.queries import offer_row
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.tenancy.definition import MOST_PLANNED, Channel, OfferDefinition
from kreisportal.tenancy.definition_schemas import OfferSchema
from kreisportal.tenancy.fees.formula import Name

DOG, NEVER = "hund-anmelden", "waffenbesitzkarte"
CHOICES = Choices({"steueramt", "wahlamt"}, online=True, names={"dogs": Name("number")})
TYPED = {"channel": "paper", "fee_de": "70 €", "office": "steueramt", FIELD: "2099-01-01"}
DAYS = [datetime.date(2026, 12, day) for day in range(1, 11)]


@pytest.fixture
def session(database: Database, towns: dict[str, int]) -> Iterator[Session]:
    """Acts for Vechta's staff; nothing stays."""
    with database.transaction(Context(ActorKind.STAFF, towns["vechta"])) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def vechta(towns: dict[str, int]) -> int:
    return towns["vechta"]


def dog(session: Session, tenant_id: int) -> Offer:
    row = offer_row(session, tenant_id, DOG)
    assert row is not None
    return row


def plan(session: Session, tenant_id: int, **typed: str) -> datetime.date:
    row = dog(session, tenant_id)
    what = {**typed_of(row), **TYPED, **typed}
    return plan_offer(session, tenant_id, DOG, what, CHOICES, stamp_of(row))


@given(st.lists(st.sampled_from(DAYS), max_size=6), st.sampled_from(DAYS))
def test_the_last_change_that_has_been_reached_counts(
    planned: list[datetime.date], day: datetime.date
) -> None:
    facts: dict[str, Any] = {"channel": "online", "from": "2020-01-01", "papers": [1], "text": {"de": "alt"}}
    for each in planned:
        entry = {"from": each.isoformat(), "channel": "paper", "fee": {"de": str(each)}}
        facts["planned"] = with_change(facts.get("planned", ()), entry)
    found = in_force(facts, day)
    reached = [each for each in planned if each <= day]
    assert found["channel"] == ("paper" if reached else "online")
    assert found.get("fee", {}).get("de") == (str(max(reached)) if reached else None)
    assert ("text" in found) is not bool(reached)
    # Whether and when it can be had is no part of what is planned.
    assert (found["from"], found["papers"]) == ("2020-01-01", [1])
    for each in planned:
        facts["planned"] = without_change(facts["planned"], each.isoformat())
    assert facts.get("planned", []) == []


def test_what_is_planned_counts_from_its_day_and_becomes_what_is(session: Session, vechta: int) -> None:
    before = typed_of(dog(session, vechta))
    assert plan(session, vechta) == datetime.date(2099, 1, 1)
    row = dog(session, vechta)
    assert typed_of(row) == before
    assert typed_of(row, planned_for(row)[0])["fee_de"] == "70 €"
    with clock.frozen(datetime.datetime(2099, 1, 1, tzinfo=clock.LOCAL_ZONE)):
        assert (typed_of(row)["fee_de"], typed_of(row)["channel"]) == ("70 €", "paper")
        assert planned_for(row) == []
        # Changed by hand after that day, the change is what is changed.
        change_offer(session, vechta, DOG, {**typed_of(row), "text_de": "Neu."}, CHOICES, stamp_of(row))
        assert (row.channel, row.details["fee"], row.details["text"]) == (
            "paper",
            {"de": "70 €"},
            {"de": "Neu."},
        )
        assert "planned" not in row.details


def test_changing_what_is_keeps_what_is_planned(session: Session, vechta: int) -> None:
    plan(session, vechta)
    row = dog(session, vechta)
    change_offer(session, vechta, DOG, {**typed_of(row), "fee_de": "65 €"}, CHOICES, stamp_of(row))
    assert [entry["from"] for entry in planned_for(row)] == ["2099-01-01"]


def test_one_change_for_a_day_and_a_few_in_all(session: Session, vechta: int) -> None:
    plan(session, vechta)
    plan(session, vechta, fee_de="71 €")
    assert [entry["fee"] for entry in planned_for(dog(session, vechta))] == [{"de": "71 €"}]
    for day in range(2, MOST_PLANNED + 1):
        plan(session, vechta, **{FIELD: f"2099-01-{day:02}"})
    with pytest.raises(InvalidInputError) as refused:
        plan(session, vechta, **{FIELD: "2098-01-01"})
    assert list(refused.value.messages) == [FIELD]


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({FIELD: "bald"}, FIELD),
        ({FIELD: "2020-01-01"}, FIELD),
        ({"channel": "pigeon"}, "channel"),
        ({"from": "2098-01-01"}, "from"),
    ],
)
def test_what_cannot_be_planned_is_told_at_its_field(
    session: Session, vechta: int, typed: dict[str, str], at: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        plan(session, vechta, **typed)
    assert list(refused.value.messages) == [at]
    assert planned_for(dog(session, vechta)) == []


def test_what_was_never_offered_has_nothing_to_be_changed(session: Session, vechta: int) -> None:
    with pytest.raises(InvalidInputError):
        plan_offer(session, vechta, NEVER, TYPED, CHOICES, stamp_of(None))


def test_it_is_withdrawn_once_and_by_who_has_seen_it(session: Session, vechta: int) -> None:
    plan(session, vechta)
    seen = stamp_of(dog(session, vechta))
    with pytest.raises(ConflictError):
        withdraw(session, vechta, DOG, "2099-01-01", "other")
    withdraw(session, vechta, DOG, "2099-01-01", seen)
    assert planned_for(dog(session, vechta)) == []
    with pytest.raises(NotFoundError):
        withdraw(session, vechta, DOG, "2099-01-01", stamp_of(dog(session, vechta)))


def test_an_office_that_goes_hands_over_what_is_planned(session: Session, vechta: int) -> None:
    plan(session, vechta, office="wahlamt")
    assert DOG in hand_over(session, vechta, "wahlamt", "steueramt")
    assert planned_for(dog(session, vechta))[0]["office"] == "steueramt"


def test_a_file_says_it_and_is_read_as_it_was_written(session: Session, vechta: int) -> None:
    later = OfferDefinition(
        DOG, on=True, channel=Channel.PAPER, opens=datetime.date(2099, 1, 1), fee={"de": "70 €"}
    )
    import_offers(
        session, vechta, {DOG: OfferDefinition(DOG, on=True, channel=Channel.ONLINE, planned=(later,))}
    )
    table = file_table(dog(session, vechta))
    assert table["planned"] == [{"from": "2099-01-01", "channel": "paper", "fee": {"de": "70 €"}}]
    loaded = OfferSchema().load(table)
    assert loaded["planned"][0]["opens"] == datetime.date(2099, 1, 1)
