"""Whether the links in texts lead anywhere: those into the portal to what exists, others to https."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kreisportal.catalogue.editing.findings import Finding, passages
from kreisportal.catalogue.files import Entry

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)[^)]*\)")
_PAGE = re.compile(r"/(?P<language>[a-z-]+)/(?P<list>leistungen|lebenslagen|themen)/(?P<key>[a-z0-9-]+)")
_KINDS = {"leistungen": "service", "lebenslagen": "situation", "themen": "topic"}
_PLAIN_PAGES = frozenset({"", "aemter", "kontakt", "leistungen", "lebenslagen", "suche", "themen"})
_OUTSIDE = ("https://", "mailto:", "tel:")


def dead_links(entry: Entry, keys: Mapping[str, Iterable[str]]) -> Iterator[Finding]:
    """Links that lead nowhere. ``keys`` are the keys that exist, by kind of entry."""
    for passage in passages(entry):
        for target in _LINK.findall(passage.text):
            reason = _fault(target, passage.language, keys)
            if reason:
                yield Finding(entry.kind, entry.key, f"{passage.field}.{passage.language}", reason)


def _fault(target: str, language: str, keys: Mapping[str, Iterable[str]]) -> str | None:
    if target.startswith(_OUTSIDE):
        return None
    if not target.startswith("/"):
        return f"a link must begin with https:// or with / for a page of the portal: {target}"
    begun, _, rest = target[1:].partition("/")
    if begun != language:
        return f"the link leads to a page in another language: {target}"
    page = _PAGE.fullmatch(target)
    if page and page["key"] in keys[_KINDS[page["list"]]]:
        return None
    return None if rest in _PLAIN_PAGES else f"dead link: {target}"
