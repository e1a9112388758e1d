"""Where one is signed in: seen by its owner only, and ended from afar."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kreisportal.accounts.browser_kinds import browser_kind, browser_words
from kreisportal.web.program import Program
from tests.accounts.people import HOST, PASSWORD, Citizen, title_of
from tests.sso.outside import register
from tests.support.browser import Browser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]
PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)


@pytest.fixture
def phone(citizen: Citizen, client: Client) -> Browser:
    """Another browser in which the citizen is signed in."""
    browser = client(HOST)
    token = browser.get("/de/anmelden").text.split('name="csrf_token" value="')[1].split('"')[0]
    values = {"email": citizen.email, "password": PASSWORD, "csrf_token": token}
    assert browser.post("/de/anmelden", values, headers={"User-Agent": PHONE}).status_code == 303
    return browser


def handles(browser: Browser) -> list[str]:
    return re.findall(r'name="geraet" value="([0-9a-f]{64})"', browser.get("/de/zugang/geraete").text)


def is_in(browser: Browser) -> bool:
    return browser.get("/de/").status_code == 200


def test_one_sees_browsers_and_towns(citizen: Citizen, phone: Browser) -> None:
    citizen.sign_in_at("vechta")
    text = citizen.at(HOST).get("/de/zugang/geraete").text
    assert "Chrome auf Android" in text
    assert "mit Passwort" in text
    assert text.index("dieses Gerät") < text.index("Chrome auf Android")
    assert "Stadt Vechta" in text


def test_one_device_is_signed_out_from_afar(citizen: Citizen, phone: Browser) -> None:
    own = citizen.at(HOST)
    there = handles(phone)[0]
    page = own.get("/de/zugang/geraete")
    assert there in page.text
    assert own.submit(page, {"geraet": there}, "geraete/abmelden").status_code == 303
    assert (is_in(own), is_in(phone)) == (True, False)


def test_one_town_is_signed_out_alone(citizen: Citizen) -> None:
    citizen.sign_in_at("vechta")
    own, town = citizen.at(HOST), citizen.at("vechta.localhost")
    page = own.get("/de/zugang/geraete")
    own.submit(page, {"geraet": handles(own)[0]}, "geraete/abmelden")
    assert citizen.email not in town.get("/de/kontakt").text
    assert is_in(own)


def test_one_sees_other_services_and_is_signed_out_there_alone(
    citizen: Citizen, program: Program, wsgi: WSGIApplication
) -> None:
    told, untold = register(program, wsgi, logout_url="https://bus.example/ende"), register(program, wsgi)
    tokens = [each.signs_in(citizen)["access_token"] for each in (told, untold)]
    asked = register(program, wsgi, name="Hat nur gefragt")
    asked.code(citizen, "v" * 43)
    own = citizen.at(HOST)
    page = own.get("/de/zugang/geraete")
    assert (
        len(re.findall(r"<strong>Busgesellschaft [0-9a-f]{8}</strong><br><span[^>]*>seit ", page.text)) == 2
    )
    assert page.text.count("Erfährt von einer Abmeldung hier nichts") == 1
    assert "Hat nur gefragt" not in page.text, "nobody is signed in where nothing was given"
    last, first, _ = handles(own)
    assert (
        "Dort sind Sie jetzt abgemeldet"
        in own.follow(own.submit(page, {"geraet": first}, "geraete/abmelden")).text
    )
    assert [each.who(token).status_code for each, token in zip((told, untold), tokens, strict=True)] == [
        401,
        200,
    ]
    done = own.submit(page, {"geraet": last}, "geraete/abmelden")
    assert "kann Ihr Konto nicht mehr nutzen. Melden Sie sich auch dort ab." in own.follow(done).text
    assert untold.who(tokens[1]).status_code == 401
    assert is_in(own)
    assert "darf Ihr Konto" not in own.get("/de/zugang/geraete").text
    assert untold.signs_in(citizen), "what one has consented to is kept"


def test_all_others_are_signed_out_at_once(citizen: Citizen, phone: Browser) -> None:
    citizen.sign_in_at("vechta")
    own = citizen.at(HOST)
    own.submit(own.get("/de/zugang/geraete"), {}, "alle-abmelden")
    assert (is_in(own), is_in(phone)) == (True, False)
    assert citizen.email in citizen.at("vechta.localhost").get("/de/kontakt").text


def test_ones_own_device_is_signed_out_as_ever(citizen: Citizen) -> None:
    own = citizen.at(HOST)
    done = own.submit(own.get("/de/zugang/geraete"), {"geraet": handles(own)[0]}, "geraete/abmelden")
    assert done.headers["Location"] == "/de/anmelden"
    assert not is_in(own)


def test_nobody_signs_out_another(
    citizen: Citizen, phone: Browser, stranger: Callable[[], Citizen], program: Program
) -> None:
    other = stranger()
    other.sign_up(program)
    own = other.at(HOST)
    assert title_of(own.get("/de/zugang/geraete")) == "Wo Sie angemeldet sind"
    own.submit(own.get("/de/zugang/geraete"), {"geraet": handles(phone)[0]}, "geraete/abmelden")
    own.submit(own.get("/de/zugang/geraete"), {"geraet": handles(own)[0][:10] + "%"}, "geraete/abmelden")
    assert is_in(phone)


def test_a_handle_opens_nothing(citizen: Citizen, client: Client) -> None:
    thief = client(HOST)
    thief.set_cookie("__Host-session", f"a.{handles(citizen.at(HOST))[0]}")
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari auf Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari auf iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge auf Windows"),
        (PHONE, "Chrome auf Android"),
        ("curl/8", "Unbekannter Browser"),
        ("<script>Firefox/1", "Firefox"),
        ("", "Unbekannter Browser"),
    ],
)  # fmt: skip
def test_browsers_in_plain_words(said: str, words: str) -> None:
    assert browser_words(browser_kind(said)) == words
