"""A service provider with two keys, and a provider that knows it."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kreisportal.bundid.saml import ServiceProvider
from kreisportal.bundid.saml_arrivals import is_our_request, new_request_id
from kreisportal.bundid.saml_files import KeyPair
from kreisportal.bundid.saml_settings import SamlSettings, read_saml_settings
from tests.bundid.saml.issuing import ANSWERS, Answer, Issuing, idp_metadata, make_pair
from tests.support.programs import fetch_xmlsec1
from tests.support.region import SECRET_KEY

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


@pytest.fixture(scope="session", autouse=True)
def _xmlsec1() -> None:
    """The program that pysaml2 signs with: fetched if it is not there, and never done without."""
    fetch_xmlsec1()


@pytest.fixture(scope="module", autouse=True)
def _tidied() -> Iterator[None]:
    """What pysaml2 leaves to the garbage collector, it closes here and not in another test, which would be blamed."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def saml_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an operator: settings, keys, what providers have told."""
    folder = tmp_path_factory.mktemp("saml")
    (folder / "saml.toml").write_text(SETTINGS, encoding="utf-8")
    for name in ("now", "next"):
        make_pair(folder, name)
    for name, issuer in (
        ("bundid", "https://id.bund.example/idp"),
        ("unternehmen", "https://elster.example/idp"),
    ):
        pair = make_pair(folder, f"idp-{name}")
        (folder / f"{name}.xml").write_text(
            idp_metadata(pair, issuer, issuer.replace("/idp", "/sso")), encoding="utf-8"
        )
    return folder


@pytest.fixture(scope="session")
def saml(saml_folder: Path) -> SamlSettings:
    """The settings as they are read."""
    return read_saml_settings(saml_folder / "saml.toml")


@pytest.fixture(scope="session")
def bundid(saml: SamlSettings) -> ServiceProvider:
    """We at BundID."""
    provider = saml.provider("bundid")
    assert provider is not None
    return ServiceProvider(saml, provider, ANSWERS)


@pytest.fixture(scope="session")
def issuing(saml_folder: Path, saml: SamlSettings) -> Issuing:
    """BundID, which encrypts for our first key."""
    pair = KeyPair(saml_folder / "idp-bundid.key", saml_folder / "idp-bundid.crt")
    return Issuing(pair, saml.keys[0])


@pytest.fixture
def answer() -> Callable[..., Answer]:
    """Makes what a provider says to a request that was just made, changed as told."""
    return lambda **changes: Answer(new_request_id(SECRET_KEY, "bundid"), **changes)


def ours(request_id: str) -> bool:
    """Whether a request was ours, to BundID."""
    return is_our_request(SECRET_KEY, "bundid", request_id)
