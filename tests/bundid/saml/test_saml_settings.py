"""The operator's file: what is wrong with it is told all at once, and nothing is guessed."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from kreisportal.bundid import saml_files
from kreisportal.bundid.saml_errors import SamlSettingsError
from kreisportal.bundid.saml_settings import SamlSettings, read_saml_settings
from tests.bundid.saml.issuing import SETTINGS, idp_metadata, make_pair


def faults(folder: Path, text: str) -> list[str]:
    """What is said of a file with this text beside the keys and metadata of ``folder``."""
    file = folder / "changed.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SamlSettingsError) as error:
        read_saml_settings(file)
    return error.value.faults


def test_the_file_is_read(saml: SamlSettings) -> None:
    assert [each.key for each in saml.providers] == ["bundid", "unternehmen"]
    first, second = saml.providers
    assert first.entity_id == "https://id.bund.example/idp"
    assert (first.subject, first.highest) == ("urn:oid:1.3.6.1.4.1.25484.494450.3", "high")
    assert (second.subject, second.highest) == (None, "substantial")
    assert second.attributes["business.register_number"] == "urn:example:register"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('entity_id = "https:', 'entity_id = "http:', "entity_id must be"),
        ("entity_id", "entityid", "entityid is unknown"),
        ('key = "now.key"', 'key = "gone.key"', "cannot be read"),
        ('certificate = "now.crt"', 'certificate = "next.crt"', "is not the certificate of"),
        ('key = "now.key"', 'key = "saml.toml"', "must be PEM"),
        ('kind = "bundid"', 'kind = "eidas"', "kind must be one of"),
        ('name = {de = "BundID", en = "BundID"}', 'name = "BundID"', "name must be"),
        ('metadata = "bundid.xml"', 'metadata = "gone.xml"', "gone.xml cannot be read"),
        ('metadata = "bundid.xml"', 'metadata = "saml.toml"', "is no XML"),
        ('metadata = "bundid.xml"', 'metadata = "unternehmen.xml"', "the same entityID"),
        ('highest = "substantial"', 'highest = "hoch"', "highest must be one of"),
        ('{substantial = "substantial"}', '{substantial = "hoch"}', "levels must map"),
        ('"business.register_number"', '"business.secret"', "business.secret is unknown"),
        ('key = "unternehmen"', 'key = "bundid"', "is there twice"),
        ('key = "unternehmen"', 'key = "../x"', "key must be of"),
        ("[[provider]]", "[[provider", "is no TOML"),
    ],
)
def test_a_fault_is_named(saml_folder: Path, before: str, after: str, says: str) -> None:
    assert before in SETTINGS
    found = faults(saml_folder, SETTINGS.replace(before, after, 1))
    assert any(says in each for each in found), found


def test_all_faults_are_told_at_once(saml_folder: Path) -> None:
    text = (
        SETTINGS.replace("https://konto", "http://konto").replace("now.key", "gone.key").replace("high", "x")
    )
    assert len(faults(saml_folder, text.replace('kind = "bundid"', 'kind = "x"'))) >= 3


def test_without_providers_there_is_nothing_to_set_up(saml_folder: Path) -> None:
    assert any("[[provider]]" in each for each in faults(saml_folder, SETTINGS.partition("[[provider]]")[0]))


def test_a_short_key_is_refused(saml_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saml_files, "_LEAST_BITS", 4096)
    assert any("at least 4096 bits" in each for each in faults(saml_folder, SETTINGS))


def test_metadata_with_a_document_type_is_not_read(saml_folder: Path) -> None:
    pair = make_pair(saml_folder, "idp-bundid")
    (saml_folder / "typed.xml").write_text(f"<!DOCTYPE x [<!ENTITY y 'z'>]>{idp_metadata(pair)}")
    text = SETTINGS.replace("bundid.xml", "typed.xml")
    assert any("document type" in each for each in faults(saml_folder, text))


def test_metadata_without_encryption_of_the_line_is_not_taken(saml_folder: Path) -> None:
    pair = make_pair(saml_folder, "idp-bundid")
    (saml_folder / "plain.xml").write_text(idp_metadata(pair, sso="http://id.bund.example/sso"))
    text = SETTINGS.replace("bundid.xml", "plain.xml")
    assert any("https address" in each for each in faults(saml_folder, text))


def test_what_must_be_installed_is_said(saml_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = faults(saml_folder, SETTINGS)
    assert len(found) == 2
    assert "kreisportal[saml]" in found[0]
    assert "apt-get install xmlsec1" in found[1]
