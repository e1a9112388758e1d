"""Requests that are on their way, and what came of them: every assertion once, and only in the browser that asked.

A provider's answer comes as a form from elsewhere, with which no cookie of ours goes along. So it is taken in two steps:
what it proves is kept, sealed, for two minutes under the request's id; then the browser is led to a page of ours, which
knows by its cookie for which requests it may fetch that. A request's id says itself that it is ours, and how old it is.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from dataclasses import asdict

from sqlalchemy import text

from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.saml import Proven
from kreisportal.bundid.saml_errors import SamlRefusedError
from kreisportal.credentials.keys import CredentialKeys, derive, open_sealed, seal
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.ids import derived_token, digest

REQUEST_SECONDS = 30 * 60
"""For how long a person may be away to sign in."""

_FETCH_SECONDS = 120
_REQUEST = re.compile(
    r"_(?P<moment>[1-9][0-9]{8,10})\.(?P<random>[0-9a-f]{32})\.(?P<proof>[A-Za-z0-9_-]{1,64})"
)
_KEEP = text("SELECT definer.keep_saml_assertion(:assertion, :request, :sealed, :until, :seconds)")
_FETCH = text("SELECT definer.fetch_saml_arrival(:request) AS sealed")


def new_request_id(secret_key: str, provider: str) -> str:
    """An id for a request to a provider, good for half an hour. No letter of it may not stand in an XML id."""
    moment, random = int(clock.now().timestamp()), secrets.token_hex(16)
    return f"_{moment}.{random}.{_proof(secret_key, provider, moment, random)}"


def is_our_request(secret_key: str, provider: str, request_id: str) -> bool:
    """Whether a request of this id was ours, to this provider, and not too long ago."""
    written = _REQUEST.fullmatch(request_id)
    if written is None:
        return False
    moment, random = int(written["moment"]), written["random"]
    age = clock.now().timestamp() - moment
    return -1 <= age <= REQUEST_SECONDS and hmac.compare_digest(
        written["proof"], _proof(secret_key, provider, moment, random)
    )


def keep_arrival(database: Database, secret_key: str, request_id: str, proven: Proven) -> None:
    """Take an assertion, once, and keep who it is about for the browser to fetch. Raises SamlRefusedError if it was used."""
    identity, said = proven.identity, proven.said
    sealed = seal(_keys(secret_key), json.dumps(asdict(identity)), "saml-arrival", request_id)
    values = {
        "assertion": digest(f"{identity.issuer}\n{said.id}"),
        "request": digest(request_id),
        "sealed": sealed,
        "until": said.keep_until,
        "seconds": _FETCH_SECONDS,
    }
    with database.transaction(ANONYMOUS) as session:
        if not session.scalar(_KEEP, values):
            raise SamlRefusedError("shown before")


def fetch_arrival(database: Database, secret_key: str, request_id: str) -> OutsideIdentity | None:
    """Who has signed in for a request of this browser; None if nobody has, or it was fetched before."""
    with database.transaction(ANONYMOUS) as session:
        sealed = session.scalar(_FETCH, {"request": digest(request_id)})
    if sealed is None:
        return None
    return OutsideIdentity(
        **json.loads(open_sealed(_keys(secret_key), bytes(sealed), "saml-arrival", request_id))
    )


def _proof(secret_key: str, provider: str, moment: int, random: str) -> str:
    return derived_token(secret_key, "saml request", f"{provider}\0{moment}\0{random}")


def _keys(secret_key: str) -> CredentialKeys:
    """Keys of their own, so that what seals other secrets opens none of these."""
    purposes = ("kreisportal saml arrival seal", "kreisportal saml arrival names")
    return CredentialKeys(*(derive(secret_key, purpose, 32) for purpose in purposes))
