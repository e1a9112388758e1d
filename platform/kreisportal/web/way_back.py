"""Forms of the account host that lead on to the client that waits for somebody to sign in."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import g, url_for

from kreisportal.sso.clients import find_client, is_portal
from kreisportal.sso.outside import origin_of_client
from kreisportal.web.program import program
from kreisportal.web.site import here


def allow_way_back(path: str | None) -> None:
    """Let the forms of this page lead on to the client that is waiting: browsers hold the answer's redirections
    against the page's policy too.
    """
    where, _, query = (path or "").partition("?")
    if where != url_for("provider.authorize"):
        return
    args = dict(parse_qsl(query))
    client_id = args.get("client_id", "")
    if is_portal(client_id):
        client = find_client(program().settings, here().snapshot.registry, client_id)
        origin = client.origin if client is not None else None
    else:
        origin = origin_of_client(program().database, client_id, args.get("redirect_uri", ""))
    if origin is not None:
        g.form_targets = [origin]
