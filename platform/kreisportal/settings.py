"""The settings: read once from the environment into one frozen object, all faults told at once."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvValidationError, ValidationError

from kreisportal.kernel.errors import KreisportalError
from kreisportal.kernel.paths import project_folder
from kreisportal.settings_outside import CouncilRequests, OpenIdProviderSettings, read_outside

Mode = Literal["production", "demo"]
_MIN_SECRET = 32
_MIN_DIFFERENT = 10
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,20}")
# Of 32 random bytes hardly ever fewer than 24 are different.
_MIN_DIFFERENT_BYTES = 16
_GIBIBYTE = 1024**3
_CLAMD = re.compile(r"(unix:)?/.+|[^:/]+(:\d{1,5})?|\[[0-9a-fA-F:]+\]:\d{1,5}")


class SettingsError(KreisportalError):
    """One or more settings are missing or wrong; the message names each with what to do."""

    code = "settings"

    def __init__(self, faults: dict[str, list[str]]) -> None:
        lines = [f"  {name}: {' '.join(reasons)}" for name, reasons in sorted(faults.items())]
        super().__init__("These settings must be mended before the program can start:\n" + "\n".join(lines))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator sets. Sizes are in bytes, times in seconds."""

    mode: Mode
    secret_key: str
    database_url: str
    data_folder: Path
    mail_url: str | None
    receipt_key_id: str
    receipt_key: str
    retired_receipt_keys: Mapping[str, str]
    trusted_proxies: tuple[str, ...]
    internal_port: int | None
    clamav_address: str | None
    public_port: int | None
    pool_size: int
    kept_pages_bytes: int
    upload_limit: int
    account_operator: str | None = None
    openid_providers: tuple[OpenIdProviderSettings, ...] = ()
    identity_simulation: bool = False
    saml_file: Path | None = None
    public_addresses: tuple[str, ...] = ()
    council_requests: CouncilRequests = "public"

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration: pages say so and are not indexed."""
        return self.mode == "demo"

    @property
    def files_folder(self) -> Path:
        """Where documents lie, a folder for each tenant."""
        return self.data_folder / "files"

    @property
    def snapshot_file(self) -> Path:
        """The last known public facts, for a start without the database."""
        return self.data_folder / "snapshot.bin"


def read_settings() -> Settings:
    """Read the settings from the process's environment.

    Raises ``SettingsError`` that names every fault at once.
    """
    env = Env(eager=False)
    mode = env.str("KREISPORTAL_MODE", "production", validate=_one_of("production", "demo"))
    secret_key = env.str("SECRET_KEY", validate=_strong)
    database_url = env.str("DATABASE_URL", validate=_postgres)
    data_folder = env.path("DATA_FOLDER", project_folder() / "var")
    mail_url = env.str("MAIL_URL", None, validate=_mail)
    receipt_key = env.str("RECEIPT_KEY", validate=_receipt_key)
    receipt_key_id = env.str("RECEIPT_KEY_ID", "1", validate=_key_id)
    retired = env.str("RETIRED_RECEIPT_KEYS", "", validate=_public_keys)
    proxies: list[str] = env.list("TRUSTED_PROXIES", [], validate=_each(_address))
    public: list[str] = env.list("PUBLIC_ADDRESSES", [], validate=_each(_one_address))
    internal_port = env.int("INTERNAL_PORT", None, validate=_between(1, 65535))
    clamav = env.str("CLAMAV_ADDRESS", None, validate=_clamd)
    public_port = env.int("PUBLIC_PORT", None, validate=_between(1, 65535))
    pool_size = env.int("DATABASE_POOL_SIZE", 5, validate=_between(1, 100))
    kept = env.int("KEPT_PAGES_BYTES", 64 * 1024 * 1024, validate=_between(0, 64 * _GIBIBYTE))
    operator = env.str("ACCOUNT_OPERATOR", None)
    outside = read_outside(env, demo=mode == "demo")
    upload_limit = env.int("UPLOAD_LIMIT_BYTES", 10 * 1024 * 1024, validate=_between(1024, _GIBIBYTE))
    # For gunicorn's configuration, which reads it itself: a fault shall be told along with the others.
    env.int("WEB_PROCESSES", 2, validate=_between(1, 512))
    faults = _faults(env)
    if mode == "production" and mail_url is None and "MAIL_URL" not in faults:
        faults["MAIL_URL"] = ["is missing: give the mail server, e.g. smtps://user:password@mail.example:465"]
    if faults:
        raise SettingsError(faults)
    return Settings(
        mode="demo" if mode == "demo" else "production",
        secret_key=secret_key,
        database_url=database_url,
        data_folder=data_folder,
        mail_url=mail_url,
        receipt_key_id=receipt_key_id,
        receipt_key=receipt_key,
        retired_receipt_keys=_pairs(retired),
        trusted_proxies=tuple(proxies),
        internal_port=internal_port,
        clamav_address=clamav,
        public_port=public_port,
        pool_size=pool_size,
        kept_pages_bytes=kept,
        upload_limit=upload_limit,
        account_operator=operator or None,
        openid_providers=outside.openid_providers,
        identity_simulation=outside.simulation,
        saml_file=outside.saml_file,
        public_addresses=tuple(str(ipaddress.ip_address(each)) for each in public),
        council_requests=outside.council_requests,
    )


def demo_file() -> Path:
    """Where a running demonstration leaves its settings, so that commands beside it find its database."""
    return project_folder() / "var" / "demo.env"


def read_settings_file(file: Path) -> dict[str, str]:
    """Names and values of a file of lines NAME=value, with or without quotes, as a service manager reads it."""
    settings = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith(("#", ";")):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            settings[name.strip()] = value[1:-1] if quoted else value
    return settings


def adopt_demo_settings() -> None:
    """Without a DATABASE_URL, take the settings of the demonstration if there is one; for commands only."""
    if "DATABASE_URL" not in os.environ:
        os.environ.update(read_demo_file())


def read_demo_file() -> dict[str, str]:
    """Names and values of the file that a demonstration leaves; empty if there is none."""
    return read_settings_file(demo_file()) if demo_file().exists() else {}


def read_database_url() -> str:
    """The address of the database, DATABASE_URL. Raises ``SettingsError`` when it is missing."""
    return _url("DATABASE_URL")


def backup_url() -> str:
    """The address of the database for the role that reads everything. Raises ``SettingsError`` as below."""
    return _url("BACKUP_DATABASE_URL")


def owner_url() -> str:
    """The address of the database for its owner, needed by migrations only.

    Raises ``SettingsError`` when DATABASE_OWNER_URL is missing or no address of PostgreSQL.
    """
    return _url("DATABASE_OWNER_URL")


def _url(name: str) -> str:
    env = Env(eager=False)
    url: str = env.str(name, validate=_postgres)
    faults = _faults(env)
    if faults:
        raise SettingsError(faults)
    return url


def _faults(env: Env) -> dict[str, list[str]]:
    """All that is wrong with what was read, with what to do."""
    try:
        env.seal()
    except EnvValidationError as error:
        return {name: [_advice(name, str(reason)) for reason in reasons] for name, reasons in _items(error)}
    return {}


def _items(error: EnvValidationError) -> list[tuple[str, list[object]]]:
    messages = error.error_messages
    assert isinstance(messages, Mapping)  # noqa: S101 - environs hands over a mapping after seal().
    return [(str(name), list(reasons)) for name, reasons in messages.items()]


_HOW = {
    "SECRET_KEY": "set at least 32 random characters, e.g. from `openssl rand -base64 48`",
    "RECEIPT_KEY": "set 32 random bytes in base64, e.g. from `openssl rand -base64 32`, and keep them safe",
    "DATABASE_URL": "set postgresql://kreisportal_app:password@server/kreisportal",
    "DATABASE_OWNER_URL": "set postgresql://kreisportal_owner:password@server/kreisportal",
}


def _advice(name: str, reason: str) -> str:
    what = "is missing" if "not set" in reason.lower() else reason.rstrip(".")
    what = "must be a whole number" if what == "Not a valid integer" else what
    return f"{what}: {_HOW[name]}" if name in _HOW else what


def _one_of(*allowed: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in allowed:
            raise ValidationError(f"must be one of {', '.join(allowed)}")

    return check


def _each(check: Callable[[str], None]) -> Callable[[list[str]], None]:
    def check_all(values: list[str]) -> None:
        for value in values:
            check(value)

    return check_all


def _strong(value: str) -> None:
    if len(value) < _MIN_SECRET or len(set(value)) < _MIN_DIFFERENT:
        raise ValidationError("is too weak")


def _parts(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValidationError("is no address") from None
    return parts


def _postgres(value: str) -> None:
    if _parts(value).scheme not in ("postgresql", "postgres"):
        raise ValidationError("is not the address of a PostgreSQL database")
    _no_example(value)


def _no_example(value: str) -> None:
    """Refuse what was copied from deploy/environment.example and not filled in."""
    if _parts(value).password == "PASSWORD":  # noqa: S105 - the word that stands there.
        raise ValidationError("still has the word PASSWORD of the example")


def _mail(value: str | None) -> None:
    if value is None:
        return
    parts = _parts(value)
    if parts.scheme not in ("smtp", "smtps", "folder"):
        raise ValidationError("must begin with smtp://, smtps:// or folder:")
    if parts.scheme != "folder" and not parts.hostname:
        raise ValidationError("names no mail server")
    _no_example(value)


def _clamd(value: str | None) -> None:
    if value is not None and not _CLAMD.fullmatch(value):
        raise ValidationError("is not the address of a clamd: give /path/of/its/socket or host:port")


def _between(least: int, most: int) -> Callable[[int | None], None]:
    def check(value: int | None) -> None:
        if value is not None and not least <= value <= most:
            raise ValidationError(f"must be a number from {least} to {most}")

    return check


def _address(value: str) -> None:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no IP address or network") from None


def _one_address(value: str) -> None:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise ValidationError(f"{value!r} is no IP address") from None


def _key_id(value: str) -> None:
    if not _KEY_ID.fullmatch(value):
        raise ValidationError("must be of at most 20 letters, digits, hyphens and underscores")


def _receipt_key(value: str) -> None:
    if len(set(_key_bytes(value))) < _MIN_DIFFERENT_BYTES:
        raise ValidationError("is too weak")


def _key_bytes(value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError("is not base64") from None
    if len(key) != _KEY_BYTES:
        raise ValidationError(f"must be {_KEY_BYTES} bytes, these are {len(key)}")
    return key


def _pairs(value: str) -> dict[str, str]:
    """``1=key,2=key`` as a map."""
    pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
    return {name.strip(): key.strip() for name, _, key in pairs}


def _public_keys(value: str) -> None:
    for key_id, key in _pairs(value).items():
        try:
            _key_bytes(key.replace("-", "+").replace("_", "/") + "=" * (-len(key) % 4))
        except ValidationError:
            raise ValidationError(
                f"the key of {key_id!r} is no public key: write id=key with the x of the page of keys"
            ) from None
