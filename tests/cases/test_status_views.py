"""Following a case: by number and secret, wherever it is now; answering, adding files, withdrawing, confirming."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from kreisportal.app import create_wsgi
from kreisportal.cases import by_applicant, submission, work
from kreisportal.cases.wording import outcome_text
from kreisportal.forms.wording import KINDS
from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.cases.citizen import open_case, token_of
from tests.cases.house import CONTENT, CaseFacts, House
from tests.cases.test_work import ACTS, column, do
from tests.support.browser import Browser

Citizens = Callable[..., Browser]


def path(case: CaseFacts, rest: str = "") -> str:
    """The address of a case's page."""
    return f"/de/vorgang/{case.id}" + (f"/{rest}" if rest else "")


def decide(house: House, case: CaseFacts, outcome: str = "granted", slug: str = "vechta") -> None:
    """Let the office decide."""
    context = house.staff(slug)
    with house.acting(context) as session:
        work.decide(session, context, case.id, outcome, "Die Steuermarke\n\nkommt mit der Post.", [], 90)


@pytest.mark.parametrize("language", ["de", "en"])
def test_number_and_secret_open_it(house: House, citizen: Citizens, language: str) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case, language)
    assert page.request.path == f"/{language}/vorgang/{case.id}"
    for text in (case.number, {"de": "Eingegangen", "en": "Received"}[language], 'data-status="RECEIVED"'):
        assert text in page.text, text
    assert page.headers["Cache-Control"] == "no-store"


def test_both_may_be_typed_as_people_type(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    typed = {
        "nummer": case.number.lower().replace("-", " "),
        "kennwort": case.secret.lower().replace("-", " "),
    }
    assert browser.submit(browser.get("/de/vorgang"), typed).status_code == 303


def test_a_mailed_link_fills_the_form_in_and_opens_nothing_by_itself(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = browser.get(f"/de/vorgang?nummer={case.number}&kennwort={case.secret}")
    assert page.status_code == 200
    assert case.number in page.text
    assert browser.cookie(SESSION_COOKIE) is None
    assert browser.submit(page).status_code == 303


def test_what_does_not_fit_is_answered_alike_and_keeps_what_was_typed(
    house: House, citizen: Citizens
) -> None:
    case, other = house.case(), house.case()
    pairs = [
        ("vechta", case.number, other.secret),
        ("vechta", "VEC-2026-99999-1", case.secret),
        ("vechta", "unsinn", "unsinn"),
        # Another town's portal does not know it.
        ("cloppenburg", case.number, case.secret),
    ]
    for slug, number, secret in pairs:
        browser = citizen(slug)
        answer = browser.submit(browser.get("/de/vorgang"), {"nummer": number, "kennwort": secret})
        assert answer.status_code == 422
        assert "Nummer und Kennwort passen nicht zusammen" in answer.text
        assert number in answer.text
        assert browser.cookie(SESSION_COOKIE) is None


def test_what_is_left_empty_is_said_at_its_field(citizen: Citizens) -> None:
    browser = citizen()
    page = browser.get("/de/vorgang")
    for typed, said in (
        ({"nummer": " ", "kennwort": ""}, ("Geben Sie die Nummer ein.", "Geben Sie das Kennwort ein.")),
        ({"nummer": "VEC-2026-00001-1", "kennwort": ""}, ("Geben Sie das Kennwort ein.",)),
    ):
        answer = browser.submit(page, typed)
        assert answer.status_code == 422
        # In the summary and at the field.
        assert [answer.text.count(sentence) for sentence in said] == [2] * len(said)
        assert "passen nicht zusammen" not in answer.text
    assert 'value="VEC-2026-00001-1"' in answer.text


def test_trying_many_secrets_is_stopped(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = browser.get("/de/vorgang")
    answers = [
        browser.submit(page, {"nummer": case.number, "kennwort": f"AAAAA-AAAAA-{number:05d}"}).status_code
        for number in range(21)
    ]
    assert answers == [422] * 20 + [429]
    # That closes the case to nobody who comes from elsewhere.
    assert open_case(citizen(), case).status_code == 200


def test_it_is_there_wherever_it_has_gone(house: House, citizen: Citizens) -> None:
    case = house.case("lohne")
    before = citizen("lohne")
    open_case(before, case)
    house.pass_on(case, "lohne", "landkreis-vechta", "Der Kreis macht das.")
    for browser in (before, citizen("lohne"), citizen("landkreis-vechta")):
        page = browser.get(path(case)) if browser is before else open_case(browser, case)
        assert page.status_code == 200
        for text in (case.number, "An die zuständige Behörde weitergegeben", "Der Kreis macht das."):
            assert text in page.text, text
    answer = before.submit(before.get(path(case)), {"nachricht": "Danke."}, "/nachricht")
    assert answer.status_code == 303
    there = house.tenant("landkreis-vechta").id
    assert house.events(case.id, there)[-1] == ("message", "applicant", True)


def test_a_question_is_answered_with_words_and_a_file(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    do(house, house.staff(), case, ACTS["question"])
    page = open_case(browser, case)
    assert 'data-status="ACTION_REQUIRED"' in page.text
    assert "Stadt Vechta hat eine Frage an Sie" in page.text
    assert "Welche Rasse?" in page.text
    upload = (io.BytesIO(CONTENT), "../Foto & Co.pdf")
    answer = browser.submit(page, {"nachricht": "Ein <i>Dackel</i>.", "dateien": upload}, "/nachricht")
    assert answer.status_code == 303
    page = browser.follow(answer)
    assert "Ein &lt;i&gt;Dackel&lt;/i&gt;." in page.text
    ((document, name),) = house.rows("SELECT id, name FROM documents WHERE case_id = %s", case.id)
    assert "/" not in name
    got = browser.get(path(case, f"dokument/{document}"), buffered=True)
    assert (got.data, got.mimetype) == (CONTENT, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment;")
    # Who had asked has the case.
    assert column(house, case, "state") == "in_progress"


@pytest.mark.parametrize(("words", "sentence"), [("", "Schreiben Sie etwas"), ("x" * 5001, "Kürzen Sie")])
def test_nothing_and_too_much_are_no_message(
    house: House, citizen: Citizens, words: str, sentence: str
) -> None:
    case, browser = house.case(), citizen()
    answer = browser.submit(open_case(browser, case), {"nachricht": words}, "/nachricht")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert words in answer.text
    assert len(house.events(case.id)) == 1


def test_how_much_may_be_sent_is_what_is_taken(house: House) -> None:
    settings = dataclasses.replace(house.program.settings, upload_limit=7 * 1024 * 1024)
    program = dataclasses.replace(house.program, settings=settings)
    page = open_case(Browser(create_wsgi(program), "vechta.localhost"), house.case()).text
    assert "höchstens 10 Dateien, zusammen höchstens 7 MB" in page


def test_a_file_that_is_refused_takes_the_message_with_it(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    upload = (io.BytesIO(b"MZ\x90\x00"), "Spiel.exe")
    page = open_case(browser, case)
    answer = browser.submit(page, {"nachricht": "Anbei das Foto.", "dateien": upload}, "/nachricht")
    assert answer.status_code == 422
    for text in ("Spiel.exe", "Noch ist nichts gesendet", "Anbei das Foto."):
        assert text in answer.text, text
    assert len(house.events(case.id)) == 1
    assert house.rows("SELECT 1 FROM documents WHERE case_id = %s", case.id) == []


def test_messages_without_end_are_stopped_and_kept_on_the_page(
    house: House, citizen: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kreisportal.cases import status_views

    case, browser, real = house.case(), citizen(), status_views.check_rate
    page = open_case(browser, case)
    monkeypatch.setattr(status_views, "check_rate", lambda what, **_: real(what, limit=1, seconds=3600))
    assert browser.submit(page, {"nachricht": "Eins."}, "/nachricht").status_code == 303
    answer = browser.submit(page, {"nachricht": "Zwei."}, "/nachricht")
    assert answer.status_code == 429
    assert "Zwei." in answer.text
    assert len(house.events(case.id)) == 2


def test_a_closed_case_takes_no_message_and_says_so(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case)
    decide(house, case)
    answer = browser.submit(page, {"nachricht": "Noch etwas."}, "/nachricht")
    assert answer.status_code == 409
    assert "Der Vorgang ist schon abgeschlossen" in answer.text


def test_withdrawing(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case)
    done = browser.follow(browser.submit(page, {}, "/zurueckziehen"))
    assert "Von Ihnen zurückgezogen" in done.text
    assert 'data-status="COMPLETED"' in done.text
    days = house.program.keeper.current.catalogue.services["hund-anmelden"].retention_days
    assert column(house, case, "delete_on") == clock.today() + timedelta(days=days)
    late = browser.submit(page, {}, "/zurueckziehen")
    assert late.status_code == 409
    assert "Zurückziehen geht nicht mehr" in late.text
    assert f'action="{path(case, "zurueckziehen")}"' not in done.text


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("granted", "Ihrem Anliegen wurde entsprochen."),
        ("refused", "Ihrem Anliegen wurde nicht entsprochen."),
        ("done", "Ihre Sache ist erledigt."),
    ],
)
def test_the_decision_is_read_here(house: House, citizen: Citizens, outcome: str, sentence: str) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    assert browser.get(path(case, "bescheid.pdf")).status_code == 404
    decide(house, case, outcome)
    page = browser.get(path(case))
    for text in (sentence, "kommt mit der Post.", "danach löschen wir ihn", 'data-status="COMPLETED"'):
        assert text in page.text, text
    letter = browser.get(path(case, "bescheid.pdf"))
    assert (letter.mimetype, letter.data[:5]) == ("application/pdf", b"%PDF-")


def test_the_end_of_the_form_shows_what_is_needed_to_come_back(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    open_case(browser, case)
    page = browser.get(path(case, "gesendet"))
    receipt = column(house, case, "receipt")
    for text in (case.number, case.secret, receipt, "Hundemarke"):
        assert text in page.text, text
    copy = browser.get(path(case, "kopie.pdf"))
    assert copy.headers["Content-Disposition"] == f'attachment; filename="{case.number}.pdf"'
    assert copy.data.startswith(b"%PDF-")


def test_an_address_is_confirmed_by_the_button_and_not_by_a_look(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    token = submission.confirm_token_of(house.program.settings.secret_key, case.id, case.email)
    page = browser.get(f"/de/adresse/{token}")
    assert browser.head(f"/de/adresse/{token}").status_code == 200
    assert column(house, case, "email_confirmed_at") is None
    assert case.number not in page.text
    assert browser.submit(page).status_code == 200
    assert column(house, case, "email_confirmed_at") is not None
    again = browser.get(f"/de/adresse/{token}").text
    assert "Ihre Adresse ist bestätigt" in again
    assert "Ja, das ist meine Adresse" not in again
    # Confirming opens nothing: whoever reads the mailbox need not be the applicant.
    assert browser.get(path(case)).status_code == 404
    assert browser.get(f"/de/adresse/{token[:-3]}xyz").status_code == 404
    assert citizen("cloppenburg").get(f"/de/adresse/{token}").status_code == 404


def test_the_link_is_mailed_again_until_it_is_too_often(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case)
    assert case.email in page.text
    places = [browser.submit(page, {}, "/adresse").headers["Location"] for _ in range(3)]
    assert [place.partition("=")[2] for place in places] == ["unterwegs", "unterwegs", "zu-oft"]
    assert house.mails(case.id) == [("confirm_address", case.email)] * 3
    with house.acting(case.context) as session:
        by_applicant.confirm_address(session, case.context, case.id)
    assert browser.submit(page, {}, "/adresse").headers["Location"].endswith("mail=unterwegs")
    assert f'action="{path(case, "adresse")}"' not in browser.get(path(case)).text


@pytest.mark.parametrize("rest", ["", "gesendet", "kopie.pdf", "bescheid.pdf"])
def test_without_number_and_secret_there_is_nothing(house: House, citizen: Citizens, rest: str) -> None:
    case, own = house.case(files=1), house.case()
    stranger, guest = citizen(), citizen()
    open_case(guest, own)
    for browser in (stranger, guest):
        answer = browser.get(path(case, rest))
        assert answer.status_code == 404
        assert case.number not in answer.text
        assert browser.get(path(case, f"dokument/{case.files[0]}")).status_code == 404
    # A file of another case is not reached through one's own.
    assert guest.get(path(own, f"dokument/{case.files[0]}")).status_code == 404


def test_what_staff_write_for_themselves_is_not_shown(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    do(house, house.staff(), case, ACTS["note"])
    assert "Nur für uns." not in open_case(browser, case).text


def test_leaving_forgets_it_on_this_device(house: House, citizen: Citizens) -> None:
    case, browser = house.case(), citizen()
    page = open_case(browser, case)
    stolen = browser.cookie(SESSION_COOKIE)
    answer = browser.submit(page, {}, "/vorgang/beenden")
    assert answer.headers["Location"] == "/de/"
    assert browser.cookie(SESSION_COOKIE) is None
    browser.set_cookie(SESSION_COOKIE, stolen or "")
    assert browser.get(path(case)).status_code == 404


def test_a_receipt_is_checked_by_anybody(house: House, citizen: Citizens) -> None:
    case = house.case()
    receipt = str(column(house, case, "receipt"))
    for slug in ("vechta", "cloppenburg"):
        page = citizen(slug).get("/de/quittung", query_string={"code": receipt})
        assert "Die Quittung ist echt" in page.text
        assert case.number in page.text
        assert "Wölfchen" not in page.text
    broken = receipt[:-8] + ("AAAAAAAA" if receipt[-8:] != "AAAAAAAA" else "BBBBBBBB")
    browser = citizen()
    answer = browser.post(
        "/de/quittung", {"code": broken, "csrf_token": token_of(browser.get("/de/quittung"))}
    )
    assert "Diese Quittung stimmt nicht" in answer.text
    assert "Die Quittung ist echt" not in answer.text
    assert "stimmt nicht" not in browser.get("/de/quittung").text


def test_the_keys_of_receipts_are_public(citizen: Citizens) -> None:
    answer = citizen().get("/de/quittung/schluessel.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    (key,) = json.loads(answer.text)["keys"]
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", "test")
    assert "d" not in key


def test_only_an_application_is_granted_or_refused_as_one() -> None:
    for outcome in ("granted", "refused"):
        assert "Antrag" in outcome_text(outcome, "application")
        assert not {kind for kind in KINDS if "Antrag" in outcome_text(outcome, kind)} - {"application"}
