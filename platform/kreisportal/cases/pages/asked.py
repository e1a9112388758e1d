"""What of the town's cases a page of the desk is asked for: basket, filter and page from the address."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from kreisportal.cases.inbox import Basket, Question
from kreisportal.kernel import clock
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.duty import duty_today
from kreisportal.web.sessions import current_session

_ARGUMENTS = ("korb", "leistung", "q", "seite", "umfang")
_EVERYTHING = "alle"
_PAGE = re.compile(r"[0-9]{1,5}")


def came_by() -> dict[str, Any]:
    """The arguments of the list that a case was opened from, kept so that the list beside it stays the same."""
    return {name: request.args[name] for name in _ARGUMENTS if request.args.get(name)}


def question(session: Session) -> Question:
    """The question of who is signed in."""
    try:
        basket = Basket(request.args.get("korb", Basket.NEW.value))
    except ValueError:
        basket = Basket.NEW
    page = request.args.get("seite", "")
    staff_id = current_session().staff_id
    if staff_id is None:
        raise NotFoundError
    return Question(
        basket=basket,
        duty=duty_today(session, staff_id),
        today=clock.today(),
        everything=request.args.get("umfang") == _EVERYTHING,
        service_key=request.args.get("leistung", ""),
        words=request.args.get("q", "").strip()[:100],
        page=int(page) if _PAGE.fullmatch(page) else 1,
    )
