"""The first page of a form for somebody who has no session: the same for all, but for its token."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from kreisportal.cases import views
from kreisportal.cases.pages.beginning import First
from kreisportal.cases.pages.step_page import first_page
from kreisportal.kernel import clock
from tests.cases.citizen import START, send_page, token_of
from tests.cases.house import House
from tests.support.browser import Browser

Citizens = Callable[..., Browser]


def test_the_first_page_is_made_once_a_day_and_its_token_is_each_visitors_own(
    citizen: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[First] = []

    def note(first: First) -> dict[str, Any]:
        made.append(first)
        return first_page(first)

    monkeypatch.setattr(views, "first_page", note)
    one, other = citizen(), citizen()
    mine, theirs = (browser.get(f"{START}?asked=here-only") for browser in (one, other))
    assert len(made) == 1
    assert token_of(mine) != token_of(theirs)
    assert one.post(START, {"csrf_token": token_of(theirs)}).status_code == 400
    assert send_page(one, mine).status_code == 303
    with clock.frozen(clock.now() + datetime.timedelta(days=1)):
        assert other.get(f"{START}?asked=here-only").text.count('name="csrf_token"') == 1
    assert len(made) == 2
    # Whoever has a session may be known.
    one.get(f"{START}?asked=here-only")
    assert len(made) == 3


def test_the_first_page_is_that_of_the_place_that_is_asked_for(house: House, citizen: Citizens) -> None:
    ars, browser = house.tenant("bakum").ars, citizen()
    here, there = (browser.get(START + query).text for query in ("", f"?ort={ars}"))
    assert "Ihre Anmeldung geht an" not in here
    assert "Ihre Anmeldung geht an: Gemeinde Bakum" in there
    assert f'href="/de/antrag/hund-anmelden?ort={ars}"' in there
