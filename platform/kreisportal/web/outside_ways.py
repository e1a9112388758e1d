"""Ways into an account through a provider from outside. Each face that speaks with one adds its way, if it is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app
from flask import session as browser

from kreisportal.accounts.identities import Waiting, read_arrival
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.web.own_paths import safe_next
from kreisportal.web.program import program

_WAYS = "kreisportal.outside_ways"

WAITING = "arrived"
"""Under which the browser's signed cookie keeps the identity that waits for an account."""

SECOND_STEP = "second-step"
"""Under which it keeps the token of the second step."""

SECOND_STEP_AFTER = "second-step-after"
"""Under which it keeps what was shown before the second step: nothing for a password, else what ``outside_means`` says."""

_OUTSIDE = "outside"

UrlBuilder = Callable[[str | None, Level], str]
"""(the path to come back to, the level that is needed) → the page of ours that leads to the provider."""


@dataclass(frozen=True, slots=True)
class OutsideWay:
    """A way in. ``label`` is the provider's name in the languages that it has, ``highest`` the level it can reach."""

    key: str
    label: Mapping[str, str]
    url_builder: UrlBuilder
    highest: Level = "high"
    simulated: bool = False

    @property
    def name(self) -> str:
        """The provider's name in the current language."""
        return str(pick(self.label, self.key))

    def url(self, wanted: str | None = None, level: Level = "basic") -> str:
        """The page that leads to the provider."""
        return self.url_builder(wanted, level)


def register_way(
    app: Flask,
    key: str,
    label: Mapping[str, str],
    url_builder: UrlBuilder,
    *,
    highest: Level = "high",
    simulated: bool = False,
) -> None:
    """Add a way in; a key is one way's only."""
    ways: dict[str, OutsideWay] = app.extensions.setdefault(_WAYS, {})
    if key in ways:
        raise ValueError(f"there are two ways in called {key!r}")
    ways[key] = OutsideWay(key, label, url_builder, highest, simulated)


def outside_ways(needed: Level = "basic") -> list[OutsideWay]:
    """All ways by which ``needed`` can be reached, in the order in which they were added."""
    ways: dict[str, OutsideWay] = current_app.extensions.get(_WAYS, {})
    return [way for way in ways.values() if reaches(way.highest, needed)]


def reachable_levels() -> tuple[Level, ...]:
    """The levels of trust that can be shown here; an account of one's own is enough for the lowest."""
    return tuple(level for level in LEVELS if level == LEVELS[0] or outside_ways(level))


def way_name(key: str) -> str:
    """What a provider is called; its key if it is set up no more."""
    ways: dict[str, OutsideWay] = current_app.extensions.get(_WAYS, {})
    return ways[key].name if key in ways else key


def outside_means(key: str) -> str:
    """How a session says that a provider has told who somebody is."""
    return f"{_OUTSIDE}:{key}"


def provider_of(means: str | None) -> str | None:
    """The key of the provider that has told who somebody is; None where nobody has."""
    kind, _, provider = (means or "").partition("+")[0].partition(":")
    return (provider or None) if kind == _OUTSIDE else None


def means_words(means: str | None) -> str:
    """In words by what somebody has shown who they are; nothing if it is not known."""
    first, _, second = (means or "").partition("+")
    kind, _, provider = first.partition(":")
    if kind == _OUTSIDE:
        name = way_name(provider) if provider else gettext("eine andere Stelle")
        return {
            "code": gettext("über %(name)s und mit Code", name=name),
            "recovery": gettext("über %(name)s und mit Ersatzcode", name=name),
        }.get(second, gettext("über %(name)s", name=name))
    return {
        "password": gettext("mit Passwort"),
        "password+code": gettext("mit Passwort und Code"),
        "password+recovery": gettext("mit Passwort und Ersatzcode"),
        "passkey": gettext("mit Passkey"),
    }.get(means or "", "")


def forget_browser() -> None:
    """Let go of what the browser was in the middle of, as somebody signs in; an identity that waits goes on waiting."""
    waiting = browser.get(WAITING)
    browser.clear()
    if waiting is not None:
        browser[WAITING] = waiting


def waiting_here() -> Waiting | None:
    """The identity that waits in this browser for an account."""
    held = browser.get(WAITING) or {}
    return read_arrival(program().database, held.get("token"))


def waiting_next() -> str | None:
    """Where the person wanted to go before the identity began to wait."""
    held = browser.get(WAITING) or {}
    return safe_next(held.get("next"))


def level_words(level: str) -> str:
    """A level of trust in words."""
    return {
        "basic": gettext("einfach"),
        "substantial": gettext("substanziell"),
        "high": gettext("hoch"),
    }.get(level, level)


def document_words(document: str) -> str:
    """A kind of document in words."""
    return {
        "identity_card": gettext("Personalausweis"),
        "passport": gettext("Reisepass"),
        "residence_permit": gettext("Aufenthaltstitel"),
    }.get(document, document)
