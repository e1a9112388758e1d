"""Keys of people's secrets, derived from the program's one secret, and sealing with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kreisportal.credentials.errors import SealBrokenError

_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class CredentialKeys:
    """``sealing`` opens what is sealed at rest; ``naming`` makes names for what is counted. 32 bytes each."""

    sealing: bytes = field(repr=False)
    naming: bytes = field(repr=False)


def derive_keys(secret_key: str) -> CredentialKeys:
    """The keys of an installation (HKDF-SHA-256, RFC 5869), each for its own purpose."""
    return CredentialKeys(
        derive(secret_key, "kreisportal staff totp seal", _KEY_BYTES),
        derive(secret_key, "kreisportal staff rate limits", _KEY_BYTES),
    )


def derive(secret_key: str, purpose: str, length: int) -> bytes:
    """``length`` bytes for a purpose; who knows them learns nothing of the secret or of another purpose's."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(secret_key.encode())


def seal(keys: CredentialKeys, secret: str, *owner: object) -> bytes:
    """``secret`` sealed (AES-256-GCM) for one owner (tenant and member of staff, account): elsewhere it does not open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(keys.sealing).encrypt(nonce, secret.encode(), _name(owner))


def open_sealed(keys: CredentialKeys, sealed: bytes, *owner: object) -> str:
    """What was sealed. Raises SealBrokenError if SECRET_KEY has changed or the bytes are another's."""
    nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(keys.sealing).decrypt(nonce, content, _name(owner)).decode()
    except InvalidTag:
        raise SealBrokenError(
            f"a secret of {':'.join(map(str, owner))} was sealed with another SECRET_KEY; it must be set up anew"
        ) from None


def counted_name(keys: CredentialKeys, what: str) -> str:
    """A name under which ``what`` (an e-mail address, a network address) is counted without being told."""
    return hmac.new(keys.naming, what.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _name(owner: tuple[object, ...]) -> bytes:
    return ":".join(map(str, owner)).encode()
