"""The message on the wire."""

from __future__ import annotations

import re
import uuid
from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.i18n import language_by_path, speaking
from kreisportal.notifications.message import MailIdentity, build_message
from kreisportal.notifications.rendering import Rendered
from tests.notifications.letters import IDENTITY, WRITTEN_AT, letter, tenant

UUID = "7d4e2f6a-1c3b-4a5d-9e8f-0a1b2c3d4e5f"


def test_headers() -> None:
    envelope, message = letter()
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert str(read["From"]) == "Stadt Vechta <portal@stadt-vechta.example>"
    assert str(read["To"]) == "erika@example.org"
    assert str(read["Reply-To"]) == "rathaus@stadt-vechta.example"
    assert str(read["Subject"]) == "Neues zu Ihrem Antrag – bald"
    assert str(read["Date"]) == "Tue, 01 Dec 2026 09:30:00 +0000"
    assert str(read["Message-ID"]) == f"<{IDENTITY.mail_id}.7@stadt-vechta.example>"
    assert str(read["Auto-Submitted"]) == "auto-generated"
    assert str(read["Content-Language"]) == "de"
    assert read.get_content_type() == "text/plain"
    assert read.get_content_charset() == "utf-8"
    assert read["MIME-Version"] == "1.0"
    assert (envelope.sender, envelope.recipient) == ("portal@stadt-vechta.example", "erika@example.org")


def test_every_try_is_the_same() -> None:
    assert letter()[1].as_bytes() == letter()[1].as_bytes()


def test_the_language_is_told() -> None:
    english = language_by_path("en")
    assert english is not None
    with speaking(english):
        assert letter()[1]["Content-Language"] == "en"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.just("\n"), max_size=3000))
def test_lines_are_short_and_the_text_survives(text: str) -> None:
    raw = letter(text=text)[1].as_bytes(policy=SMTP)
    assert raw.isascii()
    assert not re.search(rb"[^\r]\n|\r[^\n]", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    read = message_from_bytes(raw, policy=default).get_content().replace("\r\n", "\n")
    assert read.rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize("recipient", ["a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nText"])
def test_no_header_can_be_slipped_in(recipient: str) -> None:
    with pytest.raises(ValueError, match=r"newline|linefeed|CR|LF"):
        letter(recipient)
    with pytest.raises(ValueError, match=r"newline|linefeed|CR|LF"):
        build_message(IDENTITY, "a@example.org", WRITTEN_AT, tenant(), Rendered(recipient, "text\n"))


@given(st.uuids(version=4), st.integers(1, 2**31 - 1))
def test_the_identity_is_read_back(mail_id: uuid.UUID, tenant_id: int) -> None:
    identity = MailIdentity(tenant_id, mail_id)
    for written in (identity.envelope_id, f"<{identity.envelope_id}@stadt-vechta.example>"):
        assert MailIdentity.read(f" {written}\r\n") == identity


@pytest.mark.parametrize("text", ["", "<abc@example.org>", UUID, f"{UUID}.0", f"{UUID}.1x"])
def test_other_ids_are_not_ours(text: str) -> None:
    assert MailIdentity.read(text) is None


def test_a_tenant_without_a_sender_of_its_own_writes_from_its_office() -> None:
    without = next(entry for entry in (tenant("barssel"), tenant("visbek")) if entry.mail is None)
    envelope, message = build_message(
        IDENTITY, "a@example.org", WRITTEN_AT, without, Rendered("Betreff", "Text\n")
    )
    assert envelope.sender == without.contact.email
    assert without.name.full["de"] in str(message["From"])
