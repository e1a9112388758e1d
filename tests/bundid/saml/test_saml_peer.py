"""With somebody else's identity provider (nanoidp, a process of its own): it checks our requests, we its answers.

It encrypts nothing, which we refuse; so on the way back its signed assertion is encrypted for us, untouched.
"""

from __future__ import annotations

import base64
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import yaml

from kreisportal.bundid.saml import Request, ServiceProvider
from kreisportal.bundid.saml_arrivals import new_request_id
from kreisportal.bundid.saml_errors import SamlRefusedError
from kreisportal.bundid.saml_files import KeyPair
from kreisportal.bundid.saml_settings import SamlSettings, read_saml_settings
from tests.bundid.saml.issuing import Answer, Issuing
from tests.deployment.serving import environment, free_port, running
from tests.support.browser import forms_of
from tests.support.region import SECRET_KEY

# pysaml2 leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
_ANSWERS = "https://konto.localhost/saml/nano/antwort"
_PASSWORD = "gurken"
_SETTINGS = """
entity_id = "https://konto.localhost/saml"
keys = [{key = "now.key", certificate = "now.crt"}]
[[provider]]
key = "nano"
name = {de = "Nano", en = "Nano"}
metadata = "nano.xml"
subject = "email"
levels = {"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport" = "basic"}
"""


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory, saml_folder: Path) -> Iterator[str]:
    """The address of a running nanoidp that knows our certificate and one person."""
    folder, port = tmp_path_factory.mktemp("nanoidp"), free_port()
    base = f"http://127.0.0.1:{port}"
    told = {
        "server": {"host": "127.0.0.1", "port": port},
        "oauth": {"issuer": base, "clients": []},
        "saml": {"want_authn_requests_signed": True, "sp_certificates": [str(saml_folder / "now.crt")]},
    }
    attributes = {"urn:oid:2.5.4.42": "Ánna", "urn:oid:2.5.4.4": "Beispiel"}
    anna = {"password": _PASSWORD, "email": "anna@idp.example", "attributes": attributes}
    (folder / "settings.yaml").write_text(yaml.safe_dump(told))
    (folder / "users.yaml").write_text(yaml.safe_dump({"users": {"anna": anna}}, allow_unicode=True))
    command = [sys.executable, "-m", "nanoidp", "--config", str(folder)]
    with running(command, environment("postgresql:///none", folder), folder, port):
        yield base


@pytest.fixture(scope="module")
def known(peer: str, saml_folder: Path) -> SamlSettings:
    """Settings with the metadata that it tells."""
    with urllib.request.urlopen(f"{peer}/saml/metadata", timeout=20) as answer:  # noqa: S310 - the loopback address.
        (saml_folder / "nano.xml").write_bytes(answer.read())
    (saml_folder / "nano.toml").write_text(_SETTINGS, encoding="utf-8")
    return read_saml_settings(saml_folder / "nano.toml")


@pytest.fixture(scope="module")
def nano(known: SamlSettings) -> ServiceProvider:
    """We at nanoidp."""
    return ServiceProvider(known, known.providers[0], _ANSWERS)


def ours(request_id: str) -> bool:
    return request_id.startswith("_")


def signed_in(peer: str, asked: Request) -> str:
    """Sign in there as a person does; the answer's XML as the page would send it."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def post(fields: dict[str, str]) -> str:
        with browser.open(asked.address, urllib.parse.urlencode(fields).encode(), timeout=20) as answer:
            return str(answer.read().decode())

    page = post({"SAMLRequest": asked.message, "RelayState": ""})
    form = next(form for form in forms_of(page) if "password" in form.names)
    page = post({**form.values, "username": "anna", "password": _PASSWORD})
    (form,) = forms_of(page)
    assert form.action == _ANSWERS
    return base64.b64decode(form.values["SAMLResponse"]).decode()


def encrypted(xml: str, known: SamlSettings) -> str:
    """Its answer with the assertion encrypted for us, otherwise as it is."""
    found = re.search(r"<saml2:Assertion.*</saml2:Assertion>", xml, re.S)
    assert found
    # As providers do that encrypt: it stands for itself, with the names of its spaces. The signature does not change.
    start, _, rest = found[0].partition(">")
    own = "".join(
        f" {each}"
        for each in re.findall(r'xmlns:\w+="[^"]*"', xml[: xml.index("<saml2:Issuer")])
        if each not in start
    )
    alone = f"{start}{own}>{rest}"
    around = f"<saml2:EncryptedAssertion>{alone}</saml2:EncryptedAssertion>"
    reader: KeyPair = known.keys[0]
    tool = Issuing(reader, reader)
    whole = tool._encrypt(xml.replace(found[0], around), Answer(""))
    return base64.b64encode(whole.encode()).decode()


def test_it_takes_our_request_and_we_its_answer(
    peer: str, nano: ServiceProvider, known: SamlSettings
) -> None:
    request_id = new_request_id(SECRET_KEY, "nano")
    xml = signed_in(peer, nano.request(request_id, "basic", "Landkreis Vechta"))
    answered, proven = nano.prove(encrypted(xml, known), ours)
    assert answered == request_id
    assert (proven.identity.issuer, proven.identity.subject) == (f"{peer}/saml", "anna@idp.example")
    assert proven.identity.level == "basic"
    assert proven.identity.attributes["person.given_names"] == "Ánna"
    with pytest.raises(SamlRefusedError, match="not encrypted"):
        nano.prove(base64.b64encode(xml.encode()).decode(), ours)
    forged = xml.replace("anna@idp.example</saml2:AttributeValue>", "bea@idp.example</saml2:AttributeValue>")
    assert forged != xml
    with pytest.raises(SamlRefusedError, match="not proven"):
        nano.prove(encrypted(forged, known), ours)


def test_it_refuses_a_request_that_is_not_signed_by_us(peer: str, nano: ServiceProvider) -> None:
    asked = nano.request(new_request_id(SECRET_KEY, "nano"), "basic", "Landkreis Vechta")
    changed = base64.b64decode(asked.message).decode().replace("Landkreis", "Landgreis")
    forged = Request(asked.address, base64.b64encode(changed.encode()).decode())
    with pytest.raises(urllib.error.HTTPError) as refused:
        signed_in(peer, forged)
    refused.value.close()
    assert refused.value.code == 400
