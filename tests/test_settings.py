"""Settings: read once, all faults told at once, and explained in deploy's example."""

from __future__ import annotations

import base64
import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.paths import project_folder
from kreisportal.settings import Settings, SettingsError, read_settings

_SOURCES = "".join(
    (project_folder() / "platform" / "kreisportal" / name).read_text("utf-8")
    for name in ("settings.py", "settings_outside.py")
)
_DEPLOY = project_folder() / "deploy"
_NAMES = set(re.findall(r'env\.\w+\("([A-Z_]+)"', _SOURCES))
_KEY = base64.b64encode(bytes(range(32))).decode()
_GOOD = {
    "SECRET_KEY": "a-key-for-tests-only-0123456789-abcdef",
    "RECEIPT_KEY": _KEY,
    "DATABASE_URL": "postgresql://kreisportal_app@/kreisportal",
    "MAIL_URL": "smtps://user:password@mail.example:465",
}


def _read(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> Settings:
    """Settings of an environment that has nothing but the good ones, changed; None takes one away."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in (_GOOD | changes).items():
        if value is not None:
            monkeypatch.setenv(name, value)
    return read_settings()


def test_good_settings_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = _read(
        monkeypatch,
        DATA_FOLDER=str(tmp_path),
        TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8",
        INTERNAL_PORT="8001",
        PUBLIC_ADDRESSES="203.0.113.10,2001:DB8::0:10",
        RETIRED_RECEIPT_KEYS=f"1={_KEY.rstrip('=')}",
        CLAMAV_ADDRESS="/run/clamav/clamd.ctl",
    )
    assert not settings.demo
    assert settings.files_folder == tmp_path / "files"
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert settings.internal_port == 8001
    assert settings.public_addresses == ("203.0.113.10", "2001:db8::10")
    assert settings.retired_receipt_keys == {"1": _KEY.rstrip("=")}
    assert (settings.pool_size, settings.upload_limit) == (5, 10 * 1024 * 1024)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", None, "openssl rand"),
        ("SECRET_KEY", "short", "too weak"),
        ("SECRET_KEY", "a" * 64, "too weak"),
        ("RECEIPT_KEY", None, "openssl rand"),
        ("RECEIPT_KEY", "bm90IDMyIGJ5dGVz", "32 bytes"),
        ("RECEIPT_KEY", "not base64!", "base64"),
        ("DATABASE_URL", None, "postgresql://"),
        ("DATABASE_URL", "mysql://server/db", "PostgreSQL"),
        ("MAIL_URL", None, "mail server"),
        ("MAIL_URL", "http://mail.example", "smtp://"),
        ("MAIL_URL", "smtp:///nowhere", "names no mail server"),
        ("TRUSTED_PROXIES", "proxy.example", "no IP address"),
        ("INTERNAL_PORT", "70000", "65535"),
        ("PUBLIC_ADDRESSES", "203.0.113.0/24", "no IP address"),
        ("INTERNAL_PORT", "none", "whole number"),
        ("DATABASE_URL", "postgresql://kreisportal_app:PASSWORD@127.0.0.1/kreisportal", "of the example"),
        ("MAIL_URL", "smtps://kreisportal:PASSWORD@mail.example:465", "of the example"),
        ("DATABASE_POOL_SIZE", "0", "from 1"),
        ("UPLOAD_LIMIT_BYTES", "-5", "from 1024"),
        ("CLAMAV_ADDRESS", "tcp://clamd:3310", "clamd"),
        ("RETIRED_RECEIPT_KEYS", "1=short", "public key"),
        ("RECEIPT_KEY_ID", "a.b", "letters, digits"),
        ("RECEIPT_KEY_ID", "", "letters, digits"),
        ("KREISPORTAL_MODE", "test", "one of"),
        ("IDENTITY_SIMULATION", "true", "demonstrations only"),
        *(("COUNCIL_REQUESTS", value, "public, off") for value in ("local", "yes", "")),
        ("OPENID_PROVIDERS", "Land", "small letters"),
        ("OPENID_PROVIDERS", "probe", "no key"),
    ],
)
def test_each_fault_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, says: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        _read(monkeypatch, **{name: value})
    assert list(raised.value.faults) == [name]
    assert says in str(raised.value)


_LAND = {
    "OPENID_PROVIDERS": "land",
    "OPENID_LAND_NAME": "Servicekonto",
    "OPENID_LAND_ISSUER": "https://konto.land.example/realm",
    "OPENID_LAND_CLIENT_ID": "kreisportal",
    "OPENID_LAND_CLIENT_SECRET": "hunter2",
    "OPENID_LAND_LEVELS": "urn:x=1=substantial, hoch=high",
}


def test_a_provider_from_outside_is_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    (land,) = _read(monkeypatch, **_LAND).openid_providers
    assert (land.key, land.name, land.highest) == (
        "land",
        {"de": "Servicekonto", "en": "Servicekonto"},
        "high",
    )
    assert land.levels == {"urn:x=1": "substantial", "hoch": "high"}
    assert "hunter2" not in repr(land)
    assert _read(monkeypatch, OPENID_PROVIDERS=None).openid_providers == ()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NAME", None, "missing"),
        ("ISSUER", "http://konto.land.example", "https://"),
        ("ISSUER", "https://konto.land.example?x=1", "query"),
        ("ISSUER", "https://user@konto.land.example", "name a host"),
        ("CLIENT_SECRET", None, "missing"),
        ("LEVELS", "hoch=highest", "word=level"),
        ("SCOPES", "profile", "openid"),
    ],
)
def test_faults_of_a_provider_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, says: str
) -> None:
    monkeypatch.delenv(f"OPENID_LAND_{name}", raising=False)
    with pytest.raises(SettingsError) as raised:
        _read(monkeypatch, **(_LAND | {f"OPENID_LAND_{name}": value}))
    assert list(raised.value.faults) == [f"OPENID_LAND_{name}"]
    assert says in str(raised.value)


def test_a_demonstration_may_ask_a_provider_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    near = _LAND | {"OPENID_LAND_ISSUER": "http://127.0.0.1:3000"}
    assert _read(monkeypatch, KREISPORTAL_MODE="demo", **near).openid_providers
    with pytest.raises(SettingsError):
        _read(monkeypatch, **near)


def test_only_a_demonstration_may_ask_councils_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch).council_requests == "public"
    assert _read(monkeypatch, COUNCIL_REQUESTS="off").council_requests == "off"
    demo = {"KREISPORTAL_MODE": "demo", "COUNCIL_REQUESTS": "local"}
    assert _read(monkeypatch, **demo).council_requests == "local"


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as raised:
        _read(monkeypatch, SECRET_KEY=None, RECEIPT_KEY="x", MAIL_URL=None, INTERNAL_PORT="0")
    assert set(raised.value.faults) == {"SECRET_KEY", "RECEIPT_KEY", "MAIL_URL", "INTERNAL_PORT"}


def test_a_secret_is_not_repeated_in_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as raised:
        _read(monkeypatch, SECRET_KEY="hunter2hunter2", DATABASE_URL="mysql://u:hunter2@server/db")
    assert "hunter2" not in str(raised.value)


def test_every_setting_is_explained_in_the_example() -> None:
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', _SOURCES))
    read |= set(
        re.findall(r'os\.environ[^)\]]*"([A-Z_]+)"', (_DEPLOY / "gunicorn.conf.py").read_text("utf-8"))
    )
    example = (_DEPLOY / "environment.example").read_text("utf-8")
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == read


def test_the_example_reads_once_the_secrets_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    example = (_DEPLOY / "environment.example").read_text("utf-8").replace(":PASSWORD@", ":a-real-one@")
    values = dict(re.findall(r"^#?([A-Z_]+)=(.+)$", example, re.MULTILINE))
    settings = _read(monkeypatch, **(values | {name: _GOOD[name] for name in ("SECRET_KEY", "RECEIPT_KEY")}))
    plain = _read(monkeypatch)
    for name in ("mode", "pool_size", "kept_pages_bytes", "upload_limit", "receipt_key_id"):
        assert getattr(settings, name) == getattr(plain, name), name


_ODD = st.sampled_from(
    [
        *(
            "",
            " ",
            "[",
            "postgresql://[",
            "postgresql://[::1",
            "smtp://[",
            "smtps://x:port",
            "folder:",
            "smtp://x:99999",
        ),
        *(
            "a=b=c",
            "=",
            ",",
            "1=,2",
            "10.0.0.1/33",
            "10.0.0.1/8",
            "::/129",
            "１２",
            "1e3",
            "0x10",
            "-1",
            "9" * 40,
            "/",
            ":",
        ),
    ]
)


@given(
    name=st.sampled_from(sorted(_NAMES)),
    value=_ODD | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
)
def test_whatever_is_set_is_a_setting_or_a_fault_in_words(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        try:
            _read(monkeypatch, **{name: value})
        except SettingsError as error:
            assert name in error.faults
            assert all(reason for reason in error.faults[name])


@pytest.mark.parametrize("seed", [bytes(32), b"a" * 32, b"password" * 4])
def test_a_receipt_key_that_is_not_random_is_refused(monkeypatch: pytest.MonkeyPatch, seed: bytes) -> None:
    with pytest.raises(SettingsError) as raised:
        _read(monkeypatch, RECEIPT_KEY=base64.b64encode(seed).decode())
    assert "too weak" in str(raised.value)


def test_settings_do_not_change() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        settings = _read(monkeypatch)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.pool_size = 7  # type: ignore[misc]
