"""What we send to a provider, and what it must know of us."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

import pytest
from saml2.sigver import CryptoBackendXmlSec1

from kreisportal.bundid.saml import ServiceProvider
from kreisportal.bundid.saml_arrivals import new_request_id
from kreisportal.bundid.saml_settings import SamlSettings
from tests.bundid.saml.conftest import ours
from tests.bundid.saml.issuing import ANSWERS, ENTITY, SSO
from tests.support.region import SECRET_KEY

# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
_SAML, _SAMLP, _MD, _DS = (
    "{urn:oasis:names:tc:SAML:2.0:assertion}",
    "{urn:oasis:names:tc:SAML:2.0:protocol}",
    "{urn:oasis:names:tc:SAML:2.0:metadata}",
    "{http://www.w3.org/2000/09/xmldsig#}",
)
_AKDB = "{https://www.akdb.de/request/2018/09}"


def sent(provider: ServiceProvider, level: str = "basic") -> tuple[str, ET.Element]:
    """A request as text and as a tree."""
    request_id = new_request_id(SECRET_KEY, provider.provider.key)
    made = provider.request(request_id, level, "Landkreis Vechta")  # type: ignore[arg-type] # A level's name.
    text = base64.b64decode(made.message).decode()
    root = ET.fromstring(text)  # noqa: S314 - our own.
    assert root.get("ID") == request_id
    assert made.address == root.get("Destination")
    return text, root


def is_signed(settings: SamlSettings, text: str, node: str, node_id: str | None, key: int = 0) -> bool:
    """Whether xmlsec1 finds our signature in it."""
    tool, certificate = CryptoBackendXmlSec1("xmlsec1"), str(settings.keys[key].certificate)
    try:
        return bool(tool.validate_signature(text, certificate, "pem", node, node_id))
    except Exception:  # noqa: BLE001 - whatever xmlsec1 says against it.
        return False


def test_a_request_is_signed_and_names_us(bundid: ServiceProvider, saml: SamlSettings) -> None:
    text, root = sent(bundid)
    node = "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest"
    assert is_signed(saml, text, node, root.get("ID"))
    assert not is_signed(saml, text.replace("Landkreis", "Landgreis"), node, root.get("ID"))
    assert (root.get("Destination"), root.get("AssertionConsumerServiceURL")) == (SSO, ANSWERS)
    assert root.findtext(f"{_SAML}Issuer") == ENTITY
    assert root.get("ForceAuthn") == "true", "nobody is signed in by a session that was forgotten there"
    method = root.find(f".//{_DS}SignatureMethod")
    assert method is not None
    assert method.get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@pytest.mark.parametrize(("level", "number"), [("basic", 1), ("substantial", 3), ("high", 4)])
def test_a_request_asks_for_a_level_at_least(bundid: ServiceProvider, level: str, number: int) -> None:
    _, root = sent(bundid, level)
    context = root.find(f"{_SAMLP}RequestedAuthnContext")
    assert context is not None
    assert context.get("Comparison") == "minimum"
    assert [each.text for each in context] == [f"STORK-QAA-Level-{number}"]


def test_bundid_is_told_which_attributes_we_want(bundid: ServiceProvider) -> None:
    _, root = sent(bundid)
    extension = root.find(f"{_SAMLP}Extensions/{_AKDB}AuthenticationRequest")
    assert extension is not None
    asked = {
        each.get("Name"): each.get("RequiredAttribute")
        for each in extension.iter(f"{_AKDB}RequestedAttribute")
    }
    assert asked["urn:oid:1.3.6.1.4.1.25484.494450.3"] == "true"
    assert {"urn:oid:2.5.4.42", "urn:oid:1.2.40.0.10.2.1.1.261.94"} <= asked.keys()
    assert all(name and name.startswith("urn:oid:") for name in asked)
    shown = extension.find(".//{https://www.akdb.de/request/2018/09/classic-ui/v1}OrganizationDisplayName")
    assert shown is not None and shown.text == "Landkreis Vechta"


def test_another_provider_is_asked_for_a_lasting_name_without_that_extension(saml: SamlSettings) -> None:
    business = saml.provider("unternehmen")
    assert business is not None
    _, root = sent(
        ServiceProvider(saml, business, "https://konto.localhost/saml/unternehmen/antwort"), "basic"
    )
    assert root.find(f"{_SAMLP}Extensions") is None
    policy = root.find(f"{_SAMLP}NameIDPolicy")
    assert policy is not None
    assert policy.get("Format") == "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    assert root.findtext(f"{_SAMLP}RequestedAuthnContext/{_SAML}AuthnContextClassRef") == "substantial"


def test_the_id_of_a_request_says_that_it_is_ours() -> None:
    made = new_request_id(SECRET_KEY, "bundid")
    assert ours(made)
    assert made != new_request_id(SECRET_KEY, "bundid")
    for at in range(len(made)):
        changed = made[:at] + ("0" if made[at] != "0" else "1") + made[at + 1 :]
        assert not ours(changed), changed


def test_metadata_is_signed_and_has_both_certificates(bundid: ServiceProvider, saml: SamlSettings) -> None:
    text = bundid.metadata().decode()
    root = ET.fromstring(text)  # noqa: S314 - our own.
    node = "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"
    assert is_signed(saml, text, node, root.get("ID"))
    assert not is_signed(saml, text.replace(ANSWERS, "https://thief.example"), node, root.get("ID"))
    assert root.get("entityID") == ENTITY
    descriptor = root.find(f"{_MD}SPSSODescriptor")
    assert descriptor is not None
    assert descriptor.get("AuthnRequestsSigned") == descriptor.get("WantAssertionsSigned") == "true"
    service = descriptor.find(f"{_MD}AssertionConsumerService")
    assert service is not None and service.get("Location") == ANSWERS
    for use in ("signing", "encryption"):
        keys = [key for key in descriptor.findall(f"{_MD}KeyDescriptor") if key.get("use") == use]
        published = {
            "".join((each.text or "").split()) for key in keys for each in key.iter(f"{_DS}X509Certificate")
        }
        assert published == {_body(pair.certificate.read_text()) for pair in saml.keys}
        if use == "encryption":
            ciphers = {
                each.get("Algorithm", "") for key in keys for each in key.findall(f"{_MD}EncryptionMethod")
            }
            assert any(each.endswith("aes256-gcm") for each in ciphers)
            assert not any("cbc" in each or "rsa-1_5" in each for each in ciphers)
    assert root.findtext(f"{_MD}Organization/{_MD}OrganizationName") == "Landkreis Vechta"


def _body(pem: str) -> str:
    return "".join(line for line in pem.splitlines() if "CERTIFICATE" not in line)
