"""What an OpenID provider's answers must be to say who somebody is; each that is not is refused."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kreisportal.bundid.claims import attributes_of
from kreisportal.bundid.errors import NotProvenError, ProviderAwayError
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.openid import OpenIdProvider, Tokens
from kreisportal.bundid.openid_fetching import same_origin
from tests.bundid.provider_of_ours import OTHER_KEY, PUBLIC_AS_SECRET, Liar, lying

BACK = "https://konto.localhost/anmelden/zurueck/land"


@pytest.fixture(scope="module")
def _liar() -> Iterator[Liar]:
    with lying() as found:
        yield found


@pytest.fixture
def liar(_liar: Liar) -> Liar:
    """A provider that says the truth until a test changes it."""
    fresh = Liar()
    for name in ("claims", "metadata", "user_info", "algorithm", "signed_by", "redeemed", "asked"):
        setattr(_liar, name, getattr(fresh, name))
    _liar.nonce = "n-1"
    return _liar


def who(liar: Liar, *, anew: bool = False, **settings: Any) -> OutsideIdentity:
    provider = OpenIdProvider(liar.settings(**settings))
    return provider.identity(provider.redeem("code", "verifier", BACK), "n-1", anew=anew)


def test_who_has_signed_in_is_told_by_the_token(liar: Liar) -> None:
    liar.claims = {"given_name": "Änne", "acr": "hoch"}
    found = who(liar)
    assert (found.provider, found.issuer, found.subject) == ("land", liar.issuer, "subjekt-1")
    assert (found.level, found.attributes) == ("high", {"person.given_names": "Änne"})
    assert liar.redeemed == [
        {
            "grant_type": "authorization_code",
            "code": "code",
            "redirect_uri": BACK,
            "code_verifier": "verifier",
        }
    ]


def test_the_request_has_all_that_binds_the_answer(liar: Liar) -> None:
    address = OpenIdProvider(liar.settings()).leads_to(BACK, "s", "n", "c", "substantial", anew=True)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{liar.issuer}/hin?")
    assert asked == {
        "response_type": "code",
        "client_id": "kreisportal",
        "redirect_uri": BACK,
        "scope": "openid profile",
        "state": "s",
        "nonce": "n",
        "code_challenge": "c",
        "code_challenge_method": "S256",
        "acr_values": "hoch mittel",
        "prompt": "login",
        "max_age": "900",
    }


def test_no_level_is_asked_for_where_none_is_needed_unless_the_lowest_has_a_word(liar: Liar) -> None:
    plain = OpenIdProvider(liar.settings()).leads_to(BACK, "s", "n", "c", "basic")
    assert not {"acr_values", "prompt", "max_age"} & parse_qs(urlsplit(plain).query).keys()
    levels = {"tief": "basic", "hoch": "high"}
    address = OpenIdProvider(liar.settings(levels=levels)).leads_to(BACK, "s", "n", "c", "basic")
    assert parse_qs(urlsplit(address).query)["acr_values"] == ["tief hoch"]


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["kreisportal", "another"]}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": 1}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": 9_999_999_999}, "nbf"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": ""}, "identity"),
        ({"sub": "x" * 501}, "identity"),
    ],
)
def test_a_token_for_others_or_of_another_time_proves_nothing(
    liar: Liar, claims: dict[str, Any], says: str
) -> None:
    liar.claims = claims
    with pytest.raises(NotProvenError) as raised:
        who(liar)
    assert says in raised.value.reason


def test_a_token_by_another_key_proves_nothing(liar: Liar) -> None:
    liar.signed_by = OTHER_KEY
    with pytest.raises(NotProvenError, match="signature"):
        who(liar)


def test_a_token_by_a_secret_or_by_none_proves_nothing(liar: Liar) -> None:
    liar.algorithm, liar.signed_by = "HS256", PUBLIC_AS_SECRET
    with pytest.raises(NotProvenError, match="signature"):
        who(liar)
    provider = OpenIdProvider(liar.settings())
    for forged in ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "x", "a.b.c", ""):
        with pytest.raises(NotProvenError):
            provider.identity(Tokens(forged, None), "n-1")


@pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": 1}, {"auth_time": "now"}])
def test_who_shall_show_it_anew_has_shown_it_lately(liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims = claims
    assert who(liar).subject == "subjekt-1"
    with pytest.raises(NotProvenError, match="auth_time"):
        who(liar, anew=True)


@pytest.mark.parametrize(
    "said", [None, "highest", "HOCH", "urn:hoch", ["hoch"], {"hoch": 1}, 3, True, "substantial", "high"]
)
def test_a_word_that_is_not_set_is_the_lowest_level(liar: Liar, said: object) -> None:
    liar.claims = {"acr": said}
    assert who(liar).level == "basic"


def test_the_level_is_told_by_the_signed_token_only(liar: Liar) -> None:
    liar.claims, liar.user_info = {"acr": None}, {"acr": "hoch", "family_name": "Øster"}
    found = who(liar)
    assert found.level == "basic"
    assert found.attributes == {"person.family_name": "Øster"}


def test_what_is_told_of_somebody_else_is_nothing(liar: Liar) -> None:
    liar.user_info = {"sub": "another", "family_name": "Øster"}
    assert who(liar).attributes == {}


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "https://evil.example/keys"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"authorization_endpoint": "//evil.example/hin"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_addresses_elsewhere_are_not_asked(liar: Liar, metadata: dict[str, Any]) -> None:
    liar.metadata = metadata
    with pytest.raises(ProviderAwayError):
        who(liar)
    assert liar.asked == ["/.well-known/openid-configuration"]


def test_a_new_key_is_fetched_once_it_is_met(liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = OpenIdProvider(liar.settings())
    provider.identity(provider.redeem("code", "v", BACK), "n-1")
    before = liar.key
    liar.key = replace(Liar(), issuer=liar.issuer).key
    try:
        with pytest.raises(NotProvenError):
            provider.identity(provider.redeem("code", "v", BACK), "n-1")
        assert liar.asked.count("/keys") == 1, "not more than once a minute"
        monkeypatch.setattr("kreisportal.bundid.openid._AGAIN_SECONDS", -1)
        assert provider.identity(provider.redeem("code", "v", BACK), "n-1").subject == "subjekt-1"
    finally:
        liar.key = before


def test_what_it_says_of_itself_is_kept(liar: Liar) -> None:
    provider = OpenIdProvider(liar.settings())
    for _ in range(3):
        provider.identity(provider.redeem("code", "v", BACK), "n-1")
    assert liar.asked.count("/.well-known/openid-configuration") == 1
    assert liar.asked.count("/keys") == 1


def test_one_that_is_away_is_not_asked_by_everybody(liar: Liar) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        issuer = f"http://127.0.0.1:{closed.getsockname()[1]}"
    provider = OpenIdProvider(liar.settings(issuer=issuer))
    with pytest.raises(ProviderAwayError):
        provider.metadata()
    with pytest.raises(ProviderAwayError, match="a moment ago"):
        provider.metadata()


def test_whose_address_it_is() -> None:
    assert same_origin("https://a.example/x", "https://a.example")
    for other in (
        "https://a.example:444",
        "http://a.example",
        "https://u@a.example",
        "https://[",
        None,
        3,
        "/x",
    ):
        assert not same_origin(other, "https://a.example"), other


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"given_name": "  Änne   Łucja "}, {"person.given_names": "Änne Łucja"}),
        ({"given_name": "x" * 201, "family_name": ["Ø"], "phone_number": 49}, {}),
        ({"given_name": "a\x00b"}, {}),
        ({"birthdate": "1980-12-24"}, {"person.birth_date": "1980-12-24"}),
        *[({"birthdate": day}, {}) for day in ("1980", "0000-12-24", "24.12.1980", "1980-02-30", 1980)],
        (
            {"address": {"street_address": "Große Straße 12a", "postal_code": "49377", "locality": "Vechta"}},
            {
                "person.address": {
                    "street": "Große Straße",
                    "house_number": "12a",
                    "postcode": "49377",
                    "city": "Vechta",
                }
            },
        ),
        ({"address": {"street_address": "Große Straße", "postal_code": "49377", "locality": "V"}}, {}),
        ({"address": {"street_address": "A 1", "postal_code": "D-49377", "locality": "V"}}, {}),
        ({"address": "Große Straße 1"}, {}),
        ({"email": "a@b.example", "email_verified": True}, {}),
    ],
)
def test_what_forms_can_take_of_what_was_told(claims: dict[str, Any], told: dict[str, Any]) -> None:
    assert attributes_of(claims) == told


@pytest.mark.parametrize(
    "changes",
    [{"issuer": ""}, {"subject": ""}, {"subject": "a\nb"}, {"level": "highest"}, {"subject": None}],
)
def test_half_an_identity_is_none(changes: dict[str, Any]) -> None:
    values = {"provider": "land", "issuer": "https://a", "subject": "s", "level": "high", **changes}
    with pytest.raises(ValueError):
        OutsideIdentity(**values)
