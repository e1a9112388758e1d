"""Further papers of an offer: what is typed, refused and kept, and that two do not undo each other's work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kreisportal.catalogue.offer_changes import Choices, change_offer, stamp_of
from kreisportal.catalogue.offer_papers import OF_PAPER, change_papers, papers_typed, papers_typed_of
from kreisportal.catalogue.queries import offer_row
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.tenancy.further_papers import MOST_PAPERS, FurtherPaperSchema

DOG, NEVER = "hund-anmelden", "waffenbesitzkarte"
CHIP = {
    "name_de_1": "Nachweis des  Chips",
    "name_en_1": "Proof of the chip",
    "need_1": "always",
    "upload_1": "yes",
}


@pytest.fixture
def session(database: Database, towns: dict[str, int]) -> Iterator[Session]:
    """Acts for Vechta's staff; nothing stays."""
    with database.transaction(Context(ActorKind.STAFF, towns["vechta"])) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def vechta(towns: dict[str, int]) -> int:
    return towns["vechta"]


def change(session: Session, tenant_id: int, typed: dict[str, str], key: str = DOG) -> bool:
    seen = stamp_of(offer_row(session, tenant_id, key))
    return change_papers(session, tenant_id, key, typed, "appointment", seen)


def test_papers_are_kept_with_a_key_of_their_own(session: Session, vechta: int) -> None:
    assert change(session, vechta, {**CHIP, "key_1": "../../x"})
    row = offer_row(session, vechta, DOG)
    assert row is not None
    (paper,) = row.details["papers"]
    assert paper == {
        "key": paper["key"],
        "name": {"de": "Nachweis des Chips", "en": "Proof of the chip"},
        "need": "always",
        "upload": True,
    }
    assert FurtherPaperSchema().load(paper).key == paper["key"]
    typed = papers_typed_of(row)
    assert not change(session, vechta, typed)
    second = {"name_de_2": "Foto", "need_2": "if-any", "note_de_2": "Hochkant."}
    assert change(session, vechta, {**typed, **second})
    assert [each["name"]["de"] for each in row.details["papers"]] == ["Nachweis des Chips", "Foto"]
    # The one before it goes, its key stays.
    kept = row.details["papers"][1]["key"]
    assert change(session, vechta, {**papers_typed_of(row), "name_de_1": "", "name_en_1": ""})
    assert [each["key"] for each in row.details["papers"]] == [kept]


def test_changing_the_offer_keeps_its_papers(session: Session, vechta: int) -> None:
    change(session, vechta, CHIP)
    row = offer_row(session, vechta, DOG)
    assert row is not None
    change_offer(session, vechta, DOG, {"channel": "paper"}, Choices(set(), online=True), stamp_of(row))
    assert [each["name"]["de"] for each in row.details["papers"]] == ["Nachweis des Chips"]


def test_a_service_that_was_never_offered_stays_off(session: Session, vechta: int) -> None:
    assert change(session, vechta, CHIP, NEVER)
    row = offer_row(session, vechta, NEVER)
    assert row is not None and not row.is_on


def test_who_saves_second_is_told(session: Session, vechta: int) -> None:
    seen = stamp_of(offer_row(session, vechta, DOG))
    change_papers(session, vechta, DOG, CHIP, "paper", seen)
    with pytest.raises(ConflictError):
        change_papers(session, vechta, DOG, CHIP, "paper", seen)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"name_en_1": "Photo", "need_1": "always"}, "name_de_1"),
        ({"name_de_1": "Foto", "need_1": "sometimes"}, "need_1"),
        ({"name_de_1": "F" * 121, "need_1": "always"}, "name_de_1"),
        ({"name_de_1": "Foto", "note_en_1": "Upright.", "need_1": "always"}, "note_de_1"),
        ({"name_de_3": "Fo\0to", "need_3": "always"}, "name_de_3"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(typed: dict[str, str], at: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        papers_typed(typed)
    assert list(refused.value.messages) == [at]


_FIELDS = [f"{name}_{number}" for name in OF_PAPER for number in (1, MOST_PAPERS)]


@given(st.dictionaries(st.sampled_from(_FIELDS), st.text(max_size=40)))
def test_whatever_is_typed_is_taken_or_refused_in_words(typed: dict[str, str]) -> None:
    try:
        papers = papers_typed(typed)
    except InvalidInputError as refused:
        assert all(refused.messages.values())
    else:
        assert all(paper["name"]["de"] for paper in papers)
