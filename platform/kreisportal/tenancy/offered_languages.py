"""Which languages a town's portal is offered in: German always, of the others those that the town names."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from marshmallow import ValidationError, fields, validate

from kreisportal.i18n import DEFAULT_LANGUAGE, LANGUAGES, Language
from kreisportal.tenancy.registry import TenantRecord

OTHERS: tuple[Language, ...] = tuple(each for each in LANGUAGES if each is not DEFAULT_LANGUAGE)
"""The languages that a town may do without."""

_PATHS = tuple(each.path for each in OTHERS)


def offered(named: Collection[str] | None) -> tuple[Language, ...]:
    """German and the others that are ``named`` by their paths; all languages for None, when a town says nothing."""
    if named is None:
        return LANGUAGES
    return tuple(each for each in LANGUAGES if each is DEFAULT_LANGUAGE or each.path in named)


def entry_for(named: Collection[str]) -> list[str] | None:
    """What a town's profile says when these of the others are offered; nothing when all are, as without an entry."""
    paths = [path for path in _PATHS if path in named]
    return None if len(paths) == len(_PATHS) else paths


@lru_cache(maxsize=1024)
def languages_of(tenant: TenantRecord) -> tuple[Language, ...]:
    """The languages of a town's portal, which each request to it asks for."""
    return offered(tenant.profile.get("languages"))


def _check_once(paths: list[str]) -> None:
    if len(set(paths)) < len(paths):
        raise ValidationError("names a language twice.")


def languages_field() -> fields.List[str]:
    """``languages`` of a town's file."""
    known = ", ".join(_PATHS)
    return fields.List(
        fields.Str(
            validate=validate.OneOf(_PATHS, error=f"must be one of {known}; German is always offered.")
        ),
        validate=_check_once,
    )
