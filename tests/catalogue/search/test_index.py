"""What is typed in everyday words leads to the service that is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kreisportal.catalogue.search import MatchKind, SearchDocument, SearchIndex


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("Hund", "hund-anmelden"),
        ("HUNDE", "hund-anmelden"),
        ("Hundesteuermarke", "hund-anmelden"),
        ("mein hund ist gestorben", "hund-abmelden"),
        ("hund abgemeldet", "hund-abmelden"),
        ("Hundeabmeldung", "hund-abmelden"),
        ("fuehrungszeugnis", "fuehrungszeugnis"),
        ("fuhrungszeugnis", "fuehrungszeugnis"),
        ("fürungszeugniss", "fuehrungszeugnis"),
        ("Wo bekomme ich einen Antrag auf Wohngeld?", "wohngeld"),
        ("wohn geld", "wohngeld"),
        ("wongelt", "wohngeld"),
        ("pa", "personalausweis"),
        ("§ 34 a", "bewachung"),
        ("34a", "bewachung"),
        ("wagen verkaufen", "kfz-veraeusserung"),
        ("Autoverkauf", "kfz-veraeusserung"),
        ("umziehen", "wohnsitz-ummelden"),
        ("urkunde geburt", "geburtsurkunde"),
        ("puppy", "hund-anmelden"),
        ("my dog died", "hund-abmelden"),
        ("strasse", "abfall"),
        ("müllabfuhr", "abfall"),
    ],
)
def test_finds_what_is_meant(index: SearchIndex, query: str, key: str) -> None:
    assert index.search(query, "de")[0].key == key


@pytest.mark.parametrize(
    ("query", "language"), [("Hundesteuer", "en"), ("dog tax", "de"), ("dog tax", "de-simple")]
)
def test_finds_in_the_other_language(index: SearchIndex, query: str, language: str) -> None:
    assert index.search(query, language)[0].key == "hund-anmelden"


def test_what_is_not_offered_ranks_lower_but_is_found(index: SearchIndex) -> None:
    keys = [hit.key for hit in index.search("Hund", "de")]
    assert keys.index("hund-anmelden") < keys.index("hund-abmelden")
    only = 1 << index.keys.index("hund-abmelden")
    hits = index.search("Hund", "de", offered=only)
    assert [hit.key for hit in hits[:2]] == ["hund-abmelden", "hund-anmelden"]
    assert [hit.offered for hit in hits[:2]] == [True, False]


def test_offer_beyond_the_index_is_ignored(index: SearchIndex) -> None:
    assert index.search("Hund", "de", offered=1 << 5000) == index.search("Hund", "de", offered=0)


def test_hit_says_which_synonym_is_meant(index: SearchIndex) -> None:
    hit = index.search("Türsteher", "de")[0]
    assert (hit.matched_term, hit.matched_kind, hit.corrected) == ("Türsteher", MatchKind.SYNONYM, False)
    assert index.keys[hit.position] == hit.key


def test_hit_in_the_name_is_explained_by_the_name(index: SearchIndex) -> None:
    hit = index.search("wohnsitz ummelden", "en")[0]
    assert hit.matched_kind is MatchKind.NAME


def test_hit_in_running_text_has_no_term(index: SearchIndex) -> None:
    hit = index.search("Wochen", "de")[0]
    assert (hit.key, hit.matched_term, hit.matched_kind) == ("abfall", "", MatchKind.TEXT)


def test_name_explains_before_a_synonym_that_says_the_same() -> None:
    index = SearchIndex.build([SearchDocument("a", {"de": "Hund anmelden"}, synonyms={"de": ("Hund",)})])
    assert index.search("Hund", "de")[0].matched_term == "Hund anmelden"


def test_boost_raises_a_document() -> None:
    names = {"de": "Ausweis beantragen"}
    index = SearchIndex.build([SearchDocument("a", names), SearchDocument("b", names, boost=1.1)])
    assert [hit.key for hit in index.search("Ausweis", "de")] == ["b", "a"]


@given(
    query=st.sampled_from(
        ["hund", "hund anmelden", "beantragen", "wohnsitz", "urkunde bestellen", "register"]
    ),
    offered=st.integers(0, 2**12),
    limit=st.integers(1, 6),
)
def test_a_shorter_list_is_the_beginning_of_a_longer_one(
    index: SearchIndex, query: str, offered: int, limit: int
) -> None:
    everything = index.search(query, "de", offered=offered, limit=100)
    assert index.search(query, "de", offered=offered, limit=limit) == everything[:limit]
    assert [hit.score for hit in everything] == sorted((hit.score for hit in everything), reverse=True)


def test_misspelt_word_is_set_right(index: SearchIndex) -> None:
    assert index.did_you_mean("Mein Personalausweiss?", "de") == "Mein Personalausweis?"
    assert index.did_you_mean("fürungszeugniss", "de") == "Führungszeugnis"
    assert index.did_you_mean("Personalausweis", "de") is None
    assert index.search("Personalausweiss", "de")[0].corrected


def test_a_better_spelling_is_written_as_the_catalogue_mostly_does() -> None:
    written = ("Umzug melden", "Melden eines Umzugs", "umzug melden", "Halteverbot für den Umzug")
    index = SearchIndex.build(SearchDocument(key=name, names={"de": name}) for name in written)
    assert index.did_you_mean("umzuck", "de") == "Umzug"
    assert index.did_you_mean("meldn", "de") == "melden"
    assert index.did_you_mean("Meldn", "de") == "Melden", "as it was typed"


def test_nothing_found(index: SearchIndex) -> None:
    assert index.search("xqzzyvk", "de") == []
    assert index.search("", "de") == []
    assert index.search("?!", "de") == []


def test_empty_index() -> None:
    empty = SearchIndex.build([])
    assert empty.search("Hund", "de") == []
    assert empty.suggest("Hu", "de") == []
    assert empty.did_you_mean("Hund", "de") is None


def test_limit(index: SearchIndex) -> None:
    assert len(index.search("anmelden", "de", limit=2)) == 2
    assert index.search("anmelden", "de", limit=0) == []


def test_suggestions_while_typing(index: SearchIndex) -> None:
    assert index.suggest("hunde", "de")[0].text == "Hund anmelden"
    assert index.suggest("wohnsitz um", "de")[0].key == "wohnsitz-ummelden"
    assert index.suggest("führungsz", "en")[0].text == "Apply for a certificate of conduct"


def test_document_with_a_language_of_its_own() -> None:
    index = SearchIndex.build([SearchDocument("a", {"uk": "Реєстрація собаки"})])
    assert index.search("собаки", "de")[0].key == "a"


@settings(max_examples=300)
@given(query=st.text(max_size=400), language=st.sampled_from(["de", "en", "de-simple", "xx", ""]))
def test_any_text_is_answered(index: SearchIndex, query: str, language: str) -> None:
    for hit in index.search(query, language, limit=5):
        assert hit.score > 0
    index.suggest(query, language)
    index.did_you_mean(query, language)


@pytest.mark.parametrize(
    "piece",
    ["a", "ab ", "hund", "hund ", "hundesteuer", "ue", "\0", "ß", "\u0301", "ﷺ", "-", "a-", "9", "\ud800"],
)
def test_very_long_text_is_answered(index: SearchIndex, piece: str) -> None:
    text = piece * (10_000 // len(piece))
    assert isinstance(index.search(text, "de"), list)
    assert isinstance(index.suggest(text, "de"), list)
