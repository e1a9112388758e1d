"""Whom a mail may go to, and where links lead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.kernel.errors import InvalidInputError
from kreisportal.notifications.addresses import check_address, site_address
from kreisportal.settings import Settings
from kreisportal.tenancy.registry import Site, TenantRecord, pack
from tests.support.region import settings_for
from tests.support.server import DatabaseCopy, DatabaseServer

RECORD = TenantRecord(
    1, "vechta", "VEC", "city", "034600009009", None, True, "open",
    (("old.example", "portal", False), ("vechta.example", "portal", True)), pack({}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("erika@example.org", "erika@example.org"),
        (" erika@Example.ORG ", "erika@example.org"),
        ("Erika.Muster+hund@example.org.", "Erika.Muster+hund@example.org"),
        ("erika@straße.example", "erika@xn--strae-oqa.example"),
        ("erika@LÖHNE.example", "erika@xn--lhne-5qa.example"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("o'neil@sub.example.org", "o'neil@sub.example.org"),
    ],
)
def test_plain_addresses_pass(typed: str, written: str) -> None:
    assert check_address(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "", "erika", "@example.org", "erika@", "erika@localhost", "erika@example..org", ".erika@example.org",
        "erika@example.org\nBcc: all@example.org", "erika\r\nBcc: x@example.org", "erika@example.org\x00",
        "Erika <erika@example.org>", '"a b"@example.org', "erika@example.org, otto@example.org", "a@b@example.org",
        "erika@[127.0.0.1]", "erika@-example.org", "erika@exa mple.org", "erika@exa\u2028mple.org", "erika@☃.example",
        "e" * 65 + "@example.org", "erika@" + "e" * 64 + ".org", "erika@" + "abcdefgh." * 28 + "org",
    ],
)  # fmt: skip
def test_whatever_else_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        check_address(typed)
    assert "email" in refusal.value.messages


@given(st.text(max_size=40) | st.builds("{}@{}.org".format, st.text(max_size=10), st.text(max_size=10)))
def test_what_passes_is_one_address_in_one_line(typed: str) -> None:
    try:
        written = check_address(typed)
    except InvalidInputError:
        return
    assert written.count("@") == 1
    assert written.isprintable()
    assert not set(written) & set(' <>(),;:\\"[]')
    assert written.rpartition("@")[2].isascii()
    assert check_address(written) == written


@pytest.mark.parametrize(
    ("mode", "port", "expected"),
    [
        ("production", None, "https://vechta.example"),
        ("production", 443, "https://vechta.example"),
        ("production", 8443, "https://vechta.example:8443"),
        ("demo", 8000, "http://vechta.example:8000"),
        ("demo", 80, "http://vechta.example"),
    ],
)
def test_links_lead_to_the_canonical_host(mode: str, port: int | None, expected: str) -> None:
    settings = replace(_settings(), mode=mode, public_port=port)  # type: ignore[arg-type]
    assert site_address(settings, RECORD, "portal") == expected


@pytest.mark.parametrize("site", ["desk", "account"])
def test_there_is_no_link_to_a_site_that_is_not(site: Site) -> None:
    with pytest.raises(LookupError):
        site_address(_settings(), RECORD, site)


def _settings() -> Settings:
    return settings_for(DatabaseCopy(DatabaseServer("postgresql://x@/y", "z"), "y"), Path("unused"))
