"""What can go wrong with drafts and cases."""

from __future__ import annotations

from kreisportal.kernel.errors import ConflictError, KreisportalError, NotFoundError


class DraftGoneError(NotFoundError):
    """The draft has expired or never was."""

    code = "draft-gone"


class DraftChangedError(ConflictError):
    """The answers have changed since the page that is sent was shown: it must be looked at again."""

    code = "draft-changed"


class FeeChangedError(ConflictError):
    """The fee is another one than the review page has shown."""

    code = "fee-changed"


class DraftIncompleteError(ConflictError):
    """Answers are missing or wrong; ``step`` is the first that needs another look."""

    code = "draft-incomplete"

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class CaseClosedError(ConflictError):
    """The case has been decided, withdrawn or passed on; this can no longer be done to it."""

    code = "case-closed"


class CaseChangedError(ConflictError):
    """Something has happened to the case since the page was shown from which this is done."""

    code = "case-changed"


class TargetRefusedError(ConflictError):
    """The authority that a case should be passed on to cannot take it (any more)."""

    code = "target-refused"


class NotSureEnoughError(KreisportalError):
    """The form needs a higher level of trust than that to which it is known who sends it."""

    code = "not-sure-enough"
    status = 403


class AlreadyAskedError(ConflictError):
    """Somebody has asked already for the identity of a case's applicant to be confirmed."""

    code = "already-asked"


class NothingAskedError(ConflictError):
    """There is nothing (any more) to be confirmed."""

    code = "nothing-asked"


class SamePersonError(ConflictError):
    """Who has seen the applicant cannot be who confirms it: it takes two."""

    code = "same-person"


class OwnCaseError(ConflictError):
    """Nobody confirms who they are themselves."""

    code = "own-case"
