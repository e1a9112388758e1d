"""Drafts of services: kept right or wrong, by several people at once, and published when they are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kreisportal.catalogue import drafts
from kreisportal.catalogue.cli import read_all
from kreisportal.catalogue.description import FIELDS, LONGEST, PARTS, data_of, fields_of, typed_of
from kreisportal.catalogue.drafts import Work, work_on
from kreisportal.catalogue.files import Entry
from kreisportal.catalogue.history import take_back, versions_of
from kreisportal.catalogue.publishing import publish_one
from kreisportal.catalogue.reading_in import read_in
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import ConflictError, DefinitionError, InvalidInputError, NotFoundError
from kreisportal.kernel.paths import shipped
from tests.catalogue.records import service, situation, texts, topic
from tests.support.server import DatabaseCopy


@pytest.fixture(scope="module")
def database(schema: DatabaseCopy) -> Iterator[Database]:
    opened = schema.open()
    yield opened
    opened.close()


@pytest.fixture
def session(database: Database, schema: DatabaseCopy) -> Iterator[Session]:
    """A transaction of its own in which there are the services ``a`` and ``b``; nothing of it stays."""
    with database.transaction(REGION) as opened:
        around = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
        read_in(opened, [*around, *(Entry("service", key, service(key)) for key in "ab")])
        yield opened
        opened.rollback()


def save(session: Session, part: str, seen: str = "", **typed: str) -> tuple[str, ...]:
    """Change some fields of a page of ``a``, the others as they are."""
    work = work_on(session, "a")
    page = {field: work.typed[field] for field in fields_of(part)}
    page |= {name.replace("__", "."): text for name, text in typed.items()}
    return drafts.save_part(session, REGION, "a", part, page, seen or work.stamp_of(part))


def published(session: Session) -> dict[str, Any]:
    return dict(work_on(session, "a").published)


@pytest.mark.parametrize(
    "entry",
    [each for each in read_all(shipped("catalogue")) if each.kind == "service"][::10],
    ids=lambda e: e.key,
)
def test_a_form_on_which_nothing_was_changed_changes_nothing(entry: Entry) -> None:
    """Also with the ends of lines as browsers send them."""
    typed = {field: value.replace("\n", "\r\n") for field, value in typed_of(entry.data).items()}
    assert data_of(typed, entry.data) == entry.data


def test_every_field_is_on_one_page() -> None:
    fields = [field for part in PARTS for field in fields_of(part)]
    assert sorted(fields) == sorted(set(fields)) == sorted(FIELDS)


def test_what_is_saved_is_a_draft_that_nobody_sees(session: Session) -> None:
    assert save(session, "cost", fees__de="Das kostet 7 Euro.") == ("fees.de",)
    work = work_on(session, "a")
    assert work.data["fees"]["de"] == "Das kostet 7 Euro."
    assert published(session)["fees"] == service("a")["fees"]


def test_what_is_wrong_is_kept_but_not_published(session: Session) -> None:
    save(session, "cost", fees__de="")
    save(session, "law", legal_basis="§ 1\nGesetz | ftp://x", reviewed_on="gestern")
    work = work_on(session, "a")
    assert set(work.faults) == {"fees.de", "legal_basis", "reviewed_on"}
    with pytest.raises(InvalidInputError) as refused:
        drafts.publish_draft(session, REGION, "a", work.stamp)
    assert set(refused.value.messages) == set(work.faults)
    assert work_on(session, "a").typed["reviewed_on"] == "gestern"


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"short__de": " ".join(["Wort"] * 26) + "."}, {"short.de"}),
        ({"name__de": "", "name__en": ""}, {"name.de", "name.en"}),
        ({"name__de-simple": "Hund"}, set()),
        ({"synonyms__de": ""}, set()),
    ],
)
def test_faults_stand_at_their_field(session: Session, typed: dict[str, str], fields: set[str]) -> None:
    save(session, "name", **typed)
    assert set(work_on(session, "a").faults) == fields


def test_a_list_is_there_in_both_languages_or_in_none(session: Session) -> None:
    save(session, "way", documents__de="")
    assert set(work_on(session, "a").faults) == {"documents.de"}
    save(session, "way", documents__en="")
    work = work_on(session, "a")
    assert (work.faults, work.data["documents"]) == ({}, {"de": [], "en": []})


@pytest.mark.parametrize("text", ["a\x07b", "x" * (LONGEST + 1)])
def test_what_cannot_be_kept_is_refused_at_its_field(session: Session, text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        save(session, "cost", fees__de=text)
    assert list(refused.value.messages) == ["fees.de"]
    assert work_on(session, "a").draft is None


def test_who_comes_later_is_told_and_loses_nothing(session: Session) -> None:
    seen = work_on(session, "a").stamp_of("cost")
    save(session, "cost", seen, fees__de="7 Euro")
    with pytest.raises(ConflictError):
        save(session, "cost", seen, fees__de="8 Euro")
    # Another page was not changed, and the very same text is no conflict.
    save(session, "content", full__de="Anders.")
    assert save(session, "cost", seen, fees__de="7 Euro") == ()
    assert work_on(session, "a").typed["fees.de"] == "7 Euro"


def test_a_draft_that_says_what_is_in_force_is_none(session: Session) -> None:
    before = typed_of(service("a"))["fees.de"]
    save(session, "cost", fees__de="7 Euro")
    save(session, "cost", fees__de=before)
    assert work_on(session, "a").draft is None


def publish(session: Session, work: Work | None = None) -> None:
    drafts.publish_draft(session, REGION, "a", (work or work_on(session, "a")).stamp)


def test_publishing_makes_one_release_and_ends_the_draft(session: Session) -> None:
    save(session, "cost", fees__de="7 Euro")
    save(session, "name", synonyms__de="Hund, Welpe , Hund\nDackel")
    publish(session)
    assert work_on(session, "a").draft is None
    assert published(session)["fees"]["de"] == "7 Euro"
    assert published(session)["synonyms"] == {"de": ["Hund", "Welpe", "Dackel"]}
    newest, first = versions_of(session, "a")
    assert (newest.number, newest.origin, first.origin) == (2, "edit", "files")
    row = session.execute(text("SELECT action, subject_id, data FROM region_audit_entries")).one()
    assert tuple(row) == ("catalogue-published", "a", {"fields": ["fees", "synonyms"]})


def test_what_was_not_seen_is_not_published(session: Session) -> None:
    save(session, "cost", fees__de="7 Euro")
    seen = work_on(session, "a")
    save(session, "cost", fees__de="8 Euro")
    with pytest.raises(ConflictError):
        publish(session, seen)
    with pytest.raises(ConflictError):
        drafts.discard(session, REGION, "a", seen.stamp)
    drafts.discard(session, REGION, "a", work_on(session, "a").stamp)
    assert work_on(session, "a").draft is None


def test_a_draft_takes_over_what_was_published_meanwhile(session: Session) -> None:
    save(session, "cost", fees__de="7 Euro", deadlines__de="Morgen.")
    other = {"fees": {**texts("8 Euro")}, "processing_time": texts("Ein Tag.")}
    publish_one(session, Entry("service", "a", service("a", **other)), None, "back")
    work = work_on(session, "a")
    assert work.is_behind
    with pytest.raises(ConflictError):
        publish(session, work)
    assert drafts.bring_up_to_date(session, REGION, "a") == ["fees.de"]
    work = work_on(session, "a")
    assert not work.is_behind
    assert (work.typed["fees.de"], work.typed["fees.en"]) == ("7 Euro", "8 Euro (en)")
    assert (work.typed["deadlines.de"], work.typed["processing_time.de"]) == ("Morgen.", "Ein Tag.")
    publish(session)
    assert published(session)["processing_time"] == texts("Ein Tag.")


def test_without_a_draft_there_is_nothing_to_publish(session: Session) -> None:
    for act in (drafts.publish_draft, drafts.discard):
        with pytest.raises(NotFoundError):
            act(session, REGION, "a", work_on(session, "a").stamp)
    with pytest.raises(NotFoundError):
        drafts.bring_up_to_date(session, REGION, "a")
    with pytest.raises(NotFoundError):
        work_on(session, "c")


def test_an_earlier_version_comes_back_as_a_new_one(session: Session) -> None:
    save(session, "cost", fees__de="7 Euro")
    publish(session)
    with pytest.raises(ConflictError):
        take_back(session, REGION, "a", 1, 1)
    take_back(session, REGION, "a", 1, 2)
    assert [(v.number, v.origin, v.in_force) for v in versions_of(session, "a")] == [
        (3, "back", True),
        (2, "edit", False),
        (1, "files", False),
    ]
    assert published(session) == service("a")
    assert take_back(session, REGION, "a", 1, 3) is None
    with pytest.raises(NotFoundError):
        take_back(session, REGION, "a", 9, 3)


def test_a_version_that_names_what_is_gone_does_not_come_back(session: Session) -> None:
    publish_one(session, Entry("service", "a", service("a", related=["b"])), None, "edit")
    publish_one(session, Entry("service", "a", service("a")), None, "edit")
    around = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
    read_in(session, [*around, Entry("service", "a", service("a"))])
    with pytest.raises(DefinitionError, match="there is no service b"):
        take_back(session, REGION, "a", 2, 3)
