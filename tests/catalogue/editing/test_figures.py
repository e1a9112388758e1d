"""Figures on how texts read."""

from __future__ import annotations

import pytest

from kreisportal.catalogue.editing.figures import Figures, figures_of, module_figures, whole_figures
from tests.catalogue.records import service


def test_words_and_sentences_are_counted_without_marks() -> None:
    found = figures_of("- **Ein** Hund bellt.\n- Am 12. Mai kam [der Hund](https://example.org/a/b).")
    assert (found.words, found.sentences, found.longest_sentence) == (9, 2, 6)


def test_the_indices_are_as_their_authors_define_them() -> None:
    # 11 words in 2 sentences, one of more than 6 letters, 16 syllables.
    found = figures_of("Der Hund kommt heute zu uns. Danach melden wir Vierbeiner an.")
    assert (found.words, found.sentences) == (11, 2)
    assert found.lix == round(11 / 2 + 100 * 1 / 11)
    assert found.ease == round(180 - 11 / 2 - 58.5 * 16 / 11)


def test_plain_language_reads_more_easily_than_an_offices() -> None:
    plain = figures_of("Sie haben einen Hund. Dann melden Sie den Hund an.")
    office = figures_of(
        "Die Anmeldung der Hundehaltung ist unter Verwendung des bereitgestellten Vordrucks vorzunehmen, "
        "sofern Befreiungstatbestände der Hundesteuersatzung nicht einschlägig sind."
    )
    assert plain.lix is not None and office.lix is not None and plain.lix < 30 < 60 < office.lix
    assert plain.ease is not None and office.ease is not None and plain.ease > 60 > 20 > office.ease


@pytest.mark.parametrize("text", ["", "Hund", "Hund anmelden"])
def test_less_than_a_sentence_has_no_index(text: str) -> None:
    found = figures_of(text)
    assert (found.lix, found.ease) == (None, None)


def test_a_service_has_figures_by_module_and_as_a_whole() -> None:
    data = service(fees={"de": "Das kostet nichts.", "en": "Free."})
    assert module_figures(data, "de")["fees"] == Figures(3, 1, 3, *_indices("Das kostet nichts."))
    assert module_figures(data, "de-simple") == {}
    assert whole_figures(data, "de").words > module_figures(data, "de")["full"].words


def _indices(text: str) -> tuple[int | None, int | None]:
    found = figures_of(text)
    return found.lix, found.ease
