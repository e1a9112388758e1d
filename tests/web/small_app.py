"""The program's Flask with a few routes of a test's own, which do what no real page should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from flask import Blueprint, Flask

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.app import create_app, create_wsgi
from kreisportal.credentials.passwords import Passwords
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.staff import CHEAP

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

Views = dict[str, Callable[..., "ResponseReturnValue"]]


@contextmanager
def with_views(
    program: Program, views: Views, *, site: str = "portal", who: Who | None = Who.EVERYBODY, **options: Any
) -> Iterator[Callable[[str], Browser]]:
    """Browsers for the program with ``views`` at ``/test/<name>``, entered in the policy for ``who``."""
    app: Flask = create_app(program, Passwords(CHEAP))
    blueprint = Blueprint("test", __name__, subdomain=site, url_prefix="/test")
    for name, view in views.items():
        blueprint.add_url_rule(f"/{name}", name, view, **options)
    app.register_blueprint(blueprint)
    entries = {f"test.{name}": who for name in views} if who is not None else {}
    with patch.dict(POLICY, entries):
        wsgi = create_wsgi(program, app)
        yield lambda host="vechta.localhost": Browser(wsgi, host)
