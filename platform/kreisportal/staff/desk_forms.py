"""What the desk's pages of sign-in and access share: who asks, and a form shown again with what was wrong."""

from __future__ import annotations

import datetime
from urllib.parse import quote

from flask import Flask, current_app, render_template, request
from werkzeug.exceptions import Unauthorized

from kreisportal.credentials.errors import LockedError, WrongCredentialsError
from kreisportal.credentials.keys import derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.formats import date_text
from kreisportal.web.sessions import current_session
from kreisportal.web.sign_in import safe_next
from kreisportal.web.site import here

Shown = tuple[str, int]
"""A page and its status."""

Refusal = InvalidInputError | WrongCredentialsError | LockedError
REFUSALS = (InvalidInputError, WrongCredentialsError, LockedError)
"""What a form is shown again for."""

_KEY = "kreisportal.locksmith"


def install_locksmith(app: Flask, passwords: Passwords | None) -> None:
    """Keep what makes and tries keys; ``passwords`` is given in tests only, to be quick."""
    app.extensions[_KEY] = Locksmith(passwords or Passwords(), derive_keys(app.config["SECRET_KEY"]))


def locksmith() -> Locksmith:
    """What makes and tries keys here."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Locksmith)  # noqa: S101 - install_locksmith() is the only writer; this tells mypy.
    return found


def visitor() -> Context:
    """The town's desk, before anybody is known."""
    return Context(ActorKind.STAFF, here().tenant.id)


def person() -> Context:
    """The person of this session, the second factor shown or not. Raises Unauthorized if there is none."""
    session = current_session()
    if session.staff_id is None:
        raise Unauthorized
    return Context(ActorKind.STAFF, here().tenant.id, staff_id=session.staff_id)


def source() -> str:
    """The network address that the request comes from."""
    return request.remote_addr or "unknown"


def town_names() -> list[str]:
    """The names of the town, which are no passwords."""
    name = definition_of(here().tenant).name
    return [*name.full.values(), name.short, here().tenant.slug]


def next_page() -> str | None:
    """Where the person wanted to go before signing in."""
    return safe_next(request.args.get("next"))


def show(
    template: str, error: Refusal | None = None, wrong: tuple[str, str] = ("", ""), **values: object
) -> Shown:
    """A page with a form; after an error with what to do, at the field and in the summary.

    ``wrong`` is the field and the sentence for credentials that do not fit.
    """
    field, sentence = wrong
    messages: dict[str, list[str]] = {}
    if isinstance(error, InvalidInputError):
        messages = error.messages
    elif isinstance(error, LockedError):
        messages = {field: [_wait(error.until)]}
    elif error is not None:
        messages = {field: [sentence]}
    body = render_template(template, errors=messages, next=next_page(), **values)
    return body, error.status if error is not None else 200


def show_codes(codes: list[str]) -> Shown:
    """The recovery codes, this once, with a file to keep."""
    town, today = definition_of(here().tenant).name.short, date_text(clock.today())
    head = gettext("Ersatzcodes für die Verwaltung %(town)s, %(date)s", town=town, date=today)
    file = "data:text/plain;charset=utf-8," + quote("\r\n".join([head, "", *codes, ""]))
    return show("staff/codes.html", codes=codes, file=file)


def _wait(until: datetime.datetime) -> str:
    """When to try again, on the region's clocks, the minute rounded up."""
    moment = until.astimezone(clock.LOCAL_ZONE) + datetime.timedelta(seconds=59)
    return gettext(
        "Das waren zu viele Versuche. Versuchen Sie es ab %(time)s Uhr noch einmal.", time=f"{moment:%H:%M}"
    )
