"""The kinds of pages of a portal that anybody may open."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.journeys.pages.cast import Cast
from tests.journeys.pages.council_told import tell_council
from tests.journeys.pages.inspection import Kind, press

BAKUM, DINKLAGE = "034600001001", "034600003003"

_TRIES = """async () => {
  const form = document.querySelector("main form");
  for (let tries = 0; tries < 20; tries += 1) await fetch(form.action, {method: "POST", body: new FormData(form)});
}"""


def reading(cast: Cast) -> Iterator[Kind]:
    """What everybody reads."""
    tell_council(cast)
    yield Kind("home", "/")
    yield Kind("topics", "/themen")
    yield Kind("topic", "/themen/familie-kind")
    yield Kind("situations", "/lebenslagen")
    yield Kind("situation", "/lebenslagen/schule")
    guide = "/lebenslagen/wohnen-umzug"
    yield Kind("guide", guide)
    yield Kind("guide begun", f"{guide}?tag-day=1&tag-month=12&tag-year=2026&erledigt=anmelden")
    yield Kind("guide with errors", f"{guide}?tag-day=32&tag-month=13&tag-year=2026")
    yield Kind("services", "/leistungen")
    yield Kind("search", "/suche")
    yield Kind("search with results", "/suche?q=hund")
    yield Kind("search without results", "/suche?q=xyzzy")
    yield Kind("offices", "/aemter")
    yield Kind("contact", "/kontakt")
    for page in ("imprint", "privacy", "accessibility", "plain-language"):
        yield Kind(page, f"/seite/{page}")
    yield Kind("council", "/rat")
    yield Kind("interface for programs", "/schnittstelle")
    yield Kind("not found", "/gibt-es-nicht", status=404)
    yield Kind("unreadable", "/suche?q=%00", status=422)


def services(cast: Cast) -> Iterator[Kind]:
    """A service in its varieties, and the place that it is for."""
    service = "/leistungen/hund-anmelden"
    yield Kind("service online", service)
    yield Kind("service for a town with a portal", f"{service}?ort={BAKUM}")
    yield Kind("service for a town without one", f"{service}?ort={DINKLAGE}")
    yield Kind("service of the district", "/leistungen/kfz-zulassung")
    yield Kind("service of the federation", "/leistungen/kindergeld")
    yield Kind("service by appointment", "/leistungen/eheschliessung-anmelden")
    yield Kind("place", f"{service}/ort")
    yield Kind("place found", f"{service}/ort?ort=49377")
    yield Kind("place unknown", f"{service}/ort?ort=xyzzy")


def applying(cast: Cast) -> Iterator[Kind]:
    """Ways into an application and back to one, without being known yet."""
    draft = "/antrag/00000000-0000-7000-8000-000000000000"
    yield Kind("before a form", "/antrag/hund-anmelden")
    yield Kind("before another town's form", f"/antrag/hund-anmelden?ort={BAKUM}")
    yield Kind("first question", "/antrag/hund-anmelden/start")
    yield Kind("first question with errors", "/antrag/hund-anmelden/start", status=422, act=press)
    yield Kind("draft of another session", f"{draft}/start", status=404)
    yield Kind("resume", f"/antrag/weiter/{cast.resume_token()}")
    yield Kind("resume too late", "/antrag/weiter/vorbei", status=404)
    yield Kind("status entry", "/vorgang")
    yield Kind("status entry with errors", "/vorgang", status=422, act=press)
    yield Kind("status entry too often", "/vorgang", status=429, act=_try_often, before=422)
    yield Kind("address", f"/adresse/{cast.confirm_token()}")
    yield Kind("address unknown", "/adresse/vorbei", status=404)
    yield Kind("receipt", "/quittung")
    yield Kind("receipt wrong", "/quittung?code=abc")
    yield Kind("receipt right", f"/quittung?code={cast.receipt()}")


def _try_often(page: Page) -> None:
    """Try the page's form until it is too often."""
    page.evaluate(_TRIES)
    press(page)
