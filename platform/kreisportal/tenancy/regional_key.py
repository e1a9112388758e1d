"""The official keys of German areas: ARS (12 digits) and AGS (8 digits), as values that can be compared.

An area may be the federation, a state, a region of government, a district, an association of
municipalities or a municipality; the parts below its level are zero. Source: Destatis,
Gemeindeverzeichnis (GV100AD).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Self

_CITY_STATES = frozenset({"02", "11"})
"""Hamburg and Berlin, whose only municipality is the state itself. Bremen has two, each of them district-free."""

# How many digits of an ARS are significant at each level.
_LEVEL_ENDS = (0, 2, 3, 5, 9, 12)

STATES: dict[str, str] = {
    "01": "Schleswig-Holstein",
    "02": "Hamburg",
    "03": "Niedersachsen",
    "04": "Bremen",
    "05": "Nordrhein-Westfalen",
    "06": "Hessen",
    "07": "Rheinland-Pfalz",
    "08": "Baden-Württemberg",
    "09": "Bayern",
    "10": "Saarland",
    "11": "Berlin",
    "12": "Brandenburg",
    "13": "Mecklenburg-Vorpommern",
    "14": "Sachsen",
    "15": "Sachsen-Anhalt",
    "16": "Thüringen",
}


class Level(IntEnum):
    """What kind of area a key names; a greater number is a smaller area."""

    FEDERATION = 0
    STATE = 1
    GOVERNMENT_REGION = 2
    DISTRICT = 3
    ASSOCIATION = 4
    MUNICIPALITY = 5


@dataclass(frozen=True, slots=True, order=True)
class RegionalKey:
    """An ARS: state 2, region of government 1, district 2, association 4, municipality 3 digits.

    ``digits`` always holds all twelve. A district-free city is a ``DISTRICT`` (its last seven digits are
    zero), so ``covers`` treats it like any district.
    """

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{12}", self.digits):
            raise ValueError(f"a regional key (ARS) has 12 digits, not {self.digits!r}")
        if self.digits[:2] == "00" and self.digits.strip("0"):
            raise ValueError(f"a regional key (ARS) begins with a state's number: {self.digits!r}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key in ``text``: twelve digits, or the digits of a higher level alone (2, 3, 5 or 9).

        Spaces are ignored. Raises ValueError for anything else.
        """
        digits = "".join(text.split())
        if len(digits) not in _LEVEL_ENDS[1:]:
            raise ValueError(f"a regional key (ARS) has 12 digits, not {text!r}")
        return cls(digits.ljust(12, "0"))

    @property
    def level(self) -> Level:
        """The level of the smallest part that is not zero."""
        for level in reversed(Level):
            start, end = _LEVEL_ENDS[max(level - 1, 0)], _LEVEL_ENDS[level]
            if self.digits[start:end].strip("0"):
                return level
        return Level.FEDERATION

    @property
    def prefix(self) -> str:
        """The significant digits: ``03460`` for the district ``034600000000``, empty for the federation."""
        return self.digits[: _LEVEL_ENDS[self.level]]

    @property
    def state(self) -> RegionalKey:
        """The key of the state this area lies in."""
        return RegionalKey.parse(self.digits[:2])

    @property
    def state_name(self) -> str:
        """The German name of the state, or the empty text for a number that no state has."""
        return STATES.get(self.digits[:2], "")

    @property
    def district(self) -> RegionalKey:
        """The key of the district this area lies in; its own for a district.

        Raises ValueError for an area greater than a district.
        """
        if self.level < Level.DISTRICT:
            raise ValueError(f"{self.digits} is greater than a district")
        return RegionalKey.parse(self.digits[:5])

    @property
    def has_no_district(self) -> bool:
        """Whether no district stands above it: a district itself, a district-free city, or a city state."""
        return self.level is Level.DISTRICT or (self.level is Level.STATE and self.digits[:2] in _CITY_STATES)

    @property
    def municipality_key(self) -> MunicipalityKey:
        """The AGS of the same area: the ARS without the association's four digits."""
        return MunicipalityKey(self.digits[:5] + self.digits[9:])

    def covers(self, other: RegionalKey) -> bool:
        """Whether ``other`` lies in this area or is this area. A district covers its towns."""
        return other.digits.startswith(self.prefix)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class MunicipalityKey:
    """An AGS: state 2, region of government 1, district 2, municipality 3 digits.

    It cannot be turned into an ARS without a directory, because it leaves the association out.
    """

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9]{8}", self.digits):
            raise ValueError(f"a municipality key (AGS) has 8 digits, not {self.digits!r}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key in ``text``: eight digits, spaces ignored. Raises ValueError for anything else."""
        return cls("".join(text.split()))

    @property
    def district_prefix(self) -> str:
        """The five digits of the district, as in an ARS."""
        return self.digits[:5]

    def covers(self, other: MunicipalityKey) -> bool:
        """Whether ``other`` lies in this area or is this area (``03460000`` covers ``03460009``)."""
        ends = (0, 2, 3, 5, 8)
        significant = max(
            (end for start, end in pairwise(ends) if self.digits[start:end].strip("0")),
            default=0,
        )
        return other.digits.startswith(self.digits[:significant])

    def __str__(self) -> str:
        return self.digits
