"""What applying a bundle would change: all in numbers, and a page of the towns in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kreisportal.bundles.models import Bundle
from kreisportal.bundles.offers import SWITCHED, State, states, totals
from kreisportal.bundles.reach import Reach, Services, Town, reach_of
from kreisportal.i18n import pick
from kreisportal.tenancy.places import sort_key

ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class TownPreview:
    """A town's services by how they stand, and those that it does not execute."""

    slug: str
    name: str
    keys: Mapping[State, Sequence[str]]
    elsewhere: Sequence[str]

    @property
    def switched(self) -> int:
        """How many applying switches on."""
        return sum(len(self.keys.get(state, ())) for state in SWITCHED)


@dataclass(frozen=True, slots=True)
class Preview:
    """``counts`` are services of all towns together; ``found`` is how many towns match what was looked for."""

    all: int
    counts: Mapping[State, int]
    found: int
    page: int
    pages: int
    towns: Sequence[TownPreview]

    @property
    def switched(self) -> int:
        """How many applying switches on, in all towns together."""
        return sum(self.counts[state] for state in SWITCHED)


def preview(session: Session, bundle: Bundle, services: Services, words: str, page: int) -> Preview:
    """What applying would do; of the towns those whose name has the ``words``, page by page."""
    reach = reach_of(session, bundle, services)
    matching = sorted(
        (town for town in reach.towns if _matches(town, words)), key=lambda town: sort_key(pick(town.name))
    )
    pages = max(1, -(-len(matching) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    shown = matching[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    found = states(session, reach.of(shown))
    return Preview(
        len(reach.towns),
        totals(session, reach),
        len(matching),
        page,
        pages,
        [_town(town, found[town.id], reach) for town in shown],
    )


def _town(town: Town, keys: Mapping[State, Sequence[str]], reach: Reach) -> TownPreview:
    return TownPreview(town.slug, pick(town.name), keys, sorted(set(reach.channels) - town.executed))


def _matches(town: Town, words: str) -> bool:
    name = sort_key(f"{pick(town.name)} {town.slug}")[0]
    return all(part in name for part in sort_key(words)[0].split())
