"""The lists of words are well formed and say what they should."""

from __future__ import annotations

import pytest

from kreisportal.catalogue.search.lexicon import MEANT_ALONG, SAME_MEANING, lexicon
from kreisportal.catalogue.search.stems import stem
from kreisportal.catalogue.search.thesaurus import later_stems, related_stems


def test_words_that_mean_the_same_lead_to_each_other() -> None:
    related = related_stems("de")
    car, vehicle = stem("de", "auto"), stem("de", "kfz")
    assert dict(related[car])[vehicle] == SAME_MEANING
    assert dict(related[vehicle])[car] == SAME_MEANING


def test_words_meant_along_lead_one_way() -> None:
    related = related_stems("de")
    sofa, bulky = stem("de", "sofa"), stem("de", "sperrmull")
    assert dict(related[sofa])[bulky] == MEANT_ALONG
    assert sofa not in dict(related.get(bulky, ()))


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_stop_word_has_a_meaning(language: str) -> None:
    own = lexicon(language)
    assert own.stop_words.isdisjoint(own.related)
    assert own.stop_words.isdisjoint(own.weak_words)


@pytest.mark.parametrize("language", ["de", "en"])
def test_related_words_are_single_words(language: str) -> None:
    own = lexicon(language)
    for word, others in own.related.items():
        for other in (word, *(name for name, _ in others)):
            assert other.replace("-", "").isalnum(), other


def test_special_cases_are_known_by_stem() -> None:
    assert stem("de", "abgemeldet") in later_stems("de")
    assert stem("de", "verloren") in later_stems("de")


def test_words_are_kept_as_written() -> None:
    assert lexicon("de").written["fuhrerschein"] == "führerschein"


def test_a_language_without_lists_has_empty_ones() -> None:
    assert not lexicon("uk").stop_words
    assert not lexicon("uk").related
