"""Named errors of mandates."""

from __future__ import annotations

from kreisportal.kernel.errors import ConflictError, KreisportalError


class InvitationGoneError(KreisportalError):
    """The invitation was answered, withdrawn, is too old, or there never was one."""

    code = "mandate-invitation-gone"
    status = 404


class OwnInvitationError(ConflictError):
    """Nobody acts for themselves: the account that is signed in is the one that invites."""

    code = "own-invitation"


class TooManyMandatesError(ConflictError):
    """The account has as many invitations and mandates open as one may have."""

    code = "too-many-mandates"
