"""Markdown to HTML: no raw HTML comes through, and only a short list of elements."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from kreisportal.web.formats import unbroken

_TAGS = {
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "h2",
    "h3",
    "h4",
    "br",
    "blockquote",
    "code",
    "hr",
    "table",
}
_TAGS |= {"thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "*": set()}
_SCHEMES = {"https", "http", "mailto", "tel"}
# The same texts of the catalogue stand on the pages of all towns. They are everybody's: nothing that people write is
# Markdown here. Some kilobyte each.
_KEPT = 4096


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=_KEPT)
def markdown(text: str) -> Markup:
    """A text of paragraphs and lists as safe HTML."""
    return _clean(_parser().render(unbroken(text)))


@lru_cache(maxsize=_KEPT)
def markdown_inline(text: str) -> Markup:
    """A sentence with emphasis and links as safe HTML, without a paragraph around it."""
    return _clean(_parser().renderInline(unbroken(text)))


def _clean(html: str) -> Markup:
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
    )
    return Markup(clean)  # noqa: S704 - this is what nh3 has cleaned.
