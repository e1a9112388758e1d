"""What the pages of sign-in and access share, at a desk and at the region's host.

Where they lead, and a form that is shown again with what was wrong.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, render_template, url_for

from kreisportal.credentials.keys import derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
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
from kreisportal.web.site import here

_KEY = "kreisportal.locksmith"
REGION = "region"


def install_locksmith(app: Flask, passwords: Passwords) -> None:
    """Keep what makes and tries keys."""
    app.extensions[_KEY] = Locksmith(passwords, derive_keys(app.config["SECRET_KEY"]))


def locksmith() -> Locksmith:
    """What makes and tries keys here."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Locksmith)  # noqa: S101 - install_locksmith() is the only writer; this tells mypy.
    return found


def own_names() -> list[str]:
    """The names of the town, or of the program where the region signs in; they are no passwords."""
    tenant = here().tenant_or_none
    if tenant is None:
        return ["Kreisportal", "Region"]
    name = definition_of(tenant).name
    return [*name.full.values(), name.short, tenant.slug]


def work_place() -> str:
    """What the person signs in to, as an authenticator app and the file of recovery codes name it."""
    tenant = here().tenant_or_none
    if tenant is None:
        return gettext("Region im Kreisportal")
    return gettext("Verwaltung %(town)s", town=definition_of(tenant).name.short)


def of_region(endpoint: str) -> str:
    """The name that a page of the desk's has at the region's host."""
    return f"region_{endpoint}"


def way(endpoint: str, **values: Any) -> str:
    """The address of one of these pages on the site that is asked."""
    return url_for(of_region(endpoint) if here().site == REGION else endpoint, **values)


def home() -> str:
    """The address of the start page of this site."""
    return url_for(f"{here().site}.home")


def show(
    template: str, error: Refusal | None = None, wrong: tuple[str, str] = ("", ""), **values: object
) -> Shown:
    """A page with a form; after an error with what to do, at the field and in the summary.

    ``wrong`` is the field and the sentence for credentials that do not fit.
    """
    messages, status = messages_of(error, wrong)
    return render_template(template, errors=messages, next=next_page(), way=way, **values), status


def show_codes(codes: list[str]) -> Shown:
    """The recovery codes, this once, with a file to keep."""
    head = gettext("Ersatzcodes: %(place)s, %(date)s", place=work_place(), date=date_text(clock.today()))
    return show("credentials/codes.html", codes=codes, file=codes_file(head, codes), onward=home())
