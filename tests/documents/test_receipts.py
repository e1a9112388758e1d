"""Receipts: signed once, checked by anybody, worth nothing when a letter is changed."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.documents.receipts import (
    Fault,
    ReceiptContent,
    ReceiptKeys,
    Unverified,
    Verified,
    new_secret_key,
)
from kreisportal.i18n import LANGUAGES, speaking


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


SEED = base64.b64encode(bytes(range(32))).decode()
KEYS = ReceiptKeys.load("2026-a", SEED)
CONTENT = ReceiptContent(
    tenant="neuenkirchen-voerden",
    tenant_name="Gemeinde Neuenkirchen-Vörden",
    number="NEU-2026-00042-7",
    received_at=datetime(2026, 12, 24, 10, 15, tzinfo=UTC),
    service="hund-anmelden",
    form_version=3,
    form_sha256=sha256("form"),
    answers_digest=sha256("answers"),
    documents=(sha256("one"), sha256("two")),
)
CODE = KEYS.sign(CONTENT).code
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~."


def test_a_signed_receipt_says_what_was_signed() -> None:
    assert KEYS.verify(CODE) == Verified(CONTENT, "2026-a")


def test_a_code_of_today_is_good_for_ever() -> None:
    # Written down once: receipts are checked years after they were given out.
    assert CODE == (
        "KP1.2026-a.neuenkirchen-voerden.R2VtZWluZGUgTmV1ZW5raXJjaGVuLVbDtnJkZW4.NEU-2026-00042-7.2"
        "0261224T101500Z.hund-anmelden.3.Bzl9Yz8lpxAZkKdYZK4D1aO5rAfE7WrMvFLL_X18E7Q.Z3_iG2X0ps8dEF"
        "hT1R9PClYmmKpjdMtNJ51GqZ3T5qM.dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z_0Me0~P8TM_nRYcOLA2Z9x"
        "8w_wZWyN7dQcwdfT03aw2-aF4vM.8BESzgSQzcJGNYZqXGQ_92SktOkAVvgMmY-J2zqfInsNsX-RW8L18kivylQ5II"
        "lrKsl5parDL_H7t9x5oOlfCg"
    )


def test_a_code_needs_no_quoting_in_an_address() -> None:
    assert set(CODE) <= set(ALPHABET)


def test_it_can_be_checked_with_the_published_keys_alone() -> None:
    document = KEYS.public_keys_document()
    assert document["keys"][0]["kid"] == "2026-a"
    x = base64.urlsafe_b64decode(document["keys"][0]["x"] + "=")
    signed, _, signature = CODE.rpartition(".")
    Ed25519PublicKey.from_public_bytes(x).verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())


@given(st.integers(0, len(CODE) - 1), st.characters())
def test_any_changed_letter_fails(position: int, letter: str) -> None:
    if re.match(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]", letter) or CODE[position] == letter:
        letter = "x" if CODE[position] != "x" else "y"
    changed = CODE[:position] + letter + CODE[position + 1 :]
    assert isinstance(KEYS.verify(changed), Unverified)


@given(st.data())
def test_any_changed_letter_of_the_alphabet_fails(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(CODE) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(CODE[position], "")))
    assert isinstance(KEYS.verify(CODE[:position] + letter + CODE[position + 1 :]), Unverified)


def test_no_other_spelling_of_the_signature_is_accepted() -> None:
    for letter in ALPHABET.replace(CODE[-1], ""):
        assert isinstance(KEYS.verify(CODE[:-1] + letter), Unverified)


@given(st.integers(0, len(CODE) - 1), st.integers(1, 40))
def test_missing_letters_fail(position: int, number: int) -> None:
    assert isinstance(KEYS.verify(CODE[:position] + CODE[position + number :]), Unverified)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert KEYS.verify(text) == Unverified(Fault.MALFORMED)


def test_line_breaks_and_spaces_from_copying_do_not_matter() -> None:
    copied = "\u00a0\n".join(CODE[start : start + 60] for start in range(0, len(CODE), 60))
    assert isinstance(KEYS.verify(f"  {copied}\r\n\u200b"), Verified)


def test_faults_have_names() -> None:
    stranger = ReceiptKeys.load("2026-a", new_secret_key())
    other = ReceiptKeys.load("2027", new_secret_key())
    assert stranger.verify(CODE) == Unverified(Fault.FORGED)
    assert other.verify(CODE) == Unverified(Fault.UNKNOWN_KEY)
    assert KEYS.verify(CODE[:-1]) == Unverified(Fault.MALFORMED)
    assert KEYS.verify("KP2" + CODE[3:]) == Unverified(Fault.MALFORMED)
    assert KEYS.verify(CODE + " " * 30_000) == Unverified(Fault.MALFORMED)


def test_every_fault_says_what_to_do() -> None:
    sentences = set()
    for language in LANGUAGES[:2]:
        with speaking(language):
            sentences |= {Unverified(fault).sentence for fault in Fault}
    assert len(sentences) == 2 * len(Fault)


def test_receipts_of_an_older_key_stay_good() -> None:
    old_public = KEYS.public_keys_document()["keys"][0]["x"]
    renewed = ReceiptKeys.load("2027", new_secret_key(), {"2026-a": old_public})

    assert renewed.verify(CODE) == Verified(CONTENT, "2026-a")
    assert renewed.sign(CONTENT).key_id == "2027"
    assert [key["kid"] for key in renewed.public_keys_document()["keys"]] == ["2027", "2026-a"]


def test_keys_as_pem() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = secret.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert ReceiptKeys.load("2026-a", pem).sign(CONTENT).code == CODE
    keys = ReceiptKeys.load("b", SEED, {"2026-a": public.decode()})
    assert isinstance(keys.verify(CODE), Verified)


def elliptic_pem() -> str:
    return (
        generate_private_key(SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


@pytest.mark.parametrize("secret", ["", "geheim", "QUJD", "-----BEGIN PRIVATE KEY-----\nx", elliptic_pem()])
def test_a_wrong_key_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="Ed25519") as caught:
        ReceiptKeys.load("a", secret)
    assert not secret or secret not in str(caught.value)
    with pytest.raises(ValueError, match="Ed25519"):
        ReceiptKeys.load("a", SEED, {"b": secret})


def test_a_key_s_name_has_no_dots() -> None:
    with pytest.raises(ValueError, match="name of a key"):
        ReceiptKeys.load("a.b", SEED)


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "a.b"},
        {"number": ""},
        {"service": "ä"},
        {"form_sha256": "ABC"},
        {"documents": ("x",)},
        {"received_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - that is what is refused.
        {"form_version": -1},
    ],
)
def test_content_that_cannot_be_written_down_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(CONTENT, **change)  # type: ignore[arg-type]


@given(
    name=st.text(max_size=60),
    seconds=st.integers(0, 4_000_000_000),
    offset=st.integers(-720, 720),
    documents=st.lists(st.binary(min_size=32, max_size=32), max_size=12),
    version=st.integers(0, 10_000),
)
def test_any_content_comes_back(
    name: str, seconds: int, offset: int, documents: list[bytes], version: int
) -> None:
    name = name.encode("utf-8", "replace").decode()
    moment = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=offset)))
    content = replace(
        CONTENT,
        tenant_name=name,
        received_at=moment,
        documents=tuple(digest.hex() for digest in documents),
        form_version=version,
    )
    assert KEYS.verify(KEYS.sign(content).code) == Verified(content, "2026-a")
