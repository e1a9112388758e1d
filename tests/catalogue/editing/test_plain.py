"""The rules of plain language: each refuses what breaks it and lets good sentences pass."""

from __future__ import annotations

import pytest

from kreisportal.catalogue.editing.plain import needs_dots, plain_faults, sentences

GOOD = [
    "Sie haben einen Hund? Dann melden Sie den Hund an.",
    "Dann hilft Ihnen der Staat.",
    "Ab 16 Jahren brauchen Sie einen Personal·ausweis oder einen Reise·pass.",
    "Auf der Karte steht ein Datum.",
    "Der Brief von der Gemeinde kommt mit der Post.",
    "Sie sagen: Ja, das stimmt.",
    "Das geht im Internet, mit der Post oder im Rathaus.",
    "Ihr Kind wird 6 Jahre alt.",
    "Gehen Sie auf die Internet·seite rundfunkbeitrag.de.",
    "Das Papier ist für Ihr Haus.",
    "Rufen Sie an: 110.",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_sentences_pass(text: str) -> None:
    assert list(plain_faults(text)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Das ist ein Satz mit sehr vielen Wörtern, und er hört gar nicht auf.", "words in a sentence"),
        ("Stellen Sie den Antrag, bevor die Karte abläuft.", "two thoughts"),
        ("Das ist das Geld, das Sie zahlen.", "two thoughts"),
        ("Hier parken Menschen, die da wohnen.", "two thoughts"),
        ("Wenn Sie umziehen, sagen Sie es.", "two thoughts"),
        ("Bringen Sie Brot, Milch, Käse, Wurst mit.", "a long enumeration"),
        ("Das ist die Adresse des Hauses.", "a genitive"),
        ("Das ist die Adresse der Gemeinde.", "a genitive"),
        ("Wegen der Kosten fragen Sie.", "a genitive"),
        ("Der Ausweis wird in Berlin gemacht.", "a passive"),
        ("Die Papiere werden geprüft.", "a passive"),
        ("Das könnte teuer sein.", "a subjunctive"),
        ("Das ist z. B. ein Hund.", "an abbreviation"),
        ("Sie zahlen 5 % mehr.", "a sign"),
        ("Das steht im Brief (unten).", "a sign"),
        ("Sie haben zwei Hunde.", "a number in letters"),
        ("Sie müssen nicht ohne Ausweis kommen.", "two negations"),
        ("Sie brauchen einen Personalausweis.", "“Personalausweis” is long"),
        ("Das ist ein Oster-Feuer.", "“Oster-Feuer” is parted with a hyphen"),
    ],
)
def test_what_breaks_a_rule_is_found(text: str, reason: str) -> None:
    assert any(reason in fault for fault in plain_faults(text)), list(plain_faults(text))


def test_lists_links_and_colons_part_sentences() -> None:
    text = "- Erstens **fett**.\n- Zweitens [hier](https://example.org/ein-langer-weg)\n\nDas heißt: Amt."
    assert sentences(text) == ["Erstens fett.", "Zweitens hier", "Das heißt:", "Amt."]


@pytest.mark.parametrize(
    "word", ["Grundsteuer", "Personalausweis", "Unterhaltsvorschuss", "Auto·versicherungsnummer"]
)
def test_long_compounds_need_dots(word: str) -> None:
    assert needs_dots(word)


@pytest.mark.parametrize("word", ["Reise·pass", "Bescheinigung", "unterschreiben", "Hund", "Deutschland"])
def test_short_and_well_known_words_need_none(word: str) -> None:
    assert not needs_dots(word)
