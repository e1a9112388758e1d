"""Settings of what is spoken with outside: providers by which one signs in to an account, and councils' systems.

``OPENID_PROVIDERS`` names them by keys, e.g. ``land``; then each has settings of its own, e.g. ``OPENID_LAND_ISSUER``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from environs import Env, ValidationError

from kreisportal.kernel.levels import LEVELS, Level

_KEY = re.compile(r"[a-z][a-z0-9]{0,19}")
_SCOPE = re.compile(r"[a-zA-Z0-9_:./-]+( [a-zA-Z0-9_:./-]+)*")
CouncilRequests = Literal["public", "local", "off"]
"""Where councils are asked: on the internet, at this machine as well, nowhere."""

SIMULATION = "probe"
"""The key of the simulation."""


@dataclass(frozen=True, slots=True)
class OpenIdProviderSettings:
    """A provider that speaks OpenID Connect. ``levels`` says what its values of ``level_claim`` mean.

    What a provider does not say, or says in a word that is not in ``levels``, is "basic".
    """

    key: str
    name: Mapping[str, str]
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    level_claim: str = "acr"
    levels: Mapping[str, Level] = field(default_factory=dict)
    scopes: str = "openid profile"

    @property
    def highest(self) -> Level:
        """The highest level that it can say."""
        return max(("basic", *self.levels.values()), key=LEVELS.index)


@dataclass(frozen=True, slots=True)
class OutsideSettings:
    """All providers from outside. ``simulation`` is whether there is one in which anybody can be anybody.

    ``saml_file`` names those that speak SAML; it is read where the sites are made (``bundid/saml_settings.py``).
    """

    openid_providers: tuple[OpenIdProviderSettings, ...]
    simulation: bool
    saml_file: Path | None
    council_requests: CouncilRequests


def read_outside(env: Env, *, demo: bool) -> OutsideSettings:
    """What the environment says of them; what is wrong with them is among the faults that ``env.seal()`` tells."""
    keys: list[str] = env.list("OPENID_PROVIDERS", [], validate=_keys)
    providers = tuple(_read_one(env, key, demo=demo) for key in keys or () if _KEY.fullmatch(key))
    simulation = env.bool("IDENTITY_SIMULATION", demo, validate=None if demo else _no_simulation)
    requests = env.str("COUNCIL_REQUESTS", "public", validate=_requests_in_demo if demo else _requests)
    saml_file = env.path("SAML_FILE", None)
    return OutsideSettings(providers, simulation, saml_file, cast(CouncilRequests, requests))


def _read_one(env: Env, key: str, *, demo: bool) -> OpenIdProviderSettings:
    prefix = f"OPENID_{key.upper()}_"
    name: str = env.str(f"{prefix}NAME", validate=_filled)
    levels: str = env.str(f"{prefix}LEVELS", "", validate=_levels)
    return OpenIdProviderSettings(
        key=key,
        name={"de": name, "en": env.str(f"{prefix}NAME_EN", None) or name},
        issuer=env.str(f"{prefix}ISSUER", validate=_issuer_in_demo if demo else _issuer),
        client_id=env.str(f"{prefix}CLIENT_ID", validate=_filled),
        client_secret=env.str(f"{prefix}CLIENT_SECRET", validate=_filled),
        level_claim=env.str(f"{prefix}LEVEL_CLAIM", "acr", validate=_filled),
        levels=_pairs(levels),
        scopes=env.str(f"{prefix}SCOPES", "openid profile", validate=_scopes),
    )


def _pairs(value: str | None) -> dict[str, Level]:
    """``word=level,word=level`` as a map; a word may have an equals sign in it. Only what is a level."""
    pairs = (pair.strip().rpartition("=") for pair in (value or "").split(",") if pair.strip())
    known = {level: level for level in LEVELS}
    return {word: known[level] for word, _, level in pairs if word and level in known}


def _no_simulation(value: bool) -> None:
    if value:
        raise ValidationError("lets anybody be anybody: it is for demonstrations only, take it away")


def _requests(value: str) -> None:
    if value not in ("public", "off"):
        raise ValidationError("must be one of public, off")


def _requests_in_demo(value: str) -> None:
    if value != "local":
        _requests(value)


def _keys(values: list[str]) -> None:
    for value in values:
        if not _KEY.fullmatch(value) or value == SIMULATION:
            raise ValidationError(
                f"{value!r} is no key: take at most 20 small letters and digits, a letter first"
            )
    if len(set(values)) != len(values):
        raise ValidationError("names a provider twice")


def _filled(value: str) -> None:
    if not value.strip() or not value.isprintable():
        raise ValidationError("is empty or has control characters")


def _levels(value: str) -> None:
    if len(_pairs(value)) != len([pair for pair in value.split(",") if pair.strip()]):
        raise ValidationError(f"must be of the form word=level, with the levels {', '.join(LEVELS)}")


def _scopes(value: str) -> None:
    if not _SCOPE.fullmatch(value) or "openid" not in value.split():
        raise ValidationError("must be words with spaces between them, openid among them")


def _issuer(value: str) -> None:
    _address_of_issuer(value, ("https",))


def _issuer_in_demo(value: str) -> None:
    _address_of_issuer(value, ("https", "http"))


def _address_of_issuer(value: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValidationError("is no address") from None
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise ValidationError(f"must begin with {schemes[0]}:// and name a host")
    if parts.query or parts.fragment or value != value.strip():
        raise ValidationError("must have neither query nor fragment")
