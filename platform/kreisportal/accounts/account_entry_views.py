"""What a profile has several of: a child, dog, business or further address is added, changed and taken out."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts.account_forms import account_id
from kreisportal.accounts.account_profile import (
    PROPOSE,
    answers_of,
    group_of_entry,
    keys_of,
    proposed_keys,
    questions,
    values_of,
)
from kreisportal.accounts.entries import (
    MOST,
    add_entry,
    change_entry,
    has_room,
    own_entry,
    remove_entry,
    withhold,
)
from kreisportal.accounts.service import acting_for
from kreisportal.forms import StepResult, parse_step, present_step
from kreisportal.forms.definition import Step
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.page import know_user
from kreisportal.web.program import program

blueprint = Blueprint(
    "account_entries", __name__, subdomain="account", url_prefix="/<language:lang>/angaben/eintrag"
)

Answer = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/neu/<part>")
def add(part: str) -> Answer:
    """Ask what there is to know of one more."""
    _asked(part)
    return _page(part, {}, [])


@blueprint.post("/neu/<part>")
def add_send(part: str) -> Answer:
    """Add one more."""
    asked, own = _asked(part), account_id()
    result = _result(part, {})
    if not result.ok:
        return _again(asked, {}, result)
    know_user()
    with program().database.transaction(acting_for(own)) as session:
        if not has_room(session, own, part):
            full = gettext("Mehr als %(most)s können wir uns nicht merken. Entfernen Sie einen.", most=MOST)
            return _page(part, {}, [], raw=result.raw, errors={asked.fields[0].key: [full]})
        entry = add_entry(session, own, part, values_of(asked, result.values), "typed")
        withhold(entry, keys_of(asked), proposed_keys(asked))
    return _saved()


@blueprint.get("/<uuid:entry_id>")
def change(entry_id: uuid.UUID) -> Answer:
    """What is kept, to be changed."""
    part, answers, withheld = _kept(entry_id)
    return _page(part, answers, withheld, entry_id=entry_id)


@blueprint.post("/<uuid:entry_id>")
def change_send(entry_id: uuid.UUID) -> Answer:
    """Change it."""
    own = account_id()
    part, answers, _ = _kept(entry_id)
    asked, result = _asked(part), _result(part, answers)
    if not result.ok:
        return _again(asked, answers, result, entry_id)
    with program().database.transaction(acting_for(own)) as session:
        entry = own_entry(session, own, entry_id)
        change_entry(session, entry, values_of(asked, result.merged(answers)), "typed")
        withhold(entry, keys_of(asked), proposed_keys(asked))
    return _saved()


@blueprint.get("/<uuid:entry_id>/entfernen")
def remove(entry_id: uuid.UUID) -> str:
    """Ask before it is taken out."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        entry = own_entry(session, own, entry_id)
    return render_template("accounts/remove_entry.html", entry=entry, group=group_of_entry(entry))


@blueprint.post("/<uuid:entry_id>/entfernen")
def remove_send(entry_id: uuid.UUID) -> Response:
    """Take it out."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        remove_entry(session, own_entry(session, own, entry_id))
    flash(gettext("Der Eintrag ist entfernt."))
    return redirect(url_for("account_details.overview"), 303)


def _asked(part: str) -> Step:
    """The questions of a part. Raises NotFoundError where there is no such part."""
    found = questions("entries").step(part)
    if found is None:
        raise NotFoundError
    return found


def _result(part: str, answers: dict[str, Any]) -> StepResult:
    return parse_step(questions("entries"), part, request.form.to_dict(flat=False), answers)


def _again(
    asked: Step, answers: dict[str, Any], result: StepResult, entry_id: uuid.UUID | None = None
) -> Answer:
    """The page as it was sent, with what was wrong, or with one person more or less."""
    withheld = [key for key in keys_of(asked) if key not in proposed_keys(asked)]
    more = {"raw": result.raw, "errors": result.errors}
    return _page(asked.key, answers, withheld, entry_id=entry_id, **more)


def _page(
    part: str,
    answers: dict[str, Any],
    withheld: list[str],
    *,
    entry_id: uuid.UUID | None = None,
    **more: Any,
) -> tuple[str, int]:
    html = render_template(
        "accounts/details_step.html",
        view=present_step(questions("entries"), part, answers, **more),
        keys={field.key: field.prefill for field in _asked(part).fields},
        withheld=withheld,
        propose=PROPOSE,
        entry_id=entry_id,
        is_entry=True,
    )
    return html, 422 if more.get("errors") else 200


def _kept(entry_id: uuid.UUID) -> tuple[str, dict[str, Any], list[str]]:
    """The part of an entry, what is kept of it as answers, and the keys of what forms may not propose."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        entry = own_entry(session, own, entry_id)
        known = {key: entry.value(key) for key in entry.details}
        return entry.part, answers_of(questions("entries"), known), entry.withheld


def _saved() -> Response:
    flash(gettext("Ihre Angaben sind gespeichert."))
    return redirect(url_for("account_details.overview"), 303)
