"""Legal pages: whose words win, and what is filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.definition_texts import PLACEHOLDERS, check_pages, fill

WriteTenant = Callable[..., Path]
COMMON = Path(__file__).parents[2] / "tenants" / "_common" / "texts"


def test_values_are_filled_in() -> None:
    assert fill("# {name}\n\nIn {city}.", {"name": "Stadt", "city": "Vechta"}) == "# Stadt\n\nIn Vechta.\n"


def test_a_line_without_its_value_is_left_out() -> None:
    assert fill("- E-Mail: {email}\n- Telefon: {phone}\n- Brief", {"email": "a@b.example", "phone": ""}) == (
        "- E-Mail: a@b.example\n- Brief\n"
    )


def test_what_a_value_holds_is_not_filled_in_again() -> None:
    assert fill("{name}", {"name": "{email}", "email": "x"}) == "{email}\n"


def test_every_placeholder_has_a_value(write_tenant: WriteTenant, town_source: str) -> None:
    declared = ("[places]", "[declaration]\ndate = 2026-11-02\n\n[places]")
    folder = write_tenant(town_source, declared)
    everything = " ".join(f"{name}={{{name}}}" for name in sorted(PLACEHOLDERS - {"website"}))
    (folder / "texts").mkdir()
    (folder / "texts" / "imprint.en.md").write_text(everything, encoding="utf-8")
    assert read_tenant(folder).legal["imprint"]["en"] == (
        "Article=Die article=die barrier_form=/en/leistungen/barriere-melden checked_by=we ourselves"
        " city=Beispielstadt declared_on=2 November 2026 email=rathaus@beispielstadt.example head=the mayor"
        " host=beispielstadt.localhost locative=in Beispielstadt name=Town of Beispielstadt phone=04441 886-0"
        " postcode=49377 privacy_email=datenschutz@beispielstadt.example short=Beispielstadt"
        " street=Am Markt 1 supervision=Landkreis Beispiel\n"
    )


def test_a_page_that_is_nowhere_is_missed(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source)
    (folder.parent / "_common" / "texts" / "privacy.en.md").unlink()
    with pytest.raises(DefinitionError) as caught:
        read_tenant(folder)
    assert caught.value.faults == [f"{folder / 'texts'}:1: privacy.en.md: is missing."]


def test_a_text_must_be_utf8(tmp_path: Path) -> None:
    (tmp_path / "imprint.de.md").write_bytes(b"\xff")
    assert f"{tmp_path / 'imprint.de.md'}:1: text: must be UTF-8." in check_pages([tmp_path])


def test_the_common_texts_are_complete_and_right() -> None:
    assert check_pages([COMMON]) == []


@pytest.mark.parametrize("file", sorted(COMMON.glob("*.md")), ids=lambda file: file.name)
def test_a_common_text_begins_with_its_title_and_says_that_it_is_a_demonstration(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.count("\n# ") == 0
    words = {"de": "Vorführung", "en": "demonstration", "de-simple": "nur zum Ausprobieren"}
    assert words[file.name.split(".")[1]] in text


def test_the_legal_texts_name_what_the_law_asks_for() -> None:
    def text(page: str) -> str:
        return (COMMON / f"{page}.de.md").read_text(encoding="utf-8")

    assert all(
        word in text("imprint") for word in ("{name}", "{street}", "{email}", "{head}", "{supervision}")
    )
    assert all(
        word in text("privacy")
        for word in ("{name}", "{privacy_email}", "Artikel 13", "Rechtsgrundlage", "Empfänger", "Dauer",
                     "Artikel 15", "Artikel 17", "beschweren", "Cookie", "Entwurf")
    )  # fmt: skip
    assert all(
        word in text("accessibility")
        for word in ("NBGG", "{email}", "{barrier_form}", "Schlichtungsstelle", "einem Monat")
    )
