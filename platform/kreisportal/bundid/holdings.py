"""What this room holds about an account: identities from outside that sign in to it, and what was told with them."""

from __future__ import annotations

from collections.abc import Iterator

from kreisportal.accounts.identities import identities_of
from kreisportal.i18n import gettext
from kreisportal.i18n.dates import moment_text
from kreisportal.kernel.registries import Holder, Holding, Holdings, Share, Sink


def register(holdings: Holdings) -> None:
    """Say what this room holds."""
    holdings.register(Holding("bundid", frozenset({"account_identities"}), _shares))


def _shares(holder: Holder) -> Iterator[Share]:
    def fill(sink: Sink) -> None:
        with holder.database.transaction(holder.context) as session:
            identities = identities_of(session, holder.account_id)
        sink.add_list(
            "konto/identitaeten.json",
            (
                {
                    "id": each.id,
                    "provider": each.provider,
                    "issuer": each.issuer,
                    "subject": each.subject,
                    "level": each.level,
                    "attributes": each.attributes,
                    "created_at": each.created_at,
                    "told_at": each.told_at,
                }
                for each in identities
            ),
        )
        told = [
            (each.issuer, gettext("verbunden seit %(moment)s", moment=moment_text(each.created_at)))
            for each in identities
        ]
        sink.tell(gettext("Anmelden über andere Stellen"), told)

    yield Share(None, fill)
