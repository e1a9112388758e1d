"""What an answer of a provider must be like, and what its assertion must say, so that it counts for anything."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from kreisportal.bundid.saml_errors import SamlCancelledError, SamlRefusedError
from kreisportal.bundid.saml_xml import (
    DS,
    SAML,
    SAMLP,
    at_most_one,
    check_encrypted,
    check_signatures,
    only,
    parse,
    the_one,
)
from kreisportal.kernel import clock

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
SLACK = 60
"""Seconds by which clocks may differ."""

_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_LONGEST_LIFE = 15 * 60
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)")
# What providers say when a person went back, had the wrong card or did not reach the level.
_NOBODY_SIGNED_IN = frozenset(
    f"urn:oasis:names:tc:SAML:2.0:status:{name}"
    for name in ("AuthnFailed", "RequestDenied", "NoAuthnContext", "NoPassive")
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must name: who speaks, to whom, and where it was sent."""

    issuer: str
    audience: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """What an assertion says, once it is proven. ``keep_until`` is when it can no more be shown again."""

    id: str
    keep_until: datetime.datetime
    name_id: str | None
    contexts: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]


def check_answer(xml: bytes, expected: Expected) -> str:
    """Look at an answer as it came. The id of the request that it answers, of which nothing is proven yet.

    Raises SamlCancelledError if nobody has signed in, else SamlRefusedError.
    """
    root = _envelope(xml, expected)
    request_id = root.get("InResponseTo", "")
    try:
        _check_content(root)
    except SamlRefusedError as refused:
        refused.request_id = request_id
        raise
    return request_id


def _check_content(root: Element) -> None:
    """An answer brings one assertion, encrypted, or says why there is none."""
    code = the_one(the_one(root, f"{SAMLP}Status"), f"{SAMLP}StatusCode")
    if code.get("Value") != SUCCESS:
        inner = code.find(f"{SAMLP}StatusCode")
        status = inner.get("Value", "") if inner is not None else code.get("Value", "")
        error = SamlCancelledError if status in _NOBODY_SIGNED_IN else SamlRefusedError
        raise error(f"status {status.rpartition(':')[2][:40]}")
    if next(root.iter(f"{SAML}Assertion"), None) is not None:
        raise SamlRefusedError("an assertion that is not encrypted")
    check_signatures(root, [root])
    check_encrypted(root, the_one(root, f"{SAML}EncryptedAssertion"))


def check_opened(xml: bytes, expected: Expected) -> str:
    """Look at an answer after its assertion was decrypted. The id of the assertion.

    There is one assertion, in its place, and it is signed or the answer around it is.
    """
    root = _envelope(xml, expected)
    assertion = the_one(the_one(root, f"{SAML}EncryptedAssertion"), f"{SAML}Assertion")
    if len(list(root.iter(f"{SAML}Assertion"))) != 1:
        raise SamlRefusedError("more than one assertion")
    for element in root.iter():
        if element.tag.rpartition("}")[2] in ("EncryptedData", "EncryptedID", "EncryptedAttribute", "Advice"):
            raise SamlRefusedError(f"{element.tag.rpartition('}')[2]} in an assertion")
    if not check_signatures(root, [root, assertion]):
        raise SamlRefusedError("neither answer nor assertion is signed")
    if not assertion.get("ID"):
        raise SamlRefusedError("an assertion without an id")
    return assertion.get("ID", "")


def read_assertion(xml: bytes, expected: Expected, request_id: str) -> Said:
    """What an assertion says whose signature is verified. Raises SamlRefusedError if it is not for us, here and now."""
    assertion = parse(xml)
    if assertion.tag != f"{SAML}Assertion" or assertion.get("Version") != "2.0":
        raise SamlRefusedError("no assertion")
    _check_issuer(assertion, expected.issuer)
    now = clock.now()
    issued = _moment(assertion.get("IssueInstant"))
    if not now - datetime.timedelta(seconds=_LONGEST_LIFE) <= issued <= now + _slack():
        raise SamlRefusedError("issued at another time")
    subject = the_one(assertion, f"{SAML}Subject")
    ends = _confirmed(the_one(subject, f"{SAML}SubjectConfirmation"), expected, request_id)
    ends = max(ends, _conditions(the_one(assertion, f"{SAML}Conditions"), expected.audience))
    statement = the_one(assertion, f"{SAML}AuthnStatement")
    context = the_one(statement, f"{SAML}AuthnContext")
    return Said(
        id=assertion.get("ID", ""),
        keep_until=ends + _slack(),
        name_id=_persistent_name(subject),
        contexts=tuple(_text(each) for each in context.findall(f"{SAML}AuthnContextClassRef")),
        attributes=_attributes(assertion),
    )


def _envelope(xml: bytes, expected: Expected) -> Element:
    root = parse(xml)
    if root.tag != f"{SAMLP}Response" or root.get("Version") != "2.0" or not root.get("ID"):
        raise SamlRefusedError("no SAML 2.0 response")
    only(
        root,
        f"{SAML}Issuer",
        f"{DS}Signature",
        f"{SAMLP}Extensions",
        f"{SAMLP}Status",
        f"{SAML}EncryptedAssertion",
        f"{SAML}Assertion",
    )
    if root.get("Destination") != expected.address:
        raise SamlRefusedError("another destination")
    _check_issuer(root, expected.issuer)
    return root


def _check_issuer(parent: Element, issuer: str) -> None:
    if _text(the_one(parent, f"{SAML}Issuer")) != issuer:
        raise SamlRefusedError("another issuer")


def _confirmed(confirmation: Element, expected: Expected, request_id: str) -> datetime.datetime:
    """The bearer's confirmation is for this address, this request, and not over. Until when it is good."""
    data = the_one(confirmation, f"{SAML}SubjectConfirmationData")
    if confirmation.get("Method") != BEARER:
        raise SamlRefusedError("not a bearer's")
    if data.get("Recipient") != expected.address:
        raise SamlRefusedError("another recipient")
    if data.get("InResponseTo") != request_id:
        raise SamlRefusedError("an answer to another request")
    return _valid(data)


def _conditions(conditions: Element, audience: str) -> datetime.datetime:
    """Valid now, and for us alone. Until when."""
    only(conditions, f"{SAML}AudienceRestriction", f"{SAML}OneTimeUse", f"{SAML}ProxyRestriction")
    restriction = the_one(conditions, f"{SAML}AudienceRestriction")
    if [_text(each) for each in restriction.findall(f"{SAML}Audience")] != [audience]:
        raise SamlRefusedError("another audience")
    return _valid(conditions)


def _valid(element: Element) -> datetime.datetime:
    now, ends = clock.now(), _moment(element.get("NotOnOrAfter"))
    begins = element.get("NotBefore")
    if now >= ends + _slack():
        raise SamlRefusedError("over")
    if begins is not None and now < _moment(begins) - _slack():
        raise SamlRefusedError("not valid yet")
    if ends > now + datetime.timedelta(days=1):
        raise SamlRefusedError("valid for too long")
    return ends


def _persistent_name(subject: Element) -> str | None:
    name = at_most_one(subject, f"{SAML}NameID")
    return _text(name) if name is not None and name.get("Format") == _PERSISTENT else None


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """Name → values. A name that is there twice is refused: two programs may read another one of them."""
    found: dict[str, tuple[str, ...]] = {}
    for statement in assertion.findall(f"{SAML}AttributeStatement"):
        only(statement, f"{SAML}Attribute")
        for attribute in statement:
            name = attribute.get("Name", "")
            if name in found:
                raise SamlRefusedError("an attribute is there twice")
            values = attribute.findall(f"{SAML}AttributeValue")
            found[name] = tuple(text for text in map(_text, values) if text)
    return found


def _text(element: Element) -> str:
    if len(element):
        raise SamlRefusedError("elements where text must be")
    return (element.text or "").strip()


def _moment(written: str | None) -> datetime.datetime:
    if written is None or not _MOMENT.fullmatch(written):
        raise SamlRefusedError("a time is missing or cannot be read")
    try:
        return datetime.datetime.fromisoformat(written[:19]).replace(tzinfo=datetime.UTC)
    except ValueError:
        raise SamlRefusedError("a time is missing or cannot be read") from None


def _slack() -> datetime.timedelta:
    return datetime.timedelta(seconds=SLACK)
