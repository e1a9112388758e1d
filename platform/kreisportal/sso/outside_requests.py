"""Authorization requests of clients from outside: what they ask for, and how they are answered.

A request that names no client, or an address that is not registered, leads nowhere (BadRequestError). Whatever else
is wrong with it is told to the client at its address (RefusedError; RFC 6749, 4.1.2.1, OpenID Connect Core, 3.1.2.6).
"""

from __future__ import annotations

import datetime
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from joserfc import jwt
from joserfc.errors import JoseError

from kreisportal.kernel import clock
from kreisportal.kernel.errors import KreisportalError
from kreisportal.kernel.ids import derived_token
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.sso.errors import BadRequestError
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.outside import client_in_use
from kreisportal.sso.provider import Pairs, Provider, ProviderRequest
from kreisportal.sso.signing_keys import ALGORITHM, keys_that_were_ours

HINT = "id_token_hint"
SINCE = "since"
"""Our own name in a request that has led to a sign-in: no sign-in before that moment counts."""

_LONGEST_REQUEST = 1700
_LONGEST_NONCE = 500
_LONGEST_HINT = 4000
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_SECONDS = re.compile(r"\d{1,9}")
_SINCE_IS_GOOD_FOR = 3600


class RefusedError(KreisportalError):
    """The client is told why it gets nothing; ``address`` leads back to it."""

    code = "sign-in-refused"
    status = 400

    def __init__(self, error: str, address: str) -> None:
        super().__init__(error)
        self.error, self.address = error, address


@dataclass(frozen=True, slots=True)
class OutsideRequest:
    """A request that was checked. ``since`` is the moment after which one must have signed in, if there is one.

    ``subject`` is whom the client expects, by a token that it was given before; ``levels`` are the levels of trust that it
    would like, the best first.
    """

    client: OutsideClient
    redirect_uri: str
    state: str | None
    issuer: str
    pairs: Pairs
    scopes: tuple[str, ...]
    prompts: frozenset[str]
    max_age: int | None
    since: int | None
    challenge: str
    nonce: str | None
    subject: str | None
    levels: tuple[Level, ...] = ()

    def answer(self, **values: str) -> str:
        """The address that leads back to the client. It names who answers, so that no other can pose as us (RFC 9207)."""
        return _answer(self.redirect_uri, self.state, self.issuer, **values)

    def refused(self, error: str) -> RefusedError:
        """The error that tells the client why it gets nothing."""
        return RefusedError(error, self.answer(error=error))

    def query(self) -> str:
        """The request as it came."""
        return urlencode(self.pairs)

    def query_after_level(self) -> str:
        """The request for when somebody who is signed in, and whom the client means, has shown more of who they are."""
        return urlencode([(name, value) for name, value in self.pairs if name != HINT])

    def query_after_sign_in(self, secret_key: str) -> str:
        """The request with the mark that a sign-in from now on is wanted for it."""
        now = int(clock.now().timestamp())
        mark = f"{now}.{derived_token(secret_key, 'sign-in-since', now)}"
        kept = ((name, value) for name, value in self.pairs if name not in (SINCE, HINT))
        return urlencode([*kept, (SINCE, mark)])

    def is_fresh(self, authenticated_at: datetime.datetime) -> bool:
        """Whether a sign-in of that moment is new enough."""
        at = authenticated_at.timestamp()
        if self.since is not None:
            return at >= self.since
        if "login" in self.prompts or "select_account" in self.prompts:
            return False
        return self.max_age is None or clock.now().timestamp() - at <= self.max_age

    def wishes_for(self, known: str | None, reachable: Collection[Level]) -> Level | None:
        """The level to be shown: the first that the client would like and that can be shown here.

        None where what is known is one of those already, where none can be reached, and where no page may be shown: a level
        is a voluntary claim, and the token says which one it is (OpenID Connect Core 1.0, 5.5.1.1).
        """
        if "none" in self.prompts or any(reaches(known, level) for level in self.levels):
            return None
        return next((level for level in self.levels if level in reachable), None)


def read_outside_request(
    provider: Provider, pairs: Pairs, secret_key: str, *, signed_in: bool
) -> OutsideRequest:
    """The request in the query of the authorization address. Raises BadRequestError or RefusedError."""
    request = ProviderRequest("GET", pairs)
    asked = request.payload.data
    client, redirect_uri = _client_of(provider, request)
    state = asked.get("state")

    def refused(error: str) -> RefusedError:
        return RefusedError(error, _answer(redirect_uri, state, provider.issuer, error=error))

    try:
        _check_own_rules(request)
        subject = _subject(provider, client, asked.get(HINT))
        grant = provider.get_consent_grant(request, end_user=signed_in)
    except OAuth2Error as error:
        raise refused(str(error.error)) from None
    except ValueError:
        # Authlib writes into its errors what it was given, and refuses letters that must not stand there.
        raise refused("invalid_request") from None
    max_age = asked.get("max_age")
    return OutsideRequest(
        client,
        redirect_uri,
        state,
        provider.issuer,
        pairs,
        tuple(grant.request.scope.split()),
        frozenset(asked.get("prompt", "").split()),
        int(max_age) if max_age is not None else None,
        _since(asked.get(SINCE, ""), secret_key),
        asked["code_challenge"],
        asked.get("nonce"),
        subject,
        _levels(asked.get("acr_values", "")),
    )


def _client_of(provider: Provider, request: ProviderRequest) -> tuple[OutsideClient, str]:
    values = request.payload.datalist
    if any(len(values.get(name, [])) != 1 for name in ("client_id", "redirect_uri")):
        raise BadRequestError("client_id and redirect_uri are needed, once each")
    client = client_in_use(provider.session, values["client_id"][0])
    if client is None:
        raise BadRequestError("unknown client")
    if values["redirect_uri"][0] not in client.redirect_uris:
        raise BadRequestError("another redirect_uri than a registered one")
    return client, values["redirect_uri"][0]


def _check_own_rules(request: ProviderRequest) -> None:
    """What Authlib leaves to others. Raises OAuth2Error."""
    asked = request.payload.data
    told = {name: value for name, value in asked.items() if name != HINT}
    if request.repeats or len(urlencode(told)) > _LONGEST_REQUEST or len(asked.get(HINT, "")) > _LONGEST_HINT:
        raise InvalidRequestError("a name comes twice, or the request is too long")
    for name in ("request", "request_uri", "registration"):
        if name in asked:
            raise OAuth2Error(error=f"{name}_not_supported")
    if asked.get("response_mode", "query") != "query":
        raise InvalidRequestError("response_mode")
    if len(asked.get("nonce", "")) > _LONGEST_NONCE:
        raise InvalidRequestError("nonce")
    prompts = asked.get("prompt", "").split()
    if not set(prompts) <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt")
    if not _SECONDS.fullmatch(asked.get("max_age", "0")):
        raise InvalidRequestError("max_age")


def _subject(provider: Provider, client: OutsideClient, hint: str | None) -> str | None:
    """Whom a token is about that the client was given before, old as it may be. Raises OAuth2Error."""
    if hint is None:
        return None
    keys = keys_that_were_ours(provider.session)
    try:
        claims = jwt.decode(hint, keys, [ALGORITHM]).claims
    except JoseError:
        raise InvalidRequestError(HINT) from None
    if (claims.get("iss"), claims.get("aud")) != (provider.issuer, client.id):
        raise InvalidRequestError(HINT)
    return str(claims["sub"])


def _levels(words: str) -> tuple[Level, ...]:
    """The levels among the words, in their order. What we do not know is passed over, as nothing here is essential."""
    known: dict[str, Level] = {level: level for level in LEVELS}
    return tuple(known[word] for word in words.split() if word in known)


def _since(mark: str, secret_key: str) -> int | None:
    """The moment in a mark of ours that is not too old; None for one that anybody else has written."""
    moment, _, proof = mark.partition(".")
    if not _SECONDS.fullmatch(moment[:9]) or not moment.isdecimal() or len(moment) > 12:
        return None
    seconds = int(moment)
    if not hmac.compare_digest(proof.encode(), derived_token(secret_key, "sign-in-since", seconds).encode()):
        return None
    return seconds if clock.now().timestamp() - seconds < _SINCE_IS_GOOD_FOR else None


def _answer(redirect_uri: str, state: str | None, issuer: str, **values: str) -> str:
    """The registered address as it is, and what is answered behind it."""
    more = {**values, **({"state": state} if state else {}), "iss": issuer}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(more)}"
