"""The second factor of an account: a code after the password, each good once, and no way around it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from kreisportal.web.program import Program
from tests.accounts.people import (
    HOST,
    PASSWORD,
    Citizen,
    code_of,
    forget_codes,
    mailed_token,
    set_up_app,
    title_of,
)
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]
SESSION = "__Host-session"


def show_password(browser: Browser, email: str, wanted: str = "") -> TestResponse:
    page = browser.get("/de/anmelden", query_string={"next": wanted} if wanted else {})
    return browser.follow(browser.submit(page, {"email": email, "password": PASSWORD}))


def is_in(browser: Browser) -> bool:
    return browser.get("/de/").status_code == 200


def test_a_code_is_asked_for_after_the_password(citizen: Citizen, client: Client) -> None:
    secret, codes = set_up_app(citizen.at(HOST))
    assert len(set(codes)) == 10
    browser = client(HOST)
    page = show_password(browser, citizen.email, "/de/einstellungen")
    assert title_of(page) == "Code eingeben"
    assert not is_in(browser)
    assert browser.submit(page, {"code": "000000"}).status_code == 422
    done = browser.submit(page, {"code": code_of(secret, 1)})
    assert (done.status_code, done.headers["Location"]) == (303, "/de/einstellungen")
    assert is_in(browser)


def test_a_code_is_good_once(citizen: Citizen, client: Client) -> None:
    secret, _ = set_up_app(citizen.at(HOST))
    first, second = client(HOST), client(HOST)
    pages = [show_password(browser, citizen.email) for browser in (first, second)]
    code = code_of(secret, 1)
    assert first.submit(pages[0], {"code": code}).status_code == 303
    assert second.submit(pages[1], {"code": code}).status_code == 422
    assert not is_in(second)


def test_the_code_that_set_the_app_up_signs_nobody_in(citizen: Citizen, client: Client) -> None:
    secret, _ = set_up_app(citizen.at(HOST))
    browser = client(HOST)
    page = show_password(browser, citizen.email)
    assert browser.submit(page, {"code": code_of(secret)}).status_code == 422


def test_a_recovery_code_is_good_once(citizen: Citizen, client: Client) -> None:
    _, codes = set_up_app(citizen.at(HOST))
    statuses = []
    for typed in (codes[0].lower().replace("-", " "), codes[0], codes[1]):
        browser = client(HOST)
        show_password(browser, citizen.email)
        page = browser.get("/de/anmelden/ersatzcode")
        statuses.append(browser.submit(page, {"code": typed}).status_code)
    assert statuses == [303, 422, 303]
    assert "noch 8 Ersatzcodes" in browser.get("/de/zugang/").text


def test_new_recovery_codes_end_the_old_ones(citizen: Citizen, client: Client) -> None:
    own = citizen.at(HOST)
    _, old = set_up_app(own)
    page = own.submit(own.get("/de/zugang/ersatzcodes"), {}, "zugang/ersatzcodes")
    assert title_of(page) == "Ihre Ersatzcodes"
    assert old[0] not in page.text
    browser = client(HOST)
    show_password(browser, citizen.email)
    assert browser.submit(browser.get("/de/anmelden/ersatzcode"), {"code": old[0]}).status_code == 422


def test_a_new_password_by_mail_keeps_the_second_factor(
    citizen: Citizen, client: Client, program: Program
) -> None:
    _, codes = set_up_app(citizen.at(HOST))
    browser, new = client(HOST), "Vier andere Woerter passen gut"
    page = browser.get(f"/de/link/{mailed_token(program, citizen.email)}")
    page = browser.follow(browser.submit(page, {"new_password": new, "repeated": new}))
    assert title_of(page) == "Code eingeben"
    assert not is_in(browser)
    page = browser.get("/de/anmelden/ersatzcode")
    assert browser.submit(page, {"code": codes[0]}).status_code == 303


def test_nobody_gets_to_the_code_without_a_password(client: Client) -> None:
    browser = client(HOST)
    for path in ("code", "ersatzcode"):
        assert browser.get(f"/de/anmelden/{path}").headers["Location"] == "/de/anmelden"


def test_a_step_is_used_once_and_ends_with_a_new_password(
    citizen: Citizen, client: Client, region: DatabaseCopy
) -> None:
    own = citizen.at(HOST)
    secret, _ = set_up_app(own)
    browser = client(HOST)
    show_password(browser, citizen.email)
    kept = browser.cookie("__Host-csrf") or ""
    page = browser.get("/de/anmelden/code")
    assert browser.submit(page, {"code": code_of(secret, 1)}).status_code == 303
    again = client(HOST)
    again.set_cookie("__Host-csrf", kept)
    assert again.get("/de/anmelden/code").status_code == 303, "the step was used"
    forget_codes(region, citizen.email)
    stranger = client(HOST)
    show_password(stranger, citizen.email)
    new = "Fuenf blaue Enten quaken laut"
    changed = {"old_password": PASSWORD, "new_password": new, "repeated": new}
    assert own.submit(own.get("/de/passwort"), changed).status_code == 303
    assert stranger.get("/de/anmelden/code").status_code == 303, "it ended with the password"


def test_setting_it_up_needs_a_right_code_and_signs_out_elsewhere(citizen: Citizen, client: Client) -> None:
    elsewhere, own = client(HOST), citizen.at(HOST)
    assert show_password(elsewhere, citizen.email).status_code == 200
    own.submit(own.get("/de/zugang/"), {}, "app/beginn")
    wrong = own.submit(own.get("/de/zugang/app"), {"code": "123 456"})
    assert wrong.status_code == 422
    assert "Geben Sie den Code ein, den die App jetzt zeigt." in wrong.text
    assert is_in(elsewhere)
    before = own.cookie(SESSION)
    set_up_app(own)
    assert (is_in(elsewhere), is_in(own)) == (False, True)
    assert own.cookie(SESSION) != before


def test_switching_it_off_needs_password_and_code(citizen: Citizen, client: Client) -> None:
    own = citizen.at(HOST)
    secret, codes = set_up_app(own)
    page = own.get("/de/zugang/app/aus")
    for password, code in (("falsch", code_of(secret, 1)), (PASSWORD, "000000"), (PASSWORD, code_of(secret))):
        assert own.submit(page, {"password": password, "code": code}).status_code == 422
    assert own.submit(page, {"password": PASSWORD, "code": codes[3]}).status_code == 303
    browser = client(HOST)
    assert title_of(show_password(browser, citizen.email)) == "Meine Vorgänge"


def test_who_knows_the_password_cannot_lock_the_owner_out(citizen: Citizen, client: Client) -> None:
    own = client(HOST, "192.0.2.7")
    show_password(own, citizen.email)
    secret, _ = set_up_app(own)
    own.submit(own.get("/de/zugang/"), {}, "abmelden")
    thief = client(HOST, "192.0.2.8")
    page = show_password(thief, citizen.email)
    statuses = [thief.submit(page, {"code": f"{number:06}"}).status_code for number in range(7)]
    assert statuses[-1] == 429
    page = show_password(own, citizen.email)
    assert own.submit(page, {"code": code_of(secret, 1)}).status_code == 303


def test_what_matters_asks_again_and_goes_on_by_another_session(
    citizen: Citizen, region: DatabaseCopy
) -> None:
    citizen.sign_in_at("vechta")
    own, town = citizen.at(HOST), citizen.at("vechta.localhost")
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET authenticated_at = now() - interval '40 minutes'")
    begun = own.submit(own.get("/de/zugang/"), {}, "app/beginn")
    assert begun.headers["Location"] == "/de/bestaetigen?next=/de/zugang/"
    page = own.follow(begun)
    assert own.submit(page, {"password": "falsch"}).status_code == 422
    planted = own.cookie(SESSION) or ""
    assert own.submit(page, {"password": PASSWORD}).headers["Location"] == "/de/zugang/"
    assert own.cookie(SESSION) != planted
    assert citizen.email in town.get("/de/kontakt").text, "the town's session stands on the new one"
    thief = Browser(own._client.application, HOST)
    thief.set_cookie(SESSION, planted)
    assert not is_in(thief), "what was there before is worth nothing"
    set_up_app(own)


def test_with_a_second_factor_it_is_asked_for_again_too(citizen: Citizen, region: DatabaseCopy) -> None:
    own = citizen.at(HOST)
    secret, _ = set_up_app(own)
    with region.superuser() as connection:
        connection.execute("UPDATE sessions SET authenticated_at = now() - interval '40 minutes'")
    page = own.follow(own.get("/de/zugang/ersatzcodes"))
    assert own.submit(page, {"password": PASSWORD, "code": "000000"}).status_code == 422
    done = own.submit(page, {"password": PASSWORD, "code": code_of(secret, 1)})
    assert done.headers["Location"] == "/de/zugang/ersatzcodes"
    assert title_of(own.follow(done)) == "Neue Ersatzcodes"


def test_after_another_secret_key_recovery_codes_let_one_in(
    citizen: Citizen, client: Client, region: DatabaseCopy
) -> None:
    secret, codes = set_up_app(citizen.at(HOST))
    with region.superuser() as connection:
        connection.execute(
            "UPDATE account_second_factors SET totp_secret = sha256(totp_secret) WHERE account_id ="
            " (SELECT id FROM accounts WHERE email = %s)",
            [citizen.email],
        )
    browser = client(HOST)
    page = show_password(browser, citizen.email)
    assert browser.submit(page, {"code": code_of(secret, 1)}).status_code == 422
    page = browser.get("/de/anmelden/ersatzcode")
    assert browser.submit(page, {"code": codes[0]}).status_code == 303
    assert set_up_app(browser)[0] != secret
