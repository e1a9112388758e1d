"""What a tenant admin types of the links on the start page, and what the profile says then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.local_links import LONGEST_ADDRESS, LONGEST_TEXT, LONGEST_TITLE, MOST_LINKS
from kreisportal.tenancy.look_fields import LANGUAGES, Faults, Typed

TEXTS = ("title_de", "title_en", "text_de", "text_en")
OF_LINK = (*TEXTS, "url", "place", "on")
_EMPTY = 2
_LONGEST = {"title": LONGEST_TITLE, "text": LONGEST_TEXT}

ClientAt = Callable[[str], str | None]
"""The client of the citizen account at an origin, or None."""


def links_typed_of(links: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """The links as the form shows them, numbered from 1, with some empty ones behind as long as more may come."""
    typed: dict[str, str] = {}
    for number, link in enumerate(links or (), 1):
        for part in _LONGEST:
            typed |= {f"{part}_{path}_{number}": link.get(part, {}).get(path, "") for path in LANGUAGES}
        typed |= {f"url_{number}": link["url"], f"on_{number}": "yes" if link.get("on", True) else ""}
    shown = min(MOST_LINKS, len(links or ()) + _EMPTY)
    for number in range(1, shown + 1):
        fresh = {f"{name}_{number}": "" for name in OF_LINK} | {f"on_{number}": "yes"}
        typed = {**fresh, **typed, f"place_{number}": str(number)}
    return typed


def links_typed(typed: Typed, client_at: ClientAt) -> list[dict[str, Any]] | None:
    """The links in the order of their places; one without title and address goes. Raises InvalidInputError."""
    faults: Faults = {}
    found: list[tuple[int, int, dict[str, Any]]] = []
    for number in range(1, MOST_LINKS + 1):
        words = {name: " ".join(typed.get(f"{name}_{number}", "").split()) for name in OF_LINK}
        if not any(words[name] for name in (*TEXTS, "url")):
            continue
        faults |= {f"{name}_{number}": [sentence] for name, sentence in _faults(words).items()}
        place = int(words["place"]) if words["place"] in _places() else number
        found.append((place, number, _link(words)))
    if faults:
        raise InvalidInputError(faults)
    links = [link for _, _, link in sorted(found, key=lambda each: each[:2])]
    for link in links:
        if client := client_at(origin_of_link(link["url"])):
            link["client"] = client
    return links or None


def _places() -> frozenset[str]:
    return frozenset(map(str, range(1, MOST_LINKS + 1)))


def origin_of_link(url: str) -> str:
    """Scheme, host and port of an address, by which a client is found."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _link(words: Typed) -> dict[str, Any]:
    texts = {
        part: {path: words[f"{part}_{path}"] for path in LANGUAGES if words[f"{part}_{path}"]}
        for part in _LONGEST
    }
    return {
        "title": texts["title"],
        "url": words["url"],
        "on": words["on"] == "yes",
        **({"text": texts["text"]} if texts["text"] else {}),
    }


def _faults(words: Typed) -> dict[str, str]:
    found = {}
    if not words["title_de"]:
        found["title_de"] = gettext("Schreiben Sie, wie das Angebot heißt.")
    if words["text_en"] and not words["text_de"]:
        found["text_de"] = gettext("Schreiben Sie den Text auch auf Deutsch.")
    for name in TEXTS:
        longest = _LONGEST[name.partition("_")[0]]
        if len(words[name]) > longest:
            found[name] = gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=longest)
        elif not words[name].isprintable() or "<" in words[name]:
            found[name] = gettext("In diesem Text stehen Zeichen, die es nicht gibt. Schreiben Sie ihn neu.")
    if not _is_address(words["url"]):
        found["url"] = gettext("Geben Sie eine Adresse ein, die mit https:// beginnt.")
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        whole = parts.scheme == "https" and bool(parts.hostname) and "." in (parts.hostname or "")
        return whole and parts.username is None and (parts.port or 443) > 0 and _is_plain(url)
    except ValueError:
        return False


def _is_plain(url: str) -> bool:
    return url.isprintable() and " " not in url and "\\" not in url and len(url) <= LONGEST_ADDRESS
