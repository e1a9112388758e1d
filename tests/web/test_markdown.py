"""Markdown: texts of towns and catalogue become HTML that can do nothing but be read."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from kreisportal.web.markdown import markdown, markdown_inline

_ALLOWED = {
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
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_EVIL = st.sampled_from(
    [
        *(
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "[a](javascript:alert(1))",
            "![x](y)",
            "<a href='",
        ),
        *(
            "&lt;script&gt;",
            "[x]: data:text/html,x",
            "[x][x]",
            "<svg/onload=x>",
            "`",
            "*",
            "# ",
            "](",
            "\n\n",
            "<!--",
        ),
        *(
            "<https://x>",
            "<javascript:x>",
            "[a](https://x 'onclick=y')",
            "<style>",
            "\0",
            "[a](vbscript:x)",
            "|a|b|\n|-|-|\n",
        ),
    ]
)


class Seen(HTMLParser):
    """What elements, attributes and addresses a text has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def is_harmless(html: str) -> bool:
    seen = Seen(html)
    schemes = ("https://", "http://", "mailto:", "tel:")
    return (
        seen.tags <= _ALLOWED
        and seen.attributes <= {("a", "href"), ("a", "rel")}
        and all(":" not in address or address.lower().startswith(schemes) for address in seen.addresses)
    )


@given(st.lists(_EVIL | st.text(max_size=12), max_size=8).map("".join))
@example("<script>alert(1)</script>")
@example("[x](javascript:alert(1))")
@example("[x](JaVaScRiPt:alert(1))")
@example("<a href='javascript:x'>y</a>")
@example('<p onclick="x">')
@example("[x](data:text/html;base64,PHNjcmlwdD4=)")
def test_whatever_is_written_does_nothing(text: str) -> None:
    assert is_harmless(markdown(text))
    assert is_harmless(markdown_inline(text))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ein **Wort**.", "<p>Ein <strong>Wort</strong>.</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("## Titel", "<h2>Titel</h2>\n"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("", ""),
    ],
)
def test_texts_look_as_they_were_meant(text: str, html: str) -> None:
    assert markdown(text) == html


def test_links_lead_out_without_telling_from_where() -> None:
    html = markdown("[Amt](https://amt.example/)")
    assert 'href="https://amt.example/"' in html
    assert 'rel="noopener noreferrer"' in html


def test_a_table_stays_one() -> None:
    assert "<th>a</th>" in markdown("|a|b|\n|-|-|\n|1|2|")


def test_a_sentence_has_no_paragraph_around_it() -> None:
    assert markdown_inline("Nur bis zum **1. Mai**.") == "Nur bis zum <strong>1. Mai</strong>."


def test_the_result_is_not_escaped_again() -> None:
    assert isinstance(markdown("x"), Markup)
    assert isinstance(markdown_inline("x"), Markup)
