"""How what this room holds about an account is erased, and what stays with the offices without it."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kreisportal.cases.models import Case, Draft, SeenCase
from kreisportal.catalogue.queries import form_data, service_name
from kreisportal.i18n import current_language, lazy_gettext, pick
from kreisportal.kernel.own_rows import OwnRows, erase_rows
from kreisportal.kernel.registries import Count, Erased, Erasure, Erasures, Kept

_DRAFTS = lazy_gettext("Angefangene Anträge")
_FILES = lazy_gettext("Dateien in angefangenen Anträgen")
_SEEN = (OwnRows(SeenCase.account_id, lazy_gettext("Was Sie im Postfach gesehen haben")),)
_RELEASED = lazy_gettext("Verbindungen zu abgeschickten Anträgen")
_ERASE = text("SELECT tenant_id, draft_id, documents FROM definer.erase_drafts_of_account(:account)")
_RELEASE = text("SELECT definer.release_cases_of_account(:account)")


def register(erasures: Erasures) -> None:
    """Say how it is erased."""
    tables = frozenset({"drafts", "cases", "account_seen_cases"})
    erasures.register(Erasure("cases", tables, _count, _erase, _kept))


def _count(session: Session, account_id: uuid.UUID) -> tuple[Count, ...]:
    drafts = session.scalar(select(func.count()).where(Draft.account_id == account_id)) or 0
    return (Count(_DRAFTS, drafts),) if drafts else ()


def _erase(session: Session, account_id: uuid.UUID) -> Erased:
    """Erase the drafts of all towns with their files, and let go of the cases. The database looks across the towns.

    No job is put in for the files, because it would go on naming them: whoever deletes removes them after the
    commit, and what is left by a crash then is swept away like every file without a row.
    """
    drafts = session.execute(_ERASE, {"account": account_id}).all()
    files = tuple((row.tenant_id, file) for row in drafts for file in row.documents)
    released = session.scalar(_RELEASE, {"account": account_id}) or 0
    counts = (
        Count(_DRAFTS, len(drafts)),
        Count(_FILES, len(files)),
        *erase_rows(session, account_id, _SEEN),
        Count(_RELEASED, released),
    )
    return Erased(tuple(count for count in counts if count.number), files)


def _kept(session: Session, account_id: uuid.UUID) -> tuple[Kept, ...]:
    """The cases where they are now, by town and in the order in which they came."""
    query = select(
        Case.tenant_id, Case.number, Case.service_key, Case.form_key, Case.form_version, Case.delete_on
    ).where(Case.account_id == account_id, Case.went_to_id.is_(None))
    rows = session.execute(query.order_by(Case.tenant_id, Case.received_at, Case.number)).all()
    language = current_language().path
    names = {key: service_name(session, key, language) for key in {row.service_key for row in rows}}
    privacy = {
        form: (form_data(session, *form) or {}).get("privacy", {})
        for form in {(row.form_key, row.form_version) for row in rows}
    }
    return tuple(
        Kept(
            row.tenant_id,
            names[row.service_key],
            row.number,
            row.delete_on,
            str(pick(privacy[row.form_key, row.form_version].get("retention"))),
            str(pick(privacy[row.form_key, row.form_version].get("legal_basis"))),
        )
        for row in rows
    )
