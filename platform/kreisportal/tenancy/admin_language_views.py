"""The tenant admin's page on the languages that the portal is offered in."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kreisportal.i18n import PLAIN_GERMAN, Language, gettext
from kreisportal.i18n.languages import ENGLISH
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save
from kreisportal.tenancy.admin_labels import legal_titles
from kreisportal.tenancy.legal import gaps_of
from kreisportal.tenancy.offered_languages import OTHERS, entry_for, offered
from kreisportal.tenancy.town_changes import Parts
from kreisportal.web.site import here

blueprint = Blueprint(
    "languages_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/sprachen"
)

OF_LANGUAGES = tuple(f"language_{language.path}" for language in OTHERS)
_TICKED = "yes"


@blueprint.get("/")
def show() -> str:
    """The languages, what each means, and which of them are offered."""
    return _page(_typed_of(area_shown("languages").parts), {})


@blueprint.post("/")
def change() -> Answer:
    """Offer those that are ticked, and German."""
    typed = {name: _TICKED if request.form.get(name) == _TICKED else "" for name in OF_LANGUAGES}
    wanted = {language.path for language in OTHERS if typed[f"language_{language.path}"]}
    return save(
        "languages",
        {"languages": entry_for(wanted)},
        lambda faults, meanwhile: _page(typed, faults, meanwhile=meanwhile),
    )


def _typed_of(parts: Parts) -> dict[str, str]:
    known = offered(parts["languages"])
    return {f"language_{language.path}": _TICKED if language in known else "" for language in OTHERS}


def _page(typed: dict[str, str], errors: dict[str, list[str]], *, meanwhile: bool = False) -> str:
    area = area_shown("languages")
    labels = {f"language_{language.path}": language.name for language in OTHERS}
    return render_template(
        "tenancy/admin_languages.html",
        area=area,
        rows=[(f"language_{language.path}", language, _meaning(language)) for language in OTHERS],
        typed=typed,
        errors=errors,
        labels=labels,
        meanwhile=differences(labels, _told(typed), _told(_typed_of(area.parts))) if meanwhile else None,
    )


def _told(typed: dict[str, str]) -> dict[str, str]:
    """Ticks in words."""
    yes, no = gettext("wird angeboten"), gettext("wird nicht angeboten")
    return {name: yes if tick else no for name, tick in typed.items()}


def _meaning(language: Language) -> str:
    """What it means to offer a language, and which of the legal pages are not there in it."""
    return " ".join((_sentences()[language], *_gaps(language)))


def _sentences() -> dict[Language, str]:
    return {
        ENGLISH: gettext(
            "Menü, Leistungen, Formulare und Mails gibt es auch auf Englisch. Was Sie selbst nur auf Deutsch "
            "geschrieben haben, steht auf Deutsch da."
        ),
        PLAIN_GERMAN: gettext(
            "Leistungen und Lebenslagen stehen in kurzen, leichten Sätzen da, soweit es solche Texte gibt; alles andere "
            "auf Deutsch. Die Seite über Ihr Portal in Leichter Sprache bleibt immer: Das Gesetz verlangt sie."
        ),
    }


def _gaps(language: Language) -> list[str]:
    titles = legal_titles()
    proposed, german = (
        ", ".join(titles[page] for page in pages) for pages in gaps_of(here().tenant, language.path)
    )
    told = []
    if proposed:
        told.append(
            gettext("Ohne eigenen Text in dieser Sprache, mit dem der Region: %(pages)s.", pages=proposed)
        )
    if german:
        told.append(gettext("Nur auf Deutsch: %(pages)s.", pages=german))
    return told
