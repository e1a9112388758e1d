"""An OpenID provider from outside, of which we are a client: code flow with PKCE, state and nonce (OIDC Core 1.0, 3.1).

What it says of itself (discovery, keys) is kept for an hour. Who somebody is says the signed ID token alone; it is for
us (``aud``, ``azp``), from the issuer that is set, for this very sign-in (``nonce``) and not over.
"""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kreisportal.bundid.claims import attributes_of
from kreisportal.bundid.errors import NotProvenError, ProviderAwayError
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.openid_fetching import fetch, same_origin
from kreisportal.kernel import clock
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.settings_outside import OpenIdProviderSettings

FRESH_SECONDS = 15 * 60
"""How long ago the person may have shown the provider who they are, where that was asked for anew."""

_ALGORITHMS = ["RS256", "PS256", "ES256"]
_KEPT_SECONDS = 3600
_AGAIN_SECONDS = 60
_AWAY_SECONDS = 10
_SKEW = 60
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself. ``names_itself`` tells that its answers say whose they are (RFC 9207)."""

    authorization: str
    token: str
    keys: str
    user_info: str | None
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was worth."""

    id_token: str
    access_token: str | None


class OpenIdProvider:
    """A provider with what is known of it. Used by several threads at once."""

    def __init__(self, settings: OpenIdProviderSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._away_until = 0.0

    def metadata(self) -> Metadata:
        """What the provider says of itself (OIDC Discovery 1.0). Raises ProviderAwayError."""
        with self._lock:
            if self._metadata is None or time.monotonic() - self._metadata[0] > _KEPT_SECONDS:
                if time.monotonic() < self._away_until:
                    raise ProviderAwayError("it was away a moment ago")
                # Nobody else waits for an answer that does not come.
                self._away_until = time.monotonic() + _AWAY_SECONDS
                self._metadata = time.monotonic(), self._discover()
                self._away_until = 0.0
            return self._metadata[1]

    def leads_to(
        self, redirect_uri: str, state: str, nonce: str, challenge: str, needed: Level, *, anew: bool = False
    ) -> str:
        """The address that asks the provider who somebody is, at least as surely as ``needed``.

        ``anew`` asks it to let the person show that again. Raises ProviderAwayError.
        """
        levels = self.settings.levels
        words = [word for word, level in levels.items() if reaches(level, needed)]
        # Where nothing is needed and no word says "basic", a word would ask for more than that.
        told = words if needed != LEVELS[0] or LEVELS[0] in levels.values() else []
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"acr_values": " ".join(told)} if told else {}),
            **({"prompt": "login", "max_age": str(FRESH_SECONDS)} if anew else {}),
        }
        address = self.metadata().authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """What a code is worth. Raises NotProvenError or ProviderAwayError."""
        pair = f"{quote(self.settings.client_id, safe='')}:{quote(self.settings.client_secret, safe='')}"
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        status, answer = fetch(self.metadata().token, self.settings.issuer, form, authorization)
        if status >= 500:
            raise ProviderAwayError(f"status {status}")
        id_token = answer.get("id_token") if isinstance(answer, dict) else None
        if status != 200 or not isinstance(id_token, str) or len(id_token) > _LONGEST:
            raise NotProvenError("the code was not taken")
        access = answer.get("access_token")
        return Tokens(id_token, access if isinstance(access, str) else None)

    def identity(self, tokens: Tokens, nonce: str, *, anew: bool = False) -> OutsideIdentity:
        """Who has signed in. Raises NotProvenError or ProviderAwayError."""
        claims = self._claims(tokens.id_token)
        self._hold_against(claims, nonce, anew=anew)
        told = self._user_info(tokens, claims["sub"])
        try:
            return OutsideIdentity(
                provider=self.settings.key,
                issuer=self.settings.issuer,
                subject=claims["sub"],
                level=self.level_of(claims),
                attributes=attributes_of({**told, **claims}),
            )
        except (ValueError, TypeError) as error:
            raise NotProvenError(f"no identity: {error}") from None

    def level_of(self, claims: dict[str, Any]) -> Level:
        """The level of trust that the ID token says; "basic" for what is not a word of the settings."""
        word = claims.get(self.settings.level_claim)
        return self.settings.levels.get(word, "basic") if isinstance(word, str) else "basic"

    def _discover(self) -> Metadata:
        issuer = self.settings.issuer
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        status, found = fetch(address, issuer)
        if status != 200 or not isinstance(found, dict) or found.get("issuer") != issuer:
            raise ProviderAwayError("it does not say of itself that it is this issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(same_origin(found.get(name), issuer) for name in names):
            raise ProviderAwayError("its addresses are not its own")
        user_info = found.get("userinfo_endpoint")
        authorization, token, keys = (str(found[name]) for name in names)
        return Metadata(
            authorization,
            token,
            keys,
            user_info=str(user_info) if same_origin(user_info, issuer) else None,
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _key_set(self, *, older_than: float = _KEPT_SECONDS) -> KeySet:
        address = self.metadata().keys
        with self._lock:
            if self._keys is None or time.monotonic() - self._keys[0] > older_than:
                status, found = fetch(address, self.settings.issuer)
                try:
                    if status != 200:
                        raise ProviderAwayError(f"status {status} for its keys")
                    self._keys = time.monotonic(), KeySet.import_key_set(found)
                except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                    raise ProviderAwayError(f"its keys: {type(error).__name__}") from None
            return self._keys[1]

    def _claims(self, id_token: str) -> dict[str, Any]:
        """The claims of a token that the provider has signed; keys are fetched anew once if it is by a new one."""
        try:
            try:
                return dict(jwt.decode(id_token, self._key_set(), algorithms=_ALGORITHMS).claims)
            except (JoseError, ValueError):
                again = self._key_set(older_than=_AGAIN_SECONDS)
                return dict(jwt.decode(id_token, again, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotProvenError(f"signature: {type(error).__name__}") from None

    def _hold_against(self, claims: dict[str, Any], nonce: str, *, anew: bool) -> None:
        """OIDC Core 1.0, 3.1.3.7. Raises NotProvenError."""
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now = clock.now().timestamp()
        ours = self.settings.client_id
        shown_at: Any = claims.get("auth_time")
        faults = {
            "iss": claims.get("iss") != self.settings.issuer,
            "aud": ours not in audiences,
            "azp": claims.get("azp", ours) != ours or (len(audiences) > 1 and "azp" not in claims),
            "exp": not _is_number(claims.get("exp")) or claims["exp"] + _SKEW <= now,
            "iat": not _is_number(claims.get("iat")) or claims["iat"] - _SKEW > now,
            "nbf": "nbf" in claims and (not _is_number(claims["nbf"]) or claims["nbf"] - _SKEW > now),
            "nonce": claims.get("nonce") != nonce,
            "auth_time": anew and (not _is_number(shown_at) or shown_at + FRESH_SECONDS + _SKEW < now),
            "sub": not isinstance(claims.get("sub"), str),
        }
        found = [name for name, wrong in faults.items() if wrong]
        if found:
            raise NotProvenError(", ".join(found))

    def _user_info(self, tokens: Tokens, subject: str) -> dict[str, Any]:
        """What the provider tells besides, if it is about the same person. Without it one is signed in as well."""
        address = self.metadata().user_info
        if address is None or tokens.access_token is None or not tokens.access_token.isprintable():
            return {}
        try:
            status, told = fetch(address, self.settings.issuer, None, f"Bearer {tokens.access_token}")
        except ProviderAwayError:
            return {}
        if status != 200 or not isinstance(told, dict) or told.get("sub") != subject:
            return {}
        return told


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
