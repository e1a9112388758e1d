"""Whose account's page this is."""

from __future__ import annotations

import uuid

from werkzeug.exceptions import Unauthorized

from kreisportal.web.sessions import current_session


def own_account_id() -> uuid.UUID:
    """The account that is signed in. Raises Unauthorized if there is none."""
    found = current_session().account_id
    if found is None:
        raise Unauthorized
    return found
