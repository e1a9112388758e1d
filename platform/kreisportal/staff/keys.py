"""Keys of staff's secrets, derived from the program's one secret, and sealing with them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kreisportal.staff.errors import SealBrokenError

_KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class StaffKeys:
    """``sealing`` opens what is sealed at rest; ``naming`` makes names for what is counted. 32 bytes each."""

    sealing: bytes = field(repr=False)
    naming: bytes = field(repr=False)


def derive_keys(secret_key: str) -> StaffKeys:
    """The keys of an installation (HKDF-SHA-256, RFC 5869), each for its own purpose."""
    return StaffKeys(
        derive(secret_key, "kreisportal staff totp seal", _KEY_BYTES),
        derive(secret_key, "kreisportal staff rate limits", _KEY_BYTES),
    )


def derive(secret_key: str, purpose: str, length: int) -> bytes:
    """``length`` bytes for a purpose; who knows them learns nothing of the secret or of another purpose's."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(secret_key.encode())


def seal(keys: StaffKeys, secret: str, tenant_id: int, staff_id: uuid.UUID) -> bytes:
    """``secret`` sealed (AES-256-GCM) for one member of staff: moved to another row it does not open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(keys.sealing).encrypt(nonce, secret.encode(), _owner(tenant_id, staff_id))


def open_sealed(keys: StaffKeys, sealed: bytes, tenant_id: int, staff_id: uuid.UUID) -> str:
    """What was sealed. Raises SealBrokenError if SECRET_KEY has changed or the bytes are another's."""
    nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(keys.sealing).decrypt(nonce, content, _owner(tenant_id, staff_id)).decode()
    except InvalidTag:
        raise SealBrokenError(
            f"the second factor of staff {staff_id} was sealed with another SECRET_KEY; invite the person again"
        ) from None


def counted_name(keys: StaffKeys, what: str) -> str:
    """A name under which ``what`` (an e-mail address, a network address) is counted without being told."""
    return hmac.new(keys.naming, what.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _owner(tenant_id: int, staff_id: uuid.UUID) -> bytes:
    return f"{tenant_id}:{staff_id}".encode()
