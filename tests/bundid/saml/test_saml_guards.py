"""The guards of answers by name: with any one taken out, the attack that it stops comes through."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from kreisportal.bundid import saml, saml_arrivals, saml_checks, saml_xml
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.saml import Proven, ServiceProvider
from kreisportal.bundid.saml_arrivals import fetch_arrival, keep_arrival, new_request_id
from kreisportal.bundid.saml_attributes import LEVEL
from kreisportal.bundid.saml_checks import Said
from kreisportal.bundid.saml_errors import SamlRefusedError
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from tests.bundid.saml.conftest import ours
from tests.bundid.saml.issuing import AES_CBC, HIGH, ISSUER, PERSON, RSA_15, Answer, Issuing
from tests.isolation.mutants import Statements, function
from tests.isolation.undoing import without
from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy

# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
Take = Callable[[pytest.MonkeyPatch], object]


@dataclass(frozen=True)
class Guard:
    """A guard, the answer that only it refuses, and how to take it out."""

    name: str
    take_out: Take
    changes: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None


def _put(owner: object, name: str, value: object) -> Take:
    return lambda patch: patch.setattr(owner, name, value)


def _no_recipient(patch: pytest.MonkeyPatch) -> None:
    def confirmed(confirmation: Any, *_: object) -> datetime.datetime:
        return saml_checks._valid(confirmation.find(f"{saml_xml.SAML}SubjectConfirmationData"))

    patch.setattr(saml_checks, "_confirmed", confirmed)


def _any_age(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(saml_checks, "_LONGEST_LIFE", 10 * 86400)


def _same_attribute_again(text: str) -> str:
    again = (
        '<saml:Attribute Name="urn:oid:2.5.4.4"><saml:AttributeValue>M</saml:AttributeValue></saml:Attribute>'
    )
    return text.replace("</saml:AttributeStatement>", f"{again}</saml:AttributeStatement>")


def _last_attribute(assertion: Any) -> dict[str, tuple[str, ...]]:
    return {
        each.get("Name"): tuple(value.text or "" for value in each)
        for each in assertion.iter(f"{saml_xml.SAML}Attribute")
    }


GUARDS = [
    Guard(
        "the assertion is encrypted by AES-GCM",
        _put(saml_xml, "CONTENT_CIPHERS", frozenset({AES_CBC})),
        {"cipher": AES_CBC},
    ),
    Guard(
        "its key is encrypted by RSA-OAEP",
        _put(saml_xml, "KEY_CIPHERS", frozenset({RSA_15})),
        {"key_cipher": RSA_15},
    ),
    Guard(
        "an answer names its audience",
        _put(saml_checks, "_conditions", lambda conditions, audience: saml_checks._valid(conditions)),
        {"audience": None},
    ),
    Guard(
        "an answer is for this address",
        _no_recipient,
        {"recipient": "https://konto.localhost/saml/unternehmen/antwort"},
    ),
    Guard("an answer is new", _any_age, {"issued": -3600}),
    Guard(
        "every level that is named is known",
        _put(saml, "LEVEL", "urn:oid:0"),
        {"context": HIGH, "attributes": {**PERSON, LEVEL: ["nonsense"]}},
    ),
    Guard(
        "an attribute is there once",
        _put(saml_checks, "_attributes", _last_attribute),
        {"before_signing": _same_attribute_again},
    ),
    Guard(
        "an answer is to a request of ours",
        _put(saml_arrivals, "_proof", lambda *_: "x"),
        request_id=f"_{int(clock.now().timestamp())}.{'0' * 32}.x",
    ),
]


def is_proven(provider: ServiceProvider, message: str) -> bool:
    """Whether an answer counts."""
    try:
        provider.prove(message, ours)
    except SamlRefusedError:
        return False
    return True


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_an_attack_comes_through_without_its_guard_only(
    bundid: ServiceProvider, issuing: Issuing, monkeypatch: pytest.MonkeyPatch, guard: Guard
) -> None:
    request_id = guard.request_id or new_request_id(SECRET_KEY, "bundid")
    message = issuing.answer(Answer(request_id, **guard.changes))
    assert not is_proven(bundid, message)
    guard.take_out(monkeypatch)
    assert is_proven(bundid, message)


def _proven(subject: str) -> Proven:
    identity = OutsideIdentity("bundid", ISSUER, subject, "high")
    return Proven(identity, Said(f"_{subject}", clock.now(), None, (), {}))


def _shown_again(database: Database) -> bool:
    first, second = (new_request_id(SECRET_KEY, "bundid") for _ in range(2))
    keep_arrival(database, SECRET_KEY, first, _proven("again"))
    try:
        keep_arrival(database, SECRET_KEY, second, _proven("again"))
    except SamlRefusedError:
        return False
    return True


def _fetched_again(database: Database) -> bool:
    request_id = new_request_id(SECRET_KEY, "bundid")
    keep_arrival(database, SECRET_KEY, request_id, _proven("fetched"))
    assert fetch_arrival(database, SECRET_KEY, request_id)
    return fetch_arrival(database, SECRET_KEY, request_id) is not None


def _fetched_with_another_request(database: Database) -> bool:
    keep_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid"), _proven("another"))
    try:
        return fetch_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid")) is not None
    except Exception:  # noqa: BLE001 - got, but sealed for the other request.
        return True


@pytest.mark.parametrize(
    ("attack", "take_out"),
    [
        (
            _shown_again,
            function(
                "keep_saml_assertion",
                ("ON CONFLICT DO NOTHING", "ON CONFLICT (digest) DO UPDATE SET sealed = of_sealed"),
            ),
        ),
        (
            _fetched_again,
            function(
                "fetch_saml_arrival",
                (
                    "UPDATE saml_assertions a SET sealed = NULL",
                    "UPDATE saml_assertions a SET sealed = a.sealed",
                ),
            ),
        ),
        (
            _fetched_with_another_request,
            function(
                "fetch_saml_arrival",
                (
                    "WHERE a.request_digest = of_request AND a.fetch_until > now() FOR UPDATE",
                    "WHERE a.sealed IS NOT NULL LIMIT 1",
                ),
            ),
        ),
    ],
    ids=["an assertion counts once", "what was proven is fetched once", "by the request that it answers"],
)
def test_the_database_holds_its_part(
    database: Database, region: DatabaseCopy, attack: Callable[[Database], bool], take_out: Statements
) -> None:
    with region.superuser() as connection:
        assert not attack(database)
        connection.execute("DELETE FROM saml_assertions")
        with without(connection, take_out):
            assert attack(database)
        connection.execute("DELETE FROM saml_assertions")
