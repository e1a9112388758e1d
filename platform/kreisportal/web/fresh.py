"""Before something that matters: whether the person has shown lately who they are, and leading them to show it again."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from kreisportal.kernel import clock
from kreisportal.web.sessions import current_session

FRESH_SECONDS = 15 * 60
"""How long after showing who one is one may change by what one shows it, without being asked again."""

# A form that was opened in time may be sent a little later.
_TYPING_SECONDS = 15 * 60


def is_fresh(*, besides: int = 0) -> bool:
    """Whether it is at most a quarter of an hour (and ``besides`` seconds) ago that the person showed who they are."""
    shown_at = current_session().authenticated_at
    return shown_at is not None and (clock.now() - shown_at).total_seconds() < FRESH_SECONDS + besides


def ask_again(back: str) -> Response | None:
    """Lead to where one shows who one is, unless that was lately. A form leads to the page ``back`` afterwards."""
    reading = request.method in ("GET", "HEAD")
    if is_fresh(besides=0 if reading else _TYPING_SECONDS):
        return None
    wanted = request.full_path.rstrip("?") if reading else back
    return redirect(url_for("account_steps.prove_page", next=wanted), 303)
