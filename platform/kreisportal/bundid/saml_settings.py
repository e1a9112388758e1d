"""Providers that speak SAML, as an operator sets them up in one TOML file (docs/identity.md)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kreisportal.bundid.saml_attributes import KINDS, Kind
from kreisportal.bundid.saml_errors import SamlSettingsError
from kreisportal.bundid.saml_files import KeyPair, faults_of_metadata, faults_of_pair, missing_programs
from kreisportal.kernel.levels import LEVELS, Level

STORK_LEVELS: Mapping[str, Level] = {
    "STORK-QAA-Level-1": "basic",
    "STORK-QAA-Level-3": "substantial",
    "STORK-QAA-Level-4": "high",
}
"""What BundID calls the levels of trust."""

_KEY = re.compile(r"[a-z][a-z0-9-]{0,30}")
_LANGUAGES = {"de", "en"}
_TOP = {"entity_id", "keys", "organisation", "contact", "provider"}
_OF_PROVIDER = {"key", "kind", "name", "metadata", "highest", "subject", "levels", "attributes"}


@dataclass(frozen=True, slots=True)
class SamlProvider:
    """An identity provider. ``attributes`` maps what we call a thing to what it is called there.

    ``subject`` is the attribute that is one person's for good; None: the persistent name of the subject is.
    ``levels`` maps what levels are called there to ours.
    """

    key: str
    kind: Kind
    name: Mapping[str, str]
    metadata: Path
    entity_id: str
    highest: Level
    subject: str | None
    levels: Mapping[str, Level]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SamlSettings:
    """The service provider that we are, once for the region, and the providers that it knows.

    The first of ``keys`` signs; all of them are published, and open what was encrypted for them.
    """

    entity_id: str
    keys: tuple[KeyPair, ...]
    providers: tuple[SamlProvider, ...]
    organisation: Mapping[str, str]
    contact: str | None

    def provider(self, key: str) -> SamlProvider | None:
        """The provider with this key."""
        return next((each for each in self.providers if each.key == key), None)


def read_saml_settings(file: Path) -> SamlSettings:
    """Read the file. Raises SamlSettingsError that names every fault at once."""
    faults = missing_programs()
    if faults:
        raise SamlSettingsError(faults)
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SamlSettingsError([f"{file} cannot be read: {error.strerror}"]) from None
    except ValueError as error:
        raise SamlSettingsError([f"{file} is no TOML: {error}"]) from None
    faults += [f"{name} is unknown" for name in sorted(told.keys() - _TOP)]
    entity_id = told.get("entity_id", "")
    if not isinstance(entity_id, str) or not entity_id.startswith("https://") or len(entity_id) > 1000:
        faults.append("entity_id must be an address that begins with https://, and stay the same for good")
    keys = _keys(told.get("keys"), file.parent, faults)
    tables = told.get("provider")
    if not isinstance(tables, list) or not tables:
        faults.append("there must be at least one [[provider]]")
        tables = []
    providers = [_provider(table, file.parent, faults) for table in tables if isinstance(table, dict)]
    names = [each.key for each in providers if each]
    faults += [f"provider {name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    issuers = [each.entity_id for each in providers if each]
    if len(set(issuers)) < len(issuers):
        faults.append("two providers have the same entityID in their metadata")
    organisation, contact = _about(told, faults)
    if faults:
        raise SamlSettingsError(faults)
    return SamlSettings(entity_id, keys, tuple(each for each in providers if each), organisation, contact)


def _keys(told: Any, folder: Path, faults: list[str]) -> tuple[KeyPair, ...]:
    pairs = []
    for pair in told if isinstance(told, list) else []:
        if isinstance(pair, dict) and pair.keys() == {"key", "certificate"} and _are_texts(pair.values()):
            pairs.append(KeyPair(folder / pair["key"], folder / pair["certificate"]))
    if not pairs or len(pairs) != len(told) or len(pairs) > 2:
        faults.append('keys must be one or two of {key = "file", certificate = "file"}')
        return ()
    for pair in pairs:
        faults += faults_of_pair(pair)
    return tuple(pairs)


def _provider(told: dict[str, Any], folder: Path, faults: list[str]) -> SamlProvider | None:
    """One provider; None if something is wrong with it, which is told then."""
    key = told.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        faults.append("a provider's key must be of small letters, digits and hyphens")
        return None
    wrong = [f"{name} is unknown" for name in sorted(told.keys() - _OF_PROVIDER)]
    kind = KINDS.get(told.get("kind", "plain"))
    if kind is None:
        wrong.append(f"kind must be one of {', '.join(KINDS)}")
    name = told.get("name", {})
    if not isinstance(name, dict) or name.keys() != _LANGUAGES or not _are_texts(name.values()):
        wrong.append('name must be {de = "…", en = "…"}')
    levels = told.get("levels", dict(STORK_LEVELS))
    if not isinstance(levels, dict) or not levels or not set(levels.values()) <= set(LEVELS):
        wrong.append(f"levels must map names to {', '.join(LEVELS)}")
    attributes = told.get("attributes", {})
    if not isinstance(attributes, dict) or not _are_texts(attributes.values()):
        wrong.append("attributes must map our names to the provider's")
    elif kind is not None:
        wrong += [f"attributes: {each} is unknown" for each in sorted(attributes.keys() - kind.known)]
    highest = told.get("highest", "high")
    if highest not in LEVELS:
        wrong.append(f"highest must be one of {', '.join(LEVELS)}")
    subject = told.get("subject", kind.subject if kind else None)
    if subject is not None and not _are_texts([subject]):
        wrong.append("subject must be the name of an attribute")
    metadata = folder / str(told.get("metadata", ""))
    entity_id, found = faults_of_metadata(metadata)
    wrong += found
    faults += [f"provider {key}: {each}" for each in wrong]
    if wrong or kind is None or entity_id is None:
        return None
    names = {**kind.attributes, **attributes}
    return SamlProvider(key, kind, name, metadata, entity_id, highest, subject, levels, names)


def _about(told: dict[str, Any], faults: list[str]) -> tuple[dict[str, str], str | None]:
    organisation, contact = told.get("organisation", {}), told.get("contact")
    if not isinstance(organisation, dict) or (organisation and organisation.keys() != {"name", "url"}):
        faults.append('organisation must be {name = "…", url = "https://…"}')
        organisation = {}
    elif not _are_texts(organisation.values()):
        faults.append("organisation: name and url must be texts")
    if contact is not None and (not isinstance(contact, str) or "@" not in contact):
        faults.append("contact must be an e-mail address")
        contact = None
    return organisation, contact


def _are_texts(values: Any) -> bool:
    return all(isinstance(value, str) and value for value in values)
