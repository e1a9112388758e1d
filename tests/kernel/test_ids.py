"""Ids and secrets: random enough, the same for the same, and readable from paper."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel import ids

SECRET = re.compile(r"[2-9A-HJKMNP-TV-Z]{5}(-[2-9A-HJKMNP-TV-Z]{5}){2}")


def test_ids_tokens_and_secrets_are_never_twice_the_same() -> None:
    for make in (ids.new_id, ids.new_token, ids.new_secret):
        assert len({make() for _ in range(2000)}) == 2000
    assert ids.new_id().version == 4


def test_a_token_has_256_bits_and_fits_an_address() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ids.new_token())


@pytest.mark.parametrize("letter", "01OILU")
def test_a_secret_has_no_letter_that_looks_like_another(letter: str) -> None:
    assert letter not in ids.TYPEABLE
    assert all(SECRET.fullmatch(ids.new_secret()) for _ in range(50))


def test_every_letter_of_a_secret_occurs() -> None:
    assert set("".join(ids.new_secret() for _ in range(500))) == set(ids.TYPEABLE) | {"-"}


@given(st.text(), st.text(), st.text())
def test_what_is_derived_follows_from_all_its_parts(key: str, purpose: str, subject: str) -> None:
    key, purpose = key.replace("\0", ""), purpose.replace("\0", "")
    secret = ids.derived_secret(key, purpose, subject)
    assert SECRET.fullmatch(secret)
    assert secret == ids.derived_secret(key, purpose, subject)
    assert secret != ids.derived_secret(key + "x", purpose, subject)
    assert secret != ids.derived_secret(key, purpose + "x", subject)
    assert secret != ids.derived_secret(key, purpose, subject + "x")
    token = ids.derived_token(key, purpose, subject)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token != ids.derived_token(key, purpose, subject + "x")


def test_purpose_and_subject_are_kept_apart() -> None:
    assert ids.derived_token("k", "a", "bc") != ids.derived_token("k", "ab", "c")


@pytest.mark.parametrize(
    "typed", ["k7qdm-3xp9r-tahw2", " K7QDM 3XP9R TAHW2 ", "K7QDM3XP9RTAHW2", "K7QDM–3XP9R—TAHW2"]
)
def test_a_secret_may_be_typed_in_many_ways(typed: str) -> None:
    assert ids.normalise_secret(typed) == "K7QDM3XP9RTAHW2"


@given(st.text())
def test_normalising_twice_is_normalising_once(typed: str) -> None:
    once = ids.normalise_secret(typed)
    assert ids.normalise_secret(once) == once


def test_a_digest_is_sha256() -> None:
    assert ids.digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
