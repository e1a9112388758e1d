"""What ``tenant.toml`` may hold, table by table. What its tables ask of one another: ``definition_rules``."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from kreisportal.tenancy.council_source import CouncilSourceSchema
from kreisportal.tenancy.definition import HOME_PARTS, MOST_PLANNED, Channel, Declaration, Notice, TenantKind
from kreisportal.tenancy.definition_fields import (
    COLOUR,
    KEY,
    POSTCODE,
    SHORT_TEXT,
    WEB_ADDRESS,
    Ars,
    Day,
    Switch,
    Table,
    Texts,
    TimeSpan,
    check_host,
    check_phone,
)
from kreisportal.tenancy.definition_mark import MARK_NAME
from kreisportal.tenancy.fees.schema import FeeRuleSchema
from kreisportal.tenancy.further_papers import MOST_PAPERS, FurtherPaperSchema
from kreisportal.tenancy.local_links import MOST_LINKS, LocalLinkSchema
from kreisportal.tenancy.offered_languages import languages_field
from kreisportal.tenancy.opening_hours import WEEKDAYS, Closure, OpeningHours, check_intervals
from kreisportal.tenancy.town_picture import PictureSchema

_LONGEST_TEXT = 2000
LONGEST_NOTICE = 500


class ClosureSchema(Schema):
    """A ``[[hours.closed]]``: one day, or the days from ``date`` to ``until``."""

    date = Day(required=True)
    until = Day()
    reason = Texts()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Closure:
        try:
            return Closure(data["date"], data.get("until", data["date"]), data.get("reason", {}))
        except ValueError as error:
            raise ValidationError(f"{error}.", "until") from error


class _HoursBase(Schema):
    """``[hours]``: the times of each day; a day that is missing is closed."""

    closed = fields.List(fields.Nested(ClosureSchema))

    @validates_schema(skip_on_field_errors=False)
    def _check_days(self, data: dict[str, Any], **_: Any) -> None:
        faults: dict[str, list[str]] = {}
        for day in WEEKDAYS:
            try:
                check_intervals(data.get(day) or ())
            except ValueError as error:
                faults[day] = [f"{error}."]
        if faults:
            raise ValidationError(faults)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> OpeningHours:
        week = tuple(tuple(data.get(day, ())) for day in WEEKDAYS)
        return OpeningHours(week, tuple(data.get("closed", ())))


HoursSchema = _HoursBase.from_dict({day: fields.List(TimeSpan()) for day in WEEKDAYS}, name="HoursSchema")


class NameSchema(Schema):
    """``[name]``: "Stadt Vechta", "Vechta", "in Vechta", "Town of Vechta"."""

    de = fields.Str(required=True, validate=SHORT_TEXT)
    short = fields.Str(required=True, validate=SHORT_TEXT)
    locative = fields.Str(required=True, validate=SHORT_TEXT)
    en = fields.Str(required=True, validate=SHORT_TEXT)


class HostsSchema(Schema):
    """``[hosts]``: names for the portal and the desk, each first one canonical."""

    portal = fields.List(fields.Str(validate=check_host), required=True, validate=validate.Length(1))
    desk = fields.List(fields.Str(validate=check_host), required=True, validate=validate.Length(1))

    @validates_schema
    def _check_unique(self, data: dict[str, Any], **_: Any) -> None:
        seen: set[str] = set()
        for key in ("portal", "desk"):
            for host in data[key]:
                if host in seen:
                    raise ValidationError(f"{host} is named twice.", key)
                seen.add(host)


class BrandSchema(Schema):
    """``[brand]``: one colour, from which the theme is made; the mark's file beside ``tenant.toml``; a picture."""

    colour = fields.Str(required=True, validate=COLOUR)
    mark = fields.Str(
        required=True,
        validate=validate.Regexp(
            re.compile(MARK_NAME.pattern + r"\Z"), error="must be a name like mark.svg."
        ),
    )
    picture = fields.Nested(PictureSchema)


class ContactSchema(Schema):
    """``[contact]``: where the town hall is."""

    street = fields.Str(required=True, validate=SHORT_TEXT)
    postcode = fields.Str(required=True, validate=POSTCODE)
    city = fields.Str(required=True, validate=SHORT_TEXT)
    phone = fields.Str(validate=check_phone)
    email = fields.Email(required=True)
    website = fields.Str(validate=WEB_ADDRESS)


class OfficeSchema(Schema):
    """``[[offices]]``: a part of the authority; without an address of its own it sits in the town hall."""

    key = fields.Str(required=True, validate=KEY)
    name = Texts(required=True)
    street = fields.Str(validate=SHORT_TEXT)
    postcode = fields.Str(validate=POSTCODE)
    city = fields.Str(validate=SHORT_TEXT)
    phone = fields.Str(validate=check_phone)
    email = fields.Email()
    hours = fields.Nested(HoursSchema)

    @validates_schema(skip_on_field_errors=False)
    def _check_address(self, data: dict[str, Any], **_: Any) -> None:
        given = {"street", "postcode", "city"} & data.keys()
        if given and len(given) < len(("street", "postcode", "city")):
            raise ValidationError("street, postcode and city belong together.", sorted(given)[0])


class MailSchema(Schema):
    """``[mail]``: the sender of the tenant's mails."""

    sender_name = fields.Str(required=True, validate=SHORT_TEXT)
    sender_address = fields.Email(required=True)


class LegalSchema(Schema):
    """``[legal]``: what the common imprint and privacy notice need to know of this tenant."""

    privacy_email = fields.Email(required=True)
    supervision = Texts(required=True)


class HomeSchema(Schema):
    """``[home]``: the order of the start page's parts, each of them once."""

    order = fields.List(fields.Str(), required=True)

    @validates_schema(skip_on_field_errors=True)
    def _check_order(self, data: dict[str, Any], **_: Any) -> None:
        if sorted(data.get("order", HOME_PARTS)) != sorted(HOME_PARTS):
            raise ValidationError(f"must name each of {', '.join(HOME_PARTS)} once.", "order")


class NoticeSchema(Schema):
    """``[notice]``: what stands on top of each page of the portal, with its first and last day."""

    text = Texts(required=True, longest=LONGEST_NOTICE)
    kind = fields.Str(validate=validate.OneOf(("info", "warning"), error="must be info or warning."))
    opens = Day(data_key="from")
    closes = Day(data_key="until")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Notice:
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and opens > closes:
            raise ValidationError("lies before from.", "until")
        return Notice(data["text"], data.get("kind", "info"), opens, closes)


class DeclarationSchema(Schema):
    """``[declaration]``: the day of the declaration of accessibility; without ``checked_by`` the town has checked itself."""

    date = Day(required=True)
    checked_by = fields.Str(validate=SHORT_TEXT)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Declaration:
        return Declaration(data["date"], data.get("checked_by"))


class PlacesSchema(Schema):
    """``[places]``: all postcodes of the municipality; one of them may belong to several."""

    postcodes = fields.List(fields.Str(validate=POSTCODE), required=True, validate=validate.Length(1))


class _OfferBase(Schema):
    """How a service is had: now, or from a day that is planned."""

    channel = fields.Enum(Channel, by_value=True, required=True)
    office = fields.Str(validate=KEY)
    fee = Texts()
    fee_rule = fields.Nested(FeeRuleSchema())
    processing_days = fields.Int(strict=True, validate=validate.Range(1, 730))
    text = Texts(longest=_LONGEST_TEXT)
    url = fields.Str(validate=WEB_ADDRESS)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_url(self, data: dict[str, Any], original: dict[str, Any], **_: Any) -> None:
        channel = data.get("channel")
        if channel is Channel.LINK and "url" not in original:
            raise ValidationError("is missing; the channel link needs one.", "url")
        if channel and channel is not Channel.LINK and "url" in original:
            raise ValidationError("belongs to the channel link only.", "url")


class PlannedSchema(_OfferBase):
    """A ``[[offers.<service>.planned]]``: what counts from a day on."""

    opens = Day(data_key="from", required=True)


class OfferSchema(_OfferBase):
    """``[offers.<service>]``."""

    on = Switch(required=True)
    opens = Day(data_key="from")
    closes = Day(data_key="until")
    papers = fields.List(fields.Nested(FurtherPaperSchema()), validate=validate.Length(max=MOST_PAPERS))
    planned = fields.List(fields.Nested(PlannedSchema()), validate=validate.Length(max=MOST_PLANNED))

    @validates_schema(skip_on_field_errors=False)
    def _check_days(self, data: dict[str, Any], **_: Any) -> None:
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and opens > closes:
            raise ValidationError("lies before from.", "until")
        days = [change["opens"] for change in data.get("planned", ()) if "opens" in change]
        if days != sorted(set(days)):
            raise ValidationError("must be in the order of their days, one for each.", "planned")


class OverlaySchema(Schema):
    """``[overlays.<service>]``: what a district adds to a service, on its own pages and on those of its towns."""

    fee = Texts()
    text = Texts(longest=_LONGEST_TEXT)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check(self, _: dict[str, Any], original: dict[str, Any], **__: Any) -> None:
        if not original.keys() & {"fee", "text"}:
            raise ValidationError("is missing; an overlay has a text or a fee.", "text")


class TenantSchema(Schema):
    """The whole file."""

    slug = fields.Str(required=True, validate=[KEY, validate.Length(max=63)])
    code = fields.Str(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z", error="must be three capitals."))
    kind = fields.Enum(TenantKind, by_value=True, required=True)
    ars = Ars(required=True)
    district = fields.Str(validate=KEY)
    portal = Switch(required=True)
    state = fields.Str(required=True, validate=SHORT_TEXT)
    also_responsible = fields.List(fields.Str(validate=KEY))
    languages = languages_field()
    name = fields.Nested(NameSchema, required=True)
    hosts = fields.Nested(HostsSchema)
    brand = fields.Nested(BrandSchema)
    contact = fields.Nested(ContactSchema, required=True)
    hours = fields.Nested(HoursSchema)
    offices = fields.List(fields.Nested(OfficeSchema))
    home = fields.Nested(HomeSchema)
    notice = fields.Nested(NoticeSchema)
    links = fields.List(fields.Nested(LocalLinkSchema), validate=validate.Length(max=MOST_LINKS))
    council = fields.Nested(CouncilSourceSchema)
    declaration = fields.Nested(DeclarationSchema)
    mail = fields.Nested(MailSchema)
    legal = fields.Nested(LegalSchema)
    places = fields.Nested(PlacesSchema)
    offers = Table(OfferSchema())
    overlays = Table(OverlaySchema())
