"""Applying, page by page: what is said before, what is kept, what is refused, and that it is sent once."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable

import pytest

from kreisportal.cases import drafts
from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.cases.citizen import START, draft_id_of, fill_to_review, open_draft, send_page, token_of
from tests.cases.house import CONTENT, PROOF, House, inputs
from tests.support.browser import Browser

Citizens = Callable[..., Browser]

COUNT = "SELECT count(*) FROM drafts"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            ("Hund anmelden", "Bevor Sie anfangen", "Stadt Vechta", "§ 3 und § 11 NKAG", "Jetzt anfangen"),
        ),
        ("en", ("Register a dog", "Before you start", "Article 6(1)(c) and (e) GDPR")),
        ("de-simple", ("Dann müssen Sie Hunde-Steuer bezahlen.",)),
    ],
)
def test_what_to_know_is_said_before_the_first_question(
    citizen: Citizens, language: str, words: tuple[str, ...]
) -> None:
    page = citizen().get(f"/{language}/antrag/hund-anmelden")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "public, no-cache")
    for word in words:
        assert word in page.text, word
    assert f'href="/{language}/antrag/hund-anmelden/start"' in page.text


def test_for_another_place_another_authority_is_named_and_the_page_is_not_kept(
    house: House, citizen: Citizens
) -> None:
    ars = house.tenant("bakum").ars
    page = citizen().get(f"/de/antrag/hund-anmelden?ort={ars}")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Ihre Anmeldung geht an: Gemeinde Bakum" in page.text
    assert f'href="/de/antrag/hund-anmelden/start?ort={ars}"' in page.text


@pytest.mark.parametrize(
    "path",
    ["gibt-es-nicht", "kfz-zulassung", "gibt-es-nicht/start", "kfz-zulassung/start", "hund-anmelden?ort=1"],
)
def test_what_cannot_be_applied_for_here_is_no_page(citizen: Citizens, path: str) -> None:
    assert citizen().get(f"/de/antrag/{path}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_writes_nothing(house: House, citizen: Citizens, method: str) -> None:
    browser, before = citizen(), house.value(COUNT)
    page = browser.get(START) if method == "GET" else browser.head(START)
    assert page.status_code == 200
    assert house.value(COUNT) == before
    assert browser.cookie(SESSION_COOKIE) is None


def test_the_first_answer_begins_a_draft_at_the_authority_that_the_server_found(
    house: House, citizen: Citizens
) -> None:
    bakum, browser = house.tenant("bakum"), citizen()
    page = browser.get(f"/en/antrag/hund-anmelden/start?ort={bakum.ars}")
    # What nobody asked for is not believed.
    answer = send_page(browser, page, tenant_id="1", via_tenant_id="1", status="decided")
    assert answer.status_code == 303
    draft_id = draft_id_of(browser.follow(answer))
    rows = house.rows(
        "SELECT tenant_id, via_tenant_id, language, revision FROM drafts WHERE id = %s", draft_id
    )
    assert rows == [(bakum.id, house.tenant("vechta").id, "en", 1)]
    assert browser.cookie(SESSION_COOKIE)


def test_a_first_page_with_errors_keeps_what_was_typed_and_begins_nothing(
    house: House, citizen: Citizens
) -> None:
    browser, before = citizen(), house.value(COUNT)
    answer = send_page(browser, browser.get(START), {"taken_in.day": "40", "taken_in.month": "Mai"})
    assert answer.status_code == 422
    assert 'value="40"' in answer.text
    assert 'value="Mai"' in answer.text
    assert re.search(r"<title>Fehler: ", answer.text)
    assert house.value(COUNT) == before


def test_a_page_that_was_open_too_long_is_sent_again_with_what_was_typed(
    house: House, citizen: Citizens
) -> None:
    browser, before = citizen(), house.value(COUNT)
    browser.get(START)
    stale = browser.post(START, {"csrf_token": "alt", "taken_in.day": "17"})
    assert stale.status_code == 400
    assert "Bitte noch einmal auf „Weiter“ drücken" in stale.text
    assert 'value="17"' in stale.text
    assert house.value(COUNT) == before
    assert send_page(browser, stale).status_code == 303


def test_nobody_begins_drafts_without_end_and_nothing_typed_is_lost(
    house: House, citizen: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kreisportal.cases import views

    browser, real = citizen(), views.check_rate
    monkeypatch.setattr(views, "check_rate", lambda what, **_: real(what, limit=1, seconds=3600))
    page = browser.get(START)
    assert send_page(browser, page).status_code == 303
    before = house.value(COUNT)
    day = {"taken_in.day": "17", "taken_in.month": "3", "taken_in.year": "2021"}
    refused = send_page(browser, page, day)
    assert refused.status_code == 429
    assert "Das war zu oft hintereinander" in refused.text
    assert 'value="17"' in refused.text
    assert house.value(COUNT) == before


def test_from_the_first_page_to_the_end(house: House, citizen: Citizens) -> None:
    browser = citizen()
    review = fill_to_review(browser, email="anna.ende@post.example")
    for text in (
        "Wölfchen",
        "Änne Łucja",
        "anna.ende@post.example",
        "Noch ist nichts abgeschickt",
        "Stadt Vechta",
    ):
        assert text in review.text, text
    draft_id = draft_id_of(review)
    sent = browser.submit(review, {}, "/pruefen")
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/de/vorgang/{draft_id}/gesendet")
    done = browser.follow(sent)
    number = house.value("SELECT number FROM cases WHERE id = %s", draft_id)
    assert number in done.text
    assert "Ihre Anmeldung ist angekommen" in done.text
    assert done.headers["Cache-Control"] == "no-store"


def test_what_is_no_application_is_not_called_one(citizen: Citizens) -> None:
    browser = citizen()
    lamp = {"street": "Große Straße", "near": "12", "fault": "dark", "email": None}
    review = fill_to_review(browser, "/de/antrag/maengelmelder-strassenbeleuchtung/start", **lamp)
    assert "Ihre Meldung geht an: <strong>Stadt Vechta" in review.text
    done = browser.follow(browser.submit(review, {}, "/pruefen"))
    assert "<h1>Ihre Meldung ist angekommen</h1>" in done.text
    status = browser.get(done.request.path.removesuffix("/gesendet"))
    assert "<h2>Ihre Meldung</h2>" in status.text
    assert "Abgeschlossen" in status.text
    assert "Entschieden" not in status.text
    for page in (review, done, status):
        assert "Antrag" not in page.text.partition("<main")[2].partition("</main>")[0], page.request.path
    english = browser.get(done.request.path.replace("/de/", "/en/"))
    assert "<h1>Your report has arrived</h1>" in english.text


def test_who_has_prepared_a_visit_is_told_that_it_is_still_to_come(citizen: Citizens) -> None:
    browser = citizen()
    move = {
        "occasion": "moved",
        "moved_in": "15.11.2026",
        "old_address.street": "Kirchstraße",
        "old_address.house_number": "3",
        "old_address.postcode": "49377",
        "old_address.city": "Vechta",
        "old_address.country": "DE",
        "other_home": "no",
        "landlord": "own",
        "way": "in_person",
        "prepared_only": "yes",
    }
    with clock.frozen(datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)):
        review = fill_to_review(browser, "/de/antrag/wohnsitz-ummelden/start", **move)
        assert "Damit ist noch nichts beantragt oder gemeldet" in review.text
        done = browser.follow(browser.submit(review, {}, "/pruefen"))
        status = browser.get(done.request.path.removesuffix("/gesendet"))
    for page in (done, status):
        assert "Sie sind damit noch nicht umgemeldet" in page.text
        assert "möchte bis zum" not in page.text


def test_sent_however_often_it_is_one_case(house: House, citizen: Citizens) -> None:
    browser = citizen()
    review = fill_to_review(browser)
    draft_id = draft_id_of(review)
    answers = [browser.submit(review, {}, "/pruefen") for _ in range(3)]
    # The same form with another body is not another application either.
    answers.append(browser.submit(review, {"revision": "99"}, "/pruefen"))
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (303, f"/de/vorgang/{draft_id}/gesendet")
    }
    assert house.value("SELECT count(*) FROM cases WHERE id = %s", draft_id) == 1
    assert [kind for kind, _, _ in house.events(draft_id)] == ["submitted"]  # type: ignore[arg-type]


def test_changed_in_another_tab_it_is_looked_at_again_before_it_is_sent(
    house: House, citizen: Citizens
) -> None:
    browser = citizen()
    review = fill_to_review(browser)
    draft_id = draft_id_of(review)
    step = browser.get(f"/de/antrag/{draft_id}/dog?zurueck=pruefen")
    changed = send_page(browser, step, inputs(dog_name="Bärchen"))
    assert changed.headers["Location"] == f"/de/antrag/{draft_id}/pruefen"
    refused = browser.submit(review, {}, "/pruefen")
    assert refused.status_code == 409
    assert "Ihre Angaben haben sich inzwischen geändert" in refused.text
    assert "Bärchen" in refused.text
    assert house.rows("SELECT 1 FROM cases WHERE id = %s", draft_id) == []
    assert browser.submit(refused, {}, "/pruefen").status_code == 303
    assert house.value("SELECT answers->>'dog_name' FROM cases WHERE id = %s", draft_id) == "Bärchen"


@pytest.mark.parametrize("revision", ["", "eins", "-1", "9" * 12, "1 OR 1"])
def test_a_review_without_a_proper_revision_sends_nothing(
    house: House, citizen: Citizens, revision: str
) -> None:
    browser, draft = citizen(), house.draft()
    review = open_draft(house, browser, draft)
    answer = browser.submit(review, {"revision": revision}, "/pruefen")
    assert answer.status_code == 400
    assert "Prüfen Sie Ihre Angaben und senden Sie sie dann ab." in answer.text
    assert house.rows("SELECT 1 FROM cases WHERE id = %s", draft.id) == []


def test_what_is_missing_is_asked_before_anything_is_reviewed_or_sent(
    house: House, citizen: Citizens
) -> None:
    browser, draft = citizen(), house.draft()
    review = open_draft(house, browser, draft)
    with house.acting(draft.context) as session:
        row = drafts.load(session, draft.id)
        drafts.save(session, row, {key: row.answers[key] for key in row.answers if key != "breed"}, "de")
        revision = str(row.revision)
    step = f"/de/antrag/{draft.id}/dog"
    assert browser.get(f"/de/antrag/{draft.id}/pruefen").headers["Location"] == step
    assert browser.submit(review, {"revision": revision}, "/pruefen").headers["Location"] == step


def test_a_page_that_was_wrong_is_there_again_with_what_was_typed(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    path = f"/de/antrag/{draft.id}/dog"
    wrong = send_page(browser, browser.get(path), inputs(breed="x" * 101, dog_name="Neu & Name"))
    assert wrong.status_code == 422
    again = browser.get(path)
    assert again.status_code == 200
    assert "x" * 101 in again.text
    assert "Neu &amp; Name" in again.text
    # The answers that were right before are still those that count.
    kept = "SELECT answers->>'breed', answers->>'dog_name', revision FROM drafts WHERE id = %s"
    assert house.rows(kept, draft.id) == [("Dackel", "Wölfchen", draft.revision)]


def test_whoever_stops_on_a_page_keeps_what_stands_on_it(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    path = f"/de/antrag/{draft.id}/dog"
    answer = send_page(browser, browser.get(path), inputs(breed="", dog_name="Halb fertig"), _pause="1")
    assert answer.headers["Location"] == f"/de/antrag/{draft.id}/unterbrechen"
    assert "Halb fertig" in browser.get(path).text


def test_a_file_is_taken_in_once_and_a_wrong_one_is_refused_by_name(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft(files=1)
    open_draft(house, browser, draft)
    (step,) = {step.key for step in house.form()[1].steps for field in step.fields if field.key == PROOF}
    path = f"/de/antrag/{draft.id}/{step}"
    typed = {**inputs(), PROOF: [str(draft.files[0]), (io.BytesIO(b"MZ\x90\x00"), "Virus.exe")]}
    refused = send_page(browser, browser.get(path), typed)
    assert refused.status_code == 422
    assert "Virus.exe" in refused.text
    # Whoever does what the refusal says must not be refused again: no Word document fits here.
    assert "Hier passt nur eine Datei dieser Art: PDF, JPEG, PNG." in refused.text
    assert "DOCX" not in refused.text
    assert "Nachweis 0.pdf" in refused.text
    typed[PROOF] = [str(draft.files[0]), (io.BytesIO(CONTENT), "Zweiter.pdf")]
    assert send_page(browser, refused, typed).status_code == 303
    names = "SELECT name FROM documents WHERE draft_id = %s ORDER BY created_at"
    assert house.rows(names, draft.id) == [("Nachweis 0.pdf",), ("Zweiter.pdf",)]


def test_a_page_that_asks_for_files_says_which_fit(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    ((step, most),) = {
        (step.key, field.limits["max"])
        for step in house.form()[1].steps
        for field in step.fields
        if field.key == PROOF
    }
    page = browser.get(f"/de/antrag/{draft.id}/{step}").text
    size = house.program.settings.upload_limit // 1024 // 1024
    fits = f"PDF, JPEG oder PNG, höchstens {most} Dateien, jede höchstens {size} MB."
    assert fits in page
    assert re.search(rf'id="f-{PROOF}"[^>]* aria-describedby="[^"]*\bf-{PROOF}-fits"', page)


def test_another_browser_is_told_how_to_go_on_and_nothing_else(house: House, citizen: Citizens) -> None:
    draft = house.draft()
    open_draft(house, citizen(), draft)
    for rest in ("dog", "pruefen", "unterbrechen"):
        page = citizen().get(f"/de/antrag/{draft.id}/{rest}")
        unknown = citizen().get(f"/de/antrag/00000000-0000-4000-8000-000000000000/{rest}")
        assert page.status_code == unknown.status_code == 404
        assert "Wölfchen" not in page.text
        assert page.text.replace(str(draft.id), "") == unknown.text.replace(
            "00000000-0000-4000-8000-000000000000", ""
        )


def test_an_expired_draft_says_so(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    open_draft(house, browser, draft)
    with clock.frozen(clock.now() + drafts.LIFETIME):
        page = browser.get(f"/de/antrag/{draft.id}/dog")
    assert page.status_code == 404
    assert "Wölfchen" not in page.text


def test_a_token_is_needed_to_send(house: House, citizen: Citizens) -> None:
    browser, draft = citizen(), house.draft()
    review = open_draft(house, browser, draft)
    assert token_of(review)
    answer = browser.post(f"/de/antrag/{draft.id}/pruefen", {"revision": str(draft.revision)})
    assert answer.status_code == 400
    assert house.rows("SELECT 1 FROM cases WHERE id = %s", draft.id) == []
