"""The OpenID provider for clients from outside: Authlib's rules over our own rows. One for each request.

A request is pairs of names and values, so that a name that comes twice is seen; an answer is status, content and
headers. That the connection is safe is seen to before (gate and proxy), so Authlib is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import OAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from kreisportal.kernel import clock
from kreisportal.sso.grants import UsedCode, issue_client_token, use_client_code
from kreisportal.sso.models import OutsideClient
from kreisportal.sso.outside import client_in_use, secret_fits
from kreisportal.sso.pkce import is_challenge
from kreisportal.sso.scopes import SCOPES
from kreisportal.sso.signing_keys import ALGORITHM, TOKEN_SECONDS, signing_key

Pairs = Sequence[tuple[str, str]]
ProviderAnswer = tuple[int, Any, list[tuple[str, str]]]

_TRANSPORT = "https://account.invalid/"


class _Payload(OAuth2Payload):  # type: ignore[misc] # Authlib has no types.
    data: dict[str, str] = {}
    datalist: dict[str, list[str]] = {}

    def __init__(self, pairs: Pairs) -> None:
        self.data, self.datalist = dict(pairs), {}
        for name, value in pairs:
            self.datalist.setdefault(name, []).append(value)


class ProviderRequest(OAuth2Request):  # type: ignore[misc]
    """A request to the provider."""

    def __init__(self, method: str, pairs: Pairs, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(method, _TRANSPORT, headers=headers or {})
        self.payload: _Payload = _Payload(pairs)

    @property
    def args(self) -> dict[str, str]:
        """The values by name."""
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        """The same: a request has its values in one place."""
        return self.payload.data

    @property
    def repeats(self) -> bool:
        """Whether a name comes twice (RFC 6749, 3.1 and 3.2)."""
        return any(len(values) > 1 for values in self.payload.datalist.values())


class _Client(ClientMixin):  # type: ignore[misc]
    """A registered client as Authlib asks for it."""

    id_token_signed_response_alg = ALGORITHM

    def __init__(self, session: Session, row: OutsideClient) -> None:
        self.row, self._session = row, session
        self.client_metadata = {"post_logout_redirect_uris": row.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """An address must be named."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or "").split()
        if "openid" not in asked:
            return None
        return " ".join(each for each in SCOPES if each in asked and each in self.row.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secret_fits(self._session, self.row.id, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return bool(method == ("client_secret_basic" if self.row.confidential else "none"))

    def check_response_type(self, response_type: str) -> bool:
        return bool(response_type == "code")

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == "authorization_code")


class _CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "none"]
    server: Provider

    def query_authorization_code(self, code: str, client: _Client) -> UsedCode | None:
        return use_client_code(self.server.session, code, client.get_client_id())

    def delete_authorization_code(self, authorization_code: UsedCode) -> None:
        """It was used up when it was looked up, and is known for a while, lest it is shown again."""

    def authenticate_user(self, authorization_code: UsedCode) -> UsedCode:
        return authorization_code


class _OnlyS256(CodeChallenge):  # type: ignore[misc]
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: _CodeGrant, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if asked.get("code_challenge_method") != "S256" or not is_challenge(asked.get("code_challenge", "")):
            raise InvalidRequestError("a code_challenge with the method S256 is required")
        super().validate_code_challenge(grant, redirect_uri)


class _IdToken(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=False)
        self._provider = provider
        self._key: RSAKey | None = None

    def exists_nonce(self, nonce: str, request: ProviderRequest) -> bool:
        return False

    def resolve_client_private_key(self, client: _Client) -> RSAKey:
        if self._key is None:
            self._key = signing_key(self._provider.session, self._provider.secret_key)
        return self._key

    def get_encode_header(self, client: _Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self.resolve_client_private_key(client).kid), "typ": "JWT"}

    def get_client_claims(self, client: _Client) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        claims = {"iss": self._provider.issuer, "aud": client.get_client_id()}
        return {**claims, "iat": now, "exp": now + TOKEN_SECONDS}

    def generate_user_info(self, user: UsedCode, scope: str) -> dict[str, str]:
        return {"sub": user.subject, "sid": str(user.client_session_id)}


class Provider(AuthorizationServer):  # type: ignore[misc]
    """The provider in one transaction, which speaks for a client."""

    def __init__(self, session: Session, issuer: str, secret_key: str) -> None:
        super().__init__()
        self.session, self.issuer, self.secret_key = session, issuer, secret_key
        self.register_grant(_CodeGrant, [_OnlyS256(required=True), _IdToken(self)])
        self.register_token_generator("default", self._new_token)

    def query_client(self, client_id: str) -> _Client | None:
        """The client with this id, or None."""
        row = client_in_use(self.session, client_id)
        return _Client(self.session, row) if row is not None else None

    def save_token(self, token: dict[str, Any], request: ProviderRequest) -> None:
        """Fill in the token itself, which is made where its digest is written down."""
        token["access_token"] = issue_client_token(self.session, request.authorization_code)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        """It is one already."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> ProviderAnswer:
        """As it is; the face makes an answer of it."""
        return status, body, headers

    def redeem(self, request: ProviderRequest) -> ProviderAnswer:
        """The answer of the token endpoint (OpenID Connect Core 1.0, 3.1.3)."""
        if request.repeats:
            return self.refuse(request, InvalidRequestError("a name comes twice"))
        try:
            return self.create_token_response(request)  # type: ignore[no-any-return]
        except ValueError:
            # Bytes that are no text where a secret should be, or letters that an answer must not repeat.
            return self.refuse(request, InvalidRequestError("malformed"))

    def refuse(self, request: ProviderRequest, error: OAuth2Error) -> ProviderAnswer:
        """The answer that tells an error."""
        return self.handle_error_response(request, error)  # type: ignore[no-any-return]

    def _new_token(self, *, scope: str, **_: object) -> dict[str, Any]:
        return {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "scope": scope}
