"""Drafts: saved with a revision, kept for a month from the last touch, found again by a mailed link only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kreisportal.cases import drafts, queries
from kreisportal.cases.errors import DraftGoneError
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.ids import digest
from tests.cases.house import DraftFacts, House

ANONYMOUS = Context(ActorKind.ANONYMOUS)


@pytest.fixture(scope="module")
def known_draft(house: House) -> DraftFacts:
    """A draft for all examples of a test."""
    return house.draft()


def row(house: House, draft: DraftFacts) -> dict[str, object]:
    """A draft's row, whoever may see it."""
    names = (
        "revision",
        "answers",
        "unfinished",
        "language",
        "email",
        "resume_digest",
        "expires_at",
        "updated_at",
    )
    ((*values,),) = house.rows(f"SELECT {', '.join(names)} FROM drafts WHERE id = %s", draft.id)
    return dict(zip(names, values, strict=True))


def pause(house: House, draft: DraftFacts, email: str) -> bool:
    """Pause a draft."""
    with house.acting(draft.context) as session:
        return drafts.pause(session, drafts.load(session, draft.id), email, house.program.settings.secret_key)


def token(house: House, draft: DraftFacts) -> str:
    """The token of the link that the last pause mailed."""
    with house.acting(draft.context) as session:
        return drafts.resume_token(house.program.settings.secret_key, drafts.load(session, draft.id))


def found(house: House, link: str) -> queries.Pointer | None:
    """The draft that a link leads to."""
    with house.acting(ANONYMOUS) as session:
        return queries.find_draft_by_token(session, link)


def test_other_answers_are_another_revision_and_the_same_are_not(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        known = drafts.load(session, draft.id)
        drafts.save(session, known, dict(known.answers), "de")
        assert known.revision == draft.revision
        drafts.save(session, known, {**known.answers, "dogs": 3}, "en")
    after = row(house, draft)
    assert (after["revision"], after["language"]) == (draft.revision + 1, "en")
    assert after["answers"]["dogs"] == 3  # type: ignore[index] # a map.


def test_every_touch_keeps_it_for_another_month(house: House, frozen: datetime) -> None:
    draft = house.draft()
    assert row(house, draft)["expires_at"] == frozen + drafts.LIFETIME
    later = frozen + timedelta(days=29)
    with clock.frozen(later), house.acting(draft.context) as session:
        known = drafts.load(session, draft.id)
        drafts.save(session, known, dict(known.answers), "de")
    assert row(house, draft)["expires_at"] == later + drafts.LIFETIME
    assert row(house, draft)["updated_at"] == later


def test_it_is_gone_at_the_instant_at_which_it_expires(house: House, frozen: datetime) -> None:
    draft = house.draft()
    with clock.frozen(frozen + drafts.LIFETIME - timedelta(microseconds=1)):
        with house.acting(draft.context) as session:
            assert drafts.load(session, draft.id).id == draft.id
    with clock.frozen(frozen + drafts.LIFETIME), pytest.raises(DraftGoneError):
        with house.acting(draft.context) as session:
            drafts.load(session, draft.id)


def test_another_guest_another_town_and_the_staff_find_no_draft(house: House) -> None:
    draft, other = house.draft(), house.draft()
    elsewhere = Context(ActorKind.APPLICANT, house.tenant("lohne").id, subject_id=draft.id)
    for context in (other.context, elsewhere, house.staff(), ANONYMOUS):
        with pytest.raises(DraftGoneError), house.acting(context) as session:
            drafts.load(session, draft.id)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(max_examples=25)
@given(typed=st.dictionaries(_TEXTS, st.lists(_TEXTS, max_size=3), max_size=4))
def test_what_was_typed_on_a_page_comes_back_as_it_was(
    house: House, known_draft: DraftFacts, typed: dict[str, list[str]]
) -> None:
    draft = known_draft
    with house.acting(draft.context) as session:
        known = drafts.load(session, draft.id)
        drafts.save(session, known, dict(known.answers), "de", ("dog", typed))
    with house.acting(draft.context) as session:
        known = drafts.load(session, draft.id)
        assert drafts.typed_before(known, "dog") == typed
        assert drafts.typed_before(known, "applicant") == {}


def test_a_page_that_was_right_leaves_nothing_unfinished(house: House) -> None:
    draft = house.draft()
    with house.acting(draft.context) as session:
        known = drafts.load(session, draft.id)
        drafts.save(session, known, known.answers, "de", ("dog", {"breed": ["x"]}))
        drafts.save(session, known, known.answers, "de")
        assert drafts.typed_before(known, "dog") == {}


def test_a_mailed_link_leads_back(house: House, frozen: datetime) -> None:
    draft = house.draft()
    with clock.frozen(frozen + timedelta(days=3)):
        assert pause(house, draft, "anne@post.example")
    after = row(house, draft)
    assert after["expires_at"] == frozen + timedelta(days=3) + drafts.LIFETIME
    link = token(house, draft)
    assert after["resume_digest"] == digest(link)
    pointer = found(house, link)
    assert pointer is not None
    assert (pointer.tenant_id, pointer.id, pointer.seen_at) == (draft.tenant.id, draft.id, {draft.tenant.id})
    assert found(house, link[:-1] + ("A" if link[-1] != "A" else "B")) is None


def test_the_mail_says_which_draft_and_until_when_and_nothing_else(house: House) -> None:
    # On the region's clocks it is the second of December already, as the page says, too.
    with clock.frozen(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)):
        draft = house.draft(language="en")
        pause(house, draft, "berta@post.example")
    query = "SELECT recipient, template, language, data FROM mails WHERE data->>'draft_id' = %s"
    assert house.rows(query, str(draft.id)) == [
        (
            "berta@post.example",
            "resume_draft",
            "en",
            {"draft_id": str(draft.id), "expires_on": "2027-01-01"},
        )
    ]


def test_another_address_gets_another_link_and_the_one_before_leads_nowhere(house: House) -> None:
    draft = house.draft()
    pause(house, draft, "carla@post.example")
    first = token(house, draft)
    pause(house, draft, "dora@post.example")
    assert found(house, first) is None
    assert found(house, token(house, draft)) is not None


def test_an_address_gets_no_more_than_three_links_in_an_hour(house: House) -> None:
    draft, other = house.draft(), house.draft()
    answers = [pause(house, each, "emma@post.example") for each in (draft, other, draft, draft)]
    assert answers == [True, True, True, False]
    count = "SELECT count(*) FROM mails WHERE recipient = 'emma@post.example'"
    assert house.value(count) == 3
    # The link that was mailed before still leads back.
    assert found(house, token(house, draft)) is not None


def test_a_refused_pause_changes_nothing(house: House) -> None:
    draft = house.draft()
    while pause(house, house.draft(), "frieda@post.example"):
        pass
    before = row(house, draft)
    assert not pause(house, draft, "frieda@post.example")
    assert row(house, draft) == before


def test_what_is_thrown_away_is_gone_with_its_files_rows(house: House) -> None:
    draft = house.draft(files=1)
    pause(house, draft, "gerda@post.example")
    link = token(house, draft)
    with house.acting(draft.context) as session:
        drafts.discard(session, drafts.load(session, draft.id))
    assert house.rows("SELECT 1 FROM drafts WHERE id = %s", draft.id) == []
    assert house.rows("SELECT 1 FROM documents WHERE id = ANY(%s)", list(draft.files)) == []
    assert found(house, link) is None


def test_filed_through_another_portal_the_link_leads_there_too(house: House) -> None:
    draft = house.draft("bakum", via="vechta")
    pause(house, draft, "hanna@post.example")
    pointer = found(house, token(house, draft))
    assert pointer is not None
    assert pointer.seen_at == {house.tenant("bakum").id, house.tenant("vechta").id}
