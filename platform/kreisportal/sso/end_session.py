"""What a client asks when it wants somebody signed out, and where it may have them led to afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet

from kreisportal.sso.models import OutsideClient
from kreisportal.sso.provider import Pairs, Provider, ProviderRequest
from kreisportal.sso.signing_keys import ALGORITHM, keys_that_were_ours

_LONGEST_STATE = 500


@dataclass(frozen=True, slots=True)
class EndSession:
    """A request that was checked. ``redirect_uri`` is registered by exactly this ``client``, and has its state."""

    client: OutsideClient | None
    redirect_uri: str | None


class _Endpoint(EndSessionEndpoint):  # type: ignore[misc] # Authlib has no types.
    server: Provider

    def get_server_jwks(self) -> KeySet:
        """All keys that were ours; without any, no token can be."""
        keys = keys_that_were_ours(self.server.session)
        if not keys.keys:
            raise InvalidRequestError("there are no keys")
        return keys

    def get_algorithms(self) -> list[str]:
        return [ALGORITHM]

    def is_post_logout_redirect_uri_legitimate(self, *_: Any) -> bool:
        """The person is asked, and the address is registered by the client that is named: that is enough."""
        return True


def read_end_session(provider: Provider, pairs: Pairs) -> EndSession:
    """The request. Raises OAuth2Error where it is not to be trusted: a token that is not ours or another client's,
    an address that is not registered.
    """
    request = ProviderRequest("GET", pairs)
    asked = request.payload.data
    if request.repeats or len(asked.get("state", "")) > _LONGEST_STATE:
        raise InvalidRequestError("a name comes twice, or the state is too long")
    try:
        found = _Endpoint(provider).validate_request(request)
    except ValueError:
        raise InvalidRequestError("malformed") from None
    claims = found.id_token_claims
    if claims is not None and claims.get("iss") != provider.issuer:
        raise InvalidRequestError("a token of another provider")
    if asked.get("post_logout_redirect_uri") and found.redirect_uri is None:
        raise InvalidRequestError("an address that is not registered")
    return EndSession(found.client.row if found.client is not None else None, found.redirect_uri)
