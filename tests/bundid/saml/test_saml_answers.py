"""Answers of a provider: the one that counts, and everything that must not.

Attacks are signed with the provider's real key wherever an attacker could have something signed, so that only the
check that is named stands between them and an identity.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.saml import Proven, ServiceProvider
from kreisportal.bundid.saml_arrivals import new_request_id
from kreisportal.bundid.saml_attributes import BPK2, LEVEL
from kreisportal.bundid.saml_errors import SamlCancelledError, SamlRefusedError
from kreisportal.bundid.saml_settings import SamlSettings
from kreisportal.bundid.saml_xml import LARGEST
from tests.bundid.saml.conftest import ours
from tests.bundid.saml.issuing import (
    AES_CBC,
    BASIC,
    HIGH,
    ISSUER,
    PERSON,
    RSA_15,
    SHA1,
    SUBSTANTIAL,
    Answer,
    Issuing,
    make_pair,
)
from tests.support.region import SECRET_KEY

# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
Make = Callable[..., Answer]
_ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"
_RESPONSE = "urn:oasis:names:tc:SAML:2.0:protocol:Response"


def reason(provider: ServiceProvider, message: str) -> str:
    """Why an answer is refused."""
    with pytest.raises(SamlRefusedError) as refused:
        provider.prove(message, ours)
    return refused.value.reason


def proven(provider: ServiceProvider, message: str) -> Proven:
    return provider.prove(message, ours)[1]


def test_an_answer_tells_who_has_signed_in(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    said = answer()
    request_id, found = bundid.prove(issuing.answer(said), ours)
    assert request_id == said.request_id
    assert found.said.id == said.id
    assert found.identity == OutsideIdentity(
        "bundid",
        ISSUER,
        "bpk-anna",
        "high",
        {
            "person.given_names": "Ánna-Łucja",
            "person.family_name": "Beispiel",
            "person.birth_date": "1980-02-29",
            "person.address": {
                "street": "Große Straße",
                "house_number": "12 a",
                "postcode": "49377",
                "city": "Vechta",
            },
        },
    )


@pytest.mark.parametrize(
    "changes", [{"sign_response": True}, {"sign_response": True, "sign_assertion": False}]
)
def test_the_answer_around_it_may_be_signed(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, changes: dict[str, Any]
) -> None:
    assert proven(bundid, issuing.answer(answer(**changes))).identity.subject == "bpk-anna"


def test_what_was_encrypted_for_the_next_key_is_opened(
    bundid: ServiceProvider, saml: SamlSettings, issuing: Issuing, answer: Make
) -> None:
    other = Issuing(issuing.pair, saml.keys[1])
    assert proven(bundid, other.answer(answer())).identity.subject == "bpk-anna"


@pytest.mark.parametrize(
    ("context", "told", "level"),
    [
        (HIGH, HIGH, "high"),
        (SUBSTANTIAL, SUBSTANTIAL, "substantial"),
        (BASIC, BASIC, "basic"),
        # What is said twice counts as the lower.
        (HIGH, BASIC, "basic"),
        (BASIC, HIGH, "basic"),
        (HIGH, None, "high"),
    ],
)
def test_the_level_is_the_lowest_that_is_named(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, context: str, told: str | None, level: str
) -> None:
    attributes = {**PERSON, LEVEL: [told]} if told else {k: v for k, v in PERSON.items() if k != LEVEL}
    message = issuing.answer(answer(context=context, attributes=attributes))
    assert proven(bundid, message).identity.level == level


@pytest.mark.parametrize("context", ["STORK-QAA-Level-2", "STORK-QAA-Level-44", "high", ""])
def test_a_level_that_nobody_knows_is_none(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, context: str
) -> None:
    assert "level" in reason(bundid, issuing.answer(answer(context=context)))


def test_a_temporary_sign_in_is_nobodys_account(
    bundid: ServiceProvider, issuing: Issuing, answer: Make
) -> None:
    told = {name: values for name, values in PERSON.items() if name != BPK2}
    assert "lasting name" in reason(bundid, issuing.answer(answer(attributes=told)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"sign_assertion": False}, "signed"),
        ({"encrypt": False}, "not encrypted"),
        ({"cipher": AES_CBC}, "EncryptionMethod"),
        ({"key_cipher": RSA_15}, "EncryptionMethod"),
        ({"signature": SHA1}, "algorithm"),
        ({"audience": "https://other.example"}, "not proven"),
        ({"audience": None}, "AudienceRestriction"),
        ({"destination": "https://konto.localhost/saml/unternehmen/antwort"}, "destination"),
        ({"destination": None}, "destination"),
        ({"recipient": "https://konto.localhost/saml/unternehmen/antwort"}, "recipient"),
        ({"recipient": None}, "not proven"),
        ({"confirmed_request": "_another"}, "another request"),
        ({"issuer": "https://elster.example/idp"}, "not proven"),
        ({"response_issuer": "https://elster.example/idp"}, "issuer"),
        ({"ends": -120, "begins": -300}, "not proven"),
        ({"ends": None}, "time"),
        ({"begins": 300, "ends": 600}, "not proven"),
        ({"confirmed_until": -120}, "not proven"),
        ({"issued": -3600}, "issued"),
        ({"issued": 600}, "issued"),
        ({"ends": 3 * 86400}, "too long"),
    ],
    ids=str,
)
def test_an_answer_must_be_for_us_here_and_now(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, changes: dict[str, Any], says: str
) -> None:
    assert says in reason(bundid, issuing.answer(answer(**changes)))


def test_only_an_answer_that_was_asked_for_counts(bundid: ServiceProvider, issuing: Issuing) -> None:
    for request_id in (
        "",
        "_1.2.3",
        "_invented",
        new_request_id(SECRET_KEY, "unternehmen"),
        new_request_id(SECRET_KEY[::-1], "bundid"),
        "_99999999999999999999.a.b",
        "_٣.a.b",
    ):
        assert "nobody has asked" in reason(bundid, issuing.answer(Answer(request_id)))


def test_who_signs_must_be_the_provider(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, tmp_path: Path
) -> None:
    thief = Issuing(make_pair(tmp_path, "thief"), issuing.reader)
    assert "not proven" in reason(bundid, thief.answer(answer()))
    assert "not proven" in reason(bundid, thief.answer(answer(sign_response=True, sign_assertion=False)))
    # A good signature of the assertion does not make up for a wrong one around it.
    signed = answer(
        sign_response=True, at_the_end=lambda text: text.replace("<samlp:Status>", "<samlp:Status> ")
    )
    assert "not proven" in reason(bundid, issuing.answer(signed))


def test_another_key_than_ours_opens_nothing(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, tmp_path: Path
) -> None:
    other = Issuing(issuing.pair, make_pair(tmp_path, "reader"))
    assert "not proven" in reason(bundid, other.answer(answer()))


@pytest.mark.parametrize("stage", ["after_signing", "after_decrypting"])
def test_what_was_changed_after_signing_is_not_believed(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, stage: str
) -> None:
    said = answer(**{stage: lambda text: text.replace("bpk-anna", "bpk-mallory")})
    assert "not proven" in reason(bundid, issuing.answer(said))


def test_nobody_signed_in_there(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    said = answer(status="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed", encrypt=False)
    with pytest.raises(SamlCancelledError) as cancelled:
        bundid.prove(issuing.answer(said), ours)
    assert cancelled.value.request_id == said.request_id


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{text}',
        lambda text: f'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>{text}',
        lambda text: f'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">{text}',
        lambda text: f"<?xml-stylesheet href='x'?>{text}",
        lambda text: text.replace("</saml:Issuer>", "<!-- --></saml:Issuer>", 1),
        lambda text: text.replace(ISSUER, f"<![CDATA[{ISSUER}]]>", 1),
        lambda text: f"<?xml version='1.0' encoding='UTF-7'?>{text}",
        lambda text: f"<?xml version='1.0' encoding='ISO-8859-1'?>{text}",
        lambda text: text.replace("<samlp:Status>", f"{'<x>' * 60}{'</x>' * 60}<samlp:Status>"),
        lambda text: text + " " * LARGEST,
        lambda text: text[:-1],
        lambda text: "",
    ],
    ids=[
        "xxe",
        "bomb",
        "external",
        "pi",
        "comment",
        "cdata",
        "utf-7",
        "latin-1",
        "deep",
        "large",
        "cut",
        "empty",
    ],
)
def test_dangerous_xml_is_refused_before_anything_reads_it(
    bundid: ServiceProvider,
    issuing: Issuing,
    answer: Make,
    monkeypatch: pytest.MonkeyPatch,
    edit: Callable[[str], str],
) -> None:
    message = issuing.answer(answer(at_the_end=edit))
    monkeypatch.setattr(ServiceProvider, "_proven", lambda *_: pytest.fail("the library was asked"))
    assert reason(bundid, message)


def test_a_comment_inside_a_value_is_refused(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    """Exclusive canonicalization leaves comments out, so the signature still holds."""
    said = answer(after_signing=lambda text: text.replace("bpk-anna", "bpk-anna<!---->.example"))
    assert reason(bundid, issuing.answer(said))


def test_nothing_is_unpacked(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    packed = zlib.compress(issuing.xml(answer()).encode())[2:-4]
    assert reason(bundid, base64.b64encode(packed).decode())


def test_a_cipher_text_is_not_fetched_from_elsewhere(
    bundid: ServiceProvider, issuing: Issuing, answer: Make
) -> None:
    def elsewhere(text: str) -> str:
        return re.sub(
            r"<(\w+:)?CipherValue>.*?</(\w+:)?CipherValue>",
            r'<\1CipherReference URI="http://127.0.0.1:9/"/>',
            text,
            flags=re.S,
        )

    assert "CipherReference" in reason(bundid, issuing.answer(answer(at_the_end=elsewhere)))


def test_an_attribute_is_there_once(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    twice = f'<saml:Attribute Name="{BPK2}"><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute>'
    said = answer(
        before_signing=lambda text: text.replace(
            "</saml:AttributeStatement>", f"{twice}</saml:AttributeStatement>"
        )
    )
    assert "twice" in reason(bundid, issuing.answer(said))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_signed_answer_makes_another_person_of_it(
    bundid: ServiceProvider, whole: str, data: st.DataObject
) -> None:
    """Whatever is cut, doubled or moved: it is refused, or it says what it said."""
    parts = re.findall(r"<[^>]+>|[^<]+", whole)
    first = data.draw(st.integers(0, len(parts) - 1))
    second = data.draw(st.integers(0, len(parts) - 1))
    action = data.draw(st.sampled_from(["drop", "double", "swap", "letter"]))
    if action == "drop":
        del parts[first]
    elif action == "double":
        parts.insert(second, parts[first])
    elif action == "swap":
        parts[first], parts[second] = parts[second], parts[first]
    else:
        place = data.draw(st.integers(0, len(parts[first]) - 1))
        letter = data.draw(st.sampled_from("a\"'<>/#0 &"))
        parts[first] = parts[first][:place] + letter + parts[first][place + 1 :]
    try:
        found = proven(bundid, base64.b64encode("".join(parts).encode()).decode())
    except SamlRefusedError:
        return
    assert (found.identity.subject, found.identity.level) == ("bpk-anna", "high")


@pytest.fixture(scope="module")
def whole(issuing: Issuing) -> str:
    """An answer that is signed inside and outside."""
    return issuing.xml(Answer(new_request_id(SECRET_KEY, "bundid"), sign_response=True))


@settings(max_examples=200)
@given(
    st.one_of(st.text(max_size=200), st.binary(max_size=300).map(lambda raw: base64.b64encode(raw).decode()))
)
def test_whatever_is_sent_is_refused_in_order(bundid: ServiceProvider, message: str) -> None:
    with pytest.raises(SamlRefusedError):
        bundid.prove(message, ours)
