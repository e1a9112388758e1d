"""Named errors of staff's accounts."""

from __future__ import annotations

from kreisportal.kernel.errors import ConflictError, KreisportalError


class InvitationGoneError(KreisportalError):
    """The invitation was used, has been replaced or is too old, or there never was one."""

    code = "invitation-gone"
    status = 404


class LastOperatorError(ConflictError):
    """Nobody who can sign in would be left to run the region."""

    code = "last-operator"


class LastAdminError(ConflictError):
    """Without this person nobody could lead the town's portal."""

    code = "last-admin"


class OwnAccessError(ConflictError):
    """Nobody gives themselves a role, or resets their own access past their password: somebody else does."""

    code = "own-access"


class DepartmentInUseError(ConflictError):
    """Somebody works in the department, or it works a service."""

    code = "department-in-use"
