"""Letting the account keep what an application tells: the person's details, and a child, dog or business of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from kreisportal.accounts.details import remember
from kreisportal.accounts.entries import add_entry, change_entry, entries_of, has_room
from kreisportal.accounts.service import acting_for
from kreisportal.cases.models import Case
from kreisportal.cases.pages.account import entry_like, is_kept, things_of, worth_remembering
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.forms_in_force import form_version
from kreisportal.web.program import program
from kreisportal.web.sessions import current_session


@dataclass(frozen=True, slots=True)
class Offer:
    """Something of an application that the account may keep: ``key`` names it, ``text`` stands on its button."""

    key: str
    text: str


def offers_of(row: Case) -> list[Offer]:
    """The children, dogs and businesses of a case that its own account does not know yet, or not wholly."""
    own = current_session().account_id
    if own is None or row.account_id != own or row.answers is None:
        return []
    things = things_of(form_version(row.form_key, row.form_version), row.answers)
    if not things:
        return []
    with program().database.transaction(acting_for(own)) as session:
        entries = entries_of(session, own)
    offers = []
    for thing in things:
        entry = entry_like(thing, entries)
        if not is_kept(thing, entry):
            text = (
                gettext("„%(name)s“ merken", name=thing.name)
                if entry is None
                else gettext("„%(name)s“ im Profil ändern", name=thing.name)
            )
            offers.append(Offer(thing.key, text))
    return offers


def keep_of(row: Case, own: uuid.UUID, key: str) -> bool:
    """Keep what was asked for: one thing, or without a key the person's details. False where there is no room for it.

    Raises NotFoundError for what the application does not tell.
    """
    if row.account_id != own or row.answers is None:
        raise NotFoundError
    form = form_version(row.form_key, row.form_version)
    thing = next((each for each in things_of(form, row.answers) if each.key == key), None)
    if key and thing is None:
        raise NotFoundError
    with program().database.transaction(acting_for(own)) as session:
        if thing is None:
            remember(session, own, worth_remembering(form, row.answers), "application")
            return True
        entry = entry_like(thing, entries_of(session, own))
        if entry is not None:
            change_entry(session, entry, thing.values, "application")
        elif has_room(session, own, thing.part):
            add_entry(session, own, thing.part, thing.values, "application")
        else:
            return False
    return True
