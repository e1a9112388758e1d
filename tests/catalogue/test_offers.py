"""Offers: what a town's switch and dates mean on a day, and how a file's offers are merged with an admin's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offers import OFF, OfferState, file_table, import_offers, offer_of, switch
from kreisportal.catalogue.snapshot import Catalogue, Snapshot
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy.definition import Channel, OfferDefinition
from kreisportal.tenancy.registry import Registry, pack
from tests.catalogue.records import record, service, situation, topic
from tests.support.server import DatabaseCopy

DAY = date(2026, 9, 1)
TOWN = 1
ROWS = [
    ("topic", "thema", 1, topic()),
    ("situation", "lage", 1, situation()),
    ("service", "a", 1, service("a")),
]
CATALOGUE = Catalogue(ROWS)
days = st.none() | st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3))


def view(day: date = DAY, **offer: Any) -> Any:
    facts = {"profile": {}, "offers": {"a": {"channel": "online", **offer}}}
    town = replace(record(1), packed=pack(facts))
    snapshot = Snapshot.build(1, Registry([town]), CATALOGUE)
    return offer_of(snapshot, town, "a", day)


@given(days, days)
def test_an_offer_is_open_from_its_first_to_its_last_day(opens: date | None, closes: date | None) -> None:
    found = view(**{"from": opens and opens.isoformat(), "until": closes and closes.isoformat()})
    if opens and opens > DAY:
        assert found.state is OfferState.NOT_YET
    elif closes and closes < DAY:
        assert found.state is OfferState.ENDED
    else:
        assert found.state is OfferState.OPEN
    assert found.is_open == (found.state is OfferState.OPEN)
    assert (found.opens, found.closes) == (opens, closes)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 8, 2), OfferState.NOT_YET),
        (date(2026, 8, 3), OfferState.OPEN),
        (date(2026, 9, 11), OfferState.OPEN),
        (date(2026, 9, 12), OfferState.ENDED),
    ],
)
def test_both_days_are_part_of_the_offer(day: date, state: OfferState) -> None:
    assert view(day, **{"from": "2026-08-03", "until": "2026-09-11"}).state is state


def inherited(**offer: Any) -> Any:
    """The offer of a town in whose district the service has a fee and a text; switched off without details."""
    overlay = {"fee": {"de": "9 €"}, "text": {"de": "Im ganzen Kreis."}}
    district = replace(record(1), packed=pack({"profile": {"overlays": {"a": overlay}}, "offers": {}}))
    offers = {"a": {"channel": "online", **offer}} if offer else {}
    town = replace(record(2, parent=1), packed=pack({"profile": {}, "offers": offers}))
    return offer_of(Snapshot.build(1, Registry([district, town]), CATALOGUE), town, "a", DAY)


def test_a_town_inherits_what_its_district_says() -> None:
    found = inherited(processing_days=3)
    assert (found.fee, found.text, found.district_text) == ({"de": "9 €"}, {}, {"de": "Im ganzen Kreis."})
    assert inherited().state is OfferState.OFF
    assert inherited().district_text == {"de": "Im ganzen Kreis."}


def test_a_towns_own_fee_stands_before_the_districts_and_its_text_beside_it() -> None:
    found = inherited(fee={"de": "5 €"}, text={"de": "Nur hier."})
    assert (found.fee, found.text) == ({"de": "5 €"}, {"de": "Nur hier."})
    assert found.district_text == {"de": "Im ganzen Kreis."}


def test_an_offer_says_all_that_the_town_does() -> None:
    found = view(
        fee={"de": "5 €"}, text={"de": "Nur so."}, processing_days=3, office="amt", url="https://x.example"
    )
    assert (found.channel, found.processing_days, found.office, found.url) == (
        "online",
        3,
        "amt",
        "https://x.example",
    )
    assert (found.fee, found.text) == ({"de": "5 €"}, {"de": "Nur so."})


def test_what_is_not_offered_is_off() -> None:
    town = record(1, offers=("a",))
    snapshot = Snapshot.build(1, Registry([town]), CATALOGUE)
    assert offer_of(snapshot, town, "b", DAY) == OFF
    other = record(2)
    assert offer_of(Snapshot.build(1, Registry([town, other]), CATALOGUE), other, "a", DAY) == OFF


@pytest.fixture(scope="module")
def database(schema: DatabaseCopy) -> Iterator[Database]:
    with schema.superuser() as connection:
        connection.execute(
            "INSERT INTO tenants (id, slug, code, kind, ars, has_portal, state, profile, imported)"
            " VALUES (1, 'town', 'TOW', 'city', '039980001001', true, 'open', '{}', '{}'),"
            " (2, 'other', 'OTH', 'city', '039980001002', true, 'open', '{}', '{}')"
        )
    opened = schema.open()
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction of the region's that is undone."""
    with pytest.raises(RuntimeError, match="undone"), database.transaction(REGION) as opened:
        yield opened
        raise RuntimeError("undone")


def offer(key: str = "a", **changes: Any) -> OfferDefinition:
    return OfferDefinition(**{"service": key, "on": True, "channel": Channel.ONLINE, **changes})


def read(session: Session, *offers: OfferDefinition) -> list[str]:
    return import_offers(session, TOWN, {each.service: each for each in offers})


def row(session: Session, key: str = "a") -> Offer:
    found = session.get(Offer, (TOWN, key))
    assert found is not None
    session.refresh(found)
    return found


FULL = offer(
    opens=date(2026, 8, 3), closes=date(2026, 9, 11), office="amt", fee={"de": "5 €"}, processing_days=3,
    text={"de": "Nur so.", "en": "Only so."},
)  # fmt: skip


def test_a_files_offers_come_in(session: Session) -> None:
    assert read(session, FULL, offer("b", on=False, channel=Channel.LINK, url="https://x.example")) == []
    found = row(session)
    assert (found.is_on, found.channel, found.open_from, found.open_until) == (
        True,
        "online",
        FULL.opens,
        FULL.closes,
    )
    assert found.details == {
        "fee": {"de": "5 €"}, "text": {"de": "Nur so.", "en": "Only so."}, "processing_days": 3, "office": "amt"
    }  # fmt: skip
    assert (row(session, "b").is_on, row(session, "b").details) == (False, {"url": "https://x.example"})


def test_the_same_file_again_writes_nothing(session: Session) -> None:
    read(session, FULL)
    before = session.scalar(text("SELECT count(*) FROM changes"))
    assert read(session, FULL) == []
    assert session.scalar(text("SELECT count(*) FROM changes")) == before


def test_what_the_file_changes_comes_in(session: Session) -> None:
    read(session, FULL)
    assert (
        read(session, offer(on=False, channel=Channel.PAPER, closes=date(2026, 9, 12), fee={"de": "6 €"}))
        == []
    )
    found = row(session)
    assert (found.is_on, found.channel, found.open_from, found.open_until) == (
        False,
        "paper",
        None,
        date(2026, 9, 12),
    )
    assert found.details == {"fee": {"de": "6 €"}}


def test_an_admins_switch_is_never_undone(session: Session) -> None:
    read(session, FULL)
    switch(session, TOWN, "a", on=False, channel="online")
    assert read(session, FULL) == []
    assert not row(session).is_on
    assert read(session, offer(channel=Channel.PAPER)) == []
    assert not row(session).is_on
    assert row(session).channel == "paper"


def test_a_conflict_is_told_by_its_field(session: Session) -> None:
    read(session, FULL)
    found = row(session)
    found.details = {**found.details, "fee": {"de": "7 €"}}
    found.open_until = date(2026, 12, 31)
    session.flush()
    changed = offer(opens=FULL.opens, closes=date(2026, 10, 1), fee={"de": "6 €"})
    assert set(read(session, changed)) == {"offers.a.open_until", "offers.a.details.fee.de"}
    assert row(session).open_until == date(2026, 12, 31)
    assert row(session).details == {"fee": {"de": "7 €"}}
    assert read(session, changed) == []


def test_an_offer_that_an_admin_made_stays(session: Session) -> None:
    switch(session, TOWN, "a", on=False, channel="appointment")
    assert set(read(session, offer())) == {"offers.a.is_on", "offers.a.channel"}
    assert (row(session).is_on, row(session).channel) == (False, "appointment")
    assert read(session) == []
    assert (row(session).is_on, row(session).channel) == (False, "appointment")


def test_what_is_taken_out_of_the_file_is_switched_off_and_comes_back_with_it(session: Session) -> None:
    read(session, offer("a"), offer("b"))
    assert read(session, offer("b")) == []
    assert (row(session, "a").is_on, row(session, "b").is_on) == (False, True)
    assert read(session, offer("b")) == []
    assert read(session, offer("a"), offer("b")) == []
    assert row(session, "a").is_on


def test_what_an_admin_has_touched_is_not_switched_off_by_a_file_that_forgets_it(session: Session) -> None:
    read(session, FULL)
    found = row(session)
    found.details = {**found.details, "fee": {"de": "7 €"}}
    session.flush()
    assert read(session) == []
    assert row(session).is_on


def test_an_admin_may_switch_on_what_the_file_has_dropped(session: Session) -> None:
    read(session, offer())
    read(session)
    switch(session, TOWN, "a", on=True, channel="online")
    assert read(session) == []
    assert row(session).is_on


def test_another_towns_offers_are_not_touched(session: Session) -> None:
    switch(session, 2, "a", on=True, channel="paper")
    read(session, offer())
    read(session)
    found = session.get(Offer, (2, "a"))
    assert found is not None
    assert (found.is_on, found.channel) == (True, "paper")


def test_a_switch_says_whether_it_changed_anything(session: Session) -> None:
    assert switch(session, TOWN, "a", on=True, channel="paper")
    assert not switch(session, TOWN, "a", on=True, channel="online")
    assert row(session).channel == "paper"
    assert switch(session, TOWN, "a", on=False, channel="online")
    assert not switch(session, TOWN, "a", on=False, channel="online")


@pytest.mark.parametrize(
    "each", [FULL, offer(), offer(on=False), offer(channel=Channel.LINK, url="https://x.example")]
)
def test_an_offer_is_written_as_it_was_read(session: Session, each: OfferDefinition) -> None:
    read(session, each)
    table = file_table(row(session))
    assert table.pop("on") == each.on
    assert table.pop("channel") == each.channel.value
    assert (table.pop("from", None), table.pop("until", None)) == (
        each.opens and each.opens.isoformat(),
        each.closes and each.closes.isoformat(),
    )
    names = ("fee", "text", "processing_days", "office", "url")
    assert table == {name: getattr(each, name) for name in names if getattr(each, name)}
