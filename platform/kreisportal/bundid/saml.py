"""The service provider that we are: signed requests, signed metadata, and answers that are proven before they count.

What pysaml2 does, signing and verifying with xmlsec1, it does between our own checks of what goes in and what comes out.
"""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.saml_attributes import LEVEL, described, wanted_attributes
from kreisportal.bundid.saml_checks import SLACK, Expected, Said, check_answer, check_opened, read_assertion
from kreisportal.bundid.saml_errors import SamlRefusedError
from kreisportal.bundid.saml_files import xmlsec
from kreisportal.bundid.saml_settings import SamlProvider, SamlSettings
from kreisportal.bundid.saml_xml import CONTENT_CIPHERS, KEY_CIPHERS, LARGEST
from kreisportal.kernel.levels import LEVELS, Level

_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_SIGNATURE = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"
_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
# The extension of requests that BundID wants, and the part of it that says who asks.
_EXTENSION = "https://www.akdb.de/request/2018/09"
_DISPLAY = "https://www.akdb.de/request/2018/09/classic-ui/v1"


@dataclass(frozen=True, slots=True)
class Request:
    """A request, ready for the person's browser to carry."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Proven:
    """Who has signed in, by an assertion of which nothing is in doubt. It is to be taken once."""

    identity: OutsideIdentity
    said: Said


class ServiceProvider:
    """We at one provider. ``address`` is where it sends its answers, ``place`` that of the metadata."""

    def __init__(self, settings: SamlSettings, provider: SamlProvider, address: str) -> None:
        self.settings, self.provider = settings, provider
        self._expected = Expected(provider.entity_id, settings.entity_id, address)

    def request(self, request_id: str, level: Level, asks: str) -> Request:
        """A signed request for a sign-in of at least ``level``. ``asks`` is whose name is shown there."""
        from saml2.samlp import NameIDPolicy

        target = self._client.sso_location(self.provider.entity_id, _POST)
        policy = None if self.provider.subject else NameIDPolicy(format=_PERSISTENT, allow_create="true")
        _, message = self._client.create_authn_request(
            target,
            message_id=request_id,
            sign=True,
            sign_alg=_SIGNATURE,
            digest_alg=_DIGEST,
            provider_name=asks,
            name_id_policy=policy,
            requested_authn_context={
                "authn_context_class_ref": [self._context(level)],
                "comparison": "minimum",
            },
            extensions=self._extension(asks) if self.provider.kind.extended else None,
        )
        return Request(target, base64.b64encode(str(message).encode()).decode())

    def metadata(self) -> bytes:
        """What the provider must know of us, signed."""
        from saml2 import md
        from saml2.metadata import entity_descriptor, sign_entity_descriptor

        described_self = entity_descriptor(self._client.config)
        for key in described_self.spsso_descriptor.key_descriptor:
            if key.use == "encryption":
                ciphers = [*sorted(CONTENT_CIPHERS, reverse=True), *sorted(KEY_CIPHERS)]
                key.encryption_method = [md.EncryptionMethod(algorithm=each) for each in ciphers]
        _, signed = sign_entity_descriptor(described_self, None, self._client.sec, _SIGNATURE, _DIGEST)
        return str(signed).encode()

    def prove(self, message: str, is_ours: Callable[[str], bool]) -> tuple[str, Proven]:
        """The id of the request that an answer is to, and who has signed in. The answer is as the browser brought it.

        ``is_ours`` says whether a request was; whether it was this browser's, the caller must ask. Raises
        SamlRefusedError, whose ``request_id`` is one of ours or empty.
        """
        xml = _decoded(message)
        request_id = ""
        try:
            request_id = check_answer(xml, self._expected)
            if not is_ours(request_id):
                raise SamlRefusedError("an answer that nobody has asked for")
            return request_id, self._proven(xml, request_id)
        except SamlRefusedError as refused:
            asked = refused.request_id or request_id
            refused.request_id = asked if is_ours(asked) else ""
            raise

    def _proven(self, xml: bytes, request_id: str) -> Proven:
        answer, failed = None, ""
        try:
            opened = self._client.sec.decrypt_keys(xml.decode())
            assertion_id = check_opened(opened.encode(), self._expected)
            # No binding: a library that unpacks by itself might read something else than was looked at.
            answer = self._client.parse_authn_request_response(xml.decode(), None, {request_id: "/"})
        except SamlRefusedError:
            raise
        except Exception as error:  # noqa: BLE001 - pysaml2 raises bare Exceptions for some of what it refuses.
            failed = type(error).__name__
        if failed:
            # Not from inside: what the library has open would be kept as long as our error.
            raise SamlRefusedError(f"not proven ({failed})")
        if answer is None or answer.assertion is None or len(answer.assertions) != 1:
            raise SamlRefusedError("not proven")
        said = read_assertion(str(answer.assertion).encode(), self._expected, request_id)
        if said.id != assertion_id:
            raise SamlRefusedError("another assertion than was looked at")
        return Proven(self._identity(said), said)

    def _identity(self, said: Said) -> OutsideIdentity:
        provider = self.provider
        told = said.attributes
        subject = (
            said.name_id if provider.subject is None else next(iter(told.get(provider.subject, ())), None)
        )
        if subject is None:
            raise SamlRefusedError("no lasting name of the subject")
        try:
            return OutsideIdentity(
                provider=provider.key,
                issuer=provider.entity_id,
                subject=subject,
                level=self._level(said),
                attributes=described(provider.kind, provider.attributes, told),
            )
        except ValueError:
            raise SamlRefusedError("issuer, subject or level cannot be used") from None

    def _level(self, said: Said) -> Level:
        """The lowest of the levels that are named. Raises SamlRefusedError if none is, or one that is not known."""
        named = [*said.contexts, *said.attributes.get(LEVEL, ())]
        known = [self.provider.levels[name] for name in named if name in self.provider.levels]
        if not known or len(known) != len(named):
            raise SamlRefusedError("no level of trust that is known")
        return min((*known, self.provider.highest), key=LEVELS.index)

    def _context(self, level: Level) -> str:
        """What a level is called there; the next higher one if it has no name."""
        names = {ours: theirs for theirs, ours in self.provider.levels.items()}
        return next(names[each] for each in (*LEVELS[LEVELS.index(level) :], *LEVELS) if each in names)

    def _extension(self, asks: str) -> Any:
        from saml2 import ExtensionElement
        from saml2.samlp import Extensions

        def element(tag: str, namespace: str = _EXTENSION, *inner: Any, **attributes: str) -> Any:
            return ExtensionElement(tag, namespace, attributes=attributes, children=list(inner))

        names = wanted_attributes(self.provider.kind, self.provider.attributes, self.provider.subject)
        asked = [
            element(
                "RequestedAttribute", Name=name, RequiredAttribute=str(name == self.provider.subject).lower()
            )
            for name in names
        ]
        shown = element("OrganizationDisplayName", _DISPLAY)
        shown.text = asks
        inner = (
            element("RequestedAttributes", _EXTENSION, *asked),
            element("DisplayInformation", _EXTENSION, element("Version", _DISPLAY, shown)),
        )
        whole = element("AuthenticationRequest", _EXTENSION, *inner, Version="2", EnableStatusDetail="true")
        return Extensions(extension_elements=[whole])

    @cached_property
    def _client(self) -> Any:
        # Loaded only where somebody signs in like this: it takes half a second. What it logs holds whole assertions.
        logging.getLogger("saml2").setLevel(logging.CRITICAL + 1)
        from saml2.client import Saml2Client
        from saml2.config import SPConfig

        client = Saml2Client(SPConfig().load(self._config()))
        client.users = _Nobody()
        # We ask for signed assertions, and take one too around which the whole answer is signed (check_opened).
        client.want_assertions_signed = False
        return client

    def _config(self) -> dict[str, Any]:
        first, *others = self.settings.keys
        pairs = [
            {"key_file": str(each.key), "cert_file": str(each.certificate)} for each in self.settings.keys
        ]
        config: dict[str, Any] = {
            "entityid": self.settings.entity_id,
            "xmlsec_binary": xmlsec(),
            "key_file": str(first.key),
            "cert_file": str(first.certificate),
            "additional_cert_files": [str(each.certificate) for each in others],
            "encryption_keypairs": pairs,
            "metadata": {"local": [str(self.provider.metadata)]},
            "only_use_keys_in_metadata": True,
            "accepted_time_diff": SLACK,
            "allow_unknown_attributes": True,
            "service": {
                "sp": {
                    "endpoints": {"assertion_consumer_service": [(self._expected.address, _POST)]},
                    "authn_requests_signed": True,
                    "want_assertions_signed": True,
                    "want_response_signed": False,
                    "want_assertions_or_response_signed": True,
                    "allow_unsolicited": False,
                    "force_authn": True,
                }
            },
        }
        about = self.settings.organisation
        if about:
            texts = {
                name: [(value, "de")] for name, value in (("name", about["name"]), ("url", about["url"]))
            }
            config["organization"] = {"display_name": texts["name"], **texts}
        if self.settings.contact:
            config["contact_person"] = [
                {"contact_type": "technical", "email_address": [self.settings.contact]},
            ]
        return config


class _Nobody:
    """In place of pysaml2's memory of everybody who has signed in."""

    def add_information_about_person(self, session_info: object) -> None:
        """Forget it."""


def _decoded(message: str) -> bytes:
    if len(message) > 2 * LARGEST:
        raise SamlRefusedError("too large")
    try:
        return base64.b64decode("".join(message.split()), validate=True)
    except (binascii.Error, ValueError):
        raise SamlRefusedError("not base64") from None
