"""A service of the catalogue's files becomes a document."""

from __future__ import annotations

from kreisportal.catalogue.search import SearchIndex, document_of

SERVICE = {
    "key": "hund-anmelden",
    "name": {"de": "Hund anmelden", "en": "Register a dog"},
    "official_name": {"de": "Hundesteuer"},
    "synonyms": {"de": ["Welpe"], "en": ["puppy"]},
    "short": {"de": "Wer einen Hund hält, zahlt Steuer.", "en": "Dog owners pay a tax."},
    "full": {"de": "Eine Plakette gehört dazu."},
    "documents": {"de": ["Mikrochip", "Kaufvertrag"]},
    "legal_basis": [{"name": "§ 3 NKAG"}],
    "remedies": {"de": "Klage vor dem Verwaltungsgericht."},
}


def test_all_fields_are_found() -> None:
    index = SearchIndex.build([document_of(SERVICE, {"de": ["Tierhaltung"]})])
    for query in ("Hund", "Hundesteuer", "Welpe", "puppy", "Plakette", "Mikrochip", "NKAG", "Tierhaltung"):
        assert index.search(query, "de"), query


def test_what_reads_alike_everywhere_is_not_searched() -> None:
    assert not SearchIndex.build([document_of(SERVICE)]).search("Verwaltungsgericht", "de")


def test_name_alone_is_enough() -> None:
    document = document_of({"key": "a", "name": {"de": "Name"}})
    assert document.names == {"de": "Name"}
    assert document.labels == {"de": ()}
