"""Deleting the account: what goes and what stays is told before it is asked for, and afterwards proven."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, current_app, make_response, render_template, request, url_for
from flask import session as browser
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import deletion
from kreisportal.accounts.account_forms import (
    account_id,
    forget_browser_marks,
    has_password,
    own_email,
    prove_password,
    show,
)
from kreisportal.accounts.deletion import Receipt
from kreisportal.accounts.errors import AccountGoneError
from kreisportal.accounts.service import acting_for
from kreisportal.credentials.schemas import PasswordSchema, checked
from kreisportal.i18n import gettext, pick
from kreisportal.kernel.registries import Erasures, Kept
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.account_notices import telling
from kreisportal.web.credential_forms import REFUSALS, Refusal, Shown
from kreisportal.web.formats import date_text
from kreisportal.web.fresh import ask_again
from kreisportal.web.other_sites import operator, portal_address
from kreisportal.web.program import program
from kreisportal.web.sessions import close_account_session
from kreisportal.web.site import here

blueprint = Blueprint(
    "account_deletion", __name__, subdomain="account", url_prefix="/<language:lang>/loeschen"
)
_KEY = "kreisportal.erasures"


def install(app: Flask, erasures: Erasures) -> None:
    """Register the pages. ``erasures`` are all rooms' ways to erase what they hold."""
    app.extensions[_KEY] = erasures
    app.register_blueprint(blueprint)


@blueprint.get("")
def ask() -> Shown | Response:
    """Say what is deleted and what stays, and ask for the password, or to be shown lately where there is none."""
    if not has_password():
        again = ask_again(url_for("account_deletion.ask"))
        if again is not None:
            return again
    return _page()


def _page(error: Refusal | None = None) -> Shown:
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        prospect = deletion.look_ahead(session, _erasures(), own)
    values: dict[str, Any] = {"email": own_email(), "has_password": has_password()}
    wrong = ("password", gettext("Das Passwort stimmt nicht."))
    return show(
        "accounts/delete.html",
        error,
        wrong,
        counts=[(str(count.words), count.number) for count in prospect.counts],
        staying=_by_town(prospect.kept),
        **values,
    )


@blueprint.post("")
def delete() -> Shown | Response:
    """Delete the account, and show what has gone and what has stayed; the same goes to the address that it had."""
    own = account_id()
    try:
        if has_password():
            prove_password(checked(PasswordSchema(), request.form)["password"])
        elif (again := ask_again(url_for("account_deletion.ask"))) is not None:
            return again
    except REFUSALS as error:
        return _page(error)
    responsible = operator()
    try:
        with program().database.transaction(telling(own)) as session:
            receipt = deletion.delete_account(session, _erasures(), own)
            if responsible is not None:
                deletion.mail_receipt(session, responsible.id, receipt, _town)
    except AccountGoneError:
        raise Unauthorized from None
    deletion.remove_files(program().intake.storage, receipt.files)
    close_account_session()
    browser.clear()
    return _receipt(receipt)


def _receipt(receipt: Receipt) -> Response:
    """The proof. It is shown once, because nothing is left to show it from again."""
    response = make_response(
        render_template(
            "accounts/deleted.html",
            receipt=receipt,
            counts=[(str(count.words), count.number) for count in receipt.counts],
            staying=_by_town(receipt.kept),
        )
    )
    forget_browser_marks(response)
    return response


def _erasures() -> Erasures:
    found: Erasures = current_app.extensions[_KEY]
    return found


def _by_town(kept: Sequence[Kept]) -> list[dict[str, Any]]:
    """What stays, town by town: where it is seen by number and secret, and the rows of a table."""
    towns = []
    for tenant_id, group in groupby(
        sorted(kept, key=lambda each: each.tenant_id), lambda each: each.tenant_id
    ):
        rows = list(group)
        tenant = here().snapshot.registry.tenants.get(tenant_id)
        towns.append(
            {
                "name": _town(tenant_id),
                "url": portal_address(tenant, "status.enter") if tenant else None,
                "rows": [(f"{each.name} · {each.number}", _how_long(each)) for each in rows],
                "reasons": sorted({each.reason for each in rows if each.reason}),
            }
        )
    return towns


def _how_long(kept: Kept) -> str:
    if kept.until is not None:
        return gettext("bis zum %(date)s", date=date_text(kept.until))
    return kept.period


def _town(tenant_id: int) -> str:
    tenant = here().snapshot.registry.tenants.get(tenant_id)
    return str(pick(definition_of(tenant).name.full)) if tenant else ""
