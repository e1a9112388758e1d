"""What who acts for somebody sees and does at the towns, and that it ends with the mandate."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from kreisportal.accounts.service import acting_for
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.mandates.queries import represented_person, usable_for
from tests.accounts.people import HOST, Citizen, title_of
from tests.cases.citizen import START, fill_to_review, token_of
from tests.cases.house import SERVICE, CaseFacts
from tests.mandates.acting import ACTING, GIVER, PAGES, Pair, account_of

VECHTA, CLOPPENBURG = "vechta.localhost", "cloppenburg.localhost"


def open_as(person: Citizen, case_id: uuid.UUID, path: str = "", host: str = VECHTA) -> TestResponse:
    return person.at(host).get(f"/de/vorgang/{case_id}{path}")


def write_as(person: Citizen, case_id: uuid.UUID, text: str = "Hier ist es.") -> TestResponse:
    browser = person.at(VECHTA)
    page = browser.get("/de/vorgang")
    values = {"csrf_token": token_of(page), "nachricht": text}
    origin = {"Origin": f"https://{VECHTA}"}
    return browser.post(f"/de/vorgang/{case_id}/nachricht", values, headers=origin)


def test_a_case_is_read_and_a_question_answered(pair: Pair) -> None:
    case = pair.case()
    mandate = pair.give("vorgang", vorgang=str(case.id))
    pair.house.ask(case, "Welche Farbe hat der Hund?")
    home = pair.acting.at(HOST).get("/de/").text
    assert f"Für {GIVER}" in home and case.number in home
    page = open_as(pair.acting, case.id)
    assert page.status_code == 200
    assert f"Sie handeln für {GIVER}" in page.text
    assert "Welche Farbe" in page.text
    assert "zurueckziehen" not in page.text
    sent = pair.acting.at(VECHTA).submit(page, {"nachricht": "Braun."}, "nachricht")
    assert sent.status_code == 303
    row = pair.house.rows(
        "SELECT data->>'mandate', content->>'representative', actor FROM case_events"
        " WHERE case_id = %s AND kind = 'message'",
        case.id,
    )
    assert row == [(str(mandate), ACTING, "applicant")]
    assert pair.acts(mandate) == ["opened", "answered"]
    assert f"{ACTING} in Vertretung" in open_as(pair.giver, case.id).text
    for person in (pair.giver, pair.acting):
        listed = person.at(HOST).get(f"{PAGES}/{mandate}").text
        assert "Vorgang geöffnet" in listed and "Nachricht geschrieben" in listed
    assert f"{ACTING} in Vertretung" in pair.giver.at(HOST).get("/de/zugriffe").text
    assert f"{ACTING} in Vertretung" not in pair.acting.at(HOST).get("/de/zugriffe").text


def test_papers_are_read_and_noted(pair: Pair) -> None:
    case = pair.case(files=1)
    mandate = pair.give()
    for path in ("/kopie.pdf", f"/dokument/{case.files[0]}", "/kopie.pdf"):
        with open_as(pair.acting, case.id, path) as page:
            assert page.status_code == 200
    assert pair.acts(mandate) == ["copy", "document"]


@pytest.mark.parametrize("path", ["", "/kopie.pdf", "/gesendet"])
def test_a_revocation_counts_with_the_next_request(pair: Pair, path: str) -> None:
    case = pair.case()
    mandate = pair.give()
    assert open_as(pair.acting, case.id, path).status_code == 200
    pair.end(mandate)
    refused = open_as(pair.acting, case.id, path)
    assert refused.status_code == 404
    assert "Vollmacht" in title_of(refused) or path == "/gesendet", "of which no look is noted"
    assert "hier nicht mehr" in refused.text
    typed = write_as(pair.acting, case.id, "Das habe ich getippt.")
    assert typed.status_code == 404
    assert ("Das habe ich getippt.</p>" in typed.text) is (path != "/gesendet"), "it can be copied"
    assert "Das habe ich getippt." in typed.text, "nothing typed is lost"
    assert case.number not in pair.acting.at(HOST).get("/de/").text
    assert open_as(pair.giver, case.id, path).status_code == 200


def test_who_has_never_acted_is_told_of_no_mandate(pair: Pair, stranger: Citizen) -> None:
    """Nor is who acts told of others' cases, or that a file is missing in a case that is within reach."""
    case, other = pair.case(), pair.house.case()
    pair.give()
    stranger.sign_in_at("vechta")
    for person, subject in ((stranger, case.id), (pair.acting, other.id), (pair.acting, uuid.uuid4())):
        refused = open_as(person, subject)
        assert refused.status_code == 404
        assert "Das liegt nicht in Ihrem Konto" in refused.text
    missing = open_as(pair.acting, case.id, f"/dokument/{uuid.uuid4()}")
    assert missing.status_code == 404
    assert "nicht in Ihrem Konto" not in missing.text


OVER = {
    "ended": {"ends_at": "now()"},
    "revoked": {"ended_at": "now()", "ended_by": "'giver'"},
    "not accepted": {"accepted_at": "NULL"},
    "another's": {"representative_id": "NULL"},
    "of another service": {"scope": "'service'", "service_key": "'wohngeld'"},
    "of another town": {"tenant_id": "(SELECT id FROM tenants WHERE slug = 'cloppenburg')"},
    "of another case": {
        "scope": "'case'",
        "case_id": "gen_random_uuid()",
        "case_number": "'x'",
        "service_key": "'x'",
    },
}


@pytest.mark.parametrize("change", OVER.values(), ids=OVER)
def test_nothing_is_seen_beyond_the_mandate(pair: Pair, change: dict[str, str]) -> None:
    case = pair.case()
    mandate = pair.give()
    pair.set(mandate, **change)
    assert open_as(pair.acting, case.id).status_code == 404
    assert write_as(pair.acting, case.id).status_code == 404
    assert case.number not in pair.acting.at(HOST).get("/de/").text


def test_what_was_given_for_a_town_is_good_at_its_successor(pair: Pair) -> None:
    case, change = pair.case(), "UPDATE tenants SET merged_into_id = %s WHERE slug = 'bakum'"
    mandate = pair.give()
    pair.set(mandate, tenant_id="(SELECT id FROM tenants WHERE slug = 'bakum')")
    assert open_as(pair.acting, case.id).status_code == 404
    pair.house.superuser.execute(change, [pair.house.tenant("vechta").id])
    try:
        assert open_as(pair.acting, case.id).status_code == 200
        with pair.house.acting(acting_for(account_of(pair.house, pair.acting))) as session:
            assert usable_for(
                session, account_of(pair.house, pair.acting), pair.house.tenant("vechta").id, SERVICE
            )
    finally:
        pair.house.superuser.execute(change, [None])
    assert open_as(pair.acting, case.id).status_code == 404


def test_a_case_is_not_opened_at_a_town_that_has_no_part_in_it(pair: Pair) -> None:
    case = pair.case()
    pair.give()
    assert open_as(pair.acting, case.id, host=CLOPPENBURG).status_code == 404


def test_what_is_for_the_person_alone_is_refused(pair: Pair) -> None:
    case = pair.case()
    pair.give()
    browser = pair.acting.at(VECHTA)
    token = {"csrf_token": token_of(browser.get("/de/vorgang"))}
    for path, status in (("zurueckziehen", 403), ("adresse", 403), ("angaben-merken", 404)):
        assert browser.post(f"/de/vorgang/{case.id}/{path}", token).status_code == status, path
    browser.post(f"/de/vorgang/{case.id}/ins-konto", token)
    assert pair.house.value("SELECT account_id FROM cases WHERE id = %s", case.id) == account_of(
        pair.house, pair.giver
    )
    assert pair.house.value("SELECT state FROM cases WHERE id = %s", case.id) == "new"


def test_the_secret_is_not_shown(pair: Pair) -> None:
    """With it the case could be seen for good."""
    case: CaseFacts = pair.case()
    pair.give()
    pages = [open_as(pair.acting, case.id, path).text for path in ("", "/gesendet")]
    assert all(case.secret not in page for page in pages)
    assert case.secret in open_as(pair.giver, case.id, "/gesendet").text


def remember_giver(pair: Pair) -> None:
    own = pair.giver.at(HOST)
    page = own.get("/de/angaben/person")
    values = {"given_names": "Erika", "family_name": "Beispiel", "birth_place": "Geheimdorf"}
    assert own.submit(page, values).status_code == 303


def test_an_application_is_sent_for_somebody(pair: Pair) -> None:
    remember_giver(pair)
    mandate = pair.give("leistung")
    browser = pair.acting.at(VECHTA)
    page = browser.get("/de/antrag/hund-anmelden")
    assert "Für mich" in page.text and f"Für {GIVER}" in page.text
    review = fill_to_review(browser, f"{START}?fuer={mandate}", email=pair.acting.email)
    assert f"Der Antrag gehört {GIVER}" in review.text
    draft = uuid.UUID(review.request.path.split("/")[3])
    assert draft.hex in pair.acting.at(HOST).get("/de/").text.replace("-", "")
    sent = browser.submit(review, {}, "pruefen")
    assert sent.status_code == 303
    done = browser.get(sent.headers["Location"])
    assert "Kennwort" not in done.text and f"{ACTING} in Vertretung" in done.text
    row = pair.house.rows(
        "SELECT account_id, email, email_confirmed_at IS NOT NULL, confirm_digest FROM cases WHERE id = %s",
        draft,
    )
    assert row == [(account_of(pair.house, pair.giver), pair.giver.email, True, None)]
    assert pair.house.mails(draft) == [("application_received", pair.giver.email)]
    assert "applied" in pair.acts(mandate)
    assert "Kennwort" in open_as(pair.giver, draft, "/gesendet").text


def test_forms_propose_what_the_mandate_lets_through_and_nothing_else(pair: Pair) -> None:
    remember_giver(pair)
    mandate = pair.give()
    own = acting_for(account_of(pair.house, pair.acting))
    with pair.house.acting(own) as session:
        person = represented_person(session, mandate)
    assert person is not None
    assert dict(person.details) == {"person.given_names": "Erika", "person.family_name": "Beispiel"}


def test_a_draft_ends_with_the_mandate_and_stays_the_givers(pair: Pair) -> None:
    mandate = pair.give()
    review = fill_to_review(pair.acting.at(VECHTA), f"{START}?fuer={mandate}")
    path = review.request.path
    pair.end(mandate)
    refused = pair.acting.at(VECHTA).get(path)
    assert refused.status_code == 404
    assert "Dann gilt die Vollmacht hier nicht mehr" in refused.text
    sent = pair.acting.at(VECHTA).submit(review, {}, "pruefen")
    assert sent.status_code == 404
    assert pair.giver.at(VECHTA).get(path).status_code == 200


def test_no_link_to_a_draft_is_mailed_to_who_acts(pair: Pair) -> None:
    mandate = pair.give()
    browser = pair.acting.at(VECHTA)
    review = fill_to_review(browser, f"{START}?fuer={mandate}")
    path = review.request.path.replace("pruefen", "unterbrechen")
    page = browser.get(path)
    assert f"solange Sie für {GIVER} handeln" in page.text
    refused = browser.post(path, {"csrf_token": token_of(review), "email": pair.acting.email})
    assert refused.status_code == 403


def test_who_acts_takes_no_draft_into_their_own_account(pair: Pair) -> None:
    mandate = pair.give()
    browser = pair.acting.at(VECHTA)
    review = fill_to_review(browser, f"{START}?fuer={mandate}")
    path = review.request.path.replace("pruefen", "ins-konto")
    assert path not in review.text
    assert browser.post(path, {"csrf_token": token_of(review)}).status_code == 403
    owner = pair.house.value("SELECT account_id FROM drafts WHERE mandate_id = %s", mandate)
    assert owner == account_of(pair.house, pair.giver)


@pytest.mark.parametrize("kind", ["another's", "a case's", "of another town", "nonsense"])
def test_no_form_is_begun_by_a_mandate_that_is_not_for_it(pair: Pair, stranger: Citizen, kind: str) -> None:
    if kind == "another's":
        wanted = str(pair.give())
        stranger.sign_in_at("vechta")
        assert stranger.at(VECHTA).get(f"{START}?fuer={wanted}").status_code == 404
        return
    if kind == "a case's":
        wanted = str(pair.give("vorgang", vorgang=str(pair.case().id)))
    elif kind == "of another town":
        wanted = str(pair.give(behoerde="cloppenburg"))
    else:
        wanted = "x"
    assert pair.acting.at(VECHTA).get(f"{START}?fuer={wanted}").status_code == 404


def test_row_security_itself_refuses_beyond_the_mandate(pair: Pair) -> None:
    """Whatever the program asks for: a case of another's, an event after the end, a withdrawal."""
    case, other = pair.case(), pair.house.case("vechta")
    mandate, own = pair.give(), account_of(pair.house, pair.acting)

    def seen(subject: uuid.UUID) -> int:
        with pair.house.acting(by(subject)) as session:
            return len(session.execute(text("SELECT id FROM cases")).all())

    def by(subject: uuid.UUID) -> Context:
        return Context(
            ActorKind.APPLICANT, case.tenant.id, account_id=own, subject_id=subject, mandate_id=mandate
        )

    assert (seen(case.id), seen(other.id)) == (1, 0)
    with pytest.raises(ProgrammingError), pair.house.acting(by(case.id)) as session:
        session.execute(text("UPDATE cases SET state = 'withdrawn'"))
    pair.set(mandate, ended_at="now()")
    assert seen(case.id) == 0
    with pytest.raises(ProgrammingError), pair.house.acting(by(case.id)) as session:
        session.execute(
            text(
                "INSERT INTO case_events (tenant_id, case_id, sequence, at, kind, actor, is_public, data,"
                " previous_hash, hash) VALUES (:tenant, :case, 99, now(), 'message', 'applicant', true, '{}', '', '')"
            ),
            {"tenant": case.tenant.id, "case": case.id},
        )
