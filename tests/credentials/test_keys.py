"""Sealing secrets, and keys for it."""

from __future__ import annotations

import uuid

import pytest

from kreisportal.credentials.errors import SealBrokenError
from kreisportal.credentials.keys import counted_name, derive_keys, open_sealed, seal

KEYS = derive_keys("one secret key of an installation")
SOMEBODY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def test_what_is_sealed_opens_again() -> None:
    sealed = seal(KEYS, "GEHEIM", 1, SOMEBODY)
    assert b"GEHEIM" not in sealed
    assert open_sealed(KEYS, sealed, 1, SOMEBODY) == "GEHEIM"
    assert seal(KEYS, "GEHEIM", 1, SOMEBODY) != sealed


@pytest.mark.parametrize(("tenant_id", "staff_id"), [(2, SOMEBODY), (1, OTHER)])
def test_moved_to_another_row_it_does_not_open(tenant_id: int, staff_id: uuid.UUID) -> None:
    with pytest.raises(SealBrokenError):
        open_sealed(KEYS, seal(KEYS, "GEHEIM", 1, SOMEBODY), tenant_id, staff_id)


def test_another_installations_key_does_not_open_it() -> None:
    with pytest.raises(SealBrokenError, match="SECRET_KEY"):
        open_sealed(derive_keys("another secret key"), seal(KEYS, "GEHEIM", 1, SOMEBODY), 1, SOMEBODY)


def test_a_changed_byte_does_not_open() -> None:
    sealed = bytearray(seal(KEYS, "GEHEIM", 1, SOMEBODY))
    sealed[-1] ^= 1
    with pytest.raises(SealBrokenError):
        open_sealed(KEYS, bytes(sealed), 1, SOMEBODY)


def test_each_purpose_has_its_key() -> None:
    assert KEYS.sealing != KEYS.naming
    assert len(KEYS.sealing) == 32
    assert KEYS.sealing.hex() not in repr(KEYS)


def test_what_is_counted_is_not_told() -> None:
    name = counted_name(KEYS, "e@rathaus.example")
    assert "rathaus" not in name
    assert name == counted_name(KEYS, "e@rathaus.example")
    assert name != counted_name(derive_keys("another secret key"), "e@rathaus.example")
    assert counted_name(KEYS, "\ud800")
