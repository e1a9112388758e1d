"""Whoever is not signed in costs the database nothing: no page for everybody asks it, kept or made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.app import create_app
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.statements import statements_sent

PORTAL, DESK, ACCOUNT = "vechta.localhost", "verwaltung.vechta.localhost", "konto.localhost"
HOSTS = {"portal": PORTAL, "desk": DESK, "account": ACCOUNT}
KEYS = {
    "portal.topic": ["familie-kind", "nichts"],
    "portal.situation": ["umzug", "nichts"],
    "portal.service": [
        "hund-anmelden",
        "hund-anmelden?ort=034600001001",
        "briefwahl",
        "kfz-zulassung",
        "nichts",
    ],
    "portal.place": ["hund-anmelden", "hund-anmelden?ort=49377", "hund-anmelden?ort=nirgends"],
    "portal.legal": ["imprint", "privacy", "accessibility", "plain-language", "nichts"],
    "feedback.thanks": ["hund-anmelden", "nichts"],
    "api_services.service": ["hund-anmelden", "nichts"],
    "api_services.responsibility": ["hund-anmelden", "hund-anmelden?place=034600001001", "nichts"],
    "applications.begin": ["hund-anmelden", "gewerbe-anmelden", "nichts"],
    "applications.first": ["hund-anmelden", "hund-anmelden?ort=034600001001", "nichts"],
}
"""What stands in the addresses with a key; after a question mark what follows them."""

QUESTIONS = {
    "portal.search": ["?q=hund", "?q=xyzzy", "?q=hunt", ""],
    "portal.suggest": ["?q=hu", ""],
    "status.verify": ["", "?code=KP1.falsch"],
    "provider.authorize": [
        "",
        "?response_type=code&client_id=portal:vechta&redirect_uri=https://vechta.localhost/anmelden/zurueck&scope=openid"
        "&state=s&nonce=n&code_challenge_method=S256&code_challenge=" + "c" * 43,
    ],
    "sso.start": ["", "?next=/de/kontakt"],
    "sso.callback": ["", "?code=c&state=s"],
    "account.sign_in_page": ["", "?next=/de/einstellungen"],
}
ASKS = {
    "applications.resume": "the link's token is looked up",
    "status.confirm": "the link's token is looked up",
    "staff.invitation_page": "the invitation is looked up",
    "account.link_page": "the link's token is looked up",
    "openid.keys": "the keys are in the database, and kept by clients for minutes",
    "openid_logout.ask": "the client is looked up",
}
"""Routes for everybody whose page depends on what is in the database."""


def _routes(app_rules: Iterator[tuple[str, str, str]]) -> list[tuple[str, str]]:
    addresses = []
    for endpoint, rule, site in app_rules:
        host = HOSTS[site]
        for language in (
            ("de", "en", "de-simple") if "<language:lang>" in rule and site == "portal" else ("de",)
        ):
            path = rule.replace("<language:lang>", language)
            for key in KEYS.get(endpoint, [""]):
                name, _, query = key.partition("?")
                filled = re.sub(r"<(?!digest)[^>]+>", name, path) + (f"?{query}" if query else "")
                addresses += [(host, filled + more) for more in QUESTIONS.get(endpoint, [""])]
    return addresses


@pytest.fixture(scope="module")
def addresses(program: Program) -> list[tuple[str, str]]:
    """An address for each route that everybody may look at, made from the routes themselves."""
    rules = [
        (rule.endpoint, rule.rule, rule.subdomain or "")
        for rule in create_app(program).url_map.iter_rules()
        if POLICY.get(rule.endpoint) is Who.EVERYBODY
        and "GET" in (rule.methods or ())
        and rule.endpoint not in ASKS
        and rule.subdomain in HOSTS
    ]
    return _routes(iter(rules))


def _with_digests(client: Callable[..., Browser], host: str, path: str) -> str:
    """The address with the digest that the pages of its host name."""
    if "<" not in path:
        return path
    page = client(host).get("/de/anmelden" if host == DESK else "/de/")
    pattern = re.sub(r"<[^>]+>", r"\\w+", path.replace(".", r"\."))
    found = re.search(rf'"({pattern})"', page.text)
    assert found, f"no recipe for {path}"
    return found[1]


def test_no_page_for_everybody_asks_the_database(
    client: Callable[..., Browser], addresses: list[tuple[str, str]]
) -> None:
    asked: dict[str, list[str]] = {}
    seen: set[int] = set()
    for host, path in addresses:
        address = _with_digests(client, host, path)
        with statements_sent() as sent:
            # Made the first time; kept, where it may be, the second time.
            seen |= {client(host).get(address).status_code for _ in range(2)}
        if sent:
            asked[host + address] = sent
    assert asked == {}
    assert len(addresses) > 80
    # A sign-in begins with a redirection; what asks for one, or comes back from one, and does not fit is refused.
    assert seen <= {200, 302, 303, 400, 401, 404, 422}, seen


def test_static_files_and_refusals_ask_nothing(client: Callable[..., Browser], program: Program) -> None:
    with statements_sent() as sent:
        for name in program.static.values():
            with client(PORTAL).get(f"/static/{name}") as file:
                assert file.status_code == 200
        assert client("nirgends.localhost").get("/de/").status_code == 421
        assert client(PORTAL).get("/static/nichts.css").status_code == 404
        assert client(PORTAL).get("/de/nichts").status_code == 404
    assert sent == []


def test_with_a_session_a_public_page_asks_nothing_either(client: Callable[..., Browser]) -> None:
    browser = client(PORTAL)
    browser.set_cookie("__Host-session", "somebody's")
    with statements_sent() as sent:
        for path in ("/de/", "/de/themen/familie-kind", "/de/leistungen/hund-anmelden", "/de/suche?q=hund"):
            assert browser.get(path).status_code == 200
    assert sent == []


@pytest.mark.parametrize("endpoint", ASKS)
def test_what_is_looked_up_is_looked_up(client: Callable[..., Browser], endpoint: str) -> None:
    host, path = {
        "applications.resume": (PORTAL, "/de/antrag/weiter/kein-token"),
        "status.confirm": (PORTAL, "/de/adresse/kein-token"),
        "staff.invitation_page": (DESK, "/de/einladung/kein-token"),
        "account.link_page": (ACCOUNT, "/de/link/kein-token"),
        "openid.keys": (ACCOUNT, "/oidc/keys"),
        "openid_logout.ask": (ACCOUNT, "/oidc/logout"),
    }[endpoint]
    with statements_sent() as sent:
        assert client(host).get(path).status_code in (200, 404, 410)
    assert 0 < len(sent) <= 3, sent


def test_a_statement_is_counted_however_it_is_sent(program: Program) -> None:
    from sqlalchemy import text

    from kreisportal.kernel.database.context import ANONYMOUS

    with statements_sent() as sent:
        program.database.call(text("SELECT 1"), {})
        with program.database.transaction(ANONYMOUS) as session:
            session.execute(text("SELECT 2"))
    assert [statement[:8] for statement in sent] == ["SELECT 1", "BEGIN; S", "SELECT 2", "COMMIT"]
