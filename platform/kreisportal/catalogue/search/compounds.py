"""Taking German compounds apart with the words that the catalogue itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LINKS = ("", "s", "n", "e", "en", "es", "er", "ens")
_MIN_COMPOUND, _MAX_COMPOUND = 7, 60
_MIN_PIECE, _MAX_PIECE = 3, 30
# A split costs one per piece; doubtful pieces cost more, so that "personal|ausweis" is found first.
_LINK_COST = {"": 0.0, "s": 0.1, "n": 0.1, "e": 0.2, "en": 0.2, "es": 0.3, "er": 0.3, "ens": 0.4}
_GUESSED_COST = 0.15
# An unknown piece must be dearer than any known ones for the same letters.
_GAP_COST, _GAP_LETTER_COST = 1.5, 0.4
_GAP = "?"
_SHORT_COST = {3: 0.6, 4: 0.25}

# What a way through a word costs, and the pieces on it.
_Way = tuple[float, tuple[str, ...]]


class Splitter:
    """Splits compounds into known words, joined directly or by a linking element (Hund-e-steuer-marke)."""

    __slots__ = ("_beginnings", "_guessed", "_pieces")

    def __init__(self, known: Iterable[str], surely: Iterable[str]) -> None:
        """``known`` are folded words of the catalogue; ``surely`` are words that may also be very short."""
        pieces = {word: word for word in known if _MIN_PIECE < len(word) <= _MAX_PIECE and word.isalpha()}
        pieces.update((word, word) for word in surely)
        guessed: dict[str, str] = {}
        for word in pieces:
            # "Schulanmeldung" is made of Schule, "Sprachkurs" of Sprache.
            if len(word) > _MIN_PIECE + 1 and word.endswith("e"):
                guessed[word[:-1]] = word
            # "Hundeabmeldung" says abmelden with a noun.
            elif len(word) > _MIN_PIECE + 2 and word.endswith("en"):
                guessed[word[:-2] + "ung"] = word
        self._guessed = guessed.keys() - pieces.keys()
        self._pieces = guessed | pieces
        self._beginnings = frozenset(piece[:_MIN_PIECE] for piece in self._pieces)

    def __contains__(self, word: str) -> bool:
        return word in self._pieces

    def split(self, word: str) -> tuple[str, ...]:
        """The words that ``word`` (folded) is made of, in order; empty if it cannot be taken apart wholly."""
        if not _MIN_COMPOUND <= len(word) <= _MAX_COMPOUND or not word.isalpha():
            return ()
        found = self._ways(word, [(0.0, ())])[-1]
        return found[1] if found and len(found[1]) > 1 else ()

    def split_loosely(self, word: str) -> tuple[tuple[str, bool], ...]:
        """Like :meth:`split`, but one piece may be unknown: (piece, whether it is known), in order.

        Empty if nothing of the word is known.
        """
        length = len(word)
        if not _MIN_COMPOUND <= length <= _MAX_COMPOUND or not word.isalpha():
            return ()
        before = self._ways(word, [(0.0, ())])
        after: list[_Way | None] = [None] * (length + 1)
        for start, way in enumerate(before):
            if way is None:
                continue
            for end in range(start + 2, length + 1):
                cost = way[0] + _GAP_COST + _GAP_LETTER_COST * (end - start)
                known = after[end]
                if known is None or cost < known[0]:
                    after[end] = (cost, (*way[1], _GAP + word[start:end]))
        found = self._ways(word, after)[-1]
        if found is None or len(found[1]) < 2:
            return ()
        return tuple((piece.removeprefix(_GAP), not piece.startswith(_GAP)) for piece in found[1])

    def _ways(self, word: str, begun: Sequence[_Way | None]) -> list[_Way | None]:
        """The cheapest way to each place of ``word``, going on from the places reached already."""
        best = [*begun, *[None] * (len(word) + 1 - len(begun))]
        for start in range(len(word) - _MIN_PIECE + 1):
            reached = best[start]
            if reached is not None:
                self._go_on(word, start, reached, best)
        return best

    def _go_on(self, word: str, start: int, reached: _Way, best: list[_Way | None]) -> None:
        """Put every known piece that begins at ``start`` behind the cheapest way that leads there."""
        cost, before = reached
        if word[start : start + _MIN_PIECE] not in self._beginnings:
            return
        for end in range(start + _MIN_PIECE, min(len(word), start + _MAX_PIECE) + 1):
            whole = self._pieces.get(word[start:end])
            if whole is None or end - start == len(word):
                continue
            piece_cost = cost + 1.0 + _SHORT_COST.get(end - start, 0.0)
            if word[start:end] in self._guessed:
                piece_cost += _GUESSED_COST
            for link in _LINKS:
                after = end + len(link)
                if word.startswith(link, end):
                    total = piece_cost + _LINK_COST[link]
                    known = best[after]
                    if known is None or total < known[0]:
                        best[after] = (total, (*before, whole))
