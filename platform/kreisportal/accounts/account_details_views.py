"""What the account remembers for forms: shown, changed and forgotten, a group at a time."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kreisportal.accounts.account_forms import account_id
from kreisportal.accounts.details import known_values, remember
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.service import acting_for
from kreisportal.forms import FormDefinition, load_form, parse_step, present_step, summary
from kreisportal.forms.loading import BLOCKS_FILE
from kreisportal.i18n import gettext
from kreisportal.kernel.paths import shipped
from kreisportal.kernel.yaml_source import read_blocks
from kreisportal.web.program import program

blueprint = Blueprint("account_details", __name__, subdomain="account", url_prefix="/<language:lang>/angaben")

Answer = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def overview() -> str:
    """All that is remembered, and how to change it."""
    groups = summary(_form(), _answers())
    return render_template("accounts/details.html", form=_form(), groups=groups)


@blueprint.get("/<step_key>")
def step(step_key: str) -> Answer:
    """A group of details."""
    return _page(step_key, _answers())


@blueprint.post("/<step_key>")
def step_send(step_key: str) -> Answer:
    """Remember what was typed; what was left empty is forgotten."""
    answers = _answers()
    view = present_step(_form(), step_key, answers)
    result = parse_step(_form(), step_key, request.form.to_dict(flat=False), answers)
    if not result.ok:
        return _page(step_key, answers, raw=result.raw, errors=result.errors)
    merged = result.merged(answers)
    keys = {
        field.key: field.prefill for step in _form().steps if step.key == view.key for field in step.fields
    }
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        remember(session, own, {prefill: merged.get(key) for key, prefill in keys.items()}, "typed")
    flash(gettext("Ihre Angaben sind gespeichert."))
    return redirect(url_for("account_details.overview"), 303)


def _page(step_key: str, answers: dict[str, Any], **more: Any) -> tuple[str, int]:
    view = present_step(_form(), step_key, answers, **more)
    return render_template("accounts/details_step.html", view=view), 422 if more.get("errors") else 200


def _answers() -> dict[str, Any]:
    """What is remembered, as answers of the form below."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        known = known_values(session, own) if own_account(session, own) else {}
    fields = [field for step in _form().steps for field in step.fields]
    return {field.key: known[field.prefill] for field in fields if field.prefill in known}


@lru_cache(maxsize=1)
def _form() -> FormDefinition:
    """The questions, in the words of the forms that propose the answers."""
    file = Path(str(resources.files("kreisportal.accounts") / "details.yaml"))
    return load_form(file, read_blocks(shipped("catalogue") / "forms" / BLOCKS_FILE))
