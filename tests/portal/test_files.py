"""What machines ask a portal for: look and mark, sitemap, robots, security.txt, the manifest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from kreisportal.app import create_wsgi
from kreisportal.web.program import Program
from tests.support.browser import Browser

Portal = Callable[..., Browser]

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
YEAR = "public, max-age=31536000, immutable"


def named(page: str, pattern: str) -> str:
    """The one address that a page names."""
    (found,) = set(re.findall(pattern, page))
    return str(found)


def test_look_and_mark_are_named_by_their_content_and_kept_for_a_year(portal: Portal) -> None:
    seen = set()
    for slug in ("vechta", "cloppenburg"):
        browser = portal(slug)
        page = browser.get("/de/").text
        theme = browser.get(named(page, r'href="(/theme\.\w+\.css)"'))
        mark = browser.get(named(page, r'src="(/mark\.\w+\.svg)"'))
        assert theme.content_type == "text/css; charset=utf-8"
        assert theme.headers["Cache-Control"] == mark.headers["Cache-Control"] == YEAR
        # A mark that is opened by itself may do nothing.
        assert mark.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert browser.get("/favicon.ico").data == mark.data
        seen |= {theme.data, mark.data}
    assert len(seen) == 4


@pytest.mark.parametrize(
    ("pattern", "old"),
    [
        (r'href="(/theme\.\w+\.css)"', "/theme.000000000000.css"),
        (r'src="(/mark\.\w+\.svg)"', "/mark.000000000000.svg"),
    ],
)
def test_pages_from_before_a_change_and_processes_that_do_not_know_it_yet_are_not_without_a_look(
    portal: Portal, pattern: str, old: str
) -> None:
    browser = portal()
    page = browser.get("/de/").text
    answer = browser.get(old)
    assert answer.status_code == 200
    assert answer.data == browser.get(named(page, pattern)).data
    # Under a name that is not its own nobody keeps it: neither the browser nor this program.
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/mark..svg").status_code == 404


def test_another_towns_look_is_not_to_be_had_here(portal: Portal) -> None:
    page = portal("cloppenburg").get("/de/").text
    for pattern in (r'href="(/theme\.\w+\.css)"', r'src="(/mark\.\w+\.svg)"'):
        there = named(page, pattern)
        assert portal().get(there).data != portal("cloppenburg").get(there).data


def test_the_sitemap_names_every_public_page_of_this_portal_and_nothing_else(
    portal: Portal, program: Program
) -> None:
    answer = portal().get("/sitemap.xml")
    assert answer.content_type == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)  # noqa: S314 - it is our own.
    addresses = [node.text or "" for node in root.iter(f"{NAMESPACE}loc")]
    assert len(addresses) == len(set(addresses))
    assert all(address.startswith("https://vechta.localhost/") for address in addresses)
    paths = {address.removeprefix("https://vechta.localhost") for address in addresses}
    catalogue = program.keeper.current.catalogue
    for language in ("de", "en", "de-simple"):
        expected = {f"/{language}/leistungen/{key}" for key in catalogue.services}
        expected |= {f"/{language}/themen/{key}" for key in catalogue.topics}
        expected |= {f"/{language}/kontakt", f"/{language}/"}
        assert expected <= paths
    assert not [path for path in paths if "/antrag" in path or "/vorgang" in path or "/suche" in path]
    browser = portal()
    for path in sorted(paths)[::97]:
        assert browser.get(path).status_code == 200, path


def test_search_engines_may_read_the_pages_but_no_application(portal: Portal) -> None:
    answer = portal("cloppenburg").get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /de/antrag/", "Disallow: /en/antrag/", "Disallow: /de-simple/antrag/"} <= set(lines)
    assert "Sitemap: https://cloppenburg.localhost/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_search_engines_are_told_of_the_languages_that_are_offered_only(
    portal: Portal, languages: Callable[..., None]
) -> None:
    languages("vechta", "en")
    assert "/de-simple/" not in portal().get("/sitemap.xml").text
    assert "https://vechta.localhost/en/kontakt" in portal().get("/sitemap.xml").text
    assert "/de-simple/" not in portal().get("/robots.txt").text
    assert "/de-simple/kontakt" in portal("cloppenburg").get("/sitemap.xml").text
    languages("vechta")
    assert "/en/" not in portal().get("/sitemap.xml").text


def test_a_demonstration_is_for_no_search_engine(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    shown = dataclasses.replace(
        program, settings=dataclasses.replace(program.settings, mode="demo", public_port=None)
    )
    browser = Browser(create_wsgi(shown), "vechta.localhost")
    assert browser.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    page = browser.get("/de/").text
    assert '<meta name="robots" content="noindex">' in page
    assert "Vorführung: Bitte geben Sie keine echten Daten ein." in page


def test_who_finds_a_weakness_knows_whom_to_tell(portal: Portal, frozen: datetime) -> None:
    answer = portal().get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:rathaus@stadt-vechta.example"
    assert fields["Canonical"] == "https://vechta.localhost/.well-known/security.txt"
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    # RFC 9116 asks for less than a year.
    assert timedelta(days=90) < expires - frozen < timedelta(days=365)


def test_a_phone_can_put_the_portal_on_its_home_screen(portal: Portal) -> None:
    browser = portal()
    answer = browser.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.get_json(force=True)
    assert (manifest["name"], manifest["short_name"], manifest["start_url"]) == (
        "Stadt Vechta",
        "Vechta",
        "/",
    )
    assert manifest["theme_color"] == "#0b5d4e"
    (icon,) = manifest["icons"]
    assert browser.get(icon["src"]).mimetype == "image/svg+xml"
    assert 'rel="manifest" href="/manifest.webmanifest"' in browser.get("/de/").text
