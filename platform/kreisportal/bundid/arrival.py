"""Somebody comes back from a provider: signed in if the identity is known, else asked whose account it is for.

A provider's face calls ``set_out`` before it leads away and ``arrived`` (or ``refused``) when the answer was checked.
Both must be requests to which the browser sends its cookies: an answer that comes as a form from another site is taken
in first and led on by a redirection of our own.
"""

from __future__ import annotations

import uuid
from typing import Literal, TypedDict, cast

import structlog
from flask import redirect, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.accounts.identities import account_by_identity, keep_arrival, note_sign_in
from kreisportal.accounts.second_step import asks_for_code
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.steps import StepKind, begin_step
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.i18n import current_language
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.levels import reaches
from kreisportal.web.outside_ways import SECOND_STEP, SECOND_STEP_AFTER, WAITING, outside_means
from kreisportal.web.own_paths import safe_next
from kreisportal.web.program import program
from kreisportal.web.sessions import (
    current_session,
    open_account_session,
    raise_account_session,
    renew_account_session,
)

Refusal = Literal["declined", "failed", "strange", "other", "late", "away"]
"""Why nobody is signed in: the person said no, the provider's answer does not hold, it was not begun in this browser,
the identity is another account's than the one that is signed in, it has waited too long for an account,
the provider cannot be reached."""

_TRIP = "outside-trip"
_log = structlog.get_logger()


class _Trip(TypedDict):
    """What this browser remembers of a way out that it has begun, in its signed cookie."""

    next: str | None
    account: str | None
    lang: str


def set_out(wanted: str | None) -> None:
    """The browser is led to a provider now; it shall come back to the path ``wanted``."""
    trip = _Trip(next=safe_next(wanted), account=_signed_in_as(), lang=current_language().path)
    browser[_TRIP] = dict(trip)


def arrived(identity: OutsideIdentity) -> Response:
    """Go on with an identity that was proven just now. The answer is always a redirection to a page of ours."""
    trip = cast("_Trip | None", browser.get(_TRIP))
    if trip is None or trip["account"] != _signed_in_as():
        return refused("strange")
    browser.pop(_TRIP)
    own = current_session().account_id
    found = account_by_identity(program().database, identity)
    if found is None:
        return _nobodys(identity, trip, own)
    if own is not None and found != own:
        _log.info("identity refused", provider=identity.provider, reason="another account's")
        return _told("other", trip["lang"])
    try:
        with program().database.transaction(acting_for(found)) as session:
            note_sign_in(session, found, identity, clock.now())
            asked = identity.level == "basic" and asks_for_code(session, found)
    except NotFoundError:
        return _told("failed", trip["lang"])
    if own is not None:
        return _shown_again(identity, trip)
    return _signed_in(found, identity, trip, asked=asked)


def refused(reason: Refusal) -> Response:
    """Nobody is signed in; a page says why and what to do. Who was signed in before still is."""
    trip = cast("_Trip | None", browser.pop(_TRIP, None))
    _log.info("identity refused", reason=reason)
    return _told(reason, trip["lang"] if trip else _language(), trip["next"] if trip else None)


def _signed_in(own: uuid.UUID, identity: OutsideIdentity, trip: _Trip, *, asked: bool) -> Response:
    """Begin the account's session. After "basic" a code is asked for where there is a second factor, as after a password."""
    browser.clear()
    means = outside_means(identity.provider)
    if asked:
        browser[SECOND_STEP] = begin_step(program().database, StepKind.SECOND_FACTOR, own)
        browser[SECOND_STEP_AFTER] = means
        return redirect(url_for("account_steps.code_page", lang=trip["lang"], next=trip["next"]), 303)
    open_account_session(own, trust=identity.level, means=means)
    return redirect(trip["next"] or url_for("account_matters.home", lang=trip["lang"]), 303)


def _shown_again(identity: OutsideIdentity, trip: _Trip) -> Response:
    """Who is signed in has shown once more who they are, and as surely as the provider says, if that is more."""
    before = current_session().trust or "basic"
    if reaches(identity.level, before):
        raise_account_session(identity.level, outside_means(identity.provider))
    else:
        renew_account_session(outside_means(identity.provider))
    return redirect(trip["next"] or url_for("account_access.overview", lang=trip["lang"]), 303)


def _nobodys(identity: OutsideIdentity, trip: _Trip, own: uuid.UUID | None) -> Response:
    """Ask what to do with an identity that nobody has: it waits meanwhile."""
    browser[WAITING] = {"token": keep_arrival(program().database, identity), "next": trip["next"]}
    page = "account_identities.unknown" if own is None else "account_identities.join_page"
    return redirect(url_for(page, lang=trip["lang"]), 303)


def _told(reason: Refusal, lang: str, wanted: str | None = None) -> Response:
    return redirect(url_for("account_identities.refused", lang=lang, grund=reason, next=wanted), 303)


def _signed_in_as() -> str | None:
    own = current_session().account_id
    return own.hex if own else None


def _language() -> str:
    """This page's language, if it has one: the address that answers come to may have none."""
    return current_language().path
