"""The tenant admin's page: trying a source out, what is said when it is wrong, saving, switching, taking back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from kreisportal.access.roles import Role
from kreisportal.app import create_app, create_wsgi
from kreisportal.council.errors import Fault, SourceError
from kreisportal.council.wording import error_text, fault_text
from kreisportal.kernel import clock
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy import admin_council_views
from kreisportal.tenancy.council_source import CouncilSource
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.oparl_server import DAY, Council
from tests.support.staff import add_person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATH = "/de/portal/rat/"
TRY, SAVE = {"tat": "pruefen"}, {"tat": "speichern"}
RunFetch = Callable[..., None]


@pytest.fixture(scope="module")
def admin(wsgi: WSGIApplication, program: Program, locksmith: Locksmith, towns: dict[str, int]) -> Browser:
    """A browser with Vechta's tenant admin."""
    browser = Browser(wsgi, "verwaltung.vechta.localhost")
    person = add_person(program.database, locksmith, towns["vechta"], Role.TENANT_ADMIN)
    assert sign_in(browser, person).status_code == 303
    return browser


@pytest.fixture(autouse=True)
def nothing_set(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """Before and after there is no source, and no try is counted."""
    yield
    superuser.execute("UPDATE tenants SET profile = profile - 'council' WHERE profile ? 'council'")
    for table in ("council_contents", "rate_limits", "town_changes", "procrastinate_jobs"):
        superuser.execute(f"DELETE FROM {table}")
    program.keeper.renew()


def saved(program: Program) -> CouncilSource | None:
    """What the town's profile says."""
    tenant = program.keeper.current.registry.by_slug_or_none("vechta")
    said = tenant.profile.get("council") if tenant else None
    return CouncilSource(**said) if said else None


def test_a_source_is_tried_out_saved_read_and_shown(
    admin: Browser, council: Council, program: Program, run_fetch: RunFetch, superuser: psycopg.Connection
) -> None:
    address = f"{council.base}/system"
    tried = admin.submit(admin.get(PATH), {"url": address, **TRY})
    assert tried.status_code == 200
    assert "Gefunden: Stadt Musterfeld: Sitzungen und Vorlagen" in tried.text
    assert f'value="{address}"' in tried.text, "nothing that was typed is lost"
    assert saved(program) is None
    page = admin.follow(admin.submit(tried, {"url": address, **SAVE}))
    assert saved(program) == CouncilSource(address, f"{council.base}/body/1", "Stadt Musterfeld")
    assert "noch nicht; das dauert höchstens ein paar Minuten" in page.text
    jobs = superuser.execute(
        "SELECT args FROM procrastinate_jobs WHERE task_name = 'council.fetch'"
    ).fetchall()
    assert len(jobs) == 1, "it is read at once"
    with clock.frozen(DAY):
        run_fetch()
    assert "3 kommende Sitzungen, 3 Vorlagen" in admin.get(PATH).text
    assert "Rat und Sitzungen" in admin.get("/de/portal/").text
    council.answers["/meetings"] = b"<html>"
    run_fetch()
    text = admin.get(PATH).text
    assert "kann die Quelle nicht gelesen werden" in text and "Unter der Adresse kommt kein JSON" in text
    assert "Im Portal steht, was am" in text
    assert "What comes at the address is not JSON" in admin.get("/en/portal/rat/").text


def test_of_several_bodies_one_is_chosen(admin: Browser, council: Council, program: Program) -> None:
    council.bodies.append(council.body("2", "Gemeinde <b>Beispiel</b>"))
    address = f"{council.base}/system"
    asked = admin.submit(admin.get(PATH), {"url": address, **SAVE})
    assert asked.status_code == 422
    assert "Wählen Sie, wessen Sitzungen gezeigt werden." in asked.text
    assert "Gemeinde &lt;b&gt;Beispiel&lt;/b&gt;" in asked.text
    other = admin.submit(asked, {"url": address, "body": "https://elsewhere.example/body", **SAVE})
    assert (other.status_code, saved(program)) == (422, None)
    done = admin.submit(asked, {"url": address, "body": f"{council.base}/body/2", **SAVE})
    assert done.status_code == 303
    assert saved(program) == CouncilSource(address, f"{council.base}/body/2", "Gemeinde <b>Beispiel</b>")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Geben Sie eine Adresse ein, die mit https:// beginnt."),
        ("http://rat.example/", "Geben Sie eine Adresse ein, die mit https:// beginnt."),
        ("https://u:p@rat.example/", "Geben Sie eine Adresse ein, die mit https:// beginnt."),
        ("https://10.0.0.1/oparl", "Die Adresse führt in ein internes Netz."),
        ("https://169.254.169.254/latest", "Die Adresse führt in ein internes Netz."),
        ("{base}/gone", "(HTTP 404)"),
        ("{base}/html", "kommt kein JSON"),
        ("{base}/organization/rat", "ist nicht OParl 1.0 oder 1.1"),
        ("{base}/nobody", "nennt aber keine Körperschaft"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    admin: Browser, council: Council, program: Program, typed: str, sentence: str
) -> None:
    council.answers |= {
        "/html": b"<html>",
        "/nobody": {"type": "https://schema.oparl.org/1.0/System", "body": f"{council.base}/empty"},
        "/empty": {"data": []},
    }
    typed = typed.format(base=council.base)
    for deed in (TRY, SAVE):
        page = admin.submit(admin.get(PATH), {"url": typed, **deed})
        assert page.status_code == 422
        assert sentence in page.text and f'value="{typed}"' in page.text
    assert saved(program) is None


def test_who_tries_very_often_has_to_wait(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_council_views, "bodies_at", lambda *_: pytest.fail("somebody was asked"))
    monkeypatch.setattr(admin_council_views, "_TRIES", 0)
    page = admin.submit(admin.get(PATH), {"url": "https://rat.example/", **TRY})
    assert (page.status_code, "Warten Sie zehn Minuten." in page.text) == (429, True)


def test_it_is_switched_off_and_on_removed_and_taken_back(
    admin: Browser, council: Council, program: Program, run_fetch: RunFetch, client: Callable[..., Browser]
) -> None:
    portal = client("vechta.localhost")
    admin.submit(admin.get(PATH), {"url": f"{council.base}/body/1", **SAVE})
    run_fetch()
    assert portal.get("/de/rat").status_code == 200
    admin.submit(admin.get(PATH), {"tat": "aus"}, "/schalten")
    assert portal.get("/de/rat").status_code == 404
    assert "wird nicht gezeigt" in admin.get(PATH).text
    admin.submit(admin.get(PATH), {"tat": "an"}, "/schalten")
    assert portal.get("/de/rat").status_code == 200, "what was read is still there"
    stale = admin.get(PATH)
    admin.submit(stale, {"tat": "weg"}, "/schalten")
    assert saved(program) is None and portal.get("/de/rat").status_code == 404
    assert admin.submit(stale, {"tat": "aus"}, "/schalten").status_code == 404
    admin.submit(admin.get(PATH), {}, "/portal/council/zurueck")
    assert saved(program) is not None
    assert admin.submit(stale, {"tat": "?"}, "/schalten").status_code == 404


def test_what_somebody_else_has_saved_meanwhile_is_shown(admin: Browser, council: Council) -> None:
    council.bodies.append(council.body("2", "Gemeinde Beispielhausen"))
    early = admin.get(PATH)
    admin.submit(early, {"url": f"{council.base}/body/1", **SAVE})
    late = admin.submit(early, {"url": f"{council.base}/body/2", **SAVE})
    assert late.status_code == 409
    assert "Inzwischen hat jemand anderes hier etwas geändert" in late.text
    switched = admin.submit(admin.get(PATH), {"gesehen": "0", "tat": "aus"}, "/schalten")
    assert switched.status_code == 409


def test_only_a_tenant_admin_sees_it(desk: Callable[..., Browser], client: Callable[..., Browser]) -> None:
    assert desk("vechta", Role.CASEWORKER).get(PATH).status_code == 403
    assert client("verwaltung.vechta.localhost").get(PATH).status_code in (302, 303)


@pytest.mark.parametrize(
    ("requests", "typed", "sentence"),
    [
        ("off", "https://rat.example/", "lässt zurzeit keine Abfragen nach außen zu"),
        ("public", "{base}/body/1", "Geben Sie eine Adresse ein, die mit https:// beginnt."),
    ],
)
def test_where_the_operator_forbids_it_nobody_is_asked(
    program: Program,
    locksmith: Locksmith,
    towns: dict[str, int],
    council: Council,
    requests: str,
    typed: str,
    sentence: str,
) -> None:
    forbidden = replace(program, settings=replace(program.settings, council_requests=requests))
    wsgi = create_wsgi(forbidden, create_app(forbidden, locksmith.passwords))
    browser = Browser(wsgi, "verwaltung.vechta.localhost")
    sign_in(browser, add_person(program.database, locksmith, towns["vechta"], Role.TENANT_ADMIN))
    page = browser.submit(browser.get(PATH), {"url": typed.format(base=council.base), **TRY})
    assert page.status_code == 422
    assert sentence in page.text
    assert council.asked == []


def test_each_fault_has_a_sentence_of_its_own() -> None:
    sentences = {error_text(SourceError(fault)) for fault in Fault}
    assert len(sentences) == len(Fault)
    assert fault_text("something that a later version knows") not in sentences
