"""The program behind Debian's caddy with deploy's Caddyfile and caddy's own issuer, as a browser meets it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.paths import project_folder
from kreisportal.tenancy.host_changes import give_host, take_host
from tests.deployment.serving import environment, free_port, running, web_command
from tests.support.browser import forms_of
from tests.support.server import DatabaseCopy

_SECONDS = 120
_NOT_YET_VALID = 9  # X509_V_ERR_CERT_NOT_YET_VALID
_CONFIG = project_folder() / "deploy" / "Caddyfile"
_FIND = project_folder() / "deploy" / "find-caddy"


@dataclass(frozen=True)
class Proxy:
    """caddy's ports, the certificate of its issuer, and the log of the program behind it."""

    https_port: int
    http_port: int
    root: Path
    ask_port: int


@dataclass
class Visit:
    """A browser at one host behind the proxy, connected to the loopback address whatever the host's name."""

    proxy: Proxy
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"https://{self.host}:{self.proxy.https_port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        """The answer and its text. Raises ``ssl.SSLError`` when the host has no certificate."""
        connection = http.client.HTTPConnection(self.host, self.proxy.https_port, timeout=_SECONDS)
        with self._connect() as connection.sock:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {"Cookie": cookies} | dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self.set_cookies.append(cookie)
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, content.decode("utf-8", "replace")

    def _connect(self) -> ssl.SSLSocket:
        """A connection over TLS.

        A certificate of caddy's own issuer is valid from the second in which it is made, which OpenSSL, whose clock
        ticks more slowly, may still have ahead of it.
        """
        context = ssl.create_default_context(cafile=str(self.proxy.root))
        until = time.monotonic() + _SECONDS
        while True:
            plain = socket.create_connection(("127.0.0.1", self.proxy.https_port), _SECONDS)
            try:
                return context.wrap_socket(plain, server_hostname=self.host)
            except ssl.SSLCertVerificationError as error:
                plain.close()
                if error.verify_code != _NOT_YET_VALID or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            except OSError:
                plain.close()
                raise

    def post(
        self, path: str, values: Mapping[str, str], **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """Send a form as a browser does, from the page of the same path."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.origin + path, **headers}
        return self.ask("POST", path, urlencode(values).encode(), sent)


@pytest.fixture(scope="module")
def program() -> str:
    """The path of caddy, which is fetched if the machine has none."""
    found = subprocess.run([_FIND], capture_output=True, text=True, timeout=300, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


@pytest.fixture(scope="module")
def proxy(region: DatabaseCopy, program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """caddy and the program, both with the files of deploy."""
    folder = tmp_path_factory.mktemp("caddy")
    ports = {name: free_port() for name in ("https", "http", "upstream", "internal")}
    settings = environment(
        region.url(),
        folder,
        BIND=f"127.0.0.1:{ports['upstream']}",
        INTERNAL_PORT=str(ports["internal"]),
        PUBLIC_PORT=str(ports["https"]),
        TRUSTED_PROXIES="127.0.0.1",
    )
    caddy = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HTTPS_PORT": str(ports["https"]),
        "HTTP_PORT": str(ports["http"]),
        "UPSTREAM": settings["BIND"],
        "ASK": f"http://127.0.0.1:{ports['internal']}/tls",
        "ISSUER": "internal",
        "CADDY_ADMIN": "off",
    }
    command = [program, "run", "--config", str(_CONFIG), "--adapter", "caddyfile"]
    root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    with (
        running(web_command(), settings, folder, ports["internal"]),
        running(command, caddy, folder, ports["https"]),
    ):
        yield Proxy(ports["https"], ports["http"], root, ports["internal"])


@pytest.fixture
def vechta(proxy: Proxy) -> Visit:
    return Visit(proxy, "vechta.localhost")


@pytest.mark.parametrize(
    ("host", "name"), [("vechta.localhost", "Stadt Vechta"), ("cloppenburg.localhost", "Stadt Cloppenburg")]
)
def test_each_town_is_served_with_a_certificate_of_its_own(proxy: Proxy, host: str, name: str) -> None:
    answer, page = Visit(proxy, host).ask("GET", "/de/")
    assert answer.status == 200
    assert f"– {name}</title>" in page
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers["Server"] is None


def test_a_host_that_is_no_towns_gets_no_certificate(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLError):
        Visit(proxy, "evil.example").ask("GET", "/")


def _told(proxy: Proxy, host: str, expected: int) -> int:
    """What the program says to the proxy's question; asked again for a while, until it is as ``expected``."""
    until = time.monotonic() + _SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.ask_port, timeout=_SECONDS)
        connection.request("GET", f"/tls?domain={host}")
        status = connection.getresponse().status
        connection.close()
        if status == expected or time.monotonic() > until:
            return status
        time.sleep(0.05)


def test_a_host_gets_a_certificate_while_it_is_a_towns(proxy: Proxy, region: DatabaseCopy) -> None:
    """What one process changes, another one gets to know."""
    database, kept, gone = region.open(), "rathaus.lohne.localhost", "amt.lohne.localhost"
    try:
        with database.transaction(REGION) as session:
            for name in (kept, gone):
                give_host(session, REGION, "lohne", "portal", name)
        assert _told(proxy, gone, 200) == 200
        with database.transaction(REGION) as session:
            take_host(session, REGION, "lohne", gone)
        assert _told(proxy, gone, 404) == 404
    finally:
        database.close()
    answer, _ = Visit(proxy, kept).ask("GET", "/de/")
    assert answer.headers["Location"].startswith("https://lohne.localhost")
    with pytest.raises(ssl.SSLError):
        Visit(proxy, gone).ask("GET", "/de/")


def test_the_host_of_the_request_counts_not_the_one_of_the_certificate(vechta: Visit) -> None:
    answer, _ = vechta.ask("GET", "/de/", headers={"Host": f"evil.example:{vechta.proxy.https_port}"})
    assert answer.status == 421


def test_http_leads_to_https(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http_port, timeout=_SECONDS)
    connection.request("GET", "/de/suche?q=hund", headers={"Host": "vechta.localhost"})
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 308
    assert answer.headers["Location"].startswith("https://vechta.localhost")
    assert answer.headers["Location"].endswith("/de/suche?q=hund")


def test_redirects_stay_on_https_at_the_same_host(vechta: Visit) -> None:
    answer, _ = vechta.ask("GET", "/")
    assert answer.status in (302, 303, 307, 308)
    assert answer.headers["Location"] in ("/de/", f"{vechta.origin}/de/")


def test_what_a_client_says_of_itself_is_not_believed(vechta: Visit) -> None:
    forged = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "proto=http;host=evil.example",
        "X-Real-IP": "192.0.2.7",
        "Script-Name": "/evil",
        "SCRIPT_NAME": "/evil",
    }
    answer, page = vechta.ask("GET", "/de/", headers=forged)
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"]
    assert "evil" not in page


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/tls?domain=vechta.localhost"])
def test_the_internal_app_cannot_be_reached_by_the_proxy(vechta: Visit, path: str) -> None:
    assert vechta.ask("GET", path)[0].status == 404


def test_trace_is_refused(vechta: Visit) -> None:
    assert vechta.ask("TRACE", "/de/")[0].status == 405


def test_the_desk_signs_in_with_a_form_over_https(proxy: Proxy) -> None:
    """CSRF's Referer check holds through the proxy, and cookies are the browser's strictest kind."""
    desk = Visit(proxy, "verwaltung.vechta.localhost")
    path = desk.ask("GET", "/")[0].headers["Location"].removeprefix(desk.origin)
    answer, page = desk.ask("GET", path)
    while answer.status in (302, 303, 307, 308):
        path = answer.headers["Location"].removeprefix(desk.origin)
        answer, page = desk.ask("GET", path)
    (form,) = [form for form in forms_of(page) if "password" in form.names]
    values = form.values | {"email": "nobody@vechta.example", "password": "not the right one"}
    refused, text = desk.post(form.action or path, values)
    assert refused.status in (200, 422), text
    assert all(re.match("__Host-", cookie) and "; Secure" in cookie for cookie in desk.set_cookies)
    assert desk.set_cookies
    foreign, _ = desk.post(form.action or path, values, Referer="https://evil.example/")
    assert foreign.status == 400
    without = {name: value for name, value in values.items() if name != "csrf_token"}
    assert desk.post(form.action or path, without)[0].status == 400


def test_static_files_come_compressed_and_for_a_year(vechta: Visit) -> None:
    _, page = vechta.ask("GET", "/de/")
    style = re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', page)
    assert style
    answer, _ = vechta.ask("GET", style[1], headers={"Accept-Encoding": "br, gzip"})
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) < 40_000


def test_a_body_that_is_slightly_too_large_is_explained_by_the_town(proxy: Proxy) -> None:
    """The page must come through although the program has not read the body: else the proxy says 502."""
    desk = Visit(proxy, "verwaltung.vechta.localhost")
    answer, page = desk.post("/de/anmelden", {"email": "x" * 11_900_000})
    assert answer.status == 413
    assert "Stadt Vechta" in page


def test_a_body_that_is_far_too_large_is_refused_before_it_is_read(vechta: Visit) -> None:
    answer, page = vechta.ask("POST", "/de/suche", b"begun", {"Content-Length": "30000000"})
    assert answer.status == 413
    assert "zu groß" in page
