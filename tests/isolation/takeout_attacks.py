"""Attacks on takeouts and on deleting an account. Each says whether it came through."""

from __future__ import annotations

import io
import uuid

from kreisportal.accounts.address import writing_as
from kreisportal.accounts.takeout_jobs import take_out
from kreisportal.accounts.takeouts import REGION_FOLDER, TakeoutState, ask_for_takeout
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from tests.accounts.people import HOST
from tests.cases.citizen import token_of
from tests.isolation.signing_in import person_of
from tests.isolation.words import readable
from tests.isolation.world import World
from tests.support.browser import Browser


def _path(takeout_id: object) -> str:
    return f"/de/mitnehmen/{takeout_id}.zip"


def _is_there(browser: Browser, takeout_id: object) -> bool:
    with browser.get(_path(takeout_id)) as answer:
        return answer.status_code == 200 and answer.data.startswith(b"PK")


def make_takeout(world: World, account_id: uuid.UUID) -> uuid.UUID:
    """Let everything of an account be gathered, as page and worker do it."""
    tenant_id = world.facts.a.tenant.id
    with world.program.database.transaction(writing_as(account_id, tenant_id)) as session:
        asked = ask_for_takeout(session, account_id, tenant_id, "de")
    takeout = asked.takeout
    if asked.replaced is not None:
        world.program.intake.storage.delete(REGION_FOLDER, asked.replaced)
    take_out(world.house.runtime, tenant_id, takeout.id)
    state = world.house.value("SELECT state FROM account_takeouts WHERE id = %s", takeout.id)
    assert state == TakeoutState.READY, state
    return takeout.id


def takeout_of_another(world: World) -> bool:
    """The file of B's citizen, by its address, in the browser of A's."""
    own = person_of(world, world.facts.a).at(HOST)
    assert _is_there(own, world.facts.a.account.takeout_id)
    return _is_there(own, world.facts.b.account.takeout_id)


def takeout_of_another_removed(world: World) -> bool:
    """Whoever removes one's own removes all."""
    own = person_of(world, world.facts.a).at(HOST)
    own.submit(own.get("/de/mitnehmen/"), {}, "entfernen")
    left = world.house.rows("SELECT id FROM account_takeouts WHERE id = %s", world.facts.b.account.takeout_id)
    return not left


def takeout_that_is_over(world: World) -> bool:
    """One's own, after its time, while no worker has removed it yet."""
    takeout_id = world.facts.a.account.takeout_id
    world.superuser.execute("UPDATE account_takeouts SET expires_at = now() WHERE id = %s", [takeout_id])
    return _is_there(person_of(world, world.facts.a).at(HOST), takeout_id)


def takeout_after_signing_out(world: World) -> bool:
    """With the cookie of a session that was signed out."""
    own = person_of(world, world.facts.a).at(HOST)
    cookie = own.cookie(SESSION_COOKIE) or ""
    own.submit(own.get("/de/einstellungen"), {}, "abmelden")
    own.set_cookie(SESSION_COOKIE, cookie)
    return _is_there(own, world.facts.a.account.takeout_id)


def _stale(world: World) -> Browser:
    own = world.facts.a.account
    world.superuser.execute(
        "UPDATE sessions SET authenticated_at = now() - interval '1 hour' WHERE account_id = %s", [own.id]
    )
    return person_of(world, world.facts.a).at(HOST)


def takeout_at_an_open_device(world: World) -> bool:
    """By whoever sits down where somebody has signed in an hour ago."""
    return _is_there(_stale(world), world.facts.a.account.takeout_id)


def takeout_asked_for_at_an_open_device(world: World) -> bool:
    """The same, asking for a new one."""
    browser = _stale(world)
    page = browser.get("/de/mitnehmen/")
    browser.post("/de/mitnehmen/", {"csrf_token": token_of(page)})
    left = world.house.rows("SELECT id FROM account_takeouts WHERE id = %s", world.facts.a.account.takeout_id)
    return not left


def takeout_with_what_is_anothers(world: World) -> bool:
    """What A's citizen takes out holds something of B's."""
    takeout_id = make_takeout(world, world.facts.a.account.id)
    with world.program.intake.storage.open(REGION_FOLDER, takeout_id) as stream:
        text = readable(io.BytesIO(stream.read()).getvalue(), "application/zip")
    world.program.intake.storage.delete(REGION_FOLDER, takeout_id)
    facts = world.facts
    others = (facts.b.words, facts.citizen_b.words, facts.neighbour.words, facts.b.account.words)
    return any(words.found(text) for words in others)


def takeout_with_what_an_office_keeps_to_itself(world: World) -> bool:
    """The notes that colleagues have made about a case."""
    takeout_id = make_takeout(world, world.facts.a.account.id)
    with world.program.intake.storage.open(REGION_FOLDER, takeout_id) as stream:
        text = readable(stream.read(), "application/zip")
    world.program.intake.storage.delete(REGION_FOLDER, takeout_id)
    return "internal/note" in world.facts.citizen_a.words.found(text)


def deletion_with_what_is_anothers(world: World) -> bool:
    """With the account of A's citizen goes a draft of B's."""
    browser = person_of(world, world.facts.a).at(HOST)
    done = browser.submit(browser.get("/de/loeschen"), {"password": world.facts.a.account.password})
    assert done.status_code == 200, done.text
    drafts = [town.draft.id for town in (world.facts.citizen_b, world.facts.neighbour, world.facts.b)]
    return len(world.house.rows("SELECT id FROM drafts WHERE id = ANY (%s)", drafts)) < len(drafts)
