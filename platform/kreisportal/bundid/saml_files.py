"""What lies on the machine for SAML: key, certificate, the providers' metadata, and the program that signs."""

from __future__ import annotations

import datetime
import importlib.util
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kreisportal.kernel import clock

_LEAST_BITS = 3072
_LARGEST_METADATA = 2 * 1024 * 1024
_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_X509 = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate, both PEM files."""

    key: Path
    certificate: Path


def missing_programs() -> list[str]:
    """What must be installed first, in words; an empty list if all is there."""
    faults = []
    if importlib.util.find_spec("saml2") is None:
        faults.append("pysaml2 is missing: install `kreisportal[saml]` (docs/identity.md)")
    if xmlsec() is None:
        faults.append("the program xmlsec1 is missing: install it (Debian: apt-get install xmlsec1)")
    return faults


def xmlsec() -> str | None:
    """The program that signs, verifies and decrypts XML."""
    return shutil.which("xmlsec1")


def certificate_of(pair: KeyPair) -> x509.Certificate:
    """The certificate of a pair. Raises OSError or ValueError."""
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def faults_of_pair(pair: KeyPair) -> list[str]:
    """What is wrong with a key and its certificate."""
    try:
        key = load_pem_private_key(pair.key.read_bytes(), None)
        certificate = certificate_of(pair)
    except OSError as error:
        return [f"{error.filename} cannot be read: {error.strerror}"]
    except (ValueError, TypeError):
        return [f"{pair.key.name} and {pair.certificate.name} must be PEM, the key without a passphrase"]
    if not isinstance(key, RSAPrivateKey) or key.key_size < _LEAST_BITS:
        return [f"{pair.key.name} must be an RSA key of at least {_LEAST_BITS} bits"]
    if certificate.public_key() != key.public_key():
        return [f"{pair.certificate.name} is not the certificate of {pair.key.name}"]
    return []


def is_open_to_all(pair: KeyPair) -> bool:
    """Whether every user of the machine may read the key."""
    return bool(pair.key.stat().st_mode & stat.S_IROTH)


def days_left(certificate: x509.Certificate) -> int:
    """For how many days a certificate is good; below zero once it is over."""
    return (certificate.not_valid_after_utc - clock.now()) // datetime.timedelta(days=1)


def faults_of_metadata(file: Path) -> tuple[str | None, list[str]]:
    """A provider's entityID, and what is wrong with the metadata that it has given us."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        content = file.read_bytes()
        if len(content) > _LARGEST_METADATA:
            return None, [f"{file} is too large"]
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except OSError as error:
        return None, [f"metadata: {file} cannot be read: {error.strerror}"]
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return None, [f"metadata: {file} is no XML, or has a document type"]
    if root.tag != f"{_MD}EntityDescriptor" or not root.get("entityID"):
        return None, [f"metadata: {file} must be one EntityDescriptor with an entityID"]
    of_idp = root.findall(f"{_MD}IDPSSODescriptor")
    if len(of_idp) != 1:
        return None, [f"metadata: {file} must have one IDPSSODescriptor"]
    services = of_idp[0].findall(f"{_MD}SingleSignOnService")
    places = [each.get("Location", "") for each in services if each.get("Binding") == _POST]
    faults = []
    if len(places) != 1 or not _is_web_address(places[0]):
        faults.append("metadata: there must be one SingleSignOnService by HTTP-POST, at an https address")
    certificates = [
        found
        for descriptor in of_idp[0].findall(f"{_MD}KeyDescriptor")
        if descriptor.get("use", "signing") == "signing"
        for found in descriptor.iter(_X509)
    ]
    if not certificates:
        faults.append("metadata: there is no certificate to verify signatures with")
    return str(root.get("entityID")), faults


def signing_certificates(file: Path) -> list[x509.Certificate]:
    """The certificates in a provider's metadata. Raises ValueError for one that is none."""
    from defusedxml import ElementTree

    root = ElementTree.fromstring(file.read_bytes(), forbid_dtd=True)
    found = []
    for descriptor in root.iter(f"{_MD}KeyDescriptor"):
        if descriptor.get("use", "signing") == "signing":
            for element in descriptor.iter(_X509):
                lines = "".join((element.text or "").split())
                pem = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
                found.append(x509.load_pem_x509_certificate(pem.encode()))
    return found


def _is_web_address(address: str) -> bool:
    """https, or this very machine for trying out."""
    return address.startswith(("https://", "http://127.0.0.1:", "http://localhost:"))
