"""A town's offers as those who look after them see and change them."""

from __future__ import annotations

from marshmallow import Schema, fields

from kreisportal.api.checks import Length, OneOf, Range
from kreisportal.api.fields import Day, Flag, Number, PageOut, Part, PlainText, Taken, out, out_list, out_one
from kreisportal.catalogue.offer_changes import LONGEST_FEE, LONGEST_TEXT, LONGEST_URL, MOST_DAYS
from kreisportal.tenancy.definition import Channel

_CHANNELS = OneOf(channel.value for channel in Channel)


class TextsOut(Schema):
    """A text in German and English."""

    de = out(fields.String, "German.")
    en = out(fields.String, "English.", null=True)


class TownOfferOut(Schema):
    """How the town offers a service. ``etag`` stands for what it is now, to be sent as If-Match."""

    key = out(fields.String, "The service's key.")
    name = out(fields.String, "The service's name.")
    on = out(fields.Boolean, "Whether it is switched on.")
    channel = out(
        fields.String, "How one gets it; null if it was never offered.", null=True, validate=_CHANNELS
    )
    opens = out(fields.Date, "The first day, null for no limit.", null=True)
    closes = out(fields.Date, "The last day, null for no limit.", null=True)
    fee = out_one(TextsOut, "What it costs, in a sentence; null: as the district says.", null=True)
    text = out_one(TextsOut, "What stands above the service. Markdown.", null=True)
    processing_days = out(fields.Integer, "How many days it usually takes.", null=True)
    office = out(fields.String, "The key of the office that it goes to; null: the town hall.", null=True)
    url = out(fields.String, "The other site, with the channel link.", null=True)
    etag = out(fields.String, "What it is now.")


class TownOffersOut(PageOut):
    """The town's offers by name of the service, also of what it has never offered."""

    items = out_list(fields.Nested(TownOfferOut), "The offers of this page.")


def _texts(longest: int) -> type[Taken]:
    lengths = Length(longest)
    return type(
        f"TextsIn{longest}",
        (Taken,),
        {
            "__doc__": "A text in German, and in English if there is one.",
            "de": PlainText(required=True, validate=Length(longest, needed=True)),
            "en": PlainText(validate=lengths),
        },
    )


FeeIn, TextIn = _texts(LONGEST_FEE), _texts(LONGEST_TEXT)


class OfferChangeIn(Taken):
    """What shall change; what is left out stays, and null takes it away."""

    on = Flag(metadata={"description": "Switch it on or off."})
    channel = PlainText(validate=_CHANNELS, metadata={"description": "How one gets it."})
    opens = Day(allow_none=True, metadata={"description": "The first day."})
    closes = Day(allow_none=True, metadata={"description": "The last day."})
    fee = Part(FeeIn, allow_none=True, metadata={"description": "What it costs."})
    text = Part(TextIn, allow_none=True, metadata={"description": "What stands above the service."})
    processing_days = Number(
        allow_none=True,
        validate=Range(1, MOST_DAYS),
        metadata={"description": "How many days it usually takes."},
    )
    office = PlainText(
        allow_none=True, validate=Length(100), metadata={"description": "The key of an office."}
    )
    url = PlainText(
        allow_none=True,
        validate=Length(LONGEST_URL),
        metadata={"description": "With the channel link: an address that begins with https://."},
    )
