"""Changing an offer: what is refused and how, what is kept, and that two do not undo each other's work."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kreisportal.catalogue.offer_changes import Choices, change_offer, columns_typed, stamp_of, typed_of
from kreisportal.catalogue.offers import import_offers, switch
from kreisportal.catalogue.queries import offer_row
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.tenancy.definition import Channel, OfferDefinition
from tests.support.server import DatabaseCopy

DOG, NEVER = "hund-anmelden", "waffenbesitzkarte"
CHOICES = Choices({"steueramt", "wahlamt"}, online=True)
TYPED = {"channel": "appointment", "fee_de": "84 € im Jahr", "processing_days": "6", "office": "steueramt"}


@pytest.fixture
def session(database: Database, towns: dict[str, int]) -> Iterator[Session]:
    """Acts for Vechta's staff; nothing stays."""
    with database.transaction(Context(ActorKind.STAFF, towns["vechta"])) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def vechta(towns: dict[str, int]) -> int:
    return towns["vechta"]


def change(session: Session, tenant_id: int, key: str = DOG, **typed: str) -> list[str]:
    seen = stamp_of(offer_row(session, tenant_id, key))
    return change_offer(session, tenant_id, key, {**TYPED, **typed}, CHOICES, seen)


def test_what_was_typed_is_what_the_offer_says_then(session: Session, vechta: int) -> None:
    texts = {"text_de": "Nur **mit** Termin.\r\nBitte!", "text_en": "By appointment only."}
    dates = {"from": "2027-01-01", "until": "2027-03-31"}
    changed = change(session, vechta, **texts, **dates)
    row = offer_row(session, vechta, DOG)
    assert row is not None
    assert (row.channel, row.open_from, row.open_until) == (
        "appointment",
        datetime.date(2027, 1, 1),
        datetime.date(2027, 3, 31),
    )
    assert row.details == {
        "fee": {"de": "84 € im Jahr"},
        "processing_days": 6,
        "office": "steueramt",
        "text": {"de": "Nur **mit** Termin.\nBitte!", "en": "By appointment only."},
    }
    assert {"text_de", "text_en", "from", "until"} <= set(changed)
    assert change(session, vechta, **texts, **dates) == []


def test_whether_it_is_on_stays(session: Session, vechta: int) -> None:
    before = offer_row(session, vechta, DOG)
    assert before is not None and before.is_on
    change(session, vechta)
    assert before.is_on
    assert offer_row(session, vechta, NEVER) is None
    change(session, vechta, NEVER)
    never = offer_row(session, vechta, NEVER)
    assert never is not None and not never.is_on


def test_reading_the_town_in_again_keeps_what_the_admin_has_set(session: Session, vechta: int) -> None:
    row = offer_row(session, vechta, DOG)
    assert row is not None and row.imported is not None
    file = OfferDefinition(DOG, on=True, channel=Channel.ONLINE, processing_days=21)
    change(session, vechta, processing_days="3")
    conflicts = import_offers(session, vechta, {DOG: file})
    assert any("details" in name for name in conflicts)
    assert row.details["processing_days"] == 3


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"channel": ""}, {"channel"}),
        ({"channel": "pigeon"}, {"channel"}),
        ({"from": "31.2.2027"}, {"from"}),
        ({"from": "2027-05-01", "until": "2027-04-30"}, {"until"}),
        ({"processing_days": "0"}, {"processing_days"}),
        ({"processing_days": "731"}, {"processing_days"}),
        ({"processing_days": "zwei"}, {"processing_days"}),
        ({"processing_days": "٣"}, {"processing_days"}),
        ({"office": "feuerwehr"}, {"office"}),
        ({"channel": "link", "url": ""}, {"url"}),
        ({"channel": "link", "url": "http://beispiel.example/"}, {"url"}),
        ({"channel": "link", "url": "javascript:alert(1)"}, {"url"}),
        ({"channel": "link", "url": "https:///kein-host"}, {"url"}),
        ({"fee_de": "", "fee_en": "84 €"}, {"fee_de"}),
        ({"fee_de": "x" * 201}, {"fee_de"}),
        ({"text_de": "a\0b"}, {"text_de"}),
        ({"channel": "", "office": "?", "text_en": "only"}, {"channel", "office", "text_de"}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_changes_nothing(
    session: Session, vechta: int, typed: dict[str, str], fields: set[str]
) -> None:
    before = stamp_of(offer_row(session, vechta, DOG))
    with pytest.raises(InvalidInputError) as refused:
        change(session, vechta, **typed)
    assert set(refused.value.messages) == fields
    assert stamp_of(offer_row(session, vechta, DOG)) == before


def test_online_is_for_what_the_town_can_do_online(session: Session, vechta: int) -> None:
    seen = stamp_of(offer_row(session, vechta, DOG))
    with pytest.raises(InvalidInputError) as refused:
        change_offer(session, vechta, DOG, {"channel": "online"}, Choices((), online=False), seen)
    assert set(refused.value.messages) == {"channel"}


def test_a_link_that_is_one_no_more_is_forgotten(session: Session, vechta: int) -> None:
    change(session, vechta, channel="link", url="https://beispiel.example/hund")
    row = offer_row(session, vechta, DOG)
    assert row is not None and row.details["url"] == "https://beispiel.example/hund"
    change(session, vechta, url="https://beispiel.example/hund")
    assert "url" not in row.details


def test_two_do_not_undo_each_others_work(session: Session, vechta: int) -> None:
    seen = stamp_of(offer_row(session, vechta, DOG))
    change(session, vechta, processing_days="3")
    with pytest.raises(ConflictError):
        change_offer(session, vechta, DOG, {**TYPED, "processing_days": "9"}, CHOICES, seen)
    assert typed_of(offer_row(session, vechta, DOG))["processing_days"] == "3"


def test_two_who_offer_a_service_at_once_are_told(
    database: Database, region: DatabaseCopy, towns: dict[str, int]
) -> None:
    """And neither meets a fault: one of them is asked to look again, a switch is simply there already."""
    vechta, never = towns["vechta"], "jagdschein"
    context = Context(ActorKind.STAFF, vechta)

    def offer_it() -> None:
        with database.transaction(context) as session:
            change_offer(session, vechta, never, TYPED, CHOICES, stamp_of(None))

    with region.superuser() as watching, ThreadPoolExecutor(1) as other:
        with database.transaction(context) as first:
            change_offer(first, vechta, never, TYPED, CHOICES, stamp_of(None))
            second = other.submit(offer_it)
            # Until the other one waits for the row that is not yet there for it.
            while not second.done() and watching.execute(_WAITING).fetchone() == (0,):
                pass
        with pytest.raises(ConflictError):
            second.result()
    with database.transaction(context) as session:
        assert switch(session, vechta, never, on=True, channel="appointment")
        assert not switch(session, vechta, never, on=True, channel="appointment")


_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
_ANYTHING = st.dictionaries(st.sampled_from(sorted(typed_of(None))), st.text(max_size=60))


@given(typed=_ANYTHING)
def test_whatever_is_typed_is_taken_or_refused_in_words(typed: dict[str, str]) -> None:
    try:
        columns = columns_typed(typed, CHOICES)
    except InvalidInputError as refused:
        assert refused.messages.keys() <= typed_of(None).keys()
        assert all(refused.messages.values())
    else:
        # As the database will have it.
        assert "\0" not in json.dumps(columns, default=str, ensure_ascii=False)
        assert columns["channel"] in {channel.value for channel in Channel}
