"""A small catalogue to search in."""

from __future__ import annotations

import pytest

from kreisportal.catalogue.search import SearchDocument, SearchIndex


def document(
    key: str, de: str, en: str, synonyms: str = "", english: str = "", short: str = ""
) -> SearchDocument:
    """A service with its synonyms in one string, separated by commas."""
    return SearchDocument(
        key=key,
        names={"de": de, "en": en},
        synonyms={
            "de": tuple(part.strip() for part in synonyms.split(",") if part.strip()),
            "en": tuple(part.strip() for part in english.split(",") if part.strip()),
        },
        short={"de": short},
    )


DOCUMENTS = (
    document(
        "hund-anmelden", "Hund anmelden", "Register a dog", "Hundesteuer, Welpe, Hundemarke", "dog tax, puppy"
    ),
    document(
        "hund-abmelden", "Hund abmelden", "Deregister a dog", "Hund gestorben, Hund verkauft", "dog died"
    ),
    document(
        "wohnsitz-anmelden",
        "Wohnsitz anmelden",
        "Register your address",
        "Zuzug, neu in der Stadt",
        "moving in",
    ),
    document(
        "wohnsitz-ummelden", "Wohnsitz ummelden", "Change your address", "umgezogen, neue Adresse", "moved"
    ),
    document(
        "fuehrungszeugnis", "Führungszeugnis beantragen", "Apply for a certificate of conduct", "Vorstrafen"
    ),
    document(
        "personalausweis", "Personalausweis beantragen", "Apply for an identity card", "Perso, PA", "ID card"
    ),
    document("wohngeld", "Wohngeld beantragen", "Apply for housing benefit", "Mietzuschuss", "rent support"),
    document(
        "bewachung", "Erlaubnis für das Bewachungsgewerbe (§ 34a GewO)", "Licence for guarding", "Türsteher"
    ),
    document(
        "kfz-veraeusserung", "Kfz-Veräußerung anzeigen", "Report the sale of a vehicle", "Auto verkauft"
    ),
    document(
        "geburtsurkunde", "Geburtsurkunde ausstellen", "Birth certificate", "Geburtsschein", "birth record"
    ),
    document("sterbeurkunde", "Sterbeurkunde ausstellen", "Death certificate", "Totenschein"),
    document(
        "abfall",
        "Restabfall abholen lassen",
        "Household waste",
        "Müllabfuhr, schwarze Tonne",
        "rubbish, bin",
        "Ihre Straße wird alle zwei Wochen angefahren.",
    ),
)


@pytest.fixture(scope="session")
def index() -> SearchIndex:
    """An index over ``DOCUMENTS``."""
    return SearchIndex.build(DOCUMENTS)
