"""Pages of which only a few slots differ from one request to the next: what is around these is rendered once.

In a view::

    return render_around("portal/search.html", query=query, results=results)

What the template shows besides may depend on the host, the town, the language, the path and what is named, and on
nothing else, as with ``kept`` (web/fragments.py). A slot's value may only be shown or asked whether it is empty. The
token of a form (``csrf_token()``) is a slot of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.kernel.recent import Recent
from kreisportal.web.page import QUERY_SLOT, query_suffix, town_of
from kreisportal.web.site import here

_RENDERED = "kreisportal.surroundings"
# Some ten kilobytes each.
_MOST = 200
# No text of the program holds a NUL, and requests with one are refused.
_SLOT = re.compile("\0([a-z_]+)\0")
_FORM_SLOT = "csrf_token"


def install(app: Flask) -> None:
    """Begin with none."""
    app.extensions[_RENDERED] = Recent[list[str]](_MOST)


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
    tenant, snapshot = here().tenant, here().snapshot
    filled = tuple(name for name, value in slots.items() if value)
    # Whatever has changed of the town is seen by its stamp, whether it is open by what the page says of it.
    town = (tenant.id, snapshot.stamp(tenant), town_of(tenant))
    key = (template, request.scheme, request.host, request.path, hangs_on, filled, *town)
    pieces = rendered.get(key, lambda: _pieces(template, context(), slots))
    return _fill(pieces, slots)


def _pieces(template: str, context: Mapping[str, Any], slots: Mapping[str, str]) -> list[str]:
    """The page around its slots: in turn a text and the name of a slot, a text at the end."""
    names = {name: Markup("\0{}\0").format(name) for name in (*slots, QUERY_SLOT, _FORM_SLOT)}
    shown = {name: value and names[name] for name, value in slots.items()}
    setattr(g, QUERY_SLOT, names[QUERY_SLOT])
    try:
        page = render_template(template, **{_FORM_SLOT: lambda: names[_FORM_SLOT], **context, **shown})
    finally:
        g.pop(QUERY_SLOT)
    return _SLOT.split(page)


def _fill(pieces: list[str], slots: Mapping[str, str]) -> str:
    page, names = pieces.copy(), pieces[1::2]
    values = {**slots, QUERY_SLOT: query_suffix()}
    if _FORM_SLOT in names:
        values[_FORM_SLOT] = generate_csrf()
    page[1::2] = [escape(values[name]) for name in names]
    return "".join(page)
