"""The gallery: every macro of themes/base with sample data, as pages of two towns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kreisportal.i18n import LANGUAGES, Language, gettext, ngettext, speaking

ROOT = Path(__file__).parents[2]
THEME = ROOT / "themes" / "base"

TOWNS = {"vechta": ("Stadt Vechta", "#0b4ea2"), "cloppenburg": ("Stadt Cloppenburg", "#c8102e")}
PAGES = ("home", "service", "form", "status", "desk", "components")


@dataclass(frozen=True)
class Page:
    """The layout's context object ``page``."""

    site: str
    town: SimpleNamespace
    language: Language = LANGUAGES[0]
    languages: tuple[tuple[Language, str], ...] = tuple((language, "#") for language in LANGUAGES)
    search_url: str | None = "#"
    suggest_url: str | None = "/suggest"
    home_url: str = "#"
    nav: tuple[tuple[str, str, bool], ...] = (
        ("Alle Leistungen", "#", True),
        ("Meine Vorgänge", "#", False),
        ("Rathaus und Öffnungszeiten", "#", False),
    )
    footer_links: tuple[tuple[str, str], ...] = (
        ("Impressum", "#"),
        ("Datenschutz", "#"),
        ("Barrierefreiheit", "#"),
        ("Barriere melden", "#"),
        ("Leichte Sprache", "#"),
        ("Übersicht", "#"),
    )
    demo: bool = True
    preview: bool = False
    robots: bool = False
    user: str | None = None


SAMPLE = SimpleNamespace(
    services=[
        {"text": "Ausweis beantragen", "url": "#"},
        {"text": "Umgezogen", "url": "#", "note": "Wohnsitz anmelden oder ummelden"},
        {"text": "Hund anmelden", "url": "#"},
        {"text": "Führungszeugnis", "url": "#"},
    ],
    topics=[
        {"text": "Familie & Kind", "url": "#", "note": "Geburt, Kita, Elterngeld"},
        {"text": "Bauen & Wohnen", "url": "#", "note": "Umzug, Bauantrag, Wohngeld"},
        {"text": "Mobilität & Reisen", "url": "#", "note": "Führerschein, Auto, Reisepass"},
        {"text": "Arbeit & Ruhestand", "url": "#", "note": "Rente, Grundsicherung"},
        {"text": "Unternehmen", "url": "#", "note": "Gewerbe anmelden, Gaststätte"},
        {"text": "Recht & Ordnung", "url": "#", "note": "Fundsachen, Bußgeld, Wahlen"},
    ],
    situations=[
        (name, "#") for name in ("Umzug", "Geburt", "Heirat", "Tod", "Firma gründen", "Hund und Katze")
    ],
    timeline=[
        {"name": "Eingegangen", "state": "done", "time": "24. Dezember", "datetime": "2026-12-24"},
        {
            "name": "In Bearbeitung",
            "state": "now",
            "time": "27. Dezember",
            "text": "Meist in 6 Tagen fertig.",
        },
        {"name": "Entschieden", "state": "next"},
    ],
    inbox=[
        {
            "name": name,
            "number": number,
            "who": who,
            "due": due,
            "url": "#",
            "current": number == "00042",
            "late": due == "gestern",
        }
        for name, number, who, due in (
            ("Hund anmelden", "00042", "Anna Beispiel", "7. Jan."),
            ("Gewerbe anmelden", "00041", "Muster GmbH", "gestern"),
            ("Kita-Platz", "00039", "Familie Müller-Lüdenscheidt", "12. Jan."),
        )
    ],
)


@dataclass(frozen=True)
class Gallery:
    """Renders pages of the gallery. ``static`` maps logical names to addresses."""

    static: Mapping[str, str]
    environment: Environment = field(default_factory=lambda: environment())

    def page(self, name: str, slug: str, theme_url: str, language: Language = LANGUAGES[0]) -> str:
        """The page ``name`` of town ``slug`` as HTML."""
        town = SimpleNamespace(
            name=TOWNS[slug][0],
            short_name=TOWNS[slug][0].split()[-1],
            mark_url=None,
            theme_url=theme_url,
            phone="04441 886-0",
            email=f"rathaus@{slug}.example",
            open_text="Rathaus: offen bis 16 Uhr",
            notice=SimpleNamespace(kind="info", html="Am Freitag ist das Rathaus zu.", tag="de"),
        )
        inside = name == "desk"
        page = Page("desk" if inside else "portal", town, language, user="Maria Muster" if inside else None)
        with speaking(language):
            return self.environment.get_template(f"{name}.html").render(
                page=page,
                sample=SAMPLE,
                static=lambda logical: self.static[logical],
                # What the program keeps is rendered each time here.
                kept=lambda *_, caller: caller(),
                get_flashed_messages=lambda with_categories: [],
            )


def environment() -> Environment:
    """Jinja as the pages use it, only stricter: an undefined name is an error."""
    made = Environment(
        loader=FileSystemLoader([THEME / "templates", THEME / "gallery"]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made
