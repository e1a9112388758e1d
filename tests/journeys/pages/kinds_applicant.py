"""The kinds of pages of somebody who applies or has applied."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from playwright.sync_api import FilePayload, Page

from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import Kind, press
from tests.journeys.pages.probe import STEPS

_TOO_LARGE = 1_100_000


def forms(cast: Cast) -> Iterator[Kind]:
    """A draft: every type of field empty, answered and with errors; review; pause."""
    empty, full, whole = cast.probe(answered=False), cast.probe(answered=True), cast.draft()
    for step in STEPS:
        opened, answered = cast.session(subject=empty), cast.session(subject=full)
        yield Kind(f"step {step}", f"/antrag/{full}/{step}", answered)
        send = _send_wrong_file if step == "files" else press
        yield Kind(f"step {step} with errors", f"/antrag/{empty}/{step}", opened, 422, send)
    certificate = cast.draft_of("geburtsurkunde", {"delivery": "post_proven"})
    yield Kind("step that asks who one is", f"/antrag/{certificate}/proof", cast.session(subject=certificate))
    mine = cast.session(subject=whole)
    first = f"/antrag/{whole}/taken_in"
    yield Kind("step of a page open too long", first, mine, 400, _stale_step)
    yield Kind("review", f"/antrag/{whole}/pruefen", mine)
    yield Kind("review, changed meanwhile", f"/antrag/{whole}/pruefen", mine, 409, _send_older)
    yield Kind("pause", f"/antrag/{whole}/unterbrechen", mine)
    yield Kind("pause with errors", f"/antrag/{whole}/unterbrechen", mine, 422, press)
    yield Kind("pause, link sent", f"/antrag/{whole}/unterbrechen", mine, act=_ask_for_link)


def following(cast: Cast) -> Iterator[Kind]:
    """A case as its applicant sees it, in every state."""
    fresh = cast.fresh
    mine = cast.session(subject=fresh.id)
    yield Kind("sent", f"/vorgang/{fresh.id}/gesendet", mine)
    yield Kind("status new, address not confirmed", f"/vorgang/{fresh.id}?mail=unterwegs", mine)
    yield Kind("message missing", f"/vorgang/{fresh.id}", mine, 422, _send_nothing)
    yield Kind("message too long", f"/vorgang/{fresh.id}", mine, 413, _send_too_much)
    yield Kind("message of a page open too long", f"/vorgang/{fresh.id}", mine, 400, _send_stale)
    yield Kind("feedback", "/rueckmeldung/hund-anmelden")
    yield Kind("feedback with errors", "/rueckmeldung/hund-anmelden", status=422, act=press)
    yield Kind("thanks for feedback", "/rueckmeldung/hund-anmelden/danke")
    for name in ("bare", "asked", "answered", "decided", "withdrawn", "passed_on"):
        case = getattr(cast, name)
        yield Kind(f"status {name}", f"/vorgang/{case.id}", cast.session(subject=case.id))


def _stale_step(page: Page) -> None:
    page.context.clear_cookies(name="__Host-csrf")
    press(page)


def _send_wrong_file(page: Page) -> None:
    wrong: FilePayload = {"name": "Nachweis.pdf", "mimeType": "application/pdf", "buffer": b"nothing of it"}
    page.locator("main input[type=file]").first.set_input_files(wrong)
    press(page)


def _send_older(page: Page) -> None:
    page.locator("[name=revision]").evaluate("input => { input.value = 0 }")
    press(page)


def _ask_for_link(page: Page) -> None:
    page.locator("main input[type=email]").fill(f"{secrets.token_hex(6)}@post.example")
    press(page)


def _send_nothing(page: Page) -> None:
    _send_message(page, "")


def _send_too_much(page: Page) -> None:
    _send_message(page, "x" * _TOO_LARGE)


def _send_stale(page: Page) -> None:
    page.context.clear_cookies(name="__Host-csrf")
    _send_message(page, "Der Vertrag kommt mit der Post.")


def _send_message(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.locator("[name=nachricht]").evaluate(
            "(box, words) => { box.value = words; box.form.requestSubmit() }", words
        )
