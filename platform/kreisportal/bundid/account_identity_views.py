"""Identities from outside and the account: one that nobody has yet, joined to an account, and taken off again."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import identities, service
from kreisportal.accounts.errors import IdentityGoneError, IdentityTakenError, LastWayInError, LinkGoneError
from kreisportal.accounts.identities import Waiting
from kreisportal.accounts.passkeys import is_last_way_in
from kreisportal.accounts.queries import own_account
from kreisportal.bundid import arrival
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.levels import LEVELS, reaches
from kreisportal.web.account_notices import tell_of_new_way_in, telling
from kreisportal.web.fresh import FRESH_SECONDS, ask_again
from kreisportal.web.outside_ways import (
    WAITING,
    level_words,
    outside_means,
    outside_ways,
    waiting_here,
    waiting_next,
    way_name,
)
from kreisportal.web.own_paths import safe_next
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.sessions import (
    current_session,
    open_account_session,
    raise_account_session,
    renew_account_session,
    session_digest,
)
from kreisportal.web.way_back import allow_way_back

blueprint = Blueprint("account_identities", __name__, subdomain="account", url_prefix="/<language:lang>")
_ASKED_AGAIN = {"join_page", "join_send", "remove_page", "remove_send"}
Answer = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _prove_first() -> Response | None:
    name = (request.endpoint or "").rpartition(".")[2]
    if name not in _ASKED_AGAIN or current_session().account_id is None:
        return None
    back = "account_identities.join_page" if name.startswith("join") else "account_access.overview"
    return ask_again(url_for(back))


@blueprint.get("/anmelden/unbekannt")
def unknown() -> Answer:
    """Nobody has the identity that has just been shown: begin an account with it, or sign in to one's own first."""
    waiting = waiting_here()
    if waiting is None:
        return redirect(url_for("account.sign_in_page"), 303)
    join = url_for("account_identities.join_page")
    if current_session().account_id is not None:
        return redirect(join, 303)
    return render_template("bundid/unknown.html", who=_shown(waiting), join=join), 200


@blueprint.get("/anmelden/ausweisen")
def needed() -> Answer:
    """Something needs to know more surely who one is: by what one can show that here.

    What only would like to know says by "ohne" which part of its address asks for it: one can go on without.
    """
    asked = request.args.get("niveau")
    level = next((each for each in LEVELS if each == asked), LEVELS[0])
    values = {"ways": outside_ways(level), "level": level, "words": level_words(level), "wanted": _wanted()}
    return render_template("bundid/needed.html", **values, without=_without_asking()), 200


@blueprint.get("/anmelden/nicht-geklappt")
def refused() -> Answer:
    """Say why somebody who came back from a provider is not signed in, and what to do now."""
    reason = request.args.get("grund", "")
    if reason not in ("declined", "other", "late", "away"):
        reason = "failed"
    own = current_session().account_id
    back = url_for("account_access.overview") if own else url_for("account.sign_in_page", next=_wanted())
    return render_template(
        "bundid/refused.html", reason=reason, back=back
    ), 200 if reason == "declined" else 422


@blueprint.post("/anmelden/unbekannt/verwerfen")
def forget() -> Response:
    """The person does not want to go on with the identity that waits."""
    _let_go()
    if current_session().account_id is not None:
        return redirect(url_for("account_access.overview"), 303)
    return redirect(url_for("account.sign_in_page"), 303)


@blueprint.post("/link/<token>/ohne-passwort")
def begin_send(token: str) -> Response:
    """Begin an account with the identity that waits; the mailed link has confirmed the address."""
    check_rate("account-link", limit=30, seconds=3600)
    held, wanted = browser.get(WAITING) or {}, waiting_next()
    try:
        own, waiting = identities.begin_account(
            program().database, token, held.get("token"), current_language().path
        )
    except LinkGoneError:
        return redirect(url_for("account.link_page", token=token), 303)
    except (IdentityGoneError, IdentityTakenError):
        return arrival.refused("late")
    browser.clear()
    trust = waiting.level if _just_now(waiting) else "basic"
    open_account_session(own, trust=trust, means=outside_means(waiting.provider))
    flash(gettext("Ihr Konto ist angelegt."))
    return redirect(wanted or url_for("account_matters.home"), 303)


@blueprint.get("/zugang/anbieter/verbinden")
def join_page() -> Answer:
    """Ask before an identity is joined to the account that is signed in: both have been shown in this browser."""
    waiting = waiting_here()
    if waiting is None:
        return redirect(url_for("account_access.overview"), 303)
    allow_way_back(waiting_next())
    return render_template("bundid/join.html", who=_shown(waiting), email=_account()["email"]), 200


@blueprint.post("/zugang/anbieter/verbinden")
def join_send() -> Response:
    """Join it. Every other session ends, and this one goes on by another id."""
    own, held, wanted = _own(), browser.get(WAITING) or {}, waiting_next()
    try:
        with program().database.transaction(telling(own)) as session:
            waiting = identities.use_arrival(session, held.get("token"))
            identities.add_identity(session, own, waiting)
            tell_of_new_way_in(session, own, "identity")
            service.end_other_sessions(session, own, session_digest())
    except IdentityGoneError:
        return arrival.refused("late")
    except IdentityTakenError:
        return arrival.refused("other")
    browser.pop(WAITING, None)
    if _just_now(waiting) and reaches(waiting.level, current_session().trust or "basic"):
        raise_account_session(waiting.level, outside_means(waiting.provider))
    else:
        renew_account_session(outside_means(waiting.provider))
    sentence = gettext("Sie können sich jetzt auch mit %(name)s anmelden.", name=way_name(waiting.provider))
    flash(sentence)
    return redirect(wanted or url_for("account_access.overview"), 303)


@blueprint.get("/zugang/anbieter/<uuid:identity_id>")
def remove_page(identity_id: uuid.UUID) -> Answer:
    """Ask before an identity is taken off the account."""
    own = _own()
    with program().database.transaction(service.acting_for(own)) as session:
        identity = identities.own_identity(session, own, identity_id)
        account = own_account(session, own)
        last = account is None or is_last_way_in(session, account)
        name = way_name(identity.provider)
    return render_template("bundid/remove.html", identity_id=identity_id, name=name, last=last), 200


@blueprint.post("/zugang/anbieter/<uuid:identity_id>")
def remove_send(identity_id: uuid.UUID) -> Answer:
    """Take it off, unless nobody could sign in any more then. What it told is forgotten; other sessions end."""
    own = _own()
    try:
        with program().database.transaction(service.acting_for(own)) as session:
            provider = identities.remove_identity(session, own, identity_id)
            service.end_other_sessions(session, own, session_digest())
    except LastWayInError as error:
        page = remove_page(identity_id)
        return (page[0], error.status) if isinstance(page, tuple) else page
    flash(gettext("Mit %(name)s kann sich niemand mehr anmelden.", name=way_name(provider)))
    return redirect(url_for("account_access.overview"), 303)


def _own() -> uuid.UUID:
    own = current_session().account_id
    if own is None:
        raise Unauthorized
    return own


def _account() -> dict[str, Any]:
    own = _own()
    with program().database.transaction(service.acting_for(own)) as session:
        account = own_account(session, own)
        if account is None:
            raise NotFoundError
        return {"email": account.email}


def _shown(waiting: Waiting) -> dict[str, str]:
    """The identity as pages speak of it."""
    name = identities.name_of(waiting.attributes)
    return {"provider": way_name(waiting.provider), "name": name, "level": level_words(waiting.level)}


def _just_now(waiting: Waiting) -> bool:
    """Whether it was shown lately enough to say now how surely the person is known."""
    return (clock.now() - waiting.arrived_at).total_seconds() < FRESH_SECONDS


def _let_go() -> None:
    held = browser.pop(WAITING, None) or {}
    identities.drop_arrival(program().database, held.get("token"))


def _without_asking() -> str | None:
    """Where the person wanted to go, without what has led here."""
    asks, (path, _, query) = request.args.get("ohne"), (_wanted() or "").partition("?")
    if not asks or not path:
        return None
    return (
        f"{path}?{urlencode([pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != asks])}"
    )


def _wanted() -> str | None:
    return safe_next(request.args.get("next"))
