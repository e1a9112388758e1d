"""At the desk only what is applied for is called an application and decided; a report or an idea is answered."""

from __future__ import annotations

import dataclasses

import pytest

from kreisportal.cases.desk_wording import desk_words
from kreisportal.forms.wording import KINDS
from kreisportal.i18n import language_by_path, speaking


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_decided_is_answered(kind: str) -> None:
    for path, decides in (("de", ("Entscheid", "Bescheid")), ("en", ("decision", "Decide"))):
        language = language_by_path(path)
        assert language is not None
        with speaking(language):
            words = desk_words(kind)
        said = " ".join(str(text) for text in dataclasses.astuple(words))
        assert any(word in said for word in decides) is (kind in ("application", "registration")), path
        assert set(words.outcomes) == {"granted", "refused", "done"}
        assert words.closed % {"outcome": "x"}


def test_every_kind_comes_in_under_its_own_name() -> None:
    assert len({desk_words(kind).came_in for kind in KINDS}) == len(KINDS)
