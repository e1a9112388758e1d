"""A tenant admin changes how the town offers a service: what was typed, checked, and laid into the offer's row."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from kreisportal.catalogue.models import Offer
from kreisportal.catalogue.offers import add_offer, columns_of, file_table, note_text
from kreisportal.catalogue.planned import settled
from kreisportal.catalogue.queries import service_versions
from kreisportal.i18n import gettext
from kreisportal.kernel import clock
from kreisportal.kernel.errors import ConflictError, InvalidInputError
from kreisportal.tenancy.definition import Channel
from kreisportal.tenancy.fees.formula import Name
from kreisportal.tenancy.fees.rules import FeeRule
from kreisportal.tenancy.fees.typed import rule_typed, typed_of_rule

LANGUAGES = ("de", "en")
LONGEST_FEE, LONGEST_TEXT, LONGEST_URL = 200, 2000, 500
MOST_DAYS = 730
APART = ("papers", "planned")
"""What of an offer's details is changed in another way."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a town can choose from for a service.

    Its offices by key, whether the service can be had online there, and the fields of the form that a fee can go by.
    """

    offices: Collection[str]
    online: bool
    names: Mapping[str, Name] = field(default_factory=dict)


def typed_of(row: Offer | None, entry: Mapping[str, Any] | None = None) -> dict[str, str]:
    """An offer as the form shows it today, each field as text; a service that was never offered has empty ones.

    With an ``entry`` of what is planned for it, as it will be from that day on.
    """
    if row is None:
        return _typed_of({}, {})
    channel, details = settled(row, clock.today())
    dates = {name: text for name, text in file_table(row).items() if name in ("from", "until")}
    return _typed_of(entry or {**details, "channel": channel}, dates)


def _typed_of(facts: Mapping[str, Any], dates: Mapping[str, str]) -> dict[str, str]:
    plain = {name: str(facts.get(name, "")) for name in ("channel", "url", "office", "processing_days")}
    plain |= {name: dates.get(name, "") for name in ("from", "until")}
    for name in ("fee", "text"):
        plain |= {f"{name}_{language}": facts.get(name, {}).get(language, "") for language in LANGUAGES}
    rule = facts.get("fee_rule")
    return plain | typed_of_rule(FeeRule.from_data(rule) if rule else None)


def stamp_of(row: Offer | None) -> str:
    """What an offer was when somebody began to change it, so that two do not undo each other's work."""
    known = json.dumps(columns_of(row), sort_keys=True) if row else ""
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def change_offer(
    session: Session, tenant_id: int, service_key: str, typed: Mapping[str, str], choices: Choices, seen: str
) -> list[str]:
    """Lay what was typed (see ``typed_of``) into the offer; whether it is on stays. Returns the fields that changed.

    What is planned for a day to come stays. Raises InvalidInputError with a sentence at each field that does not fit, and
    ConflictError if the offer is not what was ``seen`` any more.
    """
    columns = columns_typed(typed, choices)
    row, is_new = locked_offer(session, tenant_id, service_key, seen, {**columns, "is_on": False})
    before = typed_of(None if is_new else row)
    _, details = settled(row, clock.today())
    columns["details"] |= {name: details[name] for name in APART if name in details}
    for name, value in columns.items():
        setattr(row, name, value)
    note_text(row, {} if is_new else details, service_versions(session).get(service_key))
    session.flush()
    after = typed_of(row)
    return [name for name, value in after.items() if value != before[name]]


def locked_offer(
    session: Session, tenant_id: int, service_key: str, seen: str, first: Mapping[str, Any]
) -> tuple[Offer, bool]:
    """The offer, which nobody else changes until the transaction ends; made of ``first`` where there was none: True.

    Raises ConflictError if it is not the one of the stamp ``seen`` any more.
    """
    row = session.get(Offer, (tenant_id, service_key), with_for_update=True)
    if stamp_of(row) != seen:
        raise ConflictError("somebody else has changed the offer meanwhile")
    if row is not None:
        return row, False
    if not add_offer(session, tenant_id, service_key, **first):
        raise ConflictError("somebody else has offered it meanwhile")
    return session.get_one(Offer, (tenant_id, service_key)), True


def columns_typed(typed: Mapping[str, str], choices: Choices) -> dict[str, Any]:
    """What was typed as the row's columns. Raises InvalidInputError with all that is wrong at once."""
    words = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in typed_of(None)}
    faults: dict[str, list[str]] = {}
    channel = _channel(words, choices, faults)
    opens, closes = (_day(name, words[name], faults) for name in ("from", "until"))
    if opens and closes and opens > closes:
        faults["until"] = [gettext("Dieser Tag liegt vor dem ersten. Geben Sie einen späteren ein.")]
    rule = rule_typed(words, choices.names, faults)
    details: dict[str, Any] = {
        "processing_days": _days(words["processing_days"], faults),
        "office": _office(words["office"], choices, faults),
        "url": _url(words["url"], channel, faults),
        "fee": texts_typed("fee", LONGEST_FEE, words, faults),
        "fee_rule": rule.to_data() if rule else None,
        "text": texts_typed("text", LONGEST_TEXT, words, faults),
    }
    if faults:
        raise InvalidInputError(faults)
    return {
        "channel": words["channel"],
        "open_from": opens,
        "open_until": closes,
        "details": {name: value for name, value in details.items() if value},
    }


def _channel(words: Mapping[str, str], choices: Choices, faults: dict[str, list[str]]) -> str:
    wanted = words["channel"]
    if wanted not in {channel.value for channel in Channel}:
        faults["channel"] = [gettext("Wählen Sie, wie man die Leistung bekommt.")]
    elif wanted == Channel.ONLINE and not choices.online:
        faults["channel"] = [gettext("Online geht diese Leistung hier nicht. Wählen Sie einen anderen Weg.")]
    return wanted


def _day(name: str, text: str, faults: dict[str, list[str]]) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        faults[name] = [
            gettext("Geben Sie einen Tag ein, zum Beispiel 24.12.2026, oder lassen Sie das Feld leer.")
        ]
        return None


def _days(text: str, faults: dict[str, list[str]]) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MOST_DAYS:
        faults["processing_days"] = [
            gettext(
                "Geben Sie ganze Tage von 1 bis %(most)s ein, oder lassen Sie das Feld leer.", most=MOST_DAYS
            )
        ]
        return None
    return int(text)


def _office(key: str, choices: Choices, faults: dict[str, list[str]]) -> str | None:
    if key and key not in choices.offices:
        faults["office"] = [gettext("Wählen Sie ein Amt aus der Liste.")]
    return key or None


def _url(url: str, channel: str, faults: dict[str, list[str]]) -> str | None:
    if channel != Channel.LINK:
        # Another way than a link has none; what stood there is not kept where nobody sees it.
        return None
    parts = urlsplit(url) if url.isprintable() and " " not in url else None
    if parts is None or parts.scheme != "https" or not parts.hostname or len(url) > LONGEST_URL:
        faults["url"] = [gettext("Geben Sie eine Adresse ein, die mit https:// beginnt.")]
    return url


def texts_typed(
    name: str, longest: int, words: Mapping[str, str], faults: dict[str, list[str]]
) -> dict[str, str]:
    """A text by language from its fields (``text_de`` …); what is wrong is added to ``faults``."""
    texts = {language: words[f"{name}_{language}"] for language in LANGUAGES}
    if name == "fee":
        # It stands in one line with other facts.
        texts = {language: " ".join(text.split()) for language, text in texts.items()}
    for language, text in texts.items():
        if len(text) > longest:
            faults[f"{name}_{language}"] = [
                gettext("Kürzen Sie den Text auf %(most)s Zeichen.", most=longest)
            ]
        elif any(ord(letter) < ord(" ") and letter != "\n" for letter in text):
            faults[f"{name}_{language}"] = [
                gettext("In diesem Text stehen Zeichen, die es nicht gibt. Schreiben Sie ihn neu.")
            ]
    if texts["en"] and not texts["de"]:
        faults[f"{name}_de"] = [gettext("Schreiben Sie den Text auch auf Deutsch.")]
    return {language: text for language, text in texts.items() if text}
