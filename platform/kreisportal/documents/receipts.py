"""Receipts: a short signed text that says what was sent when, and that anyone can check later.

A code is one line of fields between dots, in the letters ``A-Z a-z 0-9 - _ ~ .`` that an address, a QR
code and a copied line keep as they are::

    KP1.<key id>.<tenant>.<tenant's name>.<number>.<received>.<service>.<form version>.<form's SHA-256>
       .<answers' digest>.<documents' SHA-256, "~" between them>.<Ed25519 signature>

Digests, name and signature are base64url without padding; the instant is ``20261224T101500Z``. Signed is
everything before the last dot exactly as it stands there, so there is nothing to canonicalise.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kreisportal.i18n import lazy_gettext

_VERSION = "KP1"
_FIELDS = 12
_INSTANT = "%Y%m%dT%H%M%SZ"
_WORD = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")
_SHA256_HEX = re.compile(r"[0-9a-f]{64}\Z")
# What copying from a page or a PDF adds: white space, soft hyphens and invisible spaces.
_COPIED = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]+")
_LONGEST_CODE = 20_000
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """What a receipt says. It holds no personal data: of the answers only a salted digest.

    ``tenant``, ``number`` and ``service`` are of letters, digits, hyphens and underscores; digests are 64
    hexadecimal letters; ``received_at`` is aware, and kept to the second. Raises ValueError otherwise.
    """

    tenant: str
    tenant_name: str
    number: str
    received_at: datetime
    service: str
    form_version: int
    form_sha256: str
    answers_digest: str
    documents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for word in (self.tenant, self.number, self.service):
            if not _WORD.match(word):
                raise ValueError(f"not a word of a receipt: {word!r}")
        for digest in (self.form_sha256, self.answers_digest, *self.documents):
            if not _SHA256_HEX.match(digest):
                raise ValueError(f"not a SHA-256 in hexadecimal letters: {digest!r}")
        if self.received_at.tzinfo is None:
            raise ValueError("the instant of receipt needs a time zone")
        if self.form_version < 0:
            raise ValueError("a form's version is not negative")
        instant = self.received_at.astimezone(UTC).replace(microsecond=0)
        object.__setattr__(self, "received_at", instant)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed receipt; ``code`` is what the person gets."""

    content: ReceiptContent
    key_id: str
    code: str


class Fault(StrEnum):
    """Why a code is not what one of our offices signed. The values stand in logs and tests."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    FORGED = "forged"


_SENTENCES = {
    Fault.MALFORMED: lazy_gettext(
        "Das ist kein vollständiger Quittungs-Code. Kopieren Sie den ganzen Code, er beginnt mit „KP1.“."
    ),
    Fault.UNKNOWN_KEY: lazy_gettext(
        "Wir kennen den Schlüssel nicht, mit dem dieser Code unterschrieben ist. Prüfen Sie, ob der Code "
        "von einem anderen Portal stammt."
    ),
    Fault.FORGED: lazy_gettext(
        "Die Unterschrift passt nicht zum Inhalt: Der Code wurde verändert oder ist nicht von uns. Prüfen "
        "Sie, ob Sie ihn genau so eingegeben haben, wie er auf der Quittung steht."
    ),
}


@dataclass(frozen=True, slots=True)
class Verified:
    """A code that was signed with one of the keys, and what it says."""

    content: ReceiptContent
    key_id: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A code that proves nothing."""

    fault: Fault

    @property
    def sentence(self) -> str:
        """Why, and what to do, in the current language."""
        return str(_SENTENCES[self.fault])


class ReceiptKeys:
    """The key that signs, and all keys whose receipts are still good."""

    def __init__(
        self, active_id: str, secret: Ed25519PrivateKey, older: Mapping[str, Ed25519PublicKey] | None = None
    ) -> None:
        self._active_id = active_id
        self._secret = secret
        self._public = {**(older or {}), active_id: secret.public_key()}
        wrong = [key_id for key_id in self._public if not _WORD.match(key_id)]
        if wrong:
            raise ValueError(f"not the name of a key: {', '.join(map(repr, wrong))}")

    @classmethod
    def load(cls, active_id: str, secret: str, older: Mapping[str, str] | None = None) -> ReceiptKeys:
        """Keys from settings: ``secret`` as PEM (PKCS 8) or base64 of 32 bytes, ``older`` public keys by id.

        Raises ValueError, without repeating the secret, when one of them is no Ed25519 key.
        """
        public = {key_id: _load_public(key_id, text) for key_id, text in (older or {}).items()}
        return cls(active_id, _load_secret(secret), public)

    def sign(self, content: ReceiptContent) -> Receipt:
        """A receipt for ``content`` by the active key. The same content gives the same code."""
        fields = [
            _VERSION,
            self._active_id,
            content.tenant,
            _encode(content.tenant_name.encode()),
            content.number,
            content.received_at.strftime(_INSTANT),
            content.service,
            str(content.form_version),
            _encode(bytes.fromhex(content.form_sha256)),
            _encode(bytes.fromhex(content.answers_digest)),
            "~".join(_encode(bytes.fromhex(digest)) for digest in content.documents),
        ]
        signed = ".".join(fields)
        return Receipt(content, self._active_id, f"{signed}.{_encode(self._secret.sign(signed.encode()))}")

    def verify(self, text: str) -> Verified | Unverified:
        """What the code in ``text`` says, if one of the keys signed it.

        White space anywhere in it, as copying adds it, does not matter. Any other change does.
        """
        code = _COPIED.sub("", text[:_LONGEST_CODE])
        fields = code.split(".")
        if len(text) > _LONGEST_CODE or len(fields) != _FIELDS or fields[0] != _VERSION or not code.isascii():
            return Unverified(Fault.MALFORMED)
        key = self._public.get(fields[1])
        if key is None:
            return Unverified(Fault.UNKNOWN_KEY)
        signed, _, signature = code.rpartition(".")
        try:
            key.verify(_decode(signature), signed.encode())
            return Verified(_read(fields), fields[1])
        except InvalidSignature:
            return Unverified(Fault.FORGED)
        except ValueError:
            return Unverified(Fault.MALFORMED)

    def public_keys_document(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037), for a page; the active one first."""
        order = sorted(self._public, key=lambda key_id: (key_id != self._active_id, key_id))
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "use": "sig",
                    "alg": "EdDSA",
                    "kid": key_id,
                    "x": _encode(self._public[key_id].public_bytes_raw()),
                }
                for key_id in order
            ]
        }


def new_secret_key() -> str:
    """A new secret for the settings: 32 random bytes as base64."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def _read(fields: list[str]) -> ReceiptContent:
    """The content of a code that is known to be signed by us. ValueError when it is not of this form."""
    return ReceiptContent(
        tenant=fields[2],
        tenant_name=_decode(fields[3]).decode(),
        number=fields[4],
        received_at=datetime.strptime(fields[5], _INSTANT).replace(tzinfo=UTC),
        service=fields[6],
        form_version=int(fields[7]),
        form_sha256=_decode(fields[8]).hex(),
        answers_digest=_decode(fields[9]).hex(),
        documents=tuple(_decode(digest).hex() for digest in fields[10].split("~") if digest),
    )


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """The bytes of base64url without padding. Only the one true spelling of them: ValueError otherwise."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("not base64url") from None
    if _encode(data) != text:
        raise ValueError("not the canonical base64url")
    return data


def _load_secret(text: str) -> Ed25519PrivateKey:
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_private_key(text.encode(), password=None)
            if isinstance(key, Ed25519PrivateKey):
                return key
        else:
            return Ed25519PrivateKey.from_private_bytes(_raw_key(text))
    except (ValueError, TypeError):
        pass
    raise ValueError("the receipt key is no Ed25519 key (PEM, or 32 bytes as base64)")


def _load_public(key_id: str, text: str) -> Ed25519PublicKey:
    try:
        if "-----BEGIN" in text:
            key = serialization.load_pem_public_key(text.encode())
            if isinstance(key, Ed25519PublicKey):
                return key
        else:
            return Ed25519PublicKey.from_public_bytes(_raw_key(text))
    except ValueError:
        pass
    raise ValueError(f"the public receipt key {key_id!r} is no Ed25519 key (PEM, or 32 bytes as base64)")


def _raw_key(text: str) -> bytes:
    plain = text.strip().rstrip("=").replace("+", "-").replace("/", "_")
    data = _decode(plain)
    if len(data) != _KEY_BYTES:
        raise ValueError("not 32 bytes")
    return data
