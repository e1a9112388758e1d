"""The program's Flask with a few routes of a test's own, which do what no real page should."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from unittest.mock import patch

from flask import Blueprint, Flask
from werkzeug.exceptions import NotFound

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


@dataclass(frozen=True)
class _Application:
    """A Flask whose route ``/test/<name>``, the ``endpoint``, leads to the view of that name."""

    app: Flask
    views: Views
    endpoint: str


class _Applications:
    """Those of one program that no test has at the moment: making one takes longer than most tests."""

    def __init__(self) -> None:
        self._program: Program | None = None
        self._free: dict[tuple[str, tuple[str, ...]], list[_Application]] = {}
        self._numbers = count()

    @contextmanager
    def borrowed(
        self, program: Program, site: str, methods: Sequence[str], *, fresh: bool
    ) -> Iterator[_Application]:
        """An application whose views are to be filled in; a ``fresh`` one is made for this test alone."""
        if self._program is not program:
            self._program, self._free = program, {}
        free = self._free.setdefault((site, tuple(methods)), [])
        found = (
            free.pop()
            if free and not fresh
            else _with_routes(program, site, methods, f"test{next(self._numbers)}")
        )
        try:
            yield found
        finally:
            found.views.clear()
            if not fresh:
                free.append(found)


def _with_routes(program: Program, site: str, methods: Sequence[str], name: str) -> _Application:
    app, views = create_app(program, Passwords(CHEAP)), Views()

    def view(name: str) -> ResponseReturnValue:
        if name not in views:
            raise NotFound
        return views[name]()

    blueprint = Blueprint(name, __name__, subdomain=site, url_prefix="/test")
    blueprint.add_url_rule("/<name>", "view", view, methods=methods)
    app.register_blueprint(blueprint)
    return _Application(app, views, f"{name}.view")


_APPLICATIONS = _Applications()


@contextmanager
def with_views(
    program: Program,
    views: Views,
    *,
    site: str = "portal",
    who: Who | None = Who.EVERYBODY,
    methods: Sequence[str] = ("GET",),
    fresh: bool = False,
) -> Iterator[Callable[[str], Browser]]:
    """Browsers for the program with ``views`` at ``/test/<name>``, entered in the policy for ``who``.

    Tests share the application one after the other; one that needs what no other has used asks for a ``fresh`` one.
    """
    with _APPLICATIONS.borrowed(program, site, methods, fresh=fresh) as application:
        application.views.update(views)
        wsgi = create_wsgi(program, application.app)
        with patch.dict(POLICY, {application.endpoint: who} if who is not None else {}):
            yield lambda host="vechta.localhost": Browser(wsgi, host)
