"""Counting in memory how often somebody asks, where asking the database would cost more than the answer.

Each process counts for itself; what must be counted together is counted by ``rate_limits``.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable


class Pace:
    """At most ``most`` in ``seconds`` by each of the last ``held`` who have asked."""

    def __init__(self, most: int, seconds: int, held: int = 10_000) -> None:
        self._most = most
        self._seconds = seconds
        self._held = held
        self._lock = threading.Lock()
        self._windows: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def wait(self, who: Hashable, now: float) -> int:
        """Count one more by ``who`` at ``now`` (any clock's seconds); for how many seconds they have to wait, 0 if not."""
        with self._lock:
            began, count = self._windows.pop(who, (now, 0))
            if now - began >= self._seconds:
                began, count = now, 0
            self._windows[who] = began, count + 1
            if len(self._windows) > self._held:
                self._windows.popitem(last=False)
        return 0 if count < self._most else max(1, math.ceil(began + self._seconds - now))
