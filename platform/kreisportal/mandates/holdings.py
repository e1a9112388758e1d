"""What is known of an account's mandates: given and received, and what was done by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

from sqlalchemy.orm import Session

from kreisportal.catalogue.queries import service_name
from kreisportal.i18n import current_language, gettext
from kreisportal.i18n.dates import moment_text
from kreisportal.kernel import clock
from kreisportal.kernel.registries import Holder, Holding, Holdings, Share, Sink
from kreisportal.mandates.models import Mandate, MandateAct
from kreisportal.mandates.queries import acts_of, given, received, state_of
from kreisportal.tenancy.naming import TenantNames

_MOST = 10_000
"""So many acts of a mandate are told."""


def register(holdings: Holdings) -> None:
    """Say what this room holds."""
    tables = frozenset({Mandate.__tablename__, MandateAct.__tablename__})
    holdings.register(Holding("mandates", tables, _shares))


def _shares(holder: Holder) -> Iterator[Share]:
    def fill(sink: Sink) -> None:
        with holder.database.transaction(holder.context) as session:
            names = _Names(session)
            gifts, roles = given(session, holder.account_id), received(session, holder.account_id)
            sink.add_json(
                "konto/vollmachten.json",
                {
                    "given": [_given(names, mandate) for mandate in gifts],
                    "received": [_received(names, mandate) for mandate in roles],
                },
            )
        sink.tell(
            gettext("Für mich handelt"), [(each.called, moment_text(each.created_at)) for each in gifts]
        )
        sink.tell(
            gettext("Ich handle für"), [(each.giver_name, moment_text(each.created_at)) for each in roles]
        )

    yield Share(None, fill)


class _Names:
    """What tenants and services are called."""

    def __init__(self, session: Session) -> None:
        self.session, self.towns = session, TenantNames(session)
        self._services = cache(partial(service_name, session, language=current_language().path))

    def service(self, key: str | None) -> str | None:
        """A service's name, of none nothing."""
        return self._services(key) if key else None


def _given(names: _Names, mandate: Mandate) -> Mapping[str, Any]:
    return {**_told(names, mandate), "called": mandate.called, "email": mandate.email}


def _received(names: _Names, mandate: Mandate) -> Mapping[str, Any]:
    """Without what the giver calls one, and without the address that they wrote to."""
    return _told(names, mandate)


def _told(names: _Names, mandate: Mandate) -> dict[str, Any]:
    return {
        "id": mandate.id,
        "giver_name": mandate.giver_name,
        "representative_name": mandate.representative_name,
        "scope": mandate.scope,
        **names.towns.told(mandate.tenant_id),
        "service_key": mandate.service_key,
        "service": names.service(mandate.service_key),
        "case_number": mandate.case_number,
        "state": state_of(mandate, clock.now()),
        "created_at": mandate.created_at,
        "ends_at": mandate.ends_at,
        "acts": [
            {
                "at": act.at,
                "what": act.what,
                **names.towns.told(act.tenant_id),
                "service_key": act.service_key,
                "service": names.service(act.service_key),
                "case_number": act.case_number,
            }
            for act in acts_of(names.session, mandate.id, _MOST)
        ],
    }
