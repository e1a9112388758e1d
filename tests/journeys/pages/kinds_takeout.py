"""The kinds of pages on which one takes everything out, and the proof that an account is deleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from playwright.sync_api import Page
from psycopg.types.json import Jsonb

from tests.accounts.people import PASSWORD
from tests.journeys.pages.cast import Cast
from tests.journeys.pages.inspection import SESSION, Kind, press
from tests.journeys.pages.kinds_account import new_person, open_account_session


def takeouts(cast: Cast) -> Iterator[Kind]:
    """Asking, while it is made, when it is there; and what is shown after the deletion."""
    for state in ("failed", "running", "ready"):
        person = open_account_session(cast, _with_takeout(cast, state))
        yield Kind(f"takeout, {state}", "/mitnehmen/", person)

    def delete(page: Page) -> None:
        """Somebody else's, who has drafts and cases; each visit deletes another's."""
        token = open_account_session(cast, new_person(cast, with_everything=True))
        page.context.add_cookies(
            [{"name": SESSION, "value": token, "url": "https://konto.localhost/", "secure": True}]
        )
        page.reload()
        page.locator("[name=password]").fill(PASSWORD)
        press(page)

    yield Kind("deleted", "/loeschen", open_account_session(cast, new_person(cast)), act=delete)


def _with_takeout(cast: Cast, state: str) -> uuid.UUID:
    """Somebody whose takeout has come so far."""
    own, tenant = new_person(cast), cast.house.tenant(cast.slug).id
    parts = [{"tenant_id": None, "done": 4, "all": 4}, {"tenant_id": tenant, "done": 2, "all": 7}]
    cast.house.superuser.execute(
        "INSERT INTO account_takeouts (id, account_id, language, state, parts, size, ready_at, expires_at)"
        " VALUES (gen_random_uuid(), %s, 'de', %s, %s, 2345678, now(), now() + interval '7 days')",
        [own, state, Jsonb(parts)],
    )
    return own
