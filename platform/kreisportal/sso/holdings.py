"""What this room holds about an account: where it may be used, and what is known there."""

from __future__ import annotations

from collections.abc import Iterator

from kreisportal.accounts.queries import consents_of
from kreisportal.i18n import gettext, pick
from kreisportal.i18n.dates import moment_text
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.registries import Holder, Holding, Holdings, Share, Sink
from kreisportal.sso.clients import client_id_of, is_portal
from kreisportal.sso.outside import find_outside_client, speaking_for
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records


def register(holdings: Holdings) -> None:
    """Say what this room holds."""
    holdings.register(Holding("sso", frozenset({"account_consents"}), _shares))


def _shares(holder: Holder) -> Iterator[Share]:
    def fill(sink: Sink) -> None:
        with holder.database.transaction(holder.context) as session:
            consents = consents_of(session, holder.account_id)
        names = _names(holder, {consent.client_id for consent in consents})
        sink.add_list(
            "konto/zustimmungen.json",
            (
                {
                    "client_id": each.client_id,
                    "name": names.get(each.client_id),
                    "scopes": each.scopes,
                    "given_at": each.given_at,
                }
                for each in consents
            ),
        )
        told = [(names.get(each.client_id, each.client_id), moment_text(each.given_at)) for each in consents]
        sink.tell(gettext("Wo Sie Ihr Konto nutzen"), told)

    yield Share(None, fill)


def _names(holder: Holder, client_ids: set[str]) -> dict[str, str]:
    """What clients are called, by their ids, as far as there still are such."""
    names = {}
    with holder.database.transaction(holder.context) as session:
        for record in load_records(session) if any(map(is_portal, client_ids)) else ():
            if client_id_of(record) in client_ids:
                names[client_id_of(record)] = str(pick(definition_of(record).name.full))
    for client_id in client_ids - set(names):
        name = None if is_portal(client_id) else _name_outside(holder, client_id)
        if name is not None:
            names[client_id] = name
    return names


def _name_outside(holder: Holder, client_id: str) -> str | None:
    try:
        context = speaking_for(client_id)
    except NotFoundError:
        return None
    with holder.database.transaction(context) as session:
        client = find_outside_client(session, client_id)
    return client.name if client else None
