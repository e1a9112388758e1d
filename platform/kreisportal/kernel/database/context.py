"""Who asks the database, and for which tenant: set once, at BEGIN, and read by every policy."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kind of actor. Every policy asks for it, because permissive policies are joined by OR."""

    ANONYMOUS = "anonymous"
    APPLICANT = "applicant"
    ACCOUNT = "account"
    STAFF = "staff"
    REGION = "region"
    JOB = "job"
    CLIENT = "client"
    TOKEN = "token"  # noqa: S105 - the name of a kind, no secret.


_OF_TENANTS = frozenset({ActorKind.APPLICANT, ActorKind.STAFF, ActorKind.JOB, ActorKind.TOKEN})


@dataclass(frozen=True, slots=True)
class Context:
    """Whom a transaction acts for.

    ``subject_id`` confines an applicant without an account to one draft or case; ``staff_id`` names
    the member of staff, ``account_id`` the citizen's account; a client from outside (``client_id``) reads of
    that what it may. An applicant with ``mandate_id`` acts for somebody else, within that mandate only. None means:
    nobody, nothing; but the region without a ``staff_id`` is a command on the machine itself. ``token`` and
    ``token_id`` are the name and the id of the access token that acts, for the audit.
    """

    actor: ActorKind
    tenant_id: int | None = None
    account_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    client_id: str | None = None
    mandate_id: uuid.UUID | None = None
    token: str | None = None
    token_id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        if self.actor in _OF_TENANTS and self.tenant_id is None:
            raise ValueError(f"an actor of kind {self.actor} acts for a tenant")

    def settings(self) -> dict[str, str]:
        """The PostgreSQL settings that carry this context; an empty string stands for nobody."""
        return {
            "kreisportal.actor": self.actor.value,
            "kreisportal.tenant_id": str(self.tenant_id or ""),
            "kreisportal.account_id": str(self.account_id or ""),
            "kreisportal.staff_id": str(self.staff_id or ""),
            "kreisportal.subject_id": str(self.subject_id or ""),
            "kreisportal.client_id": self.client_id or "",
            "kreisportal.mandate_id": str(self.mandate_id or ""),
        }


ANONYMOUS = Context(ActorKind.ANONYMOUS)
REGION = Context(ActorKind.REGION)
"""A command on the machine itself, which acts for the whole region."""

NOBODY = uuid.UUID(int=0)
REGION_VISITOR = Context(ActorKind.REGION, staff_id=NOBODY)
"""Who is about to sign in at the region's host, and so reaches nothing there yet."""
