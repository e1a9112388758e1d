"""A guest's draft is taken into an account by who has its secret, with all that was typed and uploaded."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kreisportal.accounts.takeout_jobs import HOLDINGS
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.registries import Holder
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.cases.citizen import draft_id_of, fill_to_review, open_draft, token_of
from tests.cases.house import DraftFacts, House
from tests.support.browser import Browser

VECHTA, CLOPPENBURG = "vechta.localhost", "cloppenburg.localhost"
OFFERED = "Zum Übernehmen anmelden"


def path(draft: DraftFacts, rest: str) -> str:
    return f"/de/antrag/{draft.id}/{rest}"


def owner_of(house: House, draft: DraftFacts) -> Any:
    return house.value("SELECT account_id FROM drafts WHERE id = %s", draft.id)


def account_of(house: House, person: Citizen) -> uuid.UUID:
    found: uuid.UUID = house.value("SELECT id FROM accounts WHERE email = %s", person.email)
    return found


def takes_in(house: House, person: Citizen, draft: DraftFacts) -> None:
    """Open a draft by its mailed link, and take it into one's account."""
    review = open_draft(house, person.at(VECHTA), draft)
    assert person.at(VECHTA).submit(review, {}, "ins-konto").status_code == 303
    assert owner_of(house, draft) == account_of(house, person)


class Names:
    """A takeout of which only the names are kept."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add_json(self, name: str, value: object) -> None:
        self.names.append(name)

    def add_list(self, name: str, values: Any) -> None:
        self.names.append(f"{name}: {len(list(values))}")

    def add_file(self, name: str, media_type: str, stream: object) -> None:
        self.names.append(name)

    def add_missing(self, name: str) -> None:
        self.names.append(f"missing: {name}")

    def tell(self, title: str, rows: object) -> None:
        pass


def test_who_is_signed_in_takes_a_draft_in(anna: Citizen, house: House) -> None:
    draft, browser = house.draft(files=1), anna.at(VECHTA)
    review = open_draft(house, browser, draft)
    assert "Dieser Entwurf liegt nicht in Ihrem Konto" in review.text
    assert str(draft.id) not in anna.at(HOST).get("/de/").text
    kept = "SELECT answers, revision, expires_at FROM drafts WHERE id = %s"
    before = house.rows(kept, draft.id)
    again = browser.follow(browser.submit(review, {}, "ins-konto"))
    assert title_of(again) == title_of(review), "one comes back to where one was"
    assert "Der Entwurf liegt jetzt in Ihrem Konto" in again.text
    assert "Dieser Entwurf liegt nicht" not in again.text
    assert "Nachweis 0.pdf" in again.text
    assert house.rows(kept, draft.id) == before
    assert str(draft.id) in anna.at(HOST).get("/de/").text


def test_a_guest_signs_in_on_the_way_and_comes_back(
    anna: Citizen, house: House, client: Callable[..., Browser]
) -> None:
    """With one's own browser, which was a guest's until then; the town is one that the account has not used yet."""
    person = Citizen(anna.email, client)
    person.tabs[HOST] = anna.at(HOST)
    at = "bakum.localhost"
    review = fill_to_review(person.at(at))
    paused = person.at(at).get(review.request.path.replace("pruefen", "unterbrechen"))
    for page, rest in ((review, "pruefen"), (paused, "unterbrechen")):
        assert OFFERED in page.text
        assert f"next=/de/antrag/{draft_id_of(review)}/{rest}" in page.text
        refused = person.at(at).post(
            f"/de/antrag/{draft_id_of(review)}/ins-konto", {"csrf_token": token_of(page)}
        )
        assert "/de/anmelden" in refused.headers["Location"]
    consent = person.sign_in_at("bakum", paused.request.path)
    assert title_of(consent) == "Später weitermachen"
    done = person.at(at).follow(person.at(at).submit(consent, {}, "ins-konto"))
    assert title_of(done) == "Später weitermachen"
    assert "Sie finden den Entwurf in Ihrem Konto" in done.text
    assert draft_id_of(review) in anna.at(HOST).get("/de/").text
    assert house.value("SELECT answers ->> 'dog_name' FROM drafts WHERE id = %s", draft_id_of(review))


def test_it_stays_with_the_account_that_has_it(anna: Citizen, bert: Citizen, house: House) -> None:
    draft = house.draft()
    takes_in(house, anna, draft)
    stolen = open_draft(house, bert.at(VECHTA), draft)
    assert "ins-konto" not in stolen.text
    bert.at(VECHTA).post(path(draft, "ins-konto"), {"csrf_token": token_of(stolen)})
    assert owner_of(house, draft) == account_of(house, anna)
    assert str(draft.id) not in bert.at(HOST).get("/de/").text


@pytest.mark.parametrize("host", [VECHTA, CLOPPENBURG])
def test_without_the_secret_nobody_takes_it_in(anna: Citizen, house: House, host: str) -> None:
    draft, token = house.draft(), token_of(anna.at(host).get("/de/vorgang"))
    assert anna.at(host).post(path(draft, "ins-konto"), {"csrf_token": token}).status_code == 404
    assert owner_of(house, draft) is None


def test_the_database_lets_no_secret_take_it_into_anothers_account(
    anna: Citizen, bert: Citizen, house: House
) -> None:
    """Nor a secret without an account, nor that of another draft."""
    draft, other = house.draft(), house.draft()
    own, others = account_of(house, anna), account_of(house, bert)
    take = text("UPDATE drafts SET account_id = :account WHERE id = :draft")

    def takes(account: uuid.UUID, context: Context) -> int:
        with house.acting(context) as session:
            changed = session.connection().execute(take, {"account": account, "draft": draft.id})
            return changed.rowcount

    def by(subject: uuid.UUID, account: uuid.UUID | None) -> Context:
        return Context(ActorKind.APPLICANT, draft.tenant.id, account_id=account, subject_id=subject)

    for context in (by(draft.id, None), by(draft.id, others)):
        with pytest.raises(ProgrammingError, match="one's own account only"):
            takes(own, context)
    assert takes(own, by(other.id, own)) == 0
    assert takes(own, Context(ActorKind.ACCOUNT, account_id=own)) == 0
    assert takes(own, by(draft.id, own)) == 1
    with pytest.raises(ProgrammingError, match="one's own account only"):
        takes(others, by(draft.id, others))


def test_what_was_sent_from_it_is_the_accounts(anna: Citizen, house: House) -> None:
    draft = house.draft(files=1)
    takes_in(house, anna, draft)
    browser = anna.at(VECHTA)
    assert browser.submit(browser.get(path(draft, "pruefen")), {}, "/pruefen").status_code == 303
    assert house.value("SELECT account_id FROM cases WHERE id = %s", draft.id) == account_of(house, anna)
    assert house.rows("SELECT id FROM documents WHERE case_id = %s", draft.id) == [(draft.files[0],)]
    again = browser.post(path(draft, "ins-konto"), {"csrf_token": token_of(browser.get("/de/vorgang"))})
    assert again.headers["Location"] == f"/de/vorgang/{draft.id}"


def test_it_is_taken_out_and_deleted_with_the_account(
    anna: Citizen, house: House, files: Callable[[int], set[str]]
) -> None:
    draft = house.draft(files=1)
    takes_in(house, anna, draft)
    holder, sink = Holder(house.program.database, account_of(house, anna)), Names()
    for holding in house.runtime.get(HOLDINGS).entries:
        for share in holding.shares(holder):
            share.fill(sink)
    folder = next(name for name in sink.names if name.endswith("entwurf.json")).rpartition("/")[0]
    assert any(name.startswith(f"{folder}/dateien/") for name in sink.names), sink.names
    assert str(draft.files[0]) in files(draft.tenant.id)
    own = anna.at(HOST)
    done = own.submit(own.get("/de/loeschen"), {"password": PASSWORD})
    assert "Angefangene Anträge" in done.text
    assert house.rows("SELECT 1 FROM drafts WHERE id = %s", draft.id) == []
    assert str(draft.files[0]) not in files(draft.tenant.id)
