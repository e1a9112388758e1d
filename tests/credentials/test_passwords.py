"""Hashing passwords and trying them."""

from __future__ import annotations

import argon2
import pytest

from kreisportal.credentials.passwords import STRONG, Passwords
from tests.support.staff import CHEAP


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(CHEAP)


def test_only_the_right_one_fits(passwords: Passwords) -> None:
    known = passwords.hash("blaue Gurken tanzen")
    assert known.startswith("$argon2id$")
    assert "Gurken" not in known
    assert passwords.verify(known, "blaue Gurken tanzen")
    assert not passwords.verify(known, "blaue Gurken tanzeN")


def test_composed_and_decomposed_letters_are_the_same(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("Gr\u00fcne Gurken"), "Gru\u0308ne Gurken")


@pytest.mark.parametrize("password", ["", "\ud800", "\0", "x" * 10_000])
def test_odd_input_is_just_wrong(passwords: Passwords, password: str) -> None:
    assert not passwords.verify(passwords.hash("blaue Gurken tanzen"), password)


def test_nobodys_password_is_tried_and_always_wrong(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    real = argon2.PasswordHasher.verify

    def spy(self: argon2.PasswordHasher, known: str, password: str | bytes) -> bool:
        tried.append(known)
        return real(self, known, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", spy)
    assert not passwords.verify(None, "blaue Gurken tanzen")
    assert len(tried) == 1
    assert argon2.extract_parameters(tried[0]) == CHEAP


def test_a_hash_of_other_parameters_is_outdated(passwords: Passwords) -> None:
    known = passwords.hash("blaue Gurken tanzen")
    assert not passwords.outdated(known)
    assert Passwords(argon2.Parameters(**{**_fields(CHEAP), "time_cost": 2})).outdated(known)


def test_the_real_parameters_are_at_least_those_of_the_standard() -> None:
    """OWASP ASVS 5.0, appendix on password storage: argon2id with 19 MiB and two passes, or 46 MiB and one."""
    assert STRONG.type is argon2.Type.ID
    assert STRONG.memory_cost >= 46 * 1024
    assert STRONG.time_cost >= 1
    assert argon2.extract_parameters(Passwords().hash("blaue Gurken tanzen")) == STRONG


def _fields(parameters: argon2.Parameters) -> dict[str, object]:
    return {name: getattr(parameters, name) for name in parameters.__slots__}
