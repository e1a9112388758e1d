"""Bringing many towns on line from a list: line by line, each in a transaction of its own, and safe to do again."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from kreisportal.catalogue.definitions import Service
from kreisportal.catalogue.queries import current_entries
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.documents.spreadsheets import as_typed
from kreisportal.i18n import gettext
from kreisportal.kernel.database import Context, Database
from kreisportal.kernel.errors import ConflictError, DefinitionError, InvalidInputError, NotAllowedError
from kreisportal.onboarding.bringing import OF_ADMIN, OnLine, bring_on_line
from kreisportal.onboarding.proposals import proposed
from kreisportal.staff.invitation_mails import Mailing
from kreisportal.tenancy.directory import Entry, entries_meant
from kreisportal.tenancy.lifecycle import TenantState, change_state
from kreisportal.tenancy.onboarding import known_tenant
from kreisportal.tenancy.onboarding_fields import OF_DISTRICT, OF_TOWN

TOWN = "town"
COLUMNS = (TOWN, *OF_TOWN, *OF_DISTRICT, *OF_ADMIN, "offers")
"""What a list may say of a town; what it leaves out is filled in as the page for one town would be."""
REPORT = ("line", "town", "outcome", "slug", "portal", "offers", "admin_email", "invitation", "faults")
"""What a report says of each line."""

MOST = 2000
_NO_TEXT = "\0"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: its number in the file, and what it says by column."""

    number: int
    values: Mapping[str, str]


class Outcome(StrEnum):
    """What became of a line."""

    BEGUN = "begun"
    OPENED = "opened"
    THERE = "there"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Told:
    """The report of a line. ``faults`` are (column, sentence); ``done`` is there for a town that was brought in."""

    line: Line
    outcome: Outcome
    name: str
    slug: str = ""
    done: OnLine | None = None
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is worked: as whom, with which catalogue, host names below ``base``, and if portals open at once.

    ``clock`` gives the time, since a long list takes minutes. Without ``mailing`` the first admins get no mails.
    """

    context: Context
    services: Collection[Service]
    base: str
    clock: Callable[[], datetime.datetime]
    mailing: Mailing | None
    open_at_once: bool = False
    runs_all: bool = True


def read_list(content: bytes) -> list[Line]:
    """The lines of a CSV file, separated by commas or semicolons, with the columns of ``COLUMNS``.

    Raises DefinitionError with what is wrong with the file as a whole.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _NO_TEXT
    if _NO_TEXT in text:
        raise DefinitionError([gettext("Speichern Sie die Liste als CSV in UTF-8.")])
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    faults = []
    if TOWN not in names:
        faults.append(gettext("Die Spalte %(name)s fehlt.", name=TOWN))
    faults += [
        gettext("Die Spalte %(name)s gibt es nicht.", name=name) for name in names if name not in COLUMNS
    ]
    faults += [
        gettext("Die Spalte %(name)s steht zweimal da.", name=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if faults:
        raise DefinitionError(faults)
    reader.fieldnames = names
    lines = [
        Line(reader.line_num, {name: as_typed((row.get(name) or "").strip()) for name in names})
        for row in reader
        if any((value or "").strip() for name, value in row.items() if name)
    ]
    if len(lines) > MOST:
        raise DefinitionError([gettext("Teilen Sie die Liste: mehr als %(most)s Zeilen.", most=MOST)])
    return lines


Note = Callable[[Session, Told], None]
"""Writes down what became of a line."""


def onboard_all(
    database: Database, lines: Iterable[Line], order: Order, note: Note | None = None
) -> Iterator[Told]:
    """Bring each line's town in; a line that does not fit is told and keeps no other from coming in.

    A town that has a portal already is left as it is, so that a list can be given again with its faults mended.
    ``note`` is called in the transaction that brings the town in, so that both are there or none.
    """
    for line in lines:
        try:
            with database.transaction(order.context) as session:
                told = _one(session, line, order)
                if note:
                    note(session, told)
        except InvalidInputError as error:
            faults = tuple((name, text) for name, texts in error.messages.items() for text in texts)
            told = Told(line, Outcome.FAULT, line.values.get("name") or line.values[TOWN], faults=faults)
            if note:
                with database.transaction(order.context) as session:
                    note(session, told)
        yield told


def published_services(session: Session) -> list[Service]:
    """The services of the catalogue in force."""
    return list(Catalogue(current_entries(session)).services.values())


def _one(session: Session, line: Line, order: Order) -> Told:
    """Raises InvalidInputError, so that nothing of the line stays."""
    entry = _entry(session, line.values[TOWN])
    typed = {
        **proposed(session, entry, order.base),
        **{name: value for name, value in line.values.items() if value},
    }
    try:
        done = bring_on_line(
            session,
            order.context,
            entry,
            typed,
            order.services,
            order.clock(),
            runs_all=order.runs_all,
            mailing=order.mailing,
        )
    except ConflictError:
        tenant = known_tenant(session, entry)
        if tenant is None or not tenant.has_portal:
            busy = gettext(
                "Diese Gemeinde wird gerade an anderer Stelle geändert. Geben Sie sie noch einmal an."
            )
            raise InvalidInputError({TOWN: [busy]}) from None
        return Told(line, Outcome.THERE, entry.full_name, tenant.slug)
    except NotAllowedError:
        raise InvalidInputError({TOWN: [gettext("Das liegt nicht in Ihrem Landkreis.")]}) from None
    if order.open_at_once:
        change_state(session, order.context, done.town.slug, TenantState.OPEN)
    outcome = Outcome.OPENED if order.open_at_once else Outcome.BEGUN
    return Told(line, outcome, typed["name"], done.town.slug, done)


def _entry(session: Session, text: str) -> Entry:
    """The municipality that a line means. Raises InvalidInputError."""
    found = entries_meant(session, text)
    if not found:
        sentence = gettext("Das amtliche Verzeichnis kennt keinen solchen Namen oder Schlüssel.")
    elif len(found) > 1:
        keys = ", ".join(f"{entry.ars} ({entry.district})" for entry in found[:5])
        sentence = gettext("So heißen mehrere. Schreiben Sie den Schlüssel: %(keys)s", keys=keys)
    else:
        return found[0]
    raise InvalidInputError({TOWN: [sentence]})
