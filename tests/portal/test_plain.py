"""Pages in plain language: they answer what one asks, line by line, and explain hard words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kreisportal.catalogue.cli import read_all
from kreisportal.kernel.paths import shipped
from kreisportal.web.plain_language import plain_text
from tests.support.browser import Browser

Client = Callable[..., Browser]


def article(client: Client, address: str) -> str:
    return client("vechta.localhost").get(address).text.partition("<article")[2].partition("</article>")[0]


def test_at_least_forty_services_are_in_plain_language() -> None:
    entries = [entry for entry in read_all(shipped("catalogue")) if entry.kind == "service"]
    plain = [entry for entry in entries if all("de-simple" in entry.data[name] for name in ("short", "fees"))]
    assert len(plain) >= 40


def test_a_plain_page_answers_what_one_asks(client: Client) -> None:
    page = article(client, "/de-simple/leistungen/personalausweis")
    for heading in ("Das brauchen Sie", "So geht es", "Das kostet es", "Schwere Wörter"):
        assert f"<h2>{heading}</h2>" in page
    assert "Personal·ausweis beantragen</h1>" in page
    assert "46" in page.partition("Das kostet es")[2]
    assert 'href="/de/leistungen/personalausweis" hreflang="de"' in page


def test_a_plain_page_holds_nothing_in_offices_language(client: Client) -> None:
    page = article(client, "/de-simple/leistungen/personalausweis")
    for word in ("Personalausweisgesetz", "Rechtsbehelf", "Verwaltungsgericht", "Warum diese Behörde?"):
        assert word not in page
    assert "Verwaltungsgericht" in article(client, "/de/leistungen/personalausweis")


def test_hard_words_are_explained_where_they_stand(client: Client) -> None:
    wohngeld = article(client, "/de-simple/leistungen/wohngeld")
    assert "<dt>Antrag</dt>" in wohngeld
    assert "<dt>Standes·amt</dt>" not in wohngeld
    assert "<dt>Standes·amt</dt>" in article(client, "/de-simple/leistungen/geburt")


def test_a_page_that_is_not_in_plain_language_says_so(client: Client) -> None:
    page = article(client, "/de-simple/leistungen/bauvorbescheid")
    assert "Diese Seite gibt es noch nicht in Leichter Sprache." in page
    assert "Rechtsbehelf" in page


def test_whom_to_ask_is_said_plainly(client: Client) -> None:
    page = client("vechta.localhost").get("/de-simple/leistungen/wohngeld").text
    assert "Haben Sie Fragen?</h2>" in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ein Satz. Noch ein Satz?", "Ein Satz.<br>\nNoch ein Satz?"),
        ("Das geht nicht.", "Das geht <strong>nicht</strong>."),
        ("Das kostet kein Geld.", "Das kostet <strong>kein</strong> Geld."),
        ("Das ist **nicht** so.", "Das ist <strong>nicht</strong> so."),
        ("<b>Nichts</b>", "&lt;b&gt;<strong>Nichts</strong>&lt;/b&gt;"),
        ("Die Nichte kommt.", "Die Nichte kommt."),
        ("Das kostet 27,60 Euro.", "Das kostet 27,60 Euro."),
    ],
)
def test_sentences_stand_on_lines_and_negations_stand_out(text: str, html: str) -> None:
    assert plain_text(text) == html


def test_lists_in_plain_language_name_nothing_officially(client: Client) -> None:
    address = "/leistungen/personalausweis"
    plain = client("vechta.localhost").get(f"/de-simple{address}").text.partition('id="related"')[2]
    assert "Reise·pass beantragen" in plain
    assert "Expressverfahren" not in plain
    assert (
        "Expressverfahren"
        in client("vechta.localhost").get(f"/de{address}").text.partition('id="related"')[2]
    )


def test_situations_with_a_guide_begin_in_plain_language(client: Client) -> None:
    page = client("vechta.localhost").get("/de-simple/lebenslagen/wohnen-umzug").text
    assert "<h1>Umziehen</h1>" in page
    assert "Ziehen Sie in eine neue Wohnung?<br>" in page
