"""What tenants are called where their number says nothing: in what people take out of the program."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from kreisportal.i18n import pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records

NOBODY: Mapping[str, str | None] = {"town": None, "town_slug": None, "town_host": None}


class TenantNames:
    """Tenants by name, slug and the host of their portal, in the current language; each is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, Mapping[str, str | None]] = {}

    def told(self, tenant_id: int | None) -> Mapping[str, str | None]:
        """A tenant as entries of a file tell of it; nothing of none, and of one that is gone."""
        if tenant_id is None:
            return NOBODY
        if tenant_id not in self._known:
            self._known[tenant_id] = NOBODY
            for record in load_records(self._session, [tenant_id]):
                name = str(pick(definition_of(record).name.full))
                told = {"town": name, "town_slug": record.slug, "town_host": record.host("portal")}
                self._known[tenant_id] = told
        return self._known[tenant_id]
