"""Codes by time and recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.credentials import second_factor

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_examples_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, the last six digits of the SHA-1 column."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.code_at(SECRET, moment)[0] == code
    assert second_factor.matching_step(SECRET, code, None, moment) == seconds // 30


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_neighbouring_step_counts(steps: int, counts: bool) -> None:
    code, _ = second_factor.code_at(SECRET, NOW + timedelta(seconds=30 * steps))
    assert (second_factor.matching_step(SECRET, code, None, NOW) is not None) is counts


def test_a_step_counts_once_and_none_before_it() -> None:
    earlier, _ = second_factor.code_at(SECRET, NOW - timedelta(seconds=30))
    code, _ = second_factor.code_at(SECRET, NOW)
    step = second_factor.matching_step(SECRET, code, None, NOW)
    assert second_factor.matching_step(SECRET, code, step, NOW) is None
    assert second_factor.matching_step(SECRET, earlier, step, NOW) is None
    later, _ = second_factor.code_at(SECRET, NOW + timedelta(seconds=30))
    assert second_factor.matching_step(SECRET, later, step, NOW) is not None


def test_spaces_in_a_code_are_forgiven() -> None:
    code, _ = second_factor.code_at(SECRET, NOW)
    assert second_factor.matching_step(SECRET, f" {code[:3]} {code[3:]}\n", None, NOW) is not None


@given(
    st.text(max_size=12).filter(
        lambda typed: not "".join(typed.split()).isascii() or len("".join(typed.split())) != 6
    )
)
def test_what_is_no_code_is_no_code(typed: str) -> None:
    assert second_factor.matching_step(SECRET, typed, None, NOW) is None


def test_how_long_a_code_is_the_current_one() -> None:
    assert second_factor.code_at(SECRET, NOW + timedelta(seconds=29))[1] == 1
    assert second_factor.code_at(SECRET, NOW)[1] == 30


def test_secrets_are_of_160_bits_and_differ() -> None:
    secrets = {second_factor.new_totp_secret() for _ in range(5)}
    assert len(secrets) == 5
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}


def test_apps_are_told_town_and_address() -> None:
    address = urlsplit(second_factor.enrolment_address(SECRET, "e@rathaus.example", "Verwaltung Köln"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query)["secret"] == [SECRET]
    assert parse_qs(address.query)["issuer"] == ["Verwaltung Köln"]


def test_the_qr_code_is_an_svg_in_the_page() -> None:
    image = second_factor.qr_image(second_factor.enrolment_address(SECRET, "e@rathaus.example", "Vechta"))
    assert image.startswith("data:image/svg+xml;charset=utf-8,")
    assert "script" not in image


def test_the_secret_is_typed_in_groups() -> None:
    assert second_factor.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"


def test_recovery_codes_are_kept_as_digests_only() -> None:
    codes, digests = second_factor.new_recovery_codes()
    assert len(set(codes)) == len(set(digests)) == 10
    assert not set(codes) & set(digests)
    typed = codes[3].replace("-", " ").lower()
    assert second_factor.matching_recovery_code(digests, typed) == digests[3]
    assert second_factor.matching_recovery_code(digests[:3], typed) is None
    assert second_factor.matching_recovery_code(digests, "") is None
