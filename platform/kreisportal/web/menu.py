"""The menu of a site that is used signed in: each face adds its entry, and everybody sees what is for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from kreisportal.access.who import Who
from kreisportal.i18n import LazyText
from kreisportal.web.page import NavLink
from kreisportal.web.sessions import known_session

_ENTRIES = "kreisportal.menu"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry for those whom ``who`` names. Entries stand in the order of ``position``, 0 to 100.

    It is the current one on every page of the blueprint that ``endpoint`` belongs to. ``note`` tells on the start
    page in a few words what waits there; it may ask the database.
    """

    text: LazyText
    endpoint: str
    who: Who
    position: int
    note: Callable[[], str] = str


def register_entry(app: Flask, site: str, entry: MenuEntry) -> None:
    """Add an entry to a site's menu."""
    app.extensions.setdefault(_ENTRIES, {}).setdefault(site, []).append(entry)


def menu_of(site: str) -> list[NavLink]:
    """The entries for the person who is signed in. Asks no database, so that an error page can show them too."""
    return [
        (str(entry.text), url_for(entry.endpoint), request.blueprint == entry.endpoint.rpartition(".")[0])
        for entry in _entries(site)
    ]


def ways_from_home(site: str) -> list[dict[str, str]]:
    """The menu as the start page shows it: text, url and note of every entry that leads elsewhere."""
    return [
        {"text": str(entry.text), "url": url_for(entry.endpoint), "note": entry.note()}
        for entry in _entries(site)
        if entry.endpoint != request.endpoint
    ]


def _entries(site: str) -> list[MenuEntry]:
    session = known_session()
    entries: list[MenuEntry] = current_app.extensions.get(_ENTRIES, {}).get(site, [])
    return [
        entry
        for entry in sorted(entries, key=lambda entry: entry.position)
        if session is not None and session.allows(entry.who)
    ]
