"""Flask's own signed cookie, which holds the secret that CSRF tokens are made of and nothing else."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.wrappers import Request


class CsrfCookie(SecureCookieSessionInterface):
    """Opens the cookie only where there is one: most visitors have none, and making ready to check one takes time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The cookie's content; an empty one without a cookie."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)  # type: ignore[arg-type] # Flask hands over its own kind.
