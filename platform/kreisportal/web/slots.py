"""Pages of which only a few slots differ from one request to the next: what is around these is rendered once.

In a view::

    return render_around("portal/search.html", query=query, results=results)

What the template shows besides may depend on the host, the town, the language, the path and what is named, and on
nothing else, as with ``kept`` (web/fragments.py). A slot's value may only be shown or asked whether it is empty. The
token of a form (``csrf_token()``) is a slot of its own.

A page that ``keep()`` has marked is the same for everybody, but for the name of whoever is signed in: for them that is
a slot as well::

    keep()
    return render_for_all("portal/home.html", lambda: {"topics": topics()})
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from kreisportal.kernel import clock
from kreisportal.kernel.http.kept_pages import KEEP_UNTIL, SESSION_COOKIE
from kreisportal.kernel.recent import Recent
from kreisportal.web.page import QUERY_SLOT, USER_OF_PAGE, know_user, query_suffix, town_of
from kreisportal.web.sessions import account_is_here
from kreisportal.web.site import here

_RENDERED = "kreisportal.surroundings"
_FOR_ALL = "kreisportal.pages_for_all"
# Some ten kilobytes each.
_MOST = 200
# No text of the program holds a NUL, and requests with one are refused.
_SLOT = re.compile("\0([a-z_]+)\0")
_FORM_SLOT = "csrf_token"


class _ForAll(NamedTuple):
    """A page for everybody who is signed in, right until an instant (epoch seconds)."""

    until: float
    pieces: list[str]


def install(app: Flask) -> None:
    """Begin with none."""
    app.extensions[_RENDERED] = Recent[list[str]](_MOST)
    app.extensions[_FOR_ALL] = Recent[_ForAll](_MOST)


def render_around(
    template: str,
    *,
    hangs_on: Hashable = None,
    context: Callable[[], Mapping[str, Any]] = dict,
    **slots: str,
) -> str:
    """The page with ``slots`` filled in, which are escaped unless they are markup.

    ``context`` makes what else the template shows, as often as it is rendered: for each ``hangs_on`` once. For somebody
    with a session the whole page is rendered, since it may say who is there.
    """
    if SESSION_COOKIE in request.cookies:
        return render_template(template, **context(), **slots)
    rendered: Recent[list[str]] = current_app.extensions[_RENDERED]
    filled = tuple(name for name, value in slots.items() if value)
    pieces = rendered.get((*_key(template), hangs_on, filled), lambda: _pieces(template, context(), slots))
    return _fill(pieces, slots)


def render_for_all(template: str, context: Callable[[], Mapping[str, Any]]) -> str:
    """A page that is the same for everybody where ``keep()`` has marked it, but for the name of who is signed in.

    For somebody with a session it is rendered as often as it is made anew for all others, who are not asked for here:
    theirs is kept as a whole.
    """
    known = SESSION_COOKIE in request.cookies
    if not known or KEEP_UNTIL not in request.environ or request.query_string:
        return render_template(template, **context())
    know_user()
    user = g.get(USER_OF_PAGE) or ""
    rendered: Recent[_ForAll] = current_app.extensions[_FOR_ALL]
    key = (*_key(template), account_is_here(), bool(user))

    def make() -> _ForAll:
        pieces = _pieces(template, context(), {USER_OF_PAGE: user})
        # What the page says of hours may have made it right for a shorter time.
        return _ForAll(request.environ[KEEP_UNTIL], pieces)

    page = rendered.get(key, make)
    if page.until <= clock.now().timestamp():
        rendered.drop(key)
        page = rendered.get(key, make)
    return _fill(page.pieces, {USER_OF_PAGE: user})


def _key(template: str) -> tuple[Hashable, ...]:
    """What a page may depend on. Whatever has changed of the town is seen by its stamp, whether it is open by what the
    page says of it.
    """
    tenant, snapshot = here().tenant, here().snapshot
    town = (tenant.id, snapshot.stamp(tenant), town_of(tenant))
    return (template, request.scheme, request.host, request.path, *town)


def _pieces(template: str, context: Mapping[str, Any], slots: Mapping[str, str]) -> list[str]:
    """The page around its slots: in turn a text and the name of a slot, a text at the end."""
    names = {name: Markup("\0{}\0").format(name) for name in (*slots, QUERY_SLOT, _FORM_SLOT)}
    shown = {name: value and names[name] for name, value in slots.items()}
    setattr(g, QUERY_SLOT, names[QUERY_SLOT])
    if USER_OF_PAGE in shown:
        setattr(g, USER_OF_PAGE, shown.pop(USER_OF_PAGE))
    try:
        page = render_template(template, **{_FORM_SLOT: lambda: names[_FORM_SLOT], **context, **shown})
    finally:
        g.pop(QUERY_SLOT)
        if USER_OF_PAGE in slots:
            setattr(g, USER_OF_PAGE, slots[USER_OF_PAGE])
    return _SLOT.split(page)


def _fill(pieces: list[str], slots: Mapping[str, str]) -> str:
    page, names = pieces.copy(), pieces[1::2]
    values = {**slots, QUERY_SLOT: query_suffix()}
    if _FORM_SLOT in names:
        values[_FORM_SLOT] = generate_csrf()
    page[1::2] = [escape(values[name]) for name in names]
    return "".join(page)
