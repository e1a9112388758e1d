"""The lexicon's lists that are looked up by stems."""

from __future__ import annotations

from functools import cache

from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.stems import stem


@cache
def related_stems(language: str) -> dict[str, tuple[tuple[str, float], ...]]:
    """For a stem the stems of words that mean about the same, each with its nearness (0 to 1)."""
    found: dict[str, dict[str, float]] = {}
    for word, others in lexicon(language).related.items():
        known = found.setdefault(stem(language, word), {})
        for other, nearness in others:
            other_stem = stem(language, other)
            known[other_stem] = max(nearness, known.get(other_stem, 0.0))
    return {word: tuple(others.items()) for word, others in found.items()}


@cache
def later_stems(language: str) -> frozenset[str]:
    """The stems of words that name a special case of a matter."""
    return frozenset(stem(language, word) for word in lexicon(language).later_words)
