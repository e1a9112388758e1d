"""Places: by name or postcode, as the page for choosing another one lists them, and the one that decides."""

from __future__ import annotations

from babel.lists import format_list

from kreisportal.catalogue.definitions import Level, Service
from kreisportal.catalogue.search.lexicon import lexicon
from kreisportal.catalogue.search.text import fold
from kreisportal.i18n import current_language
from kreisportal.kernel.errors import NotFoundError
from kreisportal.tenancy.places import Place
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.tenancy.state_names import STATE_NAMES
from kreisportal.web.program import program
from kreisportal.web.site import here

# A town whose name is also a word of the language (Essen) is meant behind one of these only.
_BEFORE_PLACES = frozenset(
    {"in", "aus", "nach", "von", "für", "bei", "stadt", "gemeinde", "from", "to", "for", "of"}
)
_MOST_WORDS = 3
_MOST_SIMILAR = 5


def named_in(query: str) -> tuple[Place | None, str]:
    """The town of the region that a search names, and the search without it."""
    words = query.split()
    begins = program().places.may_begin
    starts = [start for start, word in enumerate(words) if begins(word)]
    for length in range(min(_MOST_WORDS, len(words)), 0, -1):
        for start in starts:
            if start + length > len(words):
                continue
            place = _town(" ".join(words[start : start + length]))
            before = words[start - 1].lower() if start else ""
            word = fold(words[start]) in lexicon("de").written
            if place and (length > 1 or not word or before in _BEFORE_PLACES):
                return place, " ".join(words[:start] + words[start + length :])
    return None, query


def _town(name: str) -> Place | None:
    """The only town of the region that is called so."""
    ours = [
        place for place in program().places.named(name) if str(place.ars) in here().snapshot.registry.by_ars
    ]
    return ours[0] if len(ours) == 1 else None


def find(typed: str) -> list[Place]:
    """The places that a name or postcode can mean; a postcode may mean several."""
    return program().places.find(typed)


def similar(typed: str) -> list[Place]:
    """The few places that a misspelt name most likely means, those of the region first."""
    ours = here().snapshot.registry.by_ars
    found = program().places.similar(typed)
    return sorted(found, key=lambda place: str(place.ars) not in ours)[:_MOST_SIMILAR]


def known_states() -> str:
    """Of which German states all places are known, as a sentence names them: Niedersachsen und Bremen."""
    return format_list(
        [str(STATE_NAMES[state]) for state in program().places.states], locale=current_language().locale
    )


def by_ars(ars: str) -> Place | None:
    """The place with this regional key, or None if the key is none or unknown."""
    try:
        return program().places.get(RegionalKey(ars))
    except ValueError:
        return None


def place_key(service: Service, asked: str) -> str | None:
    """The regional key of the place that decides: the one asked for, else the town's own.

    None where it must be chosen: on a district's portal for what its towns do. Raises NotFoundError for a key
    that is no place.
    """
    tenant = here().tenant
    if asked:
        if by_ars(asked) is None and asked not in here().snapshot.registry.by_ars:
            raise NotFoundError
        return asked
    if tenant.kind == "district" and service.level is Level.MUNICIPALITY:
        return None
    return tenant.ars


def elsewhere(place: Place | None) -> Place | None:
    """The place, unless it is the portal's own town."""
    return place if place is not None and str(place.ars) != here().tenant.ars else None


def whose_offers(place: Place | None) -> int | None:
    """The tenant whose offers count: that of the town that is named, else the portal's own."""
    return here().snapshot.registry.by_ars.get(str(place.ars)) if place else here().tenant.id
