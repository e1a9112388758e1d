"""Deny by default: every request is held against the policy table before its view runs."""

from __future__ import annotations

from flask import Flask, request

from kreisportal.access.policy import POLICY, SIMULATION
from kreisportal.access.who import Who
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.sessions import current_session
from kreisportal.web.tokens import require_token


def install(app: Flask) -> None:
    """Check every request. A route that the table does not name is answered as if it did not exist."""

    @app.before_request
    def _check() -> None:
        if request.endpoint is None:
            return
        who = POLICY.get(request.endpoint) or SIMULATION.get(request.endpoint)
        if who is None:
            raise NotFoundError
        if who in (Who.EVERYBODY, Who.APPLICANT):
            return
        if who is Who.TOKEN:
            require_token()
            return
        current_session().require(who)
