"""The tenant admin's pages on look, start page and notice: what they do to the portal at once, and what they refuse."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from kreisportal.access.roles import Role
from kreisportal.documents import marks
from kreisportal.kernel import clock
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.marks import mark_url, picture
from tests.support.server import DatabaseCopy
from tests.support.staff import add_person, sign_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Desks = Callable[..., Browser]
Clients = Callable[..., Browser]

HUB = "/de/portal/"
LOOK, HOME, NOTICE = f"{HUB}aussehen/", f"{HUB}startseite/", f"{HUB}mitteilung/"
SAVE = {"tat": "speichern"}
TEXT = "Am Freitag ist das Rathaus **zu**."


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


@pytest.fixture
def as_it_was(region: DatabaseCopy, program: Program) -> Iterator[None]:
    """Puts back what the test has changed."""
    with region.superuser() as connection:
        row = connection.execute("SELECT profile::text FROM tenants WHERE slug = 'vechta'").fetchone()
        yield
        connection.execute("UPDATE tenants SET profile = %s::jsonb WHERE slug = 'vechta'", row)
        connection.execute("DELETE FROM town_changes")
    program.keeper.renew()


def saved(browser: Browser, path: str, **values: object) -> str:
    """Fill in a page and save it; what the page says then."""
    answer = browser.submit(browser.get(path), values)
    assert answer.status_code == 303, answer.text
    return browser.follow(answer).text


@pytest.mark.usefixtures("as_it_was")
def test_a_colour_is_on_the_portal_at_once_and_can_be_taken_back(admin: Browser, portal: Browser) -> None:
    before = re.search(r"/theme\.[0-9a-f]{12}\.css", portal.get("/de/").text)
    assert before
    assert "So steht es jetzt im Portal" in saved(admin, LOOK, colour="#7a1fa2", **SAVE)
    after = re.search(r"/theme\.[0-9a-f]{12}\.css", portal.get("/de/").text)
    assert after and after[0] != before[0]
    assert "#7a1fa2" in portal.get(after[0]).text
    # Who still has the page from before sees it in the new colour.
    assert portal.get(before[0]).data == portal.get(after[0]).data
    answer = admin.submit(admin.get(LOOK), {}, "/look/zurueck")
    assert "Zurückgenommen" in admin.follow(answer).text
    assert before[0] in portal.get("/de/").text


@pytest.mark.usefixtures("as_it_was")
def test_a_preview_saves_nothing_and_keeps_the_mark_that_was_sent(admin: Browser, portal: Browser) -> None:
    before = mark_url(portal.get("/de/"))
    preview = admin.submit(
        admin.get(LOOK), {"colour": "#ffe000", **picture(), "tat": "vorschau"}, "/aussehen"
    )
    assert preview.status_code == 200
    assert "Gespeichert ist noch nichts" in preview.text
    assert "Die Schrift darauf ist dunkel" in preview.text
    assert "/de/portal/aussehen/farbe/ffe000.css" in preview.text
    assert mark_url(portal.get("/de/")) == before
    # The browser does not send a file twice; what was shown is what is saved.
    assert admin.submit(preview, SAVE, "/aussehen").status_code == 303
    after = mark_url(portal.get("/de/"))
    assert after != before
    mark = portal.get(after)
    assert mark.text.startswith("<svg") and "data:image/png;base64," in mark.text
    assert "immutable" in mark.headers["Cache-Control"]
    assert "default-src 'none'" in mark.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_pictures_are_marks_too(admin: Browser, kind: str) -> None:
    assert "So steht es jetzt im Portal" in saved(admin, LOOK, **picture(kind), **SAVE)


@pytest.mark.usefixtures("as_it_was")
def test_a_plain_drawing_is_taken_as_it_is(admin: Browser, portal: Browser) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'
    made = b'<?xml version="1.0"?>\n<!-- by a program -->\n' + drawing
    saved(admin, LOOK, zeichen=(io.BytesIO(made), "mark.svg"), **SAVE)
    assert portal.get(mark_url(portal.get("/de/"))).data == drawing


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "mehr als einfache Formen",
        ),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>', "mehr als einfache Formen"),
        (b"<html>", "mehr als einfache Formen"),
        (b"<\xff", "beschädigt"),
        (b"GIF89a", "PNG, JPEG, WebP oder SVG"),
        (b"", "leer"),
    ],
)
def test_a_file_that_is_no_mark_is_refused_in_words(admin: Browser, content: bytes, sentence: str) -> None:
    refused = admin.submit(
        admin.get(LOOK), {"colour": "#123456", "zeichen": (io.BytesIO(content), "x.png"), **SAVE}
    )
    assert refused.status_code == 422
    assert sentence in refused.text
    assert 'value="#123456"' in refused.text


def test_a_file_that_is_too_large_is_not_even_read(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "LARGEST_UPLOAD", 100)
    refused = admin.submit(admin.get(LOOK), {**picture(), **SAVE})
    assert refused.status_code == 422 and "Die Datei ist zu groß" in refused.text


def test_what_is_no_colour_is_said_at_its_field(admin: Browser) -> None:
    refused = admin.submit(admin.get(LOOK), {"colour": "rot", **SAVE})
    assert refused.status_code == 422 and 'href="#colour"' in refused.text


def test_a_mark_typed_past_the_form_is_looked_at_as_well(admin: Browser) -> None:
    refused = admin.submit(admin.get(LOOK), {"svg": "<svg><script/></svg>", **SAVE})
    assert refused.status_code == 422 and "<script/>" not in refused.text


@pytest.mark.parametrize("name", ["0b4ea", "0b4ea21", "url", "%3B%7D"])
def test_a_sample_is_of_a_colour_or_not_at_all(admin: Browser, name: str) -> None:
    assert admin.get(f"{LOOK}farbe/0b4ea2.css").mimetype == "text/css"
    assert admin.get(f"{LOOK}farbe/{name}.css").status_code == 404


@pytest.mark.usefixtures("as_it_was")
def test_two_do_not_undo_each_others_look(admin: Browser) -> None:
    page = admin.get(LOOK)
    admin.submit(page, {"colour": "#112233", **SAVE})
    late = admin.submit(page, {"colour": "#445566", **SAVE})
    assert late.status_code == 409
    assert "Inzwischen hat jemand anderes" in late.text
    assert "#112233" in late.text and 'value="#445566"' in late.text
    assert admin.submit(late, SAVE, "/aussehen").status_code == 303


@pytest.mark.usefixtures("as_it_was")
def test_the_parts_of_the_start_page_change_places(admin: Browser, portal: Browser) -> None:
    def parts() -> list[str]:
        return re.findall(r'<section aria-labelledby="([a-z]+)">\s*<h2', portal.get("/de/").text)

    assert parts()[:4] == ["often", "topics", "life", "business"]
    saved(admin, HOME, often="4", topics="2", life="1", business="3")
    assert parts()[:4] == ["life", "topics", "business", "often"]
    refused = admin.submit(admin.get(HOME), {"often": "1", "topics": "1", "life": "x"})
    assert refused.status_code == 422
    assert "steht schon ein anderer Teil" in refused.text and 'href="#life"' in refused.text
    saved(admin, HOME, often="1", topics="2", life="3", business="4")
    assert parts()[:4] == ["often", "topics", "life", "business"]


@pytest.mark.usefixtures("as_it_was")
def test_a_notice_stands_on_every_page_in_both_languages(admin: Browser, portal: Browser) -> None:
    for page in ("/de/", "/de/suche?q=hund", "/de/seite/imprint"):
        assert "kp-notice" not in portal.get(page).text
    saved(admin, NOTICE, text_de=TEXT, text_en="Closed on Friday.", kind="warning", **SAVE)
    for page in ("/de/", "/de/suche?q=hund", "/de/seite/imprint", "/de/gibt-es-nicht"):
        text = portal.get(page).text
        assert "kp-notice--warning" in text and "Rathaus <strong>zu</strong>" in text
    assert "Closed on Friday." in portal.get("/en/").text
    assert '<p lang="de">' in portal.get("/de-simple/").text
    assert "kp-notice" not in admin.get(HUB).text
    saved(admin, NOTICE, text_de="", text_en="", **SAVE)
    assert "kp-notice" not in portal.get("/de/").text


@pytest.mark.usefixtures("as_it_was")
def test_a_notice_begins_and_ends_by_itself_though_pages_are_kept(
    admin: Browser, portal: Browser, program: Program
) -> None:
    saved(admin, NOTICE, text_de=TEXT, **{"from": "2027-03-02", "until": "2027-03-03"}, **SAVE)
    program.keeper.renew()
    shown = []
    # From a minute before midnight to one after it, on the region's clocks; the pages of before are kept.
    for day, hour, minute in ((1, 22, 59), (1, 23, 1), (3, 22, 59), (3, 23, 1)):
        with clock.frozen(datetime(2027, 3, day, hour, minute, tzinfo=UTC)):
            shown.append(["kp-notice" in portal.get(page).text for page in ("/de/", "/de/suche?q=hund")])
    assert shown == [[False, False], [True, True], [True, True], [False, False]]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text_de": "x" * 501}, "text_de"),
        ({"text_de": "<b>fett</b>"}, "text_de"),
        ({"text_en": "Only English."}, "text_de"),
        ({"text_de": "Zu.", "from": "morgen"}, "from"),
        ({"text_de": "Zu.", "from": "2027-02-02", "until": "2027-02-01"}, "until"),
        ({"text_de": "Zu.", "kind": "laut"}, "kind"),
    ],
)
def test_a_notice_that_does_not_fit_is_said_at_its_field(
    admin: Browser, typed: dict[str, str], field: str
) -> None:
    refused = admin.submit(admin.get(NOTICE), {**typed, **SAVE})
    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text


def test_a_notice_is_previewed_light_and_dark(admin: Browser, portal: Browser) -> None:
    preview = admin.submit(admin.get(NOTICE), {"text_de": TEXT, "tat": "vorschau"})
    assert preview.status_code == 200 and preview.text.count("Rathaus <strong>zu</strong>") == 2
    assert "kp-notice" not in portal.get("/de/").text


def test_a_notice_is_no_way_in_for_scripts(admin: Browser) -> None:
    typed = {"text_de": "[hier](javascript:alert(1)) ![x](https://evil.example/x.png)", "tat": "vorschau"}
    preview = admin.submit(admin.get(NOTICE), typed)
    assert 'href="javascript' not in preview.text and '<img src="https://evil' not in preview.text


def test_what_was_never_changed_is_not_taken_back(admin: Browser) -> None:
    assert admin.post(f"{HUB}nichts/zurueck").status_code in (400, 404)


def test_a_caseworker_sees_none_of_it(desk: Desks) -> None:
    browser = desk("vechta", Role.CASEWORKER)
    for path in (HUB, LOOK, HOME, NOTICE, f"{LOOK}farbe/0b4ea2.css"):
        assert browser.get(path).status_code == 403
