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
from tests.bundid.saml.issuing import ANSWERS, Answer, Issuing, write_settings
from tests.support.programs import fetch_xmlsec1
from tests.support.region import SECRET_KEY


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
    return write_settings(tmp_path_factory.mktemp("saml")).parent


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
