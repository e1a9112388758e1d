"""The way to a provider and back, as a browser goes it: bound to it, each answer once, and nothing without settings."""

from __future__ import annotations

import base64
import dataclasses
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from kreisportal.accounts.identities import add_identity
from kreisportal.accounts.service import acting_for
from kreisportal.app import create_app, create_program, create_wsgi
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.kernel.database import Database
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.accounts.people import HOST, Citizen
from tests.bundid.saml.issuing import BASIC, ISSUER, PERSON, SSO, SUBSTANTIAL, Answer, Issuing
from tests.support.browser import Browser, forms_of
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
_START = "/de/anmelden/saml/bundid"
_ANSWERS = "/saml/bundid/antwort"


@pytest.fixture(scope="module")
def program(
    region: DatabaseCopy, tmp_path_factory: pytest.TempPathFactory, saml_folder: Path
) -> Iterator[Program]:
    """The program with two providers set up."""
    plain = settings_for(region, tmp_path_factory.mktemp("data"))
    made = create_program(dataclasses.replace(plain, saml_file=saml_folder / "saml.toml"))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def database(program: Program) -> Database:
    """The program's way to the database."""
    return program.database


@pytest.fixture(scope="module")
def wsgi(program: Program, locksmith: Locksmith) -> WSGIApplication:
    """The program behind all its layers."""
    return create_wsgi(program, create_app(program, locksmith.passwords))


@pytest.fixture
def person(client: Callable[..., Browser], program: Program) -> Citizen:
    """Somebody who has an account, and a browser that is not signed in."""
    return Citizen("anna@buerger.example", client)


@pytest.fixture(autouse=True)
def _fresh(region: DatabaseCopy) -> Iterator[None]:
    yield
    with region.superuser() as connection:
        connection.execute("DELETE FROM rate_limits")
        connection.execute("DELETE FROM accounts")


def started(browser: Browser, query: str = "") -> tuple[TestResponse, str]:
    """The page that leads to the provider, and the id of its request."""
    page = browser.get(f"{_START}{query}")
    assert page.status_code == 200, page.text
    form = next(form for form in forms_of(page.text) if form.action == SSO)
    assert form.values.keys() == {"SAMLRequest"}, "nothing of ours goes along, the form's token least of all"
    root = ET.fromstring(base64.b64decode(form.values["SAMLRequest"]))  # noqa: S314 - our own.
    return page, root.attrib["ID"]


def sent(wsgi: WSGIApplication, message: str, path: str = _ANSWERS) -> TestResponse:
    """The provider's form, as a browser sends it from there: without the cookies of ours, which are SameSite=Lax."""
    elsewhere = Client(wsgi, use_cookies=False)
    headers = {"Origin": "https://id.bund.example", "Sec-Fetch-Site": "cross-site"}
    answer = elsewhere.post(
        path, base_url=f"https://{HOST}", data={"SAMLResponse": message, "RelayState": ""}, headers=headers
    )
    assert "Set-Cookie" not in answer.headers
    return answer


def came_back(browser: Browser, wsgi: WSGIApplication, message: str, path: str = _ANSWERS) -> str:
    """Where a browser is led after the provider's answer was sent with it."""
    answer = sent(wsgi, message, path)
    assert answer.status_code == 303, answer.text
    return browser.follow(answer).headers["Location"]


def why(location: str) -> str:
    """The reason in the address of the page that says that nobody is signed in."""
    assert urlsplit(location).path.endswith("/anmelden/nicht-geklappt"), location
    return parse_qs(urlsplit(location).query)["grund"][0]


def is_anna(person: Citizen, program: Program, region: DatabaseCopy) -> None:
    """Join BundID's identity to the person's account, and sign out."""
    person.sign_up(program)
    with region.superuser() as connection:
        row = connection.execute("SELECT id FROM accounts WHERE email = %s", [person.email]).fetchone()
    assert row
    known = OutsideIdentity("bundid", ISSUER, "bpk-anna", "high")
    with program.database.transaction(acting_for(row[0])) as session:
        add_identity(session, row[0], known)
    person.tabs.clear()


def test_who_is_known_signs_in(
    person: Citizen, wsgi: WSGIApplication, program: Program, region: DatabaseCopy, issuing: Issuing
) -> None:
    is_anna(person, program, region)
    browser = person.at(HOST)
    page, request_id = started(browser, "?next=/de/zugang/&niveau=substantial")
    assert "ELSTER" in page.text
    assert f"form-action 'self' {SSO.removesuffix('/sso')}" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert came_back(browser, wsgi, issuing.answer(Answer(request_id))) == "/de/zugang/"
    assert browser.get("/de/zugang/").status_code == 200
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT trust, means, trust_by FROM sessions WHERE site = 'account'"
        ).fetchall()
        kept = connection.execute("SELECT count(*) FROM saml_assertions WHERE sealed IS NOT NULL").fetchone()
    assert ("high", "outside:bundid", "outside:bundid") in rows
    assert kept == (0,), "what was fetched is kept no more"


def test_who_is_not_known_is_asked_whose_account_it_is(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    assert came_back(browser, wsgi, issuing.answer(Answer(request_id))) == "/de/anmelden/unbekannt"
    page = browser.get("/de/anmelden/unbekannt")
    assert page.status_code == 200
    assert "Beispiel" in page.text
    assert not (browser.cookie("__Host-session") or "").startswith("a.")


def test_the_sign_in_page_offers_both_providers(client: Callable[..., Browser]) -> None:
    page = client(HOST).get("/de/anmelden?next=/de/zugang/").text
    for key, name in (("bundid", "BundID"), ("unternehmen", "Mein Unternehmenskonto")):
        assert f"/de/anmelden/saml/{key}?next=" in page
        assert name in page


def test_an_answer_counts_once(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    message = issuing.answer(Answer(request_id))
    assert "unbekannt" in came_back(browser, wsgi, message)
    assert why(came_back(browser, wsgi, message)) == "failed"
    # Nor in the browser that has begun the same sign-in anew.
    started(browser)
    assert why(came_back(browser, wsgi, message)) == "failed"


def test_a_request_is_answered_once(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    assert "fehler" not in sent(wsgi, issuing.answer(Answer(request_id))).headers["Location"]
    assert "fehler=failed" in sent(wsgi, issuing.answer(Answer(request_id))).headers["Location"]


def test_another_browser_gets_nothing(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    """Neither who has stolen an answer, nor who is made to send an attacker's own (sign-in CSRF)."""
    attacker, victim = client(HOST), client(HOST)
    _, request_id = started(attacker)
    started(victim)
    message = issuing.answer(Answer(request_id))
    answer = sent(wsgi, message)
    assert why(victim.follow(answer).headers["Location"]) == "strange"
    assert why(client(HOST).follow(answer).headers["Location"]) == "strange"
    assert "unbekannt" in attacker.follow(answer).headers["Location"]
    assert why(attacker.follow(answer).headers["Location"]) == "strange", "and that one but once"


def test_who_signed_out_or_in_meanwhile_gets_nothing(
    person: Citizen, wsgi: WSGIApplication, program: Program, region: DatabaseCopy, issuing: Issuing
) -> None:
    is_anna(person, program, region)
    browser = person.at(HOST)
    _, request_id = started(browser)
    other = Citizen("berta@buerger.example", lambda host: browser)
    other.sign_up(program)
    assert why(came_back(browser, wsgi, issuing.answer(Answer(request_id)))) == "strange"


def test_an_answer_that_was_not_fetched_in_time_is_nobodys(
    client: Callable[..., Browser], wsgi: WSGIApplication, region: DatabaseCopy, issuing: Issuing
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    answer = sent(wsgi, issuing.answer(Answer(request_id)))
    with region.superuser() as connection:
        connection.execute("UPDATE saml_assertions SET fetch_until = now() - interval '1 s'")
    assert why(browser.follow(answer).headers["Location"]) == "late"


@pytest.mark.parametrize("level", [BASIC, SUBSTANTIAL])
def test_a_lower_level_than_was_asked_for_is_not_enough(
    person: Citizen,
    wsgi: WSGIApplication,
    program: Program,
    region: DatabaseCopy,
    issuing: Issuing,
    level: str,
) -> None:
    is_anna(person, program, region)
    browser = person.at(HOST)
    _, request_id = started(browser, "?niveau=high&next=/de/zugang/")
    told = {**PERSON, "urn:oid:1.2.40.0.10.2.1.1.261.94": [level]}
    location = came_back(browser, wsgi, issuing.answer(Answer(request_id, context=level, attributes=told)))
    assert location.startswith(_START)
    again = browser.get(location)
    assert "reicht für diesen Schritt nicht aus" in again.text
    assert "Online-Ausweis" in again.text
    assert browser.get("/de/zugang/").status_code == 303, "nobody is signed in"


def test_who_goes_back_is_told_so(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    browser = client(HOST)
    page = browser.get("/en/anmelden/saml/bundid?next=/en/zugang/")
    form = next(form for form in forms_of(page.text) if form.action == SSO)
    request_id = ET.fromstring(base64.b64decode(form.values["SAMLRequest"])).attrib["ID"]  # noqa: S314
    said = Answer(request_id, status="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", encrypt=False)
    location = came_back(browser, wsgi, issuing.answer(said))
    assert why(location) == "declined"
    assert location.startswith("/en/")
    assert browser.get(location).status_code in (200, 400)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"SAMLResponse": ""},
        {"SAMLResponse": "%%%"},
        {"SAMLResponse": ["YQ==", "YQ=="]},
        {"SAMLResponse": "A" * 500_000},
    ],
    ids=["nothing", "empty", "no base64", "two", "large"],
)
def test_whatever_else_is_sent_leads_to_the_page_that_says_so(
    client: Callable[..., Browser], wsgi: WSGIApplication, fields: dict[str, Any]
) -> None:
    answer = Client(wsgi, use_cookies=False).post(_ANSWERS, base_url=f"https://{HOST}", data=fields)
    assert answer.status_code == 303
    assert why(client(HOST).follow(answer).headers["Location"]) == "failed"


def test_an_answer_of_one_provider_is_nothing_at_the_others_address(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    message = issuing.answer(Answer(request_id))
    assert why(came_back(browser, wsgi, message, "/saml/unternehmen/antwort")) == "failed"


def test_the_way_back_leads_nowhere_else(
    person: Citizen, wsgi: WSGIApplication, program: Program, region: DatabaseCopy, issuing: Issuing
) -> None:
    is_anna(person, program, region)
    for wanted in ("//evil.example/", "https://evil.example/", "/%5Cevil.example"):
        browser = person.at(HOST)
        page, request_id = started(browser, f"?next={wanted}")
        assert 'href="/de/anmelden"' in page.text
        assert came_back(browser, wsgi, issuing.answer(Answer(request_id))) == "/de/"
        person.tabs.clear()


def test_metadata_stand_at_a_stable_address(client: Callable[..., Browser]) -> None:
    answer = client(HOST).get("/saml/bundid/metadata")
    assert answer.status_code == 200
    assert answer.mimetype == "application/samlmetadata+xml"
    assert f'Location="https://{HOST}{_ANSWERS}"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_without_settings_nothing_is_there(
    region: DatabaseCopy, tmp_path: Path, locksmith: Locksmith
) -> None:
    made = create_program(settings_for(region, tmp_path))
    try:
        bare = create_wsgi(made, create_app(made, locksmith.passwords))
        browser = Browser(bare, HOST)
        for path in (_START, "/saml/bundid/zurueck", "/saml/bundid/metadata"):
            assert browser.get(path).status_code == 404, path
        assert sent(bare, "YQ==").status_code == 404
        assert "BundID" not in browser.get("/de/anmelden").text
    finally:
        made.database.close()


def test_no_other_site_has_these_addresses(client: Callable[..., Browser]) -> None:
    for host in ("vechta.localhost", "verwaltung.vechta.localhost"):
        for path in (_START, "/saml/bundid/zurueck", "/saml/bundid/metadata"):
            assert client(host).get(path).status_code == 404


def test_a_provider_that_is_not_set_up_is_not_there(client: Callable[..., Browser]) -> None:
    assert client(HOST).get("/de/anmelden/saml/elster").status_code == 404
    assert client(HOST).get("/saml/elster/metadata").status_code == 404


def test_nobody_is_named_in_the_log(
    client: Callable[..., Browser], wsgi: WSGIApplication, issuing: Issuing, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = client(HOST)
    _, request_id = started(browser)
    for changes in ({}, {"audience": "https://other.example"}, {"confirmed_until": -300}):
        sent(wsgi, issuing.answer(Answer(request_id, **changes)))  # type: ignore[arg-type] # Fields by name.
    said = "".join(capfd.readouterr())
    assert not re.search("bpk-anna|Beispiel|Łucja", said)
