"""What the desk's pages of sign-in and access share: who asks, and a form shown again with what was wrong."""

from __future__ import annotations

from flask import Flask, current_app, render_template, url_for
from werkzeug.exceptions import Unauthorized

from kreisportal.credentials.keys import derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.credential_forms import (
    Refusal,
    Shown,
    codes_file,
    messages_of,
    next_page,
)
from kreisportal.web.formats import date_text
from kreisportal.web.sessions import current_session
from kreisportal.web.site import here

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


def town_names() -> list[str]:
    """The names of the town, which are no passwords."""
    name = definition_of(here().tenant).name
    return [*name.full.values(), name.short, here().tenant.slug]


def show(
    template: str, error: Refusal | None = None, wrong: tuple[str, str] = ("", ""), **values: object
) -> Shown:
    """A page with a form; after an error with what to do, at the field and in the summary.

    ``wrong`` is the field and the sentence for credentials that do not fit.
    """
    messages, status = messages_of(error, wrong)
    return render_template(template, errors=messages, next=next_page(), **values), status


def show_codes(codes: list[str]) -> Shown:
    """The recovery codes, this once, with a file to keep."""
    town, today = definition_of(here().tenant).name.short, date_text(clock.today())
    head = gettext("Ersatzcodes für die Verwaltung %(town)s, %(date)s", town=town, date=today)
    return show(
        "credentials/codes.html", codes=codes, file=codes_file(head, codes), onward=url_for("desk.home")
    )
