"""An identity provider for tests: whatever it is told to say, signed and encrypted with what pysaml2 has for providers."""

from __future__ import annotations

import base64
import datetime
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kreisportal.bundid.saml_attributes import BPK2, LEVEL
from kreisportal.bundid.saml_files import KeyPair

ISSUER = "https://id.bund.example/idp"
ENTITY = "https://konto.localhost/saml"
ANSWERS = "https://konto.localhost/saml/bundid/antwort"
SSO = "https://id.bund.example/sso"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
AES_GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
AES_CBC = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
OAEP = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
RSA_15 = "http://www.w3.org/2001/04/xmlenc#rsa-1_5"
HIGH, SUBSTANTIAL, BASIC = (f"STORK-QAA-Level-{number}" for number in (4, 3, 1))
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_NAMESPACES = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
)

PERSON: Mapping[str, Sequence[str]] = {
    "urn:oid:2.5.4.42": ["Ánna-Łucja"],
    "urn:oid:2.5.4.4": ["Beispiel"],
    "urn:oid:1.2.40.0.10.2.1.1.55": ["1980-02-29"],
    "urn:oid:2.5.4.16": ["Große Straße 12 a"],
    "urn:oid:2.5.4.17": ["49377"],
    "urn:oid:2.5.4.7": ["Vechta"],
    BPK2: ["bpk-anna"],
    LEVEL: [HIGH],
}
"""What BundID says of somebody who has shown the identity card."""


@cache
def _rsa(name: str) -> rsa.RSAPrivateKey:
    """A key by its name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def make_pair(folder: Path, name: str, days: int = 365) -> KeyPair:
    """A key with its own certificate, as files."""
    key, now = _rsa(name), datetime.datetime.now(datetime.UTC)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pair = KeyPair(folder / f"{name}.key", folder / f"{name}.crt")
    plain = serialization.NoEncryption()
    pair.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    pair.key.chmod(0o600)
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return pair


def idp_metadata(pair: KeyPair, issuer: str = ISSUER, sso: str = SSO) -> str:
    """What a provider tells about itself."""
    lines = pair.certificate.read_text().replace("-----BEGIN CERTIFICATE-----", "")
    body = "".join(lines.replace("-----END CERTIFICATE-----", "").split())
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{_DSIG}"><ds:X509Data>'
        f"<ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{sso}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


SETTINGS = """
entity_id = "https://konto.localhost/saml"
keys = [
  {key = "now.key", certificate = "now.crt"},
  {key = "next.key", certificate = "next.crt"},
]
organisation = {name = "Landkreis Vechta", url = "https://region.example"}
contact = "konto@region.example"

[[provider]]
key = "bundid"
kind = "bundid"
name = {de = "BundID", en = "BundID"}
metadata = "bundid.xml"

[[provider]]
key = "unternehmen"
kind = "business"
name = {de = "Mein Unternehmenskonto", en = "Mein Unternehmenskonto (business account)"}
metadata = "unternehmen.xml"
highest = "substantial"
levels = {substantial = "substantial"}
attributes = {"business.register_number" = "urn:example:register"}
"""


def write_settings(folder: Path) -> Path:
    """The files of an operator: settings, keys, what providers have told. The file that SAML_FILE names."""
    for name in ("now", "next"):
        make_pair(folder, name)
    for name, issuer in (("bundid", ISSUER), ("unternehmen", "https://elster.example/idp")):
        told = idp_metadata(make_pair(folder, f"idp-{name}"), issuer, issuer.replace("/idp", "/sso"))
        (folder / f"{name}.xml").write_text(told, encoding="utf-8")
    file = folder / "saml.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


def moment(seconds: float = 0) -> str:
    """A moment as SAML writes it, so many seconds from now."""
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


Edit = Callable[[str], str]


@dataclass
class Answer:
    """What an answer says. Each part can be changed on its own; ``edits`` change the text at a stage."""

    request_id: str
    id: str = field(default_factory=lambda: f"_{secrets.token_hex(16)}")
    response_id: str = field(default_factory=lambda: f"_{secrets.token_hex(16)}")
    issuer: str = ISSUER
    response_issuer: str = ISSUER
    audience: str | None = ENTITY
    destination: str | None = ANSWERS
    recipient: str | None = ANSWERS
    confirmed_request: str | None = None
    issued: float = 0
    begins: float = -5
    ends: float | None = 300
    confirmed_until: float = 300
    context: str = HIGH
    attributes: Mapping[str, Sequence[str]] = field(default_factory=lambda: dict(PERSON))
    name_id: str = '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">t</saml:NameID>'
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    sign_assertion: bool = True
    sign_response: bool = False
    signature: str = SHA256
    encrypt: bool = True
    cipher: str = AES_GCM
    key_cipher: str = OAEP
    before_signing: Edit = lambda text: text
    after_signing: Edit = lambda text: text
    after_decrypting: Edit = lambda text: text
    """Changes the whole answer as it stands before the assertion is encrypted."""
    at_the_end: Edit = lambda text: text


class Issuing:
    """A provider with a key that makes answers, for the service provider with ``reader``'s certificate."""

    def __init__(self, pair: KeyPair, reader: KeyPair) -> None:
        from saml2.sigver import CryptoBackendXmlSec1

        self.pair, self.reader = pair, reader
        self._tool = CryptoBackendXmlSec1("xmlsec1")

    def answer(self, answer: Answer) -> str:
        """The answer as the browser carries it."""
        return base64.b64encode(self.xml(answer).encode()).decode()

    def xml(self, answer: Answer) -> str:
        """The answer's XML."""
        text = _assertion(answer)
        if answer.sign_assertion:
            text = text.replace("<!--signature-->", self._template(answer, answer.id))
        text = answer.before_signing(text.replace("<!--signature-->", ""))
        if answer.sign_assertion:
            text = self._sign(text, "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", answer.id)
        text = answer.after_decrypting(_response(answer, answer.after_signing(_body(text))))
        if answer.encrypt:
            text = self._encrypt(text, answer)
        signature = self._template(answer, answer.response_id, 2) if answer.sign_response else ""
        text = text.replace("<!--response-signature-->", signature)
        if answer.sign_response:
            text = self._sign(text, "urn:oasis:names:tc:SAML:2.0:protocol:Response", answer.response_id)
        return answer.at_the_end(text)

    def signed(self, text: str, node: str, node_id: str, algorithm: str = SHA256) -> str:
        """Any element with <!--signature--> in it, signed."""
        made = Answer("", signature=algorithm)
        return self._sign(text.replace("<!--signature-->", self._template(made, node_id)), node, node_id)

    def _sign(self, text: str, node: str, node_id: str) -> str:
        return _body(self._tool.sign_statement(text, node, str(self.pair.key), node_id))

    def _template(self, answer: Answer, node_id: str, number: int = 1) -> str:
        from saml2.sigver import pre_signature_part

        digest = "http://www.w3.org/2001/04/xmlenc#sha256" if answer.signature != SHA1 else f"{_DSIG}sha1"
        return _body(
            str(pre_signature_part(node_id, None, number, digest_alg=digest, sign_alg=answer.signature))
        )

    def _encrypt(self, text: str, answer: Answer) -> str:
        from saml2.sigver import pre_encryption_part

        template = pre_encryption_part(msg_enc=answer.cipher, key_enc=answer.key_cipher)
        kept = text.replace("<!--response-signature-->", "<samlp:kept/>")
        # Where there are several, as in some attacks, the first is encrypted.
        first = '/*/*[local-name()="EncryptedAssertion"]/*[local-name()="Assertion"][1]'
        made = self._tool.encrypt_assertion(
            kept, str(self.reader.certificate), str(template), "aes-256", node_xpath=first
        )
        return re.sub(r"<samlp:kept\s*/>", "<!--response-signature-->", _body(made))


def _assertion(answer: Answer) -> str:
    restriction = (
        f"<saml:AudienceRestriction><saml:Audience>{answer.audience}</saml:Audience></saml:AudienceRestriction>"
        if answer.audience is not None
        else ""
    )
    until = f' NotOnOrAfter="{moment(answer.ends)}"' if answer.ends is not None else ""
    recipient = f' Recipient="{answer.recipient}"' if answer.recipient is not None else ""
    asked = answer.request_id if answer.confirmed_request is None else answer.confirmed_request
    told = "".join(
        f'<saml:Attribute Name="{name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">'
        + "".join(f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue>" for value in values)
        + "</saml:Attribute>"
        for name, values in answer.attributes.items()
    )
    return (
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{answer.id}" Version="2.0"'
        f' IssueInstant="{moment(answer.issued)}"><saml:Issuer>{answer.issuer}</saml:Issuer><!--signature-->'
        f"<saml:Subject>{answer.name_id}<saml:SubjectConfirmation"
        ' Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData'
        f' NotOnOrAfter="{moment(answer.confirmed_until)}"{recipient} InResponseTo="{asked}"/>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{moment(answer.begins)}"{until}>{restriction}</saml:Conditions>'
        f'<saml:AuthnStatement AuthnInstant="{moment()}"><saml:AuthnContext><saml:AuthnContextClassRef>'
        f"{answer.context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        f"<saml:AttributeStatement>{told}</saml:AttributeStatement></saml:Assertion>"
    )


def _response(answer: Answer, assertion: str) -> str:
    destination = f' Destination="{answer.destination}"' if answer.destination is not None else ""
    if answer.status.endswith(":Success"):
        status = f'<samlp:StatusCode Value="{answer.status}"/>'
        content = (
            f"<saml:EncryptedAssertion>{assertion}</saml:EncryptedAssertion>" if answer.encrypt else assertion
        )
    else:
        status = (
            '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">'
            f'<samlp:StatusCode Value="{answer.status}"/></samlp:StatusCode>'
        )
        content = ""
    return (
        f'<samlp:Response {_NAMESPACES} ID="{answer.response_id}" Version="2.0" IssueInstant="{moment(answer.issued)}"'
        f'{destination} InResponseTo="{answer.request_id}"><saml:Issuer>{answer.response_issuer}</saml:Issuer>'
        f"<!--response-signature--><samlp:Status>{status}</samlp:Status>{content}</samlp:Response>"
    )


def _body(text: str) -> str:
    """Without the declaration."""
    return re.sub(r"^\s*<\?xml[^>]*\?>\s*", "", text).strip()
