"""The tenant admin's page on the picture of the town, and how the portal shows and keeps it."""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from kreisportal.access.roles import Role
from kreisportal.cases import jobs
from kreisportal.documents.storage import STORAGE
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.documents import samples
from tests.support.browser import Browser
from tests.support.server import DatabaseCopy
from tests.support.staff import add_person, sign_in
from tests.support.statements import statements_sent

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Clients = Callable[..., Browser]

PAGE, LOOK = "/de/portal/bild/", "/de/portal/aussehen/"
SAVE = {"tat": "speichern"}
WORDS = {
    "alt_de": "Der Markt\nmit Linden",
    "alt_en": "The market square",
    "credit": "A. & B. Beispiel",
}


@pytest.fixture(scope="module")
def admin(wsgi: WSGIApplication, program: Program, locksmith: Locksmith, towns: dict[str, int]) -> Browser:
    """A browser with Vechta's tenant admin."""
    browser = Browser(wsgi, "verwaltung.vechta.localhost")
    person = add_person(program.database, locksmith, towns["vechta"], Role.TENANT_ADMIN)
    assert sign_in(browser, person).status_code == 303
    return browser


@pytest.fixture
def portal(client: Clients) -> Browser:
    """Somebody at Vechta's portal."""
    return client("vechta.localhost")


@pytest.fixture(autouse=True)
def as_it_was(region: DatabaseCopy, program: Program, folder: Path) -> Iterator[None]:
    """Puts back what the test has changed."""
    before = lying(folder)
    with region.superuser() as connection:
        row = connection.execute("SELECT profile::text FROM tenants WHERE slug = 'vechta'").fetchone()
        yield
        connection.execute("UPDATE tenants SET profile = %s::jsonb WHERE slug = 'vechta'", row)
        connection.execute("DELETE FROM town_changes")
    program.keeper.renew()
    for file in lying(folder) - before:
        file.unlink()


@pytest.fixture
def folder(program: Program, towns: dict[str, int]) -> Path:
    """Where Vechta's files lie."""
    return program.settings.files_folder / str(towns["vechta"])


def picture(shade: int = 90, kind: str = "JPEG") -> dict[str, object]:
    stream = io.BytesIO()
    Image.new("RGB", (1600, 900), (10, shade, 60)).save(stream, kind)
    return {"bild": (io.BytesIO(stream.getvalue()), "IMG_4711.jpg")}


def saved(browser: Browser, **values: object) -> None:
    answer = browser.submit(browser.get(PAGE), {**WORDS, **values, **SAVE}, "/bild/")
    assert answer.status_code == 303, answer.text
    assert "So steht es jetzt im Portal" in browser.follow(answer).text


def shown(portal: Browser, path: str = "/de/") -> str:
    """The address of the picture on a page; empty if there is none."""
    found = re.search(r'src="(/picture\.[0-9a-f]{16}\.webp)"', portal.get(path).text)
    return found[1] if found else ""


def lying(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_without_a_picture_the_page_is_as_ever(portal: Browser) -> None:
    page = portal.get("/de/").text
    assert "kp-picture" not in page and "kp-hero__pictured" not in page and "webp" not in page


def test_a_picture_is_on_the_start_page_at_once_and_nowhere_else(admin: Browser, portal: Browser) -> None:
    saved(admin, **picture())
    page = portal.get("/de/").text
    assert 'alt="Der Markt mit Linden"' in page and 'width="1280" height="640"' in page
    assert "A. &amp; B. Beispiel" in page
    assert 'alt="The market square"' in portal.get("/en/").text
    # A language for which there are no words says in which they are.
    assert 'alt="Der Markt mit Linden" lang="de"' in portal.get("/de-simple/").text
    assert not shown(portal, "/de/themen") and not shown(portal, "/de/leistungen/hund-anmelden")
    answer = portal.get(shown(portal))
    assert Image.open(io.BytesIO(answer.data)).size == (1280, 640)
    assert answer.content_type == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert shown(admin, PAGE) == shown(portal) and admin.get(shown(admin, PAGE)).data == answer.data


def test_only_the_picture_of_now_and_of_this_town_is_to_be_had(
    admin: Browser, portal: Browser, client: Clients
) -> None:
    saved(admin, **picture())
    first = shown(portal)
    saved(admin, **picture(200))
    assert shown(portal) != first
    name = shown(portal)
    there = client("cloppenburg.localhost")
    for browser, path in (
        *((portal, first), (there, name), (there, first)),
        *((portal, f"/picture.{other}.webp") for other in ("0" * 16, "x", "..%2f..%2f1", "%00", name[9:24])),
    ):
        answer = browser.get(path)
        assert answer.status_code in (404, 422), path
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"WEBP" not in answer.data


def test_the_database_is_asked_for_neither_page_nor_picture(admin: Browser, portal: Browser) -> None:
    saved(admin, **picture())
    with statements_sent() as sent:
        assert portal.get(shown(portal)).status_code == 200
    assert sent == []


def test_a_picture_whose_file_is_lost_or_spoilt_is_not_sent(
    admin: Browser, portal: Browser, folder: Path
) -> None:
    before = lying(folder)
    saved(admin, **picture())
    (file,) = lying(folder) - before
    file.write_bytes(b"something else")
    assert portal.get(shown(portal)).status_code == 503
    file.unlink()
    answer = portal.get(shown(portal))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert portal.get("/de/").status_code == 200


def test_a_preview_saves_nothing_and_keeps_what_was_sent(
    admin: Browser, portal: Browser, folder: Path
) -> None:
    before = lying(folder)
    preview = admin.submit(admin.get(PAGE), {**WORDS, **picture(), "tat": "vorschau"}, "/bild/")
    assert preview.status_code == 200 and "Gespeichert ist noch nichts" in preview.text
    assert 'src="data:image/webp;base64,' in preview.text
    assert lying(folder) == before and not shown(portal)
    # The browser does not send a file twice; what was shown is what is saved.
    assert admin.submit(preview, SAVE, "/bild/").status_code == 303
    assert len(lying(folder) - before) == 1 and shown(portal)


def test_which_part_stays_is_chosen_while_the_picture_need_not_be_sent_again(
    admin: Browser, portal: Browser
) -> None:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((1000, 1000)).save(stream, "PNG")
    sent = {**WORDS, "bild": (io.BytesIO(stream.getvalue()), "x.png")}
    page = admin.submit(admin.get(PAGE), {**sent, "schnitt": "end", "tat": "vorschau"}, "/bild/")
    parts = {}
    for cut in ("end", "start", "nonsense"):
        page = admin.submit(page, {"schnitt": cut, "tat": "vorschau"}, "/bild/")
        found = re.search('src="data:image/webp;base64,([^"]+)"', page.text)
        assert found is not None
        parts[cut] = Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("L").getextrema()
    assert parts["start"][0] < 10 < parts["nonsense"][0] < parts["end"][0]
    assert admin.submit(page, {"schnitt": "start", **SAVE}, "/bild/").status_code == 303
    assert Image.open(io.BytesIO(portal.get(shown(portal)).data)).convert("L").getextrema() == parts["start"]


def test_words_change_without_the_picture(admin: Browser, portal: Browser, folder: Path) -> None:
    saved(admin, **picture())
    before, there = shown(portal), lying(folder)
    saved(admin, alt_de="Die Kirche", alt_en="", credit="")
    page = portal.get("/en/").text
    assert 'alt="Die Kirche" lang="de"' in page and "figcaption" not in page
    assert shown(portal) == before and lying(folder) == there
    # The colour is another matter of the same look.
    assert admin.submit(admin.get(LOOK), {"colour": "#7a1fa2", **SAVE}).status_code == 303
    assert shown(portal) == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "picture"),
        ({**picture(), "alt_de": " \n "}, "alt_de"),
        ({**picture(), "alt_de": "<b>Markt</b>"}, "alt_de"),
        ({**picture(), "alt_en": "x" * 301}, "alt_en"),
        ({**picture(), "credit": "x" * 101}, "credit"),
        ({"bild": (io.BytesIO(b""), "x.png")}, "picture"),
        ({"bild": (io.BytesIO(b"GIF89a"), "x.png")}, "picture"),
        ({"bild": (io.BytesIO(samples.image("PNG", (300, 200))), "x.png")}, "picture"),
        ({"bild": (io.BytesIO(samples.image("JPEG", (1600, 900))[:900]), "x.png")}, "picture"),
        *(({"webp_middle": sent}, "picture") for sent in ("kein base64", "UklGRg==")),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    admin: Browser, portal: Browser, typed: dict[str, object], field: str
) -> None:
    for value in typed.values():
        if isinstance(value, tuple):
            value[0].seek(0)
    typed = {
        name: (io.BytesIO(v[0].getvalue()), v[1]) if isinstance(v, tuple) else v for name, v in typed.items()
    }
    plain = {"alt_de": "Der Markt", "credit": "B. Beispiel"}
    refused = admin.submit(admin.get(PAGE), {**plain, **typed, **SAVE}, "/bild/")
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert field == "credit" or 'value="B. Beispiel"' in refused.text
    assert not shown(portal)


def test_a_picture_that_was_sent_is_not_lost_when_words_are_missing(admin: Browser, portal: Browser) -> None:
    refused = admin.submit(admin.get(PAGE), {**WORDS, "alt_de": "", **picture(), **SAVE}, "/bild/")
    assert refused.status_code == 422 and "schon hochgeladen" in refused.text
    assert admin.submit(refused, {"alt_de": "Der Markt", **SAVE}, "/bild/").status_code == 303
    assert shown(portal)


def test_two_do_not_undo_each_others_picture(admin: Browser, portal: Browser) -> None:
    page = admin.get(PAGE)
    admin.submit(page, {**WORDS, **picture(), **SAVE}, "/bild/")
    late = admin.submit(page, {**WORDS, "alt_de": "Anderes", **picture(200), **SAVE}, "/bild/")
    assert late.status_code == 409 and "Inzwischen hat jemand anderes" in late.text
    assert "Der Markt mit Linden" in late.text
    assert admin.submit(late, SAVE, "/bild/").status_code == 303
    assert 'alt="Anderes"' in portal.get("/de/").text


def aged(folder: Path, hours: int) -> None:
    moment = (clock.now() - timedelta(hours=hours)).timestamp()
    for file in lying(folder):
        os.utime(file, (moment, moment))


def test_what_is_removed_comes_back_for_a_day_and_then_is_gone(
    admin: Browser, portal: Browser, program: Program, folder: Path, towns: dict[str, int]
) -> None:
    runtime = Runtime(program.settings, program.database, {STORAGE: program.intake.storage})
    before = lying(folder)
    saved(admin, **picture())
    (file,) = lying(folder) - before
    address = shown(portal)
    aged(folder, 1000)
    jobs.tidy_drafts(runtime, towns["vechta"])
    assert portal.get(address).status_code == 200, "what is shown stays, however old"

    assert admin.submit(admin.get(PAGE), {}, "/entfernen").status_code == 303
    assert not shown(portal) and portal.get(address).status_code == 404
    jobs.tidy_drafts(runtime, towns["vechta"])
    answer = admin.submit(admin.get(PAGE), {}, "/look/zurueck")
    assert answer.headers["Location"] == PAGE
    assert "Zurückgenommen" in admin.follow(answer).text
    assert shown(portal) == address and portal.get(address).status_code == 200

    admin.submit(admin.get(PAGE), {}, "/entfernen")
    aged(folder, 25)
    jobs.tidy_drafts(runtime, towns["vechta"])
    assert not file.exists()
    late = admin.follow(admin.submit(admin.get(PAGE), {}, "/look/zurueck")).text
    assert "schon gelöscht" in late and not shown(portal)


def test_a_caseworker_sees_none_of_it(desk: Clients) -> None:
    browser = desk("vechta", Role.CASEWORKER)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}entfernen").status_code in (400, 403)
