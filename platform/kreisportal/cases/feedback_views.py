"""Asking what somebody thinks of a service: after sending, and when they leave it. Nothing of who it was is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.feedback import LONGEST_WORDS, MOST_STARS, Occasion, note_feedback
from kreisportal.i18n import gettext
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.site import here

blueprint = Blueprint("feedback", __name__, subdomain="portal", url_prefix="/<language:lang>/rueckmeldung")

_OCCASIONS = ("sent", "left")
_STARS = [str(number) for number in range(1, MOST_STARS + 1)]


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<key>")
def ask(key: str) -> str:
    """The question for who has left a form."""
    return _page(_service(key), "left", {}, {})


@blueprint.post("/<key>")
def send(key: str) -> Response | tuple[str, int]:
    """Take what was said."""
    service = _service(key)
    typed = {name: request.form.get(name, "") for name in ("sterne", "worte", "anlass")}
    occasion = cast(Occasion, typed["anlass"] if typed["anlass"] in _OCCASIONS else "left")
    words = typed["worte"].replace("\r\n", "\n").replace("\0", "").strip()
    faults = {}
    if typed["sterne"] not in _STARS:
        faults["sterne"] = [gettext("Wählen Sie, wie zufrieden Sie waren.")]
    if len(words) > LONGEST_WORDS:
        faults["worte"] = [gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=LONGEST_WORDS)]
    if faults:
        return _page(service, occasion, typed, faults), 422
    try:
        check_rate("feedback", limit=20, seconds=3600)
    except TooManyRequests:
        often = gettext(
            "Von hier kamen gerade viele Rückmeldungen. Versuchen Sie es in einer Stunde noch einmal."
        )
        return _page(service, occasion, typed, {"sterne": [often]}), 429
    with program().database.transaction(ANONYMOUS) as session:
        note_feedback(session, here().tenant.id, service.key, occasion, int(typed["sterne"]), words)
    return redirect(url_for("feedback.thanks", key=key), 303)


@blueprint.get("/<key>/danke")
def thanks(key: str) -> str:
    """It has arrived."""
    return render_template("cases/feedback_thanks.html", service=_service(key))


def _service(key: str) -> Service:
    found = here().snapshot.catalogue.services.get(key)
    if found is None or not found.form:
        raise NotFoundError
    return found


def _page(service: Service, occasion: str, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "cases/feedback.html", service=service, occasion=occasion, typed=typed, errors=errors
    )
