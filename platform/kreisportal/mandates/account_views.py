"""Mandates on the account host: those one has given and those one acts by, giving one, ending one."""

from __future__ import annotations

import uuid

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response

from kreisportal.accounts.service import acting_for
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError, NotFoundError
from kreisportal.mandates import queries, service
from kreisportal.mandates.errors import TooManyMandatesError
from kreisportal.mandates.pages import gift
from kreisportal.mandates.pages.words import (
    act_rows,
    is_open,
    is_usable,
    mandate_rows,
    other_name,
    scope_text,
    state_text,
    until_text,
)
from kreisportal.web.account_notices import telling
from kreisportal.web.fresh import ask_again
from kreisportal.web.other_sites import operator
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate

blueprint = Blueprint("mandates", __name__, subdomain="account", url_prefix="/<language:lang>/vollmachten")

Answer = str | tuple[str, int] | Response
_ASKED_AGAIN = {"choose", "give_page", "give_send"}
_MOST_ACTS = 200


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _prove_first() -> Response | None:
    name = (request.endpoint or "").rpartition(".")[2]
    return ask_again(url_for("mandates.choose")) if name in _ASKED_AGAIN else None


@blueprint.get("/")
def overview() -> str:
    """Who acts for one, and for whom one acts."""
    own = own_account_id()
    with program().database.transaction(acting_for(own)) as session:
        given, received = queries.given(session, own), queries.received(session, own)
    return render_template(
        "mandates/overview.html",
        given=mandate_rows(given, given=True),
        received=mandate_rows(received, given=False),
        acts_for_somebody=any(is_usable(mandate) for mandate in received),
    )


@blueprint.get("/neu")
def choose() -> str:
    """For what: a whole town, a service, a case."""
    return render_template("mandates/choose.html")


@blueprint.get("/neu/<umfang>")
def give_page(umfang: str) -> Answer:
    """Whom to invite, for what, until when."""
    return _form(umfang, {"own_name": gift.own_name()}, {})


@blueprint.post("/neu/<umfang>")
def give_send(umfang: str) -> Answer:
    """Invite somebody by mail; the answer is the same whoever has the address."""
    responsible = operator()
    if umfang not in gift.KINDS or responsible is None:
        raise NotFoundError
    try:
        given = gift.read_gift(umfang)
        check_rate("mandate", limit=20, seconds=3600)
        with program().database.transaction(telling(given.giver_id)) as session:
            number = service.give(session, given, responsible.id, program().settings.secret_key)
    except InvalidInputError as error:
        return _form(umfang, gift.typed(), error.messages), error.status
    except TooManyMandatesError as error:
        many = gettext("Sie haben schon sehr viele Vollmachten. Beenden Sie zuerst eine davon.")
        return _form(umfang, gift.typed(), {"called": [many]}), error.status
    except TooManyRequests as error:
        often = gettext(
            "Das waren viele Einladungen hintereinander. Versuchen Sie es in einer Stunde noch einmal."
        )
        return _form(umfang, gift.typed(), {"called": [often]}), error.code
    flash(gettext("Die Einladung ist unterwegs. Die Vollmacht gilt, sobald sie angenommen ist."))
    return redirect(url_for("mandates.show", mandate_id=number), 303)


def _form(kind: str, values: dict[str, str], errors: dict[str, list[str]]) -> str:
    return render_template(
        "mandates/give.html",
        kind=kind,
        offered=gift.offered_for(kind),
        values={
            **dict.fromkeys(("called", "email", "own_name", "behoerde", "leistung", "vorgang"), ""),
            **values,
        },
        day=gift.typed_day(),
        errors=errors,
        latest=gift.latest_day(),
        days=service.INVITATION_DAYS,
    )


@blueprint.get("/<uuid:mandate_id>")
def show(mandate_id: uuid.UUID) -> str:
    """A mandate that one has a part in, and what was done by it."""
    own = own_account_id()
    with program().database.transaction(acting_for(own)) as session:
        mandate = queries.one(session, mandate_id)
        if mandate is None:
            raise NotFoundError
        acts = queries.acts_of(session, mandate_id, _MOST_ACTS)
    given = mandate.giver_id == own
    return render_template(
        "mandates/mandate.html",
        mandate=mandate,
        given=given,
        name=other_name(mandate, given),
        scope=scope_text(mandate),
        until=until_text(mandate),
        state=state_text(mandate),
        open=is_open(mandate),
        usable=is_usable(mandate),
        acts=act_rows(acts),
    )


@blueprint.post("/<uuid:mandate_id>/beenden")
def end(mandate_id: uuid.UUID) -> Response:
    """Revoke or give up, at once; the page has asked before."""
    own, responsible = own_account_id(), operator()
    if responsible is None:
        raise NotFoundError
    with program().database.transaction(telling(own)) as session:
        service.end(session, responsible.id, mandate_id)
    flash(gettext("Die Vollmacht ist beendet. Das gilt ab sofort."))
    return redirect(url_for("mandates.show", mandate_id=mandate_id), 303)
