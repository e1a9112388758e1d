"""The profile: all that the account keeps for forms, and what it keeps of the person, changed a group at a time."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts.account_forms import account_id
from kreisportal.accounts.account_profile import (
    PROPOSE,
    answers_of,
    group_of_entry,
    groups_of_person,
    keys_of,
    proposed_keys,
    questions,
    rows_of_told,
    told_instead,
    values_of,
)
from kreisportal.accounts.details import details_of, known_values, remember
from kreisportal.accounts.entries import MOST, PARTS, entries_of, withhold
from kreisportal.accounts.identities import identities_of
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.forms import parse_step, present_step
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.program import program

blueprint = Blueprint("account_details", __name__, subdomain="account", url_prefix="/<language:lang>/angaben")

Answer = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def overview() -> str:
    """All that is kept, where it comes from, whether forms may propose it, and how to change it."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            raise Unauthorized
        entries, details = entries_of(session, own), details_of(session, own)
        told = dict(rows_of_told(identities_of(session, own), account.email, account.withheld))
        instead = told_instead(details, told)
        groups = groups_of_person(details, account.withheld, instead)
    by_part = {part: [group_of_entry(entry) for entry in entries if entry.part == part] for part in PARTS}
    return render_template(
        "accounts/details.html",
        form=questions("details"),
        groups=groups,
        parts=by_part,
        most=MOST,
        told=[row for key, row in told.items() if key not in instead],
        told_above=bool(instead),
    )


@blueprint.get("/<step_key>")
def step(step_key: str) -> Answer:
    """A group of details."""
    return _page(step_key, *_kept())


@blueprint.post("/<step_key>")
def step_send(step_key: str) -> Answer:
    """Remember what was typed, and whether forms may propose it; what was left empty is forgotten."""
    answers, withheld = _kept()
    form = questions("details")
    asked = form.step(step_key)
    if asked is None:
        raise NotFoundError
    result = parse_step(form, step_key, request.form.to_dict(flat=False), answers)
    if not result.ok:
        left_out = [*withheld, *(key for key in keys_of(asked) if key not in proposed_keys(asked))]
        return _page(step_key, answers, left_out, raw=result.raw, errors=result.errors)
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own, to_change=True)
        if account is None:
            raise Unauthorized
        remember(session, own, values_of(asked, result.merged(answers)), "typed")
        withhold(account, keys_of(asked), proposed_keys(asked))
    flash(gettext("Ihre Angaben sind gespeichert."))
    return redirect(url_for("account_details.overview"), 303)


@blueprint.get("/mitgeteilt")
def told() -> str:
    """What the account knows without having been typed here: whether forms may propose it."""
    return render_template("accounts/details_told.html", rows=_told(), propose=PROPOSE)


@blueprint.post("/mitgeteilt")
def told_send() -> Response:
    """Note what forms may propose of it."""
    keys, posted, own = [key for key, _ in _told()], request.form.to_dict(), account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own, to_change=True)
        if account is None:
            raise Unauthorized
        withhold(account, keys, [key for key in keys if PROPOSE + key in posted])
    flash(gettext("Ihre Angaben sind gespeichert."))
    return redirect(url_for("account_details.overview"), 303)


def _told() -> list[Any]:
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            raise Unauthorized
        return rows_of_told(identities_of(session, own), account.email, account.withheld)


def _page(step_key: str, answers: dict[str, Any], withheld: list[str], **more: Any) -> tuple[str, int]:
    form = questions("details")
    view = present_step(form, step_key, answers, **more)
    keys = {field.key: field.prefill for each in form.steps for field in each.fields}
    html = render_template(
        "accounts/details_step.html",
        view=view,
        keys=keys,
        withheld=withheld,
        propose=PROPOSE,
        entry_id=None,
        is_entry=False,
    )
    return html, 422 if more.get("errors") else 200


def _kept() -> tuple[dict[str, Any], list[str]]:
    """What is kept of the person as answers, and the keys of what forms may not propose."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            return {}, []
        return answers_of(questions("details"), known_values(session, own)), account.withheld
