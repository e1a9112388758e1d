"""An OpenID provider that says whatever a test wants, at an address of its own: for answers that no good one gives."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from kreisportal.kernel import clock
from kreisportal.settings_outside import OpenIdProviderSettings


@dataclass
class Liar:
    """The provider. ``claims`` change those of its ID tokens; None leaves one out."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signed_by: Any = None
    nonce: str = ""
    redeemed: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def settings(self, **changes: Any) -> OpenIdProviderSettings:
        """What an operator would set for it."""
        values = {
            "key": "land",
            "name": {"de": "Landeskonto", "en": "Land's account"},
            "issuer": self.issuer,
            "client_id": "kreisportal",
            "client_secret": "ein:Geheimnis",
            "levels": {"hoch": "high", "mittel": "substantial"},
        }
        return OpenIdProviderSettings(**(values | changes))

    def id_token(self) -> str:
        """A token for the last sign-in."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": "subjekt-1",
            "aud": "kreisportal",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "acr": "mittel",
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        key = self.signed_by or self.key
        header = {"alg": self.algorithm, **({"kid": key.kid} if isinstance(key, RSAKey) else {})}
        return jwt.encode(header, kept, key, [self.algorithm])

    def answer(self, path: str, body: str) -> tuple[int, Any]:
        """What it says at a path."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/hin",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/info",
                **self.metadata,
            }
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if path == "/token":
            self.redeemed.append({name: values[0] for name, values in parse_qs(body).items()})
            return 200, {"id_token": self.id_token(), "access_token": "zugang", "token_type": "Bearer"}
        if path == "/info":
            return 200, {"sub": "subjekt-1", **self.user_info}
        return 404, {}


class _Handler(BaseHTTPRequestHandler):
    liar: ClassVar[Liar]

    def _say(self) -> None:
        body = str(self.rfile.read(int(self.headers.get("Content-Length") or 0)), "utf-8")
        status, content = self.liar.answer(self.path, body)
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = _say  # noqa: N815 - as the base class calls it.
    do_POST = _say  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def lying() -> Iterator[Liar]:
    """A provider until the end of the block."""
    liar = Liar()
    handler = type("Handler", (_Handler,), {"liar": liar})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    liar.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
"""A key that is not the provider's, by the same name."""

PUBLIC_AS_SECRET = OctKey.import_key("not-the-key-but-some-secret-of-enough-bytes")
