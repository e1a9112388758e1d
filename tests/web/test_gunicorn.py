"""What only a real server shows: requests as bytes, two headers of a name, sockets without a port."""

from __future__ import annotations

import gzip

import pytest

from tests.web.conftest import Running

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}


def test_a_town_answers(gunicorn: Running) -> None:
    reply = gunicorn.get("/de/")
    assert reply.status == 200
    assert "Stadt Vechta" in reply.body.decode()
    assert HEADERS.items() <= reply.headers.items()


def test_a_page_comes_encoded_and_not_at_all_if_it_is_known(gunicorn: Running) -> None:
    plain = gunicorn.get("/de/kontakt")
    zipped = gunicorn.get("/de/kontakt", "Accept-Encoding: br;q=0, gzip")
    assert gzip.decompress(zipped.body) == plain.body
    known = gunicorn.get("/de/kontakt", f"If-None-Match: {plain.headers['etag']}")
    assert (known.status, known.body) == (304, b"")
    assert HEADERS.items() <= known.headers.items()


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("GET / HTTP/1.1", 400),
        ("GET / HTTP/1.0", 400),
        ("GET / HTTP/1.1\r\nHost:", 400),
        ("GET / HTTP/1.1\r\nHost: a:99@evil", 400),
        ("GET / HTTP/1.1\r\nHost: {0}@evil.example", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nHost: {0}", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nHost: evil.example", 400),
        ("GET / HTTP/1.1\r\nHost : {0}", 400),
        ("GET / HTTP/1.1\r\n Host: {0}", 400),
        ("GET / HTTP/1.1\r\nHost: evil.example", 421),
        ("GET / HTTP/1.1\r\nHost: localhost:8000", 421),
        ("GET / HTTP/1.1\r\nHost: vechta.localhost", 421),
        ("GET http://{0}/ HTTP/1.1\r\nHost: {0}", 400),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: {0}", 400),
        ("GET de/ HTTP/1.1\r\nHost: {0}", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: {0}", 400),
        ("TRACE / HTTP/1.1\r\nHost: {0}", 405),
        ("CONNECT {0} HTTP/1.1\r\nHost: {0}", 405),
        ("get / HTTP/1.1\r\nHost: {0}", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nX-Forwarded-Host: evil.example", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nX-Forwarded-For: 1.2.3.4", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nX-Forwarded-Proto: https", 400),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nForwarded: for=1.2.3.4", 400),
        ("GET /de/ HTTP/1.1\r\nHost: {0}\r\nX_Forwarded_For: 1.2.3.4", 200),
        ("GET /de/ HTTP/1.1\r\nHost: {0}\r\nSCRIPT_NAME: /evil", 200),
        ("GET /de/ HTTP/1.1\r\nHost: {0}\r\nPATH_INFO: /en/", 200),
        ("GET /{1} HTTP/1.1\r\nHost: {0}", 414),
        ("GET / HTTP/1.1\r\nHost: {0}\r\nX: {2}", 431),
        ("GET / HTTP/1.1\r\nHost: {0}{3}", 431),
        ("POST /de/ HTTP/1.1\r\nHost: {0}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked", 400),
        ("POST /de/ HTTP/1.1\r\nHost: {0}\r\nContent-Length: 4\r\nContent-Length: 5", 400),
        ("POST /de/ HTTP/1.1\r\nHost: {0}\r\nContent-Length: -1", 400),
        ("POST /de/ HTTP/1.1\r\nHost: {0}\r\nTransfer-Encoding: gzip", 400),
    ],
)
def test_a_request_is_what_it_should_be_or_refused(gunicorn: Running, lines: str, status: int) -> None:
    host = f"vechta.localhost:{gunicorn.port}"
    request = lines.format(host, "x" * 5000, "x" * 9000, "\r\nX: y" * 70)
    reply = gunicorn.send(f"{request}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert reply.status == status
    assert b"evil" not in reply.body
    assert "evil" not in str(reply.headers)


def test_headers_of_other_spellings_change_nothing(gunicorn: Running) -> None:
    plain = gunicorn.get("/de/leistungen").body
    for line in (
        "SCRIPT_NAME: /evil",
        "PATH_INFO: /en/",
        "HTTP_HOST: evil.example",
        "X_Forwarded_Host: evil.example",
    ):
        assert gunicorn.get("/de/leistungen", line).body == plain


@pytest.mark.parametrize(
    "target", ["/", "/de/leistungen?x=%2F%0d%0aX:y&&=", "//evil.example/%2e%2e/", "/%ff%00"]
)
def test_another_name_leads_to_the_canonical_one_as_the_target_came(gunicorn: Running, target: str) -> None:
    reply = gunicorn.get(target, host="www.vechta.localhost")
    assert reply.status == 308
    assert reply.headers["location"] == f"http://vechta.localhost:{gunicorn.port}{target}"
    assert HEADERS.items() <= reply.headers.items()


@pytest.mark.parametrize(
    "target",
    [
        *("/%00", "/%ff%fe", "/de/%00", "/de/themen/%ff", "/de/leistungen/..%2f..%2fetc%2fpasswd", "/de//"),
        *(
            "/static/..%2f..%2fwsgi.py",
            "/static/",
            "/static/../wsgi.py",
            "/\xff",
            "/de/suche?q=%00%ff&q=%ed%a0%80",
        ),
        *(
            "/de/suche?%ff=%ff",
            "/de/leistungen/hund-anmelden?ort=%00",
            "/de/leistungen/hund-anmelden/ort?ort=%ed%a0%80",
        ),
        *(
            "/de/suche/vorschlaege?q=%00",
            "/de/seite/%2e%2e",
            "/;/de/",
            "/de/?" + "a&" * 1500,
            "//evil.example",
        ),
    ],
)
def test_no_address_breaks_the_program(gunicorn: Running, target: str) -> None:
    reply = gunicorn.get(target)
    assert reply.status in (200, 301, 302, 303, 308, 400, 404, 422)
    assert b"Traceback" not in reply.body
    # Whatever is led elsewhere stays in the house.
    assert reply.headers.get("location", "/").startswith(("/", f"http://vechta.localhost:{gunicorn.port}/"))
    assert not reply.headers.get("location", "/").startswith("//")


def test_the_internal_port_is_for_the_machine_only(gunicorn: Running) -> None:
    health = b"GET /healthz HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n"
    assert gunicorn.send(health, internal=True).status == 200
    assert gunicorn.send(health).status == 421
    assert gunicorn.get("/healthz").status == 404


def test_over_a_unix_socket_a_host_does_not_choose_the_port(gunicorn: Running) -> None:
    for host in (f"vechta.localhost:{gunicorn.internal_port}", f"x:{gunicorn.internal_port}"):
        reply = gunicorn.send(
            f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), unix=True
        )
        assert reply.status == 421
    assert gunicorn.get("/de/", unix=True).status == 200


def test_a_connection_carries_one_request_after_another_to_different_towns(gunicorn: Running) -> None:
    request = "".join(
        f"GET /de/ HTTP/1.1\r\nHost: {name}.localhost:{gunicorn.port}\r\n{end}\r\n"
        for name, end in (("vechta", ""), ("cloppenburg", "Connection: close\r\n"))
    )
    replies = gunicorn.send(request.encode()).body.decode()
    first, second = replies.split("HTTP/1.1 200 OK", 1) if "HTTP/1.1 200 OK" in replies else (replies, "")
    assert "Stadt Vechta" in first
    assert "Stadt Cloppenburg" not in first
    assert not second or ("Stadt Cloppenburg" in second and "Stadt Vechta" not in second)
