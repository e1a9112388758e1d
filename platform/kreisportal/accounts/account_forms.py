"""What the account's pages share: who asks, what makes and tries passwords, and a form shown again with what was wrong."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl

from flask import Flask, current_app, g, render_template, request, url_for
from werkzeug.exceptions import Unauthorized

from kreisportal.credentials.keys import CredentialKeys, derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.sso.clients import find_client, is_portal
from kreisportal.sso.outside import origin_of_client
from kreisportal.web.credential_forms import Refusal, Shown, messages_of, next_page
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

NAMES = ("kreisportal", "buergerkonto", "konto")
"""Words that are no passwords here."""

_KEY = "kreisportal.account_credentials"


def install_credentials(app: Flask, passwords: Passwords | None) -> None:
    """Keep what makes and tries passwords; ``passwords`` is given in tests only, to be quick."""
    app.extensions[_KEY] = (passwords or Passwords(), derive_keys(app.config["SECRET_KEY"]))


def passwords() -> Passwords:
    """What hashes and tries passwords here."""
    found: tuple[Passwords, CredentialKeys] = current_app.extensions[_KEY]
    return found[0]


def keys() -> CredentialKeys:
    """The keys under which tries are counted."""
    found: tuple[Passwords, CredentialKeys] = current_app.extensions[_KEY]
    return found[1]


def account_id() -> uuid.UUID:
    """The account that is signed in. Raises Unauthorized if there is none."""
    found = current_session().account_id
    if found is None:
        raise Unauthorized
    return found


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


def show(
    template: str, error: Refusal | None = None, wrong: tuple[str, str] = ("", ""), **values: object
) -> Shown:
    """A page with a form; after an error with what to do, at the field and in the summary.

    ``wrong`` is the field and the sentence for credentials that do not fit.
    """
    messages, status = messages_of(error, wrong)
    allow_way_back(next_page())
    typed = request.form.get("email", "") if request.method == "POST" else ""
    body = render_template(template, **{"errors": messages, "next": next_page(), "email": typed, **values})
    return body, status
