"""What was made and may be needed again, as far as there is room: what was not asked for the longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """At most ``most`` things by their keys. Two threads may make the same thing at once, which does no harm."""

    __slots__ = ("_held", "_most")

    def __init__(self, most: int) -> None:
        self._held: OrderedDict[Hashable, V] = OrderedDict()
        self._most = most

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The thing with this key, made if there is none. What ``make`` raises is raised, and nothing is held."""
        held = self._held
        try:
            thing = held[key]
            held.move_to_end(key)
        except KeyError:
            thing = held[key] = make()
            while len(held) > self._most:
                held.popitem(last=False)
        return thing

    def drop(self, key: Hashable) -> None:
        """Hold the thing with this key no longer, if it is there."""
        self._held.pop(key, None)
