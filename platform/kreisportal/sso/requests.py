"""Authorization requests (OpenID Connect Core 1.0, 3.1.2.1): what a client may ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kreisportal.kernel.levels import LEVELS, Level
from kreisportal.settings import Settings
from kreisportal.sso.clients import Client, find_client
from kreisportal.sso.errors import BadRequestError
from kreisportal.sso.pkce import is_challenge
from kreisportal.tenancy.registry import Registry

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that was checked: the client is ours and the answer goes to its registered address.

    ``level`` is the level of trust that is needed at the client now.
    """

    client: Client
    state: str
    nonce: str
    challenge: str
    level: Level = "basic"

    def query(self) -> str:
        """The request as the query of the authorization address."""
        return urlencode(
            {
                "response_type": "code",
                "client_id": self.client.id,
                "redirect_uri": self.client.redirect_uri,
                "scope": "openid",
                "state": self.state,
                "nonce": self.nonce,
                "code_challenge": self.challenge,
                "code_challenge_method": "S256",
                **({"acr_values": self.level} if self.level != LEVELS[0] else {}),
            }
        )

    def answer(self, **values: str) -> str:
        """The address that leads back to the client."""
        return f"{self.client.redirect_uri}?{urlencode({**values, 'state': self.state})}"


def read_request(settings: Settings, registry: Registry, args: Mapping[str, str]) -> AuthorizationRequest:
    """The request in the query of the authorization address.

    Raises BadRequestError; nobody is led anywhere then, because an address that is not registered is a stranger's.
    """
    client = find_client(settings, registry, args.get("client_id", ""))
    if client is None:
        raise BadRequestError("unknown client")
    if args.get("redirect_uri") != client.redirect_uri:
        raise BadRequestError("another redirect_uri than the registered one")
    if args.get("response_type") != "code" or "openid" not in args.get("scope", "").split():
        raise BadRequestError("response_type or scope")
    state, nonce, challenge = (args.get(name, "") for name in ("state", "nonce", "code_challenge"))
    if not all(0 < len(value) <= _LONGEST and value.isprintable() for value in (state, nonce)):
        raise BadRequestError("state or nonce")
    if args.get("code_challenge_method") != "S256" or not is_challenge(challenge):
        raise BadRequestError("code_challenge")
    level = next((level for level in LEVELS if level == args.get("acr_values")), LEVELS[0])
    return AuthorizationRequest(client, state, nonce, challenge, level)
