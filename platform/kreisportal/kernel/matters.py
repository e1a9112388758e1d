"""What stands on the page of all one's matters: each room registers its sections, and the page knows no room.

Whatever waits for somebody at a town comes there so, be it a draft, a case, a payment that is due or an appointment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter at a town. ``note`` is what is to be known of it besides town and service, in the language spoken.

    ``path`` is the page on which it is seen, without its language, on the portal that was used, else the town's own.
    """

    tenant_id: int
    via_tenant_id: int
    service_key: str
    note: str
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading. Sections stand in the order of ``position``, 0 to 100: what one has to do comes first."""

    position: int
    heading: str
    rows: tuple[MatterRow, ...]


Sections = Callable[[Session], Iterable[Section]]
"""What a room has to show to the account that the transaction acts for."""


class Matters:
    """The sections of all rooms. A room offers ``register(matters)``, the program calls it."""

    def __init__(self) -> None:
        self._rooms: dict[str, Sections] = {}

    def register(self, room: str, sections: Sections) -> None:
        """Add what a room shows. Raises ``ValueError`` for a name that is taken."""
        if room in self._rooms:
            raise ValueError(f"{room!r} is registered already")
        self._rooms[room] = sections

    def of(self, session: Session) -> list[Section]:
        """The sections in their order; those without rows are left out."""
        found = [
            section for sections in self._rooms.values() for section in sections(session) if section.rows
        ]
        return sorted(found, key=lambda section: section.position)
