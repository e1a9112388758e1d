"""Where one is led after signing in, and back to: nowhere but to a page of this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.web.own_paths import safe_next

SITE = "https://verwaltung.vechta.example/de/anmelden"


@pytest.mark.parametrize(
    "address", ["/", "/de/", "/de/vorgaenge/?korb=neu&seite=2", "/de/a@b", "/de/ä?q=ü%20b"]
)
def test_a_page_of_this_site_is_fine(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "de/",
        "//boese.example",
        "///boese.example",
        "/\\boese.example",
        "\\\\boese.example",
        "/\t/boese.example",
        "/\n/boese.example",
        "\t//boese.example",
        " /de/",
        "/de/\r\nSet-Cookie: a=b",
        "https://boese.example",
        "https:boese.example",
        "https://verwaltung.vechta.example@boese.example",
        "javascript:alert(1)",
        "/de\\..\\boese",
        "/\u00a0/boese.example",
        "/" + "a" * 3000,
    ],
)
def test_anything_else_is_refused(address: str | None) -> None:
    assert safe_next(address) is None


@given(st.text(alphabet=st.sampled_from("/\\\t\r\n :@.ab?#%0"), max_size=12))
def test_what_is_accepted_stays_on_the_site(address: str) -> None:
    if safe_next(address) is None:
        return
    # Browsers drop tabs and line breaks and take a backslash for a slash.
    seen = address.replace("\t", "").replace("\r", "").replace("\n", "").replace("\\", "/")
    assert seen == address
    assert urlsplit(urljoin(SITE, seen)).netloc == "verwaltung.vechta.example"
