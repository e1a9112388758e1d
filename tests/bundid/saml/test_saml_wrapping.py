"""Signature wrapping: a signed assertion is kept somewhere, and another, unsigned, stands where it is read.

What is signed was signed by the provider itself, as for somebody who has an account there; only its place is an attack.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest

from kreisportal.bundid.saml import ServiceProvider
from kreisportal.bundid.saml_attributes import BPK2
from kreisportal.bundid.saml_errors import SamlRefusedError
from tests.bundid.saml.conftest import ours
from tests.bundid.saml.issuing import PERSON, Answer, Issuing

Make = Callable[..., Answer]
# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def reason(provider: ServiceProvider, message: str) -> str:
    """Why an answer is refused."""
    with pytest.raises(SamlRefusedError) as refused:
        provider.prove(message, ours)
    return refused.value.reason


def _forged(text: str) -> str:
    """The assertion as an attacker would like it: somebody else, without a signature, with another id."""
    forged = re.sub(
        r"<ds:Signature.*?</ds:Signature>|<ns\d:Signature.*?</ns\d:Signature>", "", text, flags=re.S
    )
    forged = re.sub(r'ID="_[0-9a-f]+"', 'ID="_forged"', forged, count=1)
    return forged.replace("bpk-anna", "bpk-mallory")


def _inner(text: str) -> tuple[str, str, str]:
    """What stands before the assertion, it, and what comes after."""
    begins = text.index("<saml:Assertion")
    ends = text.index("</saml:Assertion>") + len("</saml:Assertion>")
    return text[:begins], text[begins:ends], text[ends:]


def _with_signature_of(forged: str, signed: str) -> str:
    signature = re.search(r"<(\w+:)?Signature .*?</(\w+:)?Signature>", signed, re.S)
    assert signature
    return forged.replace("</saml:Issuer>", f"</saml:Issuer>{signature[0]}", 1)


def _both_forged_first(text: str) -> str:
    before, signed, after = _inner(text)
    return before + _forged(signed) + signed + after


def _both_forged_last(text: str) -> str:
    before, signed, after = _inner(text)
    return before + signed + _forged(signed) + after


def _signed_in_advice(text: str) -> str:
    before, signed, after = _inner(text)
    inside = f"<saml:Advice>{signed}</saml:Advice>"
    return (
        before + _forged(signed).replace("<saml:AuthnStatement", f"{inside}<saml:AuthnStatement", 1) + after
    )


def _signed_in_subject(text: str) -> str:
    before, signed, after = _inner(text)
    inside = f"<saml:SubjectConfirmationData>{signed}</saml:SubjectConfirmationData>"
    return (
        before
        + _forged(signed).replace(
            "<saml:SubjectConfirmationData", f"{inside}<saml:SubjectConfirmationData", 1
        )
        + after
    )


def _signed_in_object(text: str) -> str:
    before, signed, after = _inner(text)
    forged = _with_signature_of(_forged(signed), signed)
    ends = re.search(r"</(\w+:)?Signature>", forged)
    assert ends
    prefix = ends[1] or ""
    held = f"<{prefix}Object>{signed}</{prefix}Object>"
    return before + forged[: ends.start()] + held + forged[ends.start() :] + after


def _signature_over_a_sibling(text: str) -> str:
    before, signed, after = _inner(text)
    plain = re.sub(r"<(\w+:)?Signature .*?</(\w+:)?Signature>", "", signed, flags=re.S)
    return before + _with_signature_of(_forged(signed), signed) + plain + after


def _signed_in_extensions(text: str) -> str:
    before, signed, after = _inner(text)
    held = f"<samlp:Extensions>{signed}</samlp:Extensions>"
    return before.replace("<samlp:Status>", f"{held}<samlp:Status>", 1) + _forged(signed) + after


def _same_id(text: str) -> str:
    before, signed, after = _inner(text)
    own = re.search(r'ID="(_[0-9a-f]+)"', signed)
    assert own
    twin = _with_signature_of(_forged(signed).replace("_forged", own[1]), signed)
    return (
        before.replace("<samlp:Status>", f"<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>")
        + twin
        + after
    )


WRAPPINGS = [
    _both_forged_first,
    _both_forged_last,
    _signed_in_advice,
    _signed_in_subject,
    _signed_in_object,
    _signature_over_a_sibling,
    _signed_in_extensions,
    _same_id,
]


@pytest.mark.parametrize("wrap", WRAPPINGS, ids=lambda wrap: wrap.__name__.strip("_"))
@pytest.mark.parametrize("encrypt", [True, False], ids=["encrypted", "plain"])
def test_a_signature_is_over_what_is_read(
    bundid: ServiceProvider, issuing: Issuing, answer: Make, wrap: Callable[[str], str], encrypt: bool
) -> None:
    said = answer(after_decrypting=wrap, encrypt=encrypt)
    assert reason(bundid, issuing.answer(said))


def test_a_wrapped_response_is_not_believed(bundid: ServiceProvider, issuing: Issuing, answer: Make) -> None:
    """The signed answer as a whole inside another, whose assertion is not signed."""
    signed = issuing.xml(answer(sign_response=True, sign_assertion=False))
    forged = issuing.xml(
        answer(sign_assertion=False, attributes={**PERSON, BPK2: ["bpk-mallory"]}, response_id="_outer")
    )
    inside = forged.replace("<samlp:Status>", f"<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>")
    assert reason(bundid, base64.b64encode(inside.encode()).decode())
    signature = re.search(r"<(\w+:)?Signature .*?</(\w+:)?Signature>", signed, re.S)
    assert signature
    moved = forged.replace("<samlp:Status>", f"{signature[0]}<samlp:Status>", 1)
    assert "something else" in reason(bundid, base64.b64encode(moved.encode()).decode())
