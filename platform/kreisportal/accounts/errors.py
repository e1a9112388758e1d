"""Named errors of accounts."""

from __future__ import annotations

from kreisportal.kernel.errors import KreisportalError


class LinkGoneError(KreisportalError):
    """The mailed link was used, is too old, or there never was one."""

    code = "link-gone"
    status = 404
