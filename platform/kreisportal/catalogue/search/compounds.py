"""Taking German compounds apart with the words that the catalogue itself uses."""

from __future__ import annotations

from collections.abc import Iterable

_LINKS = ("", "s", "n", "e", "en", "es", "er", "ens")
_MIN_COMPOUND, _MAX_COMPOUND = 7, 60
_MIN_PIECE, _MAX_PIECE = 3, 30
# A split costs one per piece; doubtful pieces cost more, so that "personal|ausweis" is found first.
_LINK_COST = {"": 0.0, "s": 0.1, "n": 0.1, "e": 0.2, "en": 0.2, "es": 0.3, "er": 0.3, "ens": 0.4}
_SHORT_COST = {3: 0.6, 4: 0.25}


class Splitter:
    """Splits compounds into known words, joined directly or by a linking element (Hund-e-steuer-marke)."""

    __slots__ = ("_pieces",)

    def __init__(self, known: Iterable[str], surely: Iterable[str]) -> None:
        """``known`` are folded words of the catalogue; ``surely`` are words that may also be very short."""
        pieces: dict[str, str] = {}
        for word in known:
            if _MIN_PIECE + 1 <= len(word) <= _MAX_PIECE and word.isalpha():
                pieces[word] = word
        for word in surely:
            pieces[word] = word
        for word in list(pieces):
            # "Schulanmeldung" is made of Schule, "Sprachkurs" of Sprache.
            if len(word) > _MIN_PIECE + 1 and word.endswith("e"):
                pieces.setdefault(word[:-1], word)
            # "Hundeabmeldung" says abmelden with a noun.
            if len(word) > _MIN_PIECE + 2 and word.endswith("en"):
                pieces.setdefault(word[:-2] + "ung", word)
        self._pieces = pieces

    def __contains__(self, word: str) -> bool:
        return word in self._pieces

    def split(self, word: str) -> tuple[str, ...]:
        """The words that ``word`` (folded) is made of, in order; empty if it cannot be taken apart wholly."""
        length = len(word)
        if not _MIN_COMPOUND <= length <= _MAX_COMPOUND or not word.isalpha():
            return ()
        best: list[tuple[float, tuple[str, ...]] | None] = [None] * (length + 1)
        best[0] = (0.0, ())
        for start in range(length - _MIN_PIECE + 1):
            reached = best[start]
            if reached is not None:
                self._extend(word, start, reached, best)
        found = best[length]
        return found[1] if found and len(found[1]) > 1 else ()

    def _extend(
        self,
        word: str,
        start: int,
        reached: tuple[float, tuple[str, ...]],
        best: list[tuple[float, tuple[str, ...]] | None],
    ) -> None:
        """Put every known piece that begins at ``start`` behind the cheapest way that leads there."""
        cost, before = reached
        for end in range(start + _MIN_PIECE, min(len(word), start + _MAX_PIECE) + 1):
            whole = self._pieces.get(word[start:end])
            if whole is None or end - start == len(word):
                continue
            piece_cost = cost + 1.0 + _SHORT_COST.get(end - start, 0.0)
            for link in _LINKS:
                after = end + len(link)
                if word.startswith(link, end) and after <= len(word):
                    total = piece_cost + _LINK_COST[link]
                    known = best[after]
                    if known is None or total < known[0]:
                        best[after] = (total, (*before, whole))

    def partly(self, word: str) -> list[tuple[str, str, bool]]:
        """Splits of which only one half is known: (known word, unknown rest, the known one is in front)."""
        found: list[tuple[str, str, bool]] = []
        for cut in range(len(word) - 4, 3, -1):
            front, back = word[:cut], word[cut:]
            for link in ("", "s", "n", "en", "e"):
                known = self._pieces.get(front[: len(front) - len(link)]) if front.endswith(link) else None
                if known and len(known) > 3:
                    found.append((known, back, True))
                    break
            if len(back) > 3 and back in self._pieces:
                found.append((self._pieces[back], front, False))
        return found[:6]
