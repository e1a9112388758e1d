from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kreisportal.i18n import LANGUAGES
from kreisportal.theming import palette, theme_css
from kreisportal.theming.assets import build
from tests.theming.gallery import PAGES, ROOT, THEME, TOWNS, Gallery

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built static files, the towns' themes and every page of the gallery.

    Pages are ``<language>/<town>-<page>.html``.
    """
    folder = tmp_path_factory.mktemp("gallery")
    manifest = build(THEME, ROOT / "node_modules", folder / "static")
    gallery = Gallery({name: f"/static/{file}" for name, file in manifest.items()})
    for slug, (_, brand) in TOWNS.items():
        (folder / f"{slug}.css").write_text(theme_css(palette(brand)), "utf-8")
        for language in LANGUAGES:
            (folder / language.path).mkdir(exist_ok=True)
            for name in PAGES:
                page = gallery.page(name, slug, f"/{slug}.css", language)
                (folder / language.path / f"{slug}-{name}.html").write_text(page, "utf-8")
    return folder


class _Handler(SimpleHTTPRequestHandler):
    """Serves the folder with the policy the portal sends, and two suggestions to whoever asks."""

    def do_GET(self) -> None:
        if not self.path.startswith("/suggest?"):
            super().do_GET()
            return
        suggestions = [
            {"text": "Hund anmelden", "note": "Hundesteuer", "url": "/de/vechta-service.html"},
            {"text": "Hund abmelden", "url": "/de/vechta-status.html"},
        ]
        body = json.dumps({"suggestions": suggestions}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the gallery is served, e.g. ``http://127.0.0.1:40123``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
