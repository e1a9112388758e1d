"""The official directory of municipalities, from which a town's facts are filled in when it is brought on line.

Source of the list: Destatis, Gemeindeverzeichnis (GV100AD), as a table with a line for each municipality.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import TenantKind
from kreisportal.tenancy.models import DirectoryPlace
from kreisportal.tenancy.places import sort_key
from kreisportal.tenancy.regional_key import RegionalKey

_NEEDED = ("ars", "name")
# Kinds of the list: 61 a city that is a district of its own, 62 and 63 towns.
_TOWN_CODES = frozenset({"61", "62", "63"})
_TOWN_WORDS = ("stadt", "St", "GKSt")
_BATCH = 1000
_ARS_DIGITS, _AGS_DIGITS, _DISTRICT_DIGITS = 12, 8, 5
_DISTRICT_WORDS = ("landkreis ", "kreis ")


@dataclass(frozen=True, slots=True)
class Entry:
    """A municipality as the list knows it: "Vechta" is a ``city`` in "Landkreis Vechta".

    Postcodes are separated by spaces.
    """

    ars: str
    name: str
    kind: str
    district: str
    state: str
    postcodes: str

    @property
    def full_name(self) -> str:
        """What the authority is called, e.g. Stadt Vechta."""
        return f"{'Stadt' if self.kind == TenantKind.CITY else 'Gemeinde'} {self.name}"

    @property
    def key(self) -> RegionalKey:
        """Its regional key."""
        return RegionalKey(self.ars)


def read_directory(file: Path) -> list[Entry]:
    """The municipalities of a CSV file with the columns ars and name, perhaps district, postcode, kind or kind_code.

    A name may carry what the place is ("Vechta, Stadt"). Raises DefinitionError with all faults, each with its line.
    """
    found: list[Entry] = []
    faults: list[str] = []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise DefinitionError([f"{file}:1: columns: {', '.join(missing)} must be there."])
        for row in reader:
            try:
                found.append(_entry({name: (value or "").strip() for name, value in row.items() if name}))
            except ValueError as error:
                faults.append(f"{file}:{reader.line_num}: {error}.")
    if faults:
        raise DefinitionError(faults)
    return found


def _entry(row: dict[str, str]) -> Entry:
    """Raises ValueError for a key that is none, and for a line without a name."""
    key = RegionalKey(row["ars"])
    name, _, title = row["name"].partition(", ")
    if not name:
        raise ValueError("name: is missing")
    is_town = row.get("kind_code") in _TOWN_CODES or any(word in title for word in _TOWN_WORDS)
    kind = row.get("kind") or (TenantKind.CITY if is_town else TenantKind.MUNICIPALITY).value
    if kind not in {each.value for each in TenantKind}:
        raise ValueError(f"kind: {kind} is none")
    district = row.get("district", "").partition(", ")[0]
    return Entry(key.digits, name, kind, district, key.state_name, row.get("postcode", ""))


def import_directory(session: Session, entries: Iterable[Entry]) -> int:
    """Bring the list in; what was there by the same key is replaced. Returns how many lines are new or have changed."""
    changed = 0
    rows = [
        {**asdict(entry), "folded": sort_key(entry.name)[0]}
        for entry in {each.ars: each for each in entries}.values()
    ]
    for start in range(0, len(rows), _BATCH):
        statement = insert(DirectoryPlace).values(rows[start : start + _BATCH])
        new = {name: statement.excluded[name] for name in rows[0] if name != "ars"}
        differs = or_(*(getattr(DirectoryPlace, name).is_distinct_from(value) for name, value in new.items()))
        upsert = statement.on_conflict_do_update(index_elements=["ars"], set_=new, where=differs)
        changed += len(session.execute(upsert.returning(DirectoryPlace.ars)).all())
    return changed


def find_entries(session: Session, words: str, limit: int = 20) -> Sequence[Entry]:
    """The municipalities that a name, its beginning, a later word of it or a regional key may mean, the likeliest first."""
    folded = sort_key(words)[0]
    if not folded:
        return []
    if folded.replace(" ", "").isdigit():
        fits = DirectoryPlace.ars.startswith(folded.replace(" ", ""))
    else:
        fits = or_(
            DirectoryPlace.folded.startswith(folded, autoescape=True),
            DirectoryPlace.folded.contains(f" {folded}", autoescape=True),
        )
    rank = case(
        (DirectoryPlace.folded == folded, 0),
        (DirectoryPlace.folded.startswith(folded, autoescape=True), 1),
        else_=2,
    )
    query = select(DirectoryPlace).where(fits).order_by(rank, DirectoryPlace.folded, DirectoryPlace.ars)
    return [_of(row) for row in session.scalars(query.limit(limit))]


def entry_of(session: Session, ars: str) -> Entry | None:
    """The municipality with this key, or None."""
    row = session.get(DirectoryPlace, ars)
    return _of(row) if row else None


def entries_meant(session: Session, text: str) -> Sequence[Entry]:
    """The municipalities that a whole key, ARS or AGS, or a whole name means; several bear the same name."""
    digits = "".join(text.split())
    if len(digits) in (_ARS_DIGITS - 1, _AGS_DIGITS - 1):
        # Spreadsheets take a key for a number, which has no zero at its front.
        digits = f"0{digits}"
    if not digits.isdecimal():
        fits = DirectoryPlace.folded == sort_key(text)[0]
    elif len(digits) == _AGS_DIGITS:
        fits = DirectoryPlace.ars.startswith(digits[:5]) & DirectoryPlace.ars.endswith(digits[5:])
    else:
        fits = DirectoryPlace.ars == digits
    return [
        _of(row) for row in session.scalars(select(DirectoryPlace).where(fits).order_by(DirectoryPlace.ars))
    ]


def entries_in_district(session: Session, text: str) -> Sequence[Entry]:
    """The municipalities of the district that a name ("Aurich", "Landkreis Aurich") or a key of five digits means.

    A city that is in no district is none of them. Of a name that several districts bear, those of all.
    """
    asked = " ".join(text.lower().split())
    if len(asked) == _DISTRICT_DIGITS and asked.isdecimal():
        fits = DirectoryPlace.ars.startswith(asked)
    else:
        for word in _DISTRICT_WORDS:
            asked = asked.removeprefix(word)
        fits = func.lower(DirectoryPlace.district).in_(
            [asked, *(f"{word}{asked}" for word in _DISTRICT_WORDS)]
        )
    found = session.scalars(select(DirectoryPlace).where(fits).order_by(DirectoryPlace.folded)).all()
    return [entry for entry in map(_of, found) if not entry.key.has_no_district]


def directory_size(session: Session) -> int:
    """How many municipalities the directory holds."""
    return session.scalar(select(func.count()).select_from(DirectoryPlace)) or 0


def _of(row: DirectoryPlace) -> Entry:
    return Entry(row.ars, row.name, row.kind, row.district, row.state, row.postcodes)
