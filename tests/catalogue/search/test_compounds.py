"""Compounds are taken apart with known words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.catalogue.search.compounds import Splitter

KNOWN = (
    *("hund", "steuer", "marke", "ausweis", "personal", "geburt", "urkunde"),
    *("kirche", "austritt", "schule", "anmeldung", "abmelden", "wohnung"),
)


@pytest.fixture(scope="module")
def splitter() -> Splitter:
    return Splitter(KNOWN, ["amt", "pin"])


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("hundesteuermarke", ("hund", "steuer", "marke")),
        ("personalausweis", ("personal", "ausweis")),
        ("geburtsurkunde", ("geburt", "urkunde")),
        ("geburtsurkunden", ("geburt", "urkunde")),
        ("kirchenaustritt", ("kirche", "austritt")),
        ("schulanmeldung", ("schule", "anmeldung")),
        ("hundeabmeldung", ("hund", "abmelden")),
        ("ausweispin", ("ausweis", "pin")),
        ("wohnungsamt", ("wohnung", "amt")),
    ],
)
def test_splits_into_known_words(splitter: Splitter, word: str, pieces: tuple[str, ...]) -> None:
    assert splitter.split(word) == pieces


@pytest.mark.parametrize("word", ["hund", "ausweis", "hundekuchen", "xyzabc", "", "hund steuer", "9876543"])
def test_leaves_others_whole(splitter: Splitter, word: str) -> None:
    assert splitter.split(word) == ()


def test_one_piece_may_be_unknown(splitter: Splitter) -> None:
    assert splitter.split_loosely("hundekuchen") == (("hund", True), ("kuchen", False))
    assert splitter.split_loosely("notausweismarke") == (("not", False), ("ausweis", True), ("marke", True))
    assert splitter.split_loosely("qwertzuiop") == ()


@given(st.lists(st.sampled_from([word for word in KNOWN if word != "abmelden"]), min_size=2, max_size=4))
def test_words_put_together_come_apart(parts: list[str]) -> None:
    assert "".join(Splitter(KNOWN, []).split("".join(parts))).startswith(parts[0])


@given(st.text(alphabet="abehnrstu", max_size=80))
def test_any_word_is_answered(word: str) -> None:
    splitter = Splitter(KNOWN, ["amt", "pin"])
    assert len(splitter.split(word)) != 1
    assert len(splitter.split_loosely(word)) != 1
