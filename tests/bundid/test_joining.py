"""Identities from outside and accounts: begun with one, joined by who has shown both, and taken off again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.kernel.ids import digest, new_token
from kreisportal.web.program import Program
from tests.accounts.people import HOST, Citizen, code_of, mailed_token, set_up_app, title_of
from tests.bundid.showing import begin_with, is_in, show, sign_in
from tests.cases.citizen import token_of
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy

pytestmark = pytest.mark.usefixtures("end_delays")

Client = Callable[..., Browser]
Invented = Callable[..., str]
JOIN = "/de/zugang/anbieter/verbinden"


def trust_of(region: DatabaseCopy, email: str) -> list[str]:
    """The levels of the account's sessions."""
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT s.trust FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.email = %s",
            [email],
        )
        return sorted(trust for (trust,) in rows)


def identities_of(region: DatabaseCopy, who: str) -> list[tuple[str, str]]:
    """Account address and level by the identity."""
    with region.superuser() as connection:
        rows = connection.execute(
            "SELECT a.email, i.level FROM account_identities i JOIN accounts a ON a.id = i.account_id"
            " WHERE i.subject = %s",
            [who],
        )
        return [(str(email), str(level)) for email, level in rows]


def join(browser: Browser) -> str:
    """Say yes on the page that asks; where it leads to."""
    page = browser.get(JOIN)
    assert title_of(page) == "Mit Ihrem Konto verbinden", page.text
    return str(browser.submit(page, {}, "verbinden").headers["Location"])


def test_an_unknown_identity_opens_nothing(client: Client, invented: Invented) -> None:
    browser = client(HOST)
    page = browser.follow(show(browser, invented()))
    assert title_of(page) == "Diese Anmeldung ist hier noch neu"
    assert not is_in(browser)


def test_an_account_begins_with_an_identity_and_a_confirmed_address(
    client: Client,
    invented: Invented,
    program: Program,
    region: DatabaseCopy,
    stranger: Callable[[], Citizen],
) -> None:
    person, who = stranger(), invented(person__given_names="Änne", person__family_name="Øster")
    browser = client(HOST)
    show(browser, who)
    page = browser.get("/de/anmelden/unbekannt")
    assert "Änne Øster" in page.text
    link = browser.get(f"/de/link/{mailed_token(program, person.email)}")
    done = browser.submit(link, {}, "ohne-passwort")
    assert browser.follow(done).status_code == 200
    assert trust_of(region, person.email) == ["substantial"]
    other = client(HOST)
    assert show(other, who, "high").headers["Location"] == "/de/"
    assert is_in(other)
    assert identities_of(region, who) == [(person.email, "high")]
    assert "high" in trust_of(region, person.email)


def test_a_link_begins_one_account_only_and_needs_the_identity(
    client: Client, invented: Invented, program: Program, stranger: Callable[[], Citizen]
) -> None:
    person, browser = stranger(), client(HOST)
    token = mailed_token(program, person.email)
    page = browser.get(f"/de/link/{token}")
    assert "ohne-passwort" not in page.text
    show(browser, invented())
    page = browser.get(f"/de/link/{token}")
    browser.submit(page, {}, "ohne-passwort")
    assert is_in(browser)
    token_of_form = token_of(browser.get("/de/zugang/"))
    again = browser.post(f"/de/link/{token}/ohne-passwort", {"csrf_token": token_of_form})
    assert browser.follow(again).status_code == 404


def test_joined_after_both_were_shown(
    citizen: Citizen, client: Client, invented: Invented, region: DatabaseCopy
) -> None:
    elsewhere, browser, who = citizen.at(HOST), client(HOST), invented()
    unknown = browser.follow(show(browser, who, "high"))
    assert JOIN in unknown.text
    signed_in = sign_in(browser, citizen.email, JOIN)
    assert signed_in.headers["Location"] == JOIN
    before = browser.cookie("__Host-session")
    assert identities_of(region, who) == [], "signing in alone joins nothing"
    assert join(browser) == "/de/zugang/"
    assert browser.cookie("__Host-session") != before
    assert not is_in(elsewhere), "other sessions end"
    assert identities_of(region, who) == [(citizen.email, "high")]
    assert trust_of(region, citizen.email) == ["high"], "both were shown just now"
    assert "Verbindung lösen" in browser.get("/de/zugang/").text
    other = client(HOST)
    show(other, who)
    assert is_in(other)


def test_who_is_signed_in_joins_from_the_settings_and_is_told_by_mail(
    citizen: Citizen, invented: Invented, region: DatabaseCopy
) -> None:
    own, who = citizen.at(HOST), invented()
    assert show(own, who, "basic", "/de/zugang/").headers["Location"] == JOIN
    assert join(own) == "/de/zugang/"
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT data->>'way' FROM mails WHERE recipient = %s AND template = 'account_way_added'",
            [citizen.email],
        ).fetchone()
    assert row == ("identity",)


def test_a_mail_address_joins_nothing(citizen: Citizen, client: Client, invented: Invented) -> None:
    browser = client(HOST)
    page = browser.follow(show(browser, invented(contact__email=citizen.email), "high"))
    assert title_of(page) == "Diese Anmeldung ist hier noch neu"
    assert not is_in(browser)


def test_an_identity_of_another_account_is_refused(
    citizen: Citizen, client: Client, invented: Invented, program: Program, stranger: Callable[[], Citizen]
) -> None:
    who = invented()
    begin_with(client(HOST), program, who, stranger().email)
    own = citizen.at(HOST)
    page = own.follow(show(own, who))
    assert page.status_code == 422
    assert "anderen Konto" in page.text
    assert citizen.email in own.get("/de/zugang/").text


def test_an_identity_that_waits_is_one_browsers(
    citizen: Citizen, client: Client, invented: Invented, region: DatabaseCopy
) -> None:
    who = invented()
    show(client(HOST), who)
    own = citizen.at(HOST)
    assert own.get(JOIN).headers["Location"] == "/de/zugang/"
    assert "late" in own.post(JOIN, {"csrf_token": token_of(own.get("/de/zugang/"))}).headers["Location"]
    assert identities_of(region, who) == []


def test_what_waits_can_be_let_go(client: Client, invented: Invented, region: DatabaseCopy) -> None:
    browser = client(HOST)
    who = invented()
    page = browser.follow(show(browser, who))
    browser.submit(page, {}, "verwerfen")
    assert browser.get("/de/anmelden/unbekannt").status_code == 303
    with region.superuser() as connection:
        row = connection.execute(
            "SELECT count(*) FROM arrived_identities WHERE subject = %s", [who]
        ).fetchone()
    assert row == (0,)


def test_an_old_session_shows_itself_again_before_it_joins(
    citizen: Citizen, invented: Invented, region: DatabaseCopy
) -> None:
    own = citizen.at(HOST)
    with region.superuser() as connection:
        connection.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '1 hour' WHERE account_id ="
            " (SELECT id FROM accounts WHERE email = %s)",
            [citizen.email],
        )
    show(own, invented())
    assert own.get(JOIN).headers["Location"].startswith("/de/bestaetigen")


def test_the_answer_is_good_once_and_only_where_it_was_begun(client: Client, invented: Invented) -> None:
    browser = client(HOST)
    page = browser.follow(browser.get("/de/simulation/"))
    first = browser.submit(page, {"wer": invented(), "niveau": "high"})
    assert first.headers["Location"] == "/de/anmelden/unbekannt"
    again = browser.submit(page, {"wer": "anna", "niveau": "high"})
    assert "nicht-geklappt" in again.headers["Location"]
    stranger = client(HOST)
    page = stranger.get("/de/simulation/wer")
    planted = stranger.submit(page, {"wer": "anna", "niveau": "high"})
    assert "nicht-geklappt" in planted.headers["Location"]


def test_a_second_factor_is_asked_for_after_the_lowest_level_only(
    citizen: Citizen, client: Client, invented: Invented
) -> None:
    own, who = citizen.at(HOST), invented()
    secret, _ = set_up_app(own)
    show(own, who)
    join(own)
    browser = client(HOST)
    asked = show(browser, who, "basic")
    assert asked.headers["Location"].startswith("/de/anmelden/code")
    assert not is_in(browser)
    browser.submit(browser.follow(asked), {"code": code_of(secret, 1)})
    assert is_in(browser)
    surer = client(HOST)
    show(surer, who, "substantial")
    assert is_in(surer)


def test_taken_off_after_a_question(
    citizen: Citizen, client: Client, invented: Invented, region: DatabaseCopy
) -> None:
    own, who = citizen.at(HOST), invented()
    show(own, who)
    join(own)
    path = own.get("/de/zugang/").text.split('href="/de/zugang/anbieter/')[1].split('"')[0]
    page = own.get(f"/de/zugang/anbieter/{path}")
    assert own.submit(page, {}, "anbieter").headers["Location"] == "/de/zugang/"
    assert identities_of(region, who) == []
    browser = client(HOST)
    show(browser, who)
    assert not is_in(browser)


def test_the_last_way_in_stays(
    client: Client,
    invented: Invented,
    program: Program,
    region: DatabaseCopy,
    stranger: Callable[[], Citizen],
) -> None:
    browser, who, person = client(HOST), invented(), stranger()
    begin_with(browser, program, who, person.email)
    overview = browser.get("/de/zugang/").text
    assert "nicht gesetzt" in overview
    path = overview.split('href="/de/zugang/anbieter/')[1].split('"')[0]
    assert "einziger Zugang" in browser.get(f"/de/zugang/anbieter/{path}").text
    token = token_of(browser.get("/de/zugang/"))
    assert browser.post(f"/de/zugang/anbieter/{path}", {"csrf_token": token}).status_code == 409
    assert identities_of(region, who) == [(person.email, "substantial")]


def test_without_a_password_one_deletes_the_account_after_showing_oneself(
    client: Client,
    invented: Invented,
    program: Program,
    region: DatabaseCopy,
    stranger: Callable[[], Citizen],
) -> None:
    browser, who, person = client(HOST), invented(), stranger()
    begin_with(browser, program, who, person.email)
    assert browser.get("/de/passwort").headers["Location"] == "/de/passwort-vergessen"
    with region.superuser() as connection:
        connection.execute(
            "UPDATE sessions SET authenticated_at = now() - interval '1 hour' WHERE account_id ="
            " (SELECT id FROM accounts WHERE email = %s)",
            [person.email],
        )
    asked = browser.get("/de/loeschen")
    assert asked.headers["Location"].startswith("/de/bestaetigen")
    prove = browser.follow(asked)
    assert 'type="password"' not in prove.text
    assert "Simulation" in prove.text
    assert show(browser, who, "substantial", "/de/loeschen").headers["Location"] == "/de/loeschen"
    page = browser.get("/de/loeschen")
    assert title_of(browser.submit(page, {}, "loeschen")) == "Ihr Konto ist gelöscht"
    assert identities_of(region, who) == []


def test_with_the_old_address_an_identity_that_came_since_is_gone(
    citizen: Citizen, client: Client, invented: Invented, region: DatabaseCopy
) -> None:
    own, before, since = citizen.at(HOST), invented(), invented()
    show(own, before)
    join(own)
    token = new_token()
    with region.superuser() as connection:
        connection.execute(
            "SELECT definer.add_address_link(%s, id, 'undo', %s, 3600) FROM accounts WHERE email = %s",
            [digest(token), f"alt-{citizen.email}", citizen.email],
        )
    show(own, since)
    join(own)
    browser = client(HOST)
    path = f"/de/adresse-zurueck/{token}"
    assert browser.submit(browser.get(path), {}, path).status_code in (200, 303)
    assert identities_of(region, since) == []
    assert [email for email, _ in identities_of(region, before)] == [f"alt-{citizen.email}"]


def test_only_as_sure_as_the_provider_says_and_never_longer(
    citizen: Citizen, invented: Invented, region: DatabaseCopy
) -> None:
    own, who = citizen.at(HOST), invented()
    show(own, who, "high")
    join(own)

    def ends() -> tuple[str, bool]:
        with region.superuser() as connection:
            row = connection.execute(
                "SELECT s.trust, s.expires_at < now() + interval '31 minutes' FROM sessions s"
                " JOIN accounts a ON a.id = s.account_id WHERE a.email = %s",
                [citizen.email],
            ).fetchone()
        assert row
        return str(row[0]), bool(row[1])

    assert ends() == ("high", True)
    page = own.get("/de/bestaetigen")
    assert own.submit(page, {"password": "Gurken tanzen im Regen leise"}).status_code == 303
    assert ends() == ("high", True), "a password lengthens nothing that stands on more"
    show(own, who, "basic")
    assert ends() == ("high", True)
