"""The gate: a request must name, properly, a host that is ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kreisportal.kernel.http.headers import security_headers
from tests.kernel.http.gates import HOSTS, Answer, Door

PLAIN = Door()
NOBODYS = [
    "other.example",
    "example",
    "vechta.example.evil.example",
    "evilvechta.example",
    "localhost",
    "127.0.0.1",
]
MALFORMED = [
    *("", " ", "a:99@evil", "vechta.example@evil.example", "vechta.example:", "vechta.example:80:80"),
    *("vechta.example.", ".vechta.example", "vechta..example", "-vechta.example", "[::1]", "[::1]:443"),
    *(
        "vechta.example,evil.example",
        "vechta.example evil.example",
        "vechta.example/evil",
        "http://vechta.example",
    ),
    *(
        "vechta.example\r\nX: y",
        "vechta.example\x00",
        "vechta.example:443443",
        "vechta.example:-1",
        "vechtä.example",
    ),
    *(
        "vechta.example:٤٤٣",
        "a" * 254,
        "a" * 64 + ".example",
        "vechta.example#",
        "vechta.example?",
        "vechta_.example",
    ),
]


def safe(answer: Answer, *, https: bool = True) -> bool:
    return set(security_headers(https=https)) <= set(answer.headers.items())


@pytest.mark.parametrize("host", [name for name, entry in HOSTS.items() if not entry[2]])
def test_a_host_of_ours_is_let_in_with_its_site_and_tenant(host: str) -> None:
    answer = PLAIN.ask(host)
    assert answer.inner is not None
    site, tenant_id, _ = HOSTS[host]
    assert answer.inner["kreisportal.host"] == host
    assert (answer.inner["kreisportal.site"], answer.inner["kreisportal.tenant_id"]) == (site, tenant_id)


@pytest.mark.parametrize("host", NOBODYS)
def test_a_host_that_is_nobodys_is_misdirected(host: str) -> None:
    answer = PLAIN.ask(host)
    assert (answer.status, answer.inner) == (421, None)
    assert safe(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", MALFORMED)
def test_a_malformed_host_is_refused(host: str) -> None:
    answer = PLAIN.ask(host)
    assert (answer.status, answer.inner) == (400, None)
    assert safe(answer)


def test_a_missing_host_is_refused() -> None:
    assert PLAIN.ask(None).status == 400
    assert PLAIN.ask(None, SERVER_NAME="vechta.example", HTTP_X_HOST="vechta.example").inner is None


@given(
    st.text(st.characters(max_codepoint=0xFF), max_size=40) | st.from_regex(r"\A[vV]echta\.example.{0,6}\Z")
)
@example("VECHTA.example:443")
def test_whatever_the_host_the_application_sees_only_ours(host: str) -> None:
    answer = PLAIN.ask(host)
    assert answer.status in (200, 308, 400, 421)
    assert (answer.inner is not None) == (host.lower().removesuffix(":443") in ("vechta.example",))
    assert b"evil" not in answer.body


@given(st.sampled_from(sorted(HOSTS)), st.text(max_size=20), st.text(max_size=20))
def test_nothing_around_a_name_makes_it_ours(name: str, before: str, after: str) -> None:
    host = f"{before}{name}{after}"
    if host.lower() not in HOSTS and not host.lower().endswith(":443"):
        assert PLAIN.ask(host).status in (400, 421)


@pytest.mark.parametrize("host", ["Vechta.Example", "VECHTA.EXAMPLE:443", "vechta.example"])
def test_behind_the_gate_a_host_is_written_in_one_way(host: str) -> None:
    """Addresses are made of it, and pages with addresses are kept for all."""
    inner = PLAIN.ask(host).inner
    assert inner is not None
    assert inner["HTTP_HOST"] == inner["kreisportal.host"] == "vechta.example"


@pytest.mark.parametrize(
    ("options", "scheme", "port", "as_seen"),
    [
        ({}, "https", "", "vechta.example"),
        ({}, "https", ":443", "vechta.example"),
        ({}, "https", ":80", None),
        ({}, "http", ":80", "vechta.example"),
        ({}, "http", ":443", None),
        ({}, "https", ":8000", None),
        ({"public_port": 8000}, "http", ":8000", "vechta.example:8000"),
        ({"public_port": 8000}, "http", "", None),
        ({"public_port": 8000}, "http", ":8001", None),
        ({"public_port": 80}, "http", "", "vechta.example"),
        ({"public_port": 80}, "http", ":80", "vechta.example"),
        ({"public_port": 443}, "https", "", "vechta.example"),
        ({"public_port": 443}, "http", "", None),
    ],
)
def test_the_port_must_be_the_public_one(
    options: dict[str, Any], scheme: str, port: str, as_seen: str | None
) -> None:
    answer = Door(options).ask(f"vechta.example{port}", **{"wsgi.url_scheme": scheme})
    assert (answer.inner or {}).get("HTTP_HOST") == as_seen
    assert answer.status == (200 if as_seen else 421)


@pytest.mark.parametrize(
    "target", ["http://vechta.example/", "https://evil.example/", "*", "vechta.example:443", ""]
)
def test_only_a_path_may_be_asked_for(target: str) -> None:
    assert PLAIN.ask(RAW_URI=target).status == 400


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "get", "PROPFIND", ""])
def test_other_methods_are_refused_and_told_which_there_are(method: str) -> None:
    answer = PLAIN.ask(REQUEST_METHOD=method)
    assert (answer.status, answer.inner) == (405, None)
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


def test_a_refusal_of_head_has_no_body() -> None:
    answer = PLAIN.ask("evil.example", REQUEST_METHOD="HEAD")
    assert (answer.status, answer.body) == (421, b"")
    assert int(answer.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "uri",
    [
        "/",
        "/de/leistungen/hund-anmelden?ort=034600009009&x=%2F",
        "//evil.example/x",
        "/\\evil.example",
        "/%0d%0aX:y",
    ],
)
def test_another_name_of_a_town_leads_to_the_canonical_one_with_path_and_query(uri: str) -> None:
    answer = PLAIN.ask("WWW.vechta.example", RAW_URI=uri, REQUEST_METHOD="POST")
    assert (answer.status, answer.inner) == (308, None)
    assert answer.headers["Location"] == f"https://vechta.example{uri}"
    assert safe(answer)


@pytest.mark.parametrize(
    ("options", "scheme", "host", "location"),
    [
        ({}, "http", "www.vechta.example:80", "http://vechta.example/de/?q=1"),
        ({}, "https", "www.vechta.example:443", "https://vechta.example/de/?q=1"),
        ({"public_port": 8000}, "http", "www.vechta.example:8000", "http://vechta.example:8000/de/?q=1"),
    ],
)
def test_the_canonical_address_has_scheme_and_port(
    options: dict[str, Any], scheme: str, host: str, location: str
) -> None:
    assert Door(options).ask(host, **{"wsgi.url_scheme": scheme}).headers["Location"] == location


@pytest.mark.parametrize("uri", ["/\r\nSet-Cookie: a=b", "/\nX: y"])
def test_no_header_can_be_smuggled_into_the_redirect(uri: str) -> None:
    answer = PLAIN.ask("www.vechta.example", RAW_URI=uri)
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_only_https_asks_for_https_for_ever() -> None:
    for scheme in ("http", "https"):
        answer = PLAIN.ask("evil.example", **{"wsgi.url_scheme": scheme})
        assert safe(answer, https=scheme == "https")
        assert ("Strict-Transport-Security" in answer.headers) == (scheme == "https")
