"""What is said of a case's fee when it is sent, and kept with it as it was said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from kreisportal.cases.models import CaseEvent
from kreisportal.catalogue.offers import OfferView
from kreisportal.forms import FormDefinition
from kreisportal.forms.conditions import Answers
from kreisportal.forms.figures import values_of
from kreisportal.i18n import gettext, pick
from kreisportal.tenancy.fees.calculating import FeeUnknownError
from kreisportal.tenancy.fees.words import sum_text

Said = Mapping[str, Any]
"""``cents`` and ``per`` where a sum comes of the answers, ``remark`` (texts) where the office has written one."""


def fee_said(offer: OfferView, form: FormDefinition, answers: Answers) -> dict[str, Any]:
    """What the offer's fee is for these answers; empty where the office says nothing of it."""
    said: dict[str, Any] = {"remark": dict(offer.fee)} if offer.fee else {}
    if offer.fee_rule is None:
        return said
    try:
        cents = offer.fee_rule.cents_for(values_of(form, answers))
    except FeeUnknownError:
        return {**said, "open": True}
    return {**said, "cents": cents, "per": offer.fee_rule.per}


def fee_stamp(said: Said) -> str:
    """Tells one fee from another, so that nobody sends at another one than was shown."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def fee_text(said: Said) -> str:
    """A fee in words, such as "84 € im Jahr. Für jeden weiteren Hund mehr."; empty where nothing was said."""
    remark = str(pick(said.get("remark", {})))
    if "cents" not in said and not said.get("open"):
        return remark
    first = (
        sum_text(said["cents"], said["per"]) if "cents" in said else gettext("Das Amt sagt Ihnen den Betrag.")
    )
    return f"{first.rstrip('.')}. {remark}" if remark else first


def fee_of_events(events: Iterable[CaseEvent]) -> str:
    """What was said of the fee when the case was sent, in words; empty where nothing was, or it has been erased."""
    sent = next((event for event in events if event.kind == "submitted"), None)
    return fee_text((sent.content or {}).get("fee", {})) if sent else ""
