"""Visitors of many towns: pages by how often they are wanted, a few towns and services much, most of them rarely."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bench.kinds import HOME, SERVICE_PAGE, TOPIC, Kind
from bench.wire import get
from kreisportal.catalogue.snapshot import Catalogue

MIXTURE = Kind("mixture", "mixed pages", 0.0)
# Home, a topic, a service; as the bare route answers them with its three pages.
_KINDS = (HOME, TOPIC, SERVICE_PAGE)
_WEIGHTS = (30, 20, 50)
_SEED = 120


class Mixture:
    """Requests without end, and the count of those that were asked for."""

    def __init__(self, hosts: Sequence[str], catalogue: Catalogue) -> None:
        self._chance = random.Random(_SEED)
        self._hosts = (hosts, _zipf(len(hosts)))
        self._paths = {
            HOME.name: (["/de/"], [1.0]),
            TOPIC.name: _ranked([f"/de/themen/{key}" for key in catalogue.topics]),
            SERVICE_PAGE.name: _ranked([f"/de/leistungen/{key}" for key in catalogue.services]),
        }
        self.asked: Counter[tuple[str, str]] = Counter()

    def requests(self) -> Iterator[bytes]:
        """The next visitors' requests."""
        while True:
            (kind,) = self._chance.choices(_KINDS, _WEIGHTS)
            host, path = self._one(*self._hosts), self._one(*self._paths[kind.name])
            self.asked[host, path] += 1
            yield get(host, path)

    def share_made(self, processes: int) -> float:
        """The share of requests that found no kept page, if chance gives each request to one of the processes.

        The first request for a page in a process makes it there.
        """
        missing = (processes * (1 - (1 - 1 / processes) ** count) for count in self.asked.values())
        return sum(missing) / self.asked.total()

    def _one(self, names: Sequence[str], weights: Sequence[float]) -> str:
        return self._chance.choices(names, cum_weights=weights)[0]


def bare_mixture() -> Iterator[bytes]:
    """The bare route's pages in the same proportion."""
    chance = random.Random(_SEED)
    while True:
        (kind,) = chance.choices(_KINDS, _WEIGHTS)
        yield get("localhost", f"/{kind.name}")


def _ranked(paths: list[str]) -> tuple[list[str], list[float]]:
    """In an order of their own, so that the most wanted are not those of the catalogue's beginning."""
    random.Random(_SEED).shuffle(paths)
    return paths, _zipf(len(paths))


def _zipf(count: int) -> list[float]:
    """Weights added up: the second is wanted half as often as the first, the third a third as often."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))
