"""What the editors' check finds in a service, one rule at a time, and that the shipped catalogue breaks none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from kreisportal.catalogue.cli import catalogue, read_all
from kreisportal.catalogue.editing import check
from kreisportal.catalogue.files import Entry
from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.paths import shipped
from tests.catalogue.records import service, situation, texts, topic

SYNONYMS = {"de": ["Wau", "Bello", "Welpe", "Rüde", "Tier"], "en": ["dog", "puppy"]}
SHORT = {
    "de": "Melden Sie den Hund bis zum 19. Januar an. Er bekommt eine Marke.",
    "en": "Register the dog by 19 January. It gets a tag.",
}
WHOLE = {"related": ["hund-anmelden"], "synonyms": SYNONYMS, "short": SHORT}


def found(*changed: Entry, **changes: Any) -> list[str]:
    """The findings for a whole service with changes, as field and reason."""
    entries = [Entry("topic", "thema", topic()), Entry("situation", "lage", situation())]
    entries += [*changed, Entry("service", "hund-anmelden", service(**{**WHOLE, **changes}))]
    return [f"{finding.field}: {finding.reason}" for finding in check(entries)]


def test_a_whole_service_has_no_findings() -> None:
    assert found() == []


def test_the_shipped_catalogue_has_no_findings() -> None:
    assert [str(finding) for finding in check(read_all(shipped("catalogue")))] == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"fees": {"de": "Nichts.", "en": " "}}, "fees.en: is missing"),
        ({"documents": {"de": [], "en": []}}, "documents.de: is missing"),
        ({"related": []}, "related: names none"),
        ({"synonyms": {**SYNONYMS, "en": ["dog"]}}, "synonyms.en: has 1 words, at least 2 are needed"),
        (
            {"synonyms": {**SYNONYMS, "de": ["Wau"] * 5}},
            "synonyms.de: has 1 words, at least 5 are needed",
        ),
        ({"short": {**SHORT, "de": "Ein Satz."}}, "short.de: 1 sentences, 2 are wanted"),
        ({"short": {**SHORT, "en": "One. Two. Three."}}, "short.en: 3 sentences, 2 are wanted"),
        (
            {"fees": {"de": "Das kostet 46 €.", "en": "This costs €37."}},
            "fees: numbers stand in one language only: 37, 46",
        ),
        (
            {"full": {"de": "Das ist ein langer Satz. " * 8, "en": "Short."}},
            "full.en: is much shorter than the German text",
        ),
    ],
)
def test_an_unfinished_service_is_found(changes: dict[str, Any], finding: str) -> None:
    assert finding in found(**changes)


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Bis 18 Uhr und ab 0 Uhr.", "Until 6 p.m. and from 12 midnight."),
        ("Um 12 Uhr und um 6:30 Uhr.", "At 12 noon and at 6:30 am."),
        ("Es kostet 1.000 €.", "It costs €1,000."),
        ("Nach § 27 Absatz 1 Nummer 3 PAuswG.", "By law."),
        ("[Seite 5](https://example.org/7)", "[page 5](https://example.org/8)"),
    ],
)
def test_the_same_numbers_may_be_written_differently(german: str, english: str) -> None:
    assert found(full={"de": german, "en": english}) == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/de/leistungen/hund-anmelden", None),
        ("/de/lebenslagen/lage", None),
        ("/de/themen/thema", None),
        ("/de/kontakt", None),
        ("https://www.elster.de", None),
        ("mailto:amt@example.org", None),
        ("/de/leistungen/katze", "dead link: /de/leistungen/katze"),
        ("/de/gibtsnicht", "dead link: /de/gibtsnicht"),
        ("/en/kontakt", "the link leads to a page in another language: /en/kontakt"),
        ("http://alt.example", "a link must begin with https:// or with / for a page of the portal"),
    ],
)
def test_links_must_lead_somewhere(target: str, reason: str | None) -> None:
    findings = found(further={"de": f"Mehr [hier]({target}).", "en": "More."})
    assert [text for text in findings if "numbers" not in text] == (
        [f"further.de: {reason}" + (f": {target}" if "https" in reason else "")] if reason else []
    )


def test_an_official_word_needs_one_that_people_use() -> None:
    changes: dict[str, Any] = {"official_name": texts("Antrag auf einen Personalausweis")}
    assert found(**changes) == ["synonyms.de: “Personalausweis” needs an everyday word: Perso or Ausweis weg"]
    assert found(**changes, synonyms={**SYNONYMS, "de": [*SYNONYMS["de"], "Perso weg"]}) == []


def plain(**texts_in_plain: Any) -> dict[str, Any]:
    data = service(**WHOLE)
    fields = {
        "short": "Das ist ein Hund.",
        "documents": ["Der Hund"],
        "procedure": ["Kommen Sie."],
        "fees": "Nichts.",
    }
    return {
        name: {**data[name], "de-simple": text} for name, text in {**fields, **texts_in_plain}.items() if text
    }


def test_a_page_in_plain_language_has_all_that_one_needs() -> None:
    assert found(**plain()) == []
    assert found(**plain(fees=None)) == ["fees.de-simple: is missing beside the short text in plain language"]


def test_hard_words_must_be_explained() -> None:
    fault = "de-simple: the hard word “Antrag” is explained nowhere"
    assert found(**plain(fees="Der Antrag ist kostenlos.")) == []  # "Antrag ist" would explain it
    assert found(**plain(fees="Für den An·trag zahlen Sie nichts.")) == [fault]
    word = Entry(
        "word", "antrag", {"key": "antrag", "word": "Antrag", "meaning": {"de-simple": "Ein Brief."}}
    )
    assert found(word, **plain(fees="Für den Antrag zahlen Sie nichts.")) == []
    assert found(**plain(fees="Der Brief heißt Antrag.")) == []


def test_guides_and_situations_are_checked_too() -> None:
    step = {"key": "a", "name": {"de": "A", "en": "A", "de-simple": "Der Hund wird angemeldet."}}
    guide = Entry("guide", "lage", {"key": "lage", "steps": [step]})
    assert found(guide) == [
        "steps.1.name.de-simple: a passive (“wird angemeldet”): Der Hund wird angemeldet."
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write a catalogue with one service."""

    def writing(**changes: Any) -> Path:
        files = {
            "topics.yaml": [topic()],
            "situations.yaml": [situation()],
            "services/hund-anmelden.yaml": service(**{**WHOLE, **changes}),
        }
        for name in ("services", "forms"):
            (tmp_path / name).mkdir(exist_ok=True)
        for name, data in files.items():
            (tmp_path / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return tmp_path

    return writing


def test_the_command_ends_well_without_findings(folder: Callable[..., Path]) -> None:
    result = CliRunner().invoke(catalogue, ["check", "--folder", str(folder())])
    assert (result.exit_code, "No faults: 1 services" in result.output) == (0, True)


def test_the_command_fails_with_each_finding(folder: Callable[..., Path]) -> None:
    result = CliRunner().invoke(catalogue, ["check", "--folder", str(folder(related=[]))])
    assert result.exit_code != 0
    assert isinstance(result.exception, DefinitionError)
    assert result.exception.faults == ["services/hund-anmelden.yaml: related: names none"]


def test_the_command_shows_figures(folder: Callable[..., Path]) -> None:
    place = ["--folder", str(folder(full=texts("Ein kurzer Satz. Noch ein kurzer Satz mit mehr Wörtern.")))]
    result = CliRunner().invoke(catalogue, ["check", "--figures", "--service", "hund-anmelden", *place])
    row = next(line for line in result.output.splitlines() if "full" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:3] == ["full", "10", "7"]
    assert CliRunner().invoke(catalogue, ["check", "--service", "katze", *place]).exit_code == 2
