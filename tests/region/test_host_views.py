"""A town's host names in the browser: looked at, added, preferred, removed, and by whom not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from werkzeug.test import Client

from kreisportal.tenancy import host_checks
from kreisportal.tenancy.host_checks import Certificate, HostState, Leads, Shown
from kreisportal.web.internal import create_internal
from kreisportal.web.program import Program
from tests.region.conftest import Region
from tests.support.browser import Browser, forms_of

PATH = "/de/kommunen/{}/hostnamen/"
VECHTA = PATH.format("vechta")


@pytest.fixture(autouse=True)
def _as_before(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """The names are those of the files again afterwards."""
    before = superuser.execute("SELECT host, site, tenant_id, canonical FROM hosts").fetchall()
    yield
    superuser.execute("DELETE FROM hosts")
    with superuser.cursor() as cursor:
        cursor.executemany("INSERT INTO hosts VALUES (%s, %s, %s, %s)", before)
    program.keeper.renew()


@pytest.fixture
def internal(program: Program) -> Client:
    """Asks what the proxy asks."""
    return Client(create_internal(program))


def state_is(monkeypatch: pytest.MonkeyPatch, state: HostState) -> None:
    """Let every name be in this state."""
    monkeypatch.setattr(host_checks, "host_state", lambda *_: state)


def test_a_name_lives_from_being_added_to_being_removed(
    region_host: Region, client: Callable[..., Browser], internal: Client, superuser: psycopg.Connection
) -> None:
    browser, new = region_host("landkreis-vechta"), "rathaus.vechta.localhost"
    assert internal.get(f"/tls?domain={new}").status_code == 404
    assert 'href="/de/kommunen/vechta/hostnamen/"' in browser.get("/de/kommunen/vechta").text
    done = browser.submit(browser.get(VECHTA), {"host": f" {new.upper()}. ", "site": "portal"})
    assert f"{new} gehört jetzt zu dieser Kommune." in browser.follow(done).text
    assert internal.get(f"/tls?domain={new}").status_code == 200
    assert client(new).get("/de/").headers["Location"] == "https://vechta.localhost/de/"
    page = browser.get(VECHTA)
    assert browser.submit(page, {"host": new}, "/hauptname").status_code == 303
    assert client(new).get("/de/").status_code == 200
    assert client("vechta.localhost").get("/de/").headers["Location"] == f"https://{new}/de/"
    browser.submit(browser.get(VECHTA), {"host": "vechta.localhost"}, "/hauptname")
    gone = browser.submit(browser.get(VECHTA), {"host": new}, "/entfernen")
    assert f"{new} gehört nicht mehr zu dieser Kommune." in browser.follow(gone).text
    assert internal.get(f"/tls?domain={new}").status_code == 404
    assert client(new).get("/de/").status_code == 421
    rows = superuser.execute(
        "SELECT action FROM audit_entries WHERE subject_kind = 'host' AND staff_id IS NOT NULL ORDER BY id"
    ).fetchall()
    assert rows == [("host-added",), ("host-preferred",), ("host-preferred",), ("host-removed",)]
    assert "Hostname entfernt" in browser.get("/de/protokoll/").text


def test_the_canonical_name_stays(region_host: Region, superuser: psycopg.Connection) -> None:
    browser = region_host()
    token = forms_of(browser.get(VECHTA).text)[0].values["csrf_token"]
    sent = {"csrf_token": token, "host": "vechta.localhost"}
    answer = browser.post(f"{VECHTA}entfernen", sent)
    assert "Der Hauptname kann nicht entfernt werden." in browser.follow(answer).text
    row = superuser.execute("SELECT canonical FROM hosts WHERE host = 'vechta.localhost'").fetchone()
    assert row == (True,)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("https://rathaus.example", "Geben Sie einen Hostnamen ein"),
        ("rathaus", "Geben Sie einen Hostnamen ein"),
        ("203.0.113.10", "Geben Sie einen Hostnamen ein"),
        ("", "Geben Sie einen Hostnamen ein"),
        ("cloppenburg.localhost", "Diesen Hostnamen gibt es schon"),
        ("region.localhost", "Diesen Hostnamen gibt es schon"),
        ("vechta.localhost", "Diesen Hostnamen gibt es schon"),
    ],
)
def test_what_is_no_name_or_another_s_is_said_at_the_field(
    region_host: Region, typed: str, says: str
) -> None:
    browser = region_host("landkreis-vechta")
    answer = browser.submit(browser.get(VECHTA), {"host": typed, "site": "desk"})
    assert answer.status_code == 422
    assert 'id="host-error"' in answer.text and says in answer.text
    sent = next(form for form in forms_of(answer.text) if "site" in form.names)
    assert sent.values["host"] == typed and sent.values["site"] == "desk"


def test_another_district_s_towns_keep_their_names(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    admin, theirs = region_host("landkreis-vechta"), PATH.format("cloppenburg")
    before = superuser.execute("SELECT * FROM hosts ORDER BY host").fetchall()
    token = forms_of(admin.get(VECHTA).text)[0].values["csrf_token"]
    assert admin.get(theirs).status_code == 404
    for path in (theirs, VECHTA):
        for act in ("entfernen", "hauptname"):
            sent = {"csrf_token": token, "host": "verwaltung.cloppenburg.localhost"}
            assert admin.post(f"{path}{act}", sent).status_code == 404
    sent = {"csrf_token": token, "host": "neu.localhost", "site": "portal"}
    assert admin.post(theirs, sent).status_code == 404
    assert admin.post(VECHTA, {**sent, "site": "region"}).status_code == 404
    assert superuser.execute("SELECT * FROM hosts ORDER BY host").fetchall() == before


def test_an_authority_without_a_portal_has_no_names(region_host: Region) -> None:
    assert region_host().get(PATH.format("visbek")).status_code == 409


def test_what_is_missing_is_said_in_words(
    region_host: Region, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    browser = region_host()
    state_is(monkeypatch, HostState(Leads.NOWHERE))
    page = browser.get(VECHTA).text
    assert "DNS-Eintrag fehlt" in page
    assert "CNAME mit dem Wert region.localhost" in page, (
        "without addresses of ours a name that leads here helps"
    )
    state_is(monkeypatch, HostState(Leads.UNKNOWN, ("198.51.100.1",)))
    assert "Gefunden: 198.51.100.1. Ob das dieser Server ist" in browser.get(VECHTA).text
    state_is(monkeypatch, HostState(Leads.NO_ANSWER))
    assert "nicht rechtzeitig geantwortet" in browser.get(VECHTA).text


@pytest.mark.parametrize(
    ("certificate", "says"),
    [
        (Certificate(Shown.UNTRUSTED), "Browser vertrauen ihm nicht"),
        (Certificate(Shown.NOTHING), "lässt sich von hier nicht sehen"),
        (None, "Ein Zertifikat holt der Proxy, sobald"),
    ],
)
def test_of_a_certificate_only_what_was_seen_is_said(
    region_host: Region, monkeypatch: pytest.MonkeyPatch, certificate: Certificate | None, says: str
) -> None:
    state_is(monkeypatch, HostState(Leads.HERE, ("203.0.113.10",), certificate))
    assert says in region_host().get(VECHTA).text
