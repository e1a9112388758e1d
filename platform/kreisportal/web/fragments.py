"""Pieces of a page that are the same for everybody who sees a town's pages: rendered once, then kept.

In a template::

    {% call kept("foot", page.town.open_text) %}<footer>…</footer>{% endcall %}

What stands between may depend on the host, the town, the language and the values named (``page.town.open_text``), and
on nothing else: nothing of who is signed in, of the request's path, and no token.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import Flask, current_app, request
from markupsafe import Markup

from kreisportal.i18n import current_language
from kreisportal.kernel.recent import Recent
from kreisportal.web.site import here

_KEPT = "kreisportal.fragments"
# Some kilobytes each.
_MOST = 1000


def install(app: Flask) -> None:
    """Begin with none, and give ``kept`` to the templates."""
    app.extensions[_KEPT] = Recent[Markup](_MOST)
    app.add_template_global(kept, "kept")
    app.add_template_global(kept_if, "kept_if")


def kept(name: str, *values: Hashable, caller: Callable[[], Markup]) -> Markup:
    """The piece ``name`` of this town's pages; ``caller`` renders it where there is none for ``values`` yet."""
    pieces: Recent[Markup] = current_app.extensions[_KEPT]
    site = here()
    # A tenant's record is another one as soon as anything about it has changed.
    key = (name, request.scheme, request.host, current_language().path, site.tenant_or_none, *values)
    return pieces.get(key, caller)


def kept_if(same: bool, name: str, *values: Hashable, caller: Callable[[], Markup]) -> Markup:
    """The piece as ``kept`` has it where it is the ``same`` for everybody, else rendered for this page alone."""
    return kept(name, *values, caller=caller) if same else caller()
