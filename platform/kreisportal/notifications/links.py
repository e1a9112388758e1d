"""Links that are computed when a mail is sent, because they hold secrets and come from the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kreisportal.jobs import Part
from kreisportal.kernel.errors import KreisportalError

if TYPE_CHECKING:
    from kreisportal.jobs import Runtime


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A mail that waits to be sent, as a links function sees it."""

    id: uuid.UUID
    case_id: uuid.UUID | None
    recipient: str
    language: str
    template: str
    data: Mapping[str, Any]


class ObsoleteMailError(KreisportalError):
    """What the mail tells of is gone (a draft deleted, a case erased): it is not sent any more."""

    code = "mail-obsolete"


LinksFunction = Callable[["Runtime", int, QueuedMail], Mapping[str, str]]
"""``function(runtime, tenant_id, mail)`` gives the links by the names that the template uses.

Raises ``ObsoleteMailError`` when the mail has become pointless, any other error to be asked again later.
"""


class LinksRegistry:
    """Which function computes the links of which template; filled in by the rooms above when the worker starts."""

    def __init__(self) -> None:
        self._functions: dict[str, LinksFunction] = {}

    def register_links(self, template: str, function: LinksFunction) -> None:
        """Let ``function`` compute the links of ``template``. Raises ``ValueError`` if another does already."""
        if template in self._functions:
            raise ValueError(f"the links of {template!r} are registered already")
        self._functions[template] = function

    def links(self, runtime: Runtime, tenant_id: int, mail: QueuedMail) -> Mapping[str, str]:
        """The links of a mail; none if nobody computes any for its template."""
        function = self._functions.get(mail.template)
        return {} if function is None else function(runtime, tenant_id, mail)


LINKS: Part[LinksRegistry] = Part("links")
