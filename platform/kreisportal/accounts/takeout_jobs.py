"""Making takeouts, and removing those that are over: what the worker does."""

from __future__ import annotations

import datetime
import io
import logging
import uuid
from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy import text

from kreisportal.accounts.address import writing_as
from kreisportal.accounts.archive import Archive
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.takeouts import (
    KEPT_DAYS,
    REGION_FOLDER,
    TAKE_OUT,
    TakeoutGoneError,
    note_failed,
    note_progress,
    note_ready,
)
from kreisportal.documents.errors import PaperError
from kreisportal.documents.overview import Overview, overview_paper
from kreisportal.documents.pdf import Letterhead
from kreisportal.documents.storage import STORAGE
from kreisportal.i18n import DEFAULT_LANGUAGE, current_language, gettext, language_by_path, speaking
from kreisportal.jobs import JobRegistry, Part, Runtime
from kreisportal.jobs.failures import describe
from kreisportal.jobs.retry import GrowingDelay
from kreisportal.kernel import clock
from kreisportal.kernel.database import Context
from kreisportal.kernel.registries import Holder, Holdings, Share
from kreisportal.notifications.service import queue_mail

HOLDINGS: Part[Holdings] = Part("holdings")
"""Where the worker finds what all rooms hold."""

_ATTEMPTS = 3
_RETRY = GrowingDelay(first=5, longest=60, attempts=6)
_LONGEST_BYTES = 1 << 40
_BEGIN = text("SELECT * FROM definer.begin_takeout(:takeout)")
_TIDY = text("SELECT * FROM definer.tidy_takeouts()")
_log = logging.getLogger(__name__)


def register(registry: JobRegistry) -> None:
    """Let the worker make takeouts and remove them in time."""
    registry.register(TAKE_OUT, take_out, retry=_RETRY)
    registry.region("accounts.tidy_takeouts", tidy_takeouts, every="23 * * * *")


def take_out(runtime: Runtime, tenant_id: int, takeout_id: uuid.UUID) -> None:
    """Gather all that is held about whoever asked for this takeout, acting as that account and nobody else.

    After the third try that fails the takeout has failed, which its page says; one that nobody wants any more ends.
    """
    with runtime.transaction(tenant_id) as session:
        begun = session.execute(_BEGIN, {"takeout": takeout_id}).one_or_none()
    if begun is None:
        return
    holder = Holder(runtime.database, begun.account_id)
    try:
        if begun.attempts > _ATTEMPTS:
            # Whatever it was that ended its workers, it would end the next one, too.
            _fail(holder, takeout_id, "its workers died")
            return
        with speaking(language_by_path(begun.language) or DEFAULT_LANGUAGE):
            _make(runtime, holder, writing_as(begun.account_id, tenant_id), takeout_id)
    except TakeoutGoneError:
        runtime.get(STORAGE).delete(REGION_FOLDER, takeout_id)
    except Exception as error:
        if begun.attempts < _ATTEMPTS:
            raise
        _fail(holder, takeout_id, describe(error))


def tidy_takeouts(runtime: Runtime) -> None:
    """Remove takeouts that are over, and files whose takeout is gone."""
    with runtime.region() as session:
        found = session.execute(_TIDY).all()
    storage = runtime.get(STORAGE)
    for row in found:
        if row.gone:
            storage.delete(REGION_FOLDER, row.id)
    storage.sweep(REGION_FOLDER, {row.id for row in found if not row.gone})


def _make(runtime: Runtime, holder: Holder, context: Context, takeout_id: uuid.UUID) -> None:
    """Write the file beside the others, put it in its place, and only then say that it is there."""
    storage, made_at = runtime.get(STORAGE), clock.now()
    # It has no name: whatever happens to this process, nothing is left of it.
    with TemporaryFile(dir=runtime.settings.data_folder) as file:
        with Archive(file, made_at, current_language().path) as archive:
            _gather(runtime.get(HOLDINGS), holder, archive, takeout_id)
            _add_overview(archive, made_at)
        file.seek(0)
        # An earlier try may have come to here.
        storage.delete(REGION_FOLDER, takeout_id)
        stored = storage.put(REGION_FOLDER, takeout_id, file, _LONGEST_BYTES)
    with runtime.database.transaction(context) as session:
        note_ready(session, takeout_id, stored.size)
        account = own_account(session, holder.account_id)
        if account is not None and context.tenant_id is not None:
            data = {"days": KEPT_DAYS}
            language = current_language().path
            queue_mail(session, context.tenant_id, account.email, language, "account_takeout_ready", data)


def _gather(holdings: Holdings, holder: Holder, archive: Archive, takeout_id: uuid.UUID) -> None:
    shares = [share for holding in holdings.entries for share in holding.shares(holder)]
    parts = _parts(shares)
    _note(holder, takeout_id, parts)
    for share in shares:
        share.fill(archive)
        parts[share.tenant_id]["done"] += 1
        _note(holder, takeout_id, parts)


def _parts(shares: Sequence[Share]) -> dict[int | None, dict[str, Any]]:
    """How far it is, of the account and each town, before anything is done."""
    parts: dict[int | None, dict[str, Any]] = {}
    for share in shares:
        part = parts.setdefault(share.tenant_id, {"tenant_id": share.tenant_id, "done": 0, "all": 0})
        part["all"] += 1
    return parts


def _note(holder: Holder, takeout_id: uuid.UUID, parts: dict[int | None, dict[str, Any]]) -> None:
    with holder.database.transaction(holder.context) as session:
        note_progress(session, takeout_id, list(parts.values()))


def _add_overview(archive: Archive, made_at: datetime.datetime) -> None:
    """What a person reads first. The data are there without it, so that it may be missing."""
    overview = Overview(
        letterhead=Letterhead(gettext("Bürgerkonto")),
        title=gettext("Meine Daten"),
        moment=made_at,
        paragraphs=(
            gettext(
                "Das ist alles, was zu Ihrem Bürgerkonto gespeichert ist, in allen Städten und Gemeinden."
            ),
            gettext(
                "Hier steht es kurz. Alle Einzelheiten stehen in den Dateien daneben: die Daten als JSON, "
                "damit andere Programme sie lesen können, Anträge und Bescheide als PDF."
            ),
        ),
        sections=archive.sections,
    )
    name = gettext("Meine-Daten.pdf")
    try:
        archive.add_file(name, "application/pdf", io.BytesIO(overview_paper(overview)))
    except PaperError:
        archive.add_missing(name)


def _fail(holder: Holder, takeout_id: uuid.UUID, why: str) -> None:
    _log.error("a takeout could not be made: %s", why)
    with holder.database.transaction(holder.context) as session:
        note_failed(session, takeout_id)
