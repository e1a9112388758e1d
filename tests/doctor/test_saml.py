"""What the doctor says of signing in by SAML."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from kreisportal.doctor.findings import Finding, Level
from kreisportal.doctor.saml import examine_saml
from kreisportal.settings import Settings
from tests.bundid.saml.issuing import idp_metadata, make_pair
from tests.support.programs import fetch_xmlsec1

_TEXT = """
entity_id = "https://konto.localhost/saml"
keys = [{key = "now.key", certificate = "now.crt"}]
[[provider]]
key = "bundid"
kind = "bundid"
name = {de = "BundID", en = "BundID"}
metadata = "bundid.xml"
"""


@pytest.fixture(scope="module", autouse=True)
def _xmlsec1() -> None:
    fetch_xmlsec1()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of an operator."""
    make_pair(tmp_path, "now")
    (tmp_path / "bundid.xml").write_text(idp_metadata(make_pair(tmp_path, "idp")))
    (tmp_path / "saml.toml").write_text(_TEXT)
    return tmp_path


def found(folder: Path, file: str | None = "saml.toml") -> list[Finding]:
    """What is found with these files."""
    settings = Settings(
        mode="production",
        secret_key="",
        database_url="",
        data_folder=folder,
        mail_url=None,
        receipt_key_id="1",
        receipt_key="",
        retired_receipt_keys={},
        trusted_proxies=(),
        internal_port=None,
        clamav_address=None,
        public_port=None,
        pool_size=1,
        kept_pages_bytes=0,
        upload_limit=0,
    )
    return list(examine_saml(dataclasses.replace(settings, saml_file=folder / file if file else None)))


def test_without_providers_nothing_is_said(folder: Path) -> None:
    assert found(folder, None) == []


def test_all_is_well(folder: Path) -> None:
    (only,) = found(folder)
    assert (only.level, only.state) == (Level.OK, "bundid; our certificate is good for 364 days")


def test_a_missing_program_is_named_with_its_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (only,) = found(folder)
    assert only.level is Level.FAULT
    assert "apt-get install xmlsec1" in only.state


@pytest.mark.parametrize(("days", "level"), [(-1, Level.FAULT), (30, Level.WARNING)])
def test_our_certificate_must_go_on(folder: Path, days: int, level: Level) -> None:
    make_pair(folder, "now", days)
    (only,) = found(folder)
    assert only.level is level
    assert only.state.startswith("now.crt is over")


@pytest.mark.parametrize(("days", "level"), [(-1, Level.FAULT), (30, Level.WARNING)])
def test_the_providers_certificate_must_go_on(folder: Path, days: int, level: Level) -> None:
    (folder / "bundid.xml").write_text(idp_metadata(make_pair(folder, "idp", days)))
    (only,) = found(folder)
    assert only.level is level
    assert only.state.startswith("bundid: the provider's certificate is over")


def test_a_key_is_for_the_service_only(folder: Path) -> None:
    (folder / "now.key").chmod(0o644)
    (only,) = found(folder)
    assert (only.level, only.advice) == (Level.WARNING, f"chmod o-r {folder / 'now.key'}")
