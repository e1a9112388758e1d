"""Looks whether clients from outside can be given what they sign people in with."""

from __future__ import annotations

from collections.abc import Iterator

from kreisportal.doctor.findings import Finding, fault, ok
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.sso.errors import NoSigningKeyError
from kreisportal.sso.outside import all_outside_clients
from kreisportal.sso.signing_keys import signing_key


def examine_keys(database: Database, secret_key: str) -> Iterator[Finding]:
    """There is a key to sign with, and it opens; without clients none is needed."""
    with database.transaction(REGION) as session:
        clients = len(all_outside_clients(session))
        if not clients:
            return
        try:
            key = signing_key(session, secret_key)
        except NoSigningKeyError as error:
            state, _, command = str(error).partition(": ")
            yield fault("signing key", state, f"{command} (docs/identity.md)")
            return
    yield ok("signing key", f"{key.kid} signs for {clients} client{'s' if clients > 1 else ''} from outside")
