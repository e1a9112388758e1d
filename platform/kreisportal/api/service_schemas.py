"""Services, offers as citizens see them, and who is responsible, as the API tells them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from kreisportal.api.checks import Length, Range
from kreisportal.api.fields import (
    LanguageQuery,
    Number,
    PageOut,
    PageQuery,
    PlainText,
    out,
    out_list,
    out_one,
)
from kreisportal.catalogue.definitions import Level, Place
from kreisportal.catalogue.offers import OfferState

LONGEST_QUERY = 200
WAYS = (*("online", "appointment", "paper", "link", "in-person", "closed", "outside", "nowhere", "choose"),)
_MARKDOWN = "Markdown."
_LEVELS = validate.OneOf([level.value for level in Level])


class ContactOut(Schema):
    """Where an authority or office is found."""

    street = out(fields.String, "Street and number.")
    postcode = out(fields.String, "Postcode.")
    city = out(fields.String, "Place.")
    email = out(fields.String, "E-mail address.")
    phone = out(fields.String, "Telephone number.", null=True)
    website = out(fields.String, "Web page.", null=True)


class AuthorityOut(Schema):
    """An authority: one of the region, or one above or beside it, of which only name and web page are known."""

    name = out(fields.String, "Its name.")
    ars = out(
        fields.String,
        "Its regional key (Amtlicher Regionalschlüssel), of an authority of the region.",
        null=True,
    )
    kind = out(fields.String, "district, city, municipality, joint_municipality, or outside.")
    office = out(fields.String, "The key of the office that the service goes to there.", null=True)
    contact = out_one(ContactOut, "Where it is found.", null=True)
    url = out(fields.String, "Its portal, or its web page.", null=True)


class DecisionTimesOut(Schema):
    """How long decisions of a year really took."""

    median_days = out(fields.Integer, "Half of them took at most so many days.")
    most_days = out(fields.Integer, "Nine of ten took at most so many days.")
    decided = out(fields.Integer, "How many there were, ten at least.")


class OfferOut(Schema):
    """How the responsible authority offers the service today."""

    state = out(
        fields.String,
        "Whether it can be had: open, not-yet, ended, or off.",
        validate=validate.OneOf([state.value for state in OfferState]),
    )
    way = out(
        fields.String,
        "How one gets it. in-person: by asking the authority; outside: from an authority that is not of the region;"
        " choose: a place must be chosen first; nowhere: nobody is known.",
        validate=validate.OneOf(WAYS),
    )
    opens = out(fields.Date, "The first day.", null=True)
    closes = out(fields.Date, "The last day.", null=True)
    fee = out(fields.String, "What it costs there, in a sentence.", null=True)
    note = out(fields.String, f"What the authority says besides. {_MARKDOWN}", null=True)
    district_note = out(fields.String, f"What its district says besides. {_MARKDOWN}", null=True)
    processing_days = out(fields.Integer, "How many days it takes, as the authority says.", null=True)
    decisions = out_one(DecisionTimesOut, "How long it really took.", null=True)
    url = out(fields.String, "Where one begins: the form, or the other site.", null=True)


class ServiceRowOut(Schema):
    """A service in a list."""

    key = out(fields.String, "Its key.")
    name = out(fields.String, "What people call it.")
    official_name = out(fields.String, "What the catalogue of the administration calls it.")
    short = out(fields.String, "What it is for.")
    level = out(fields.String, "What sort of authority executes it.", validate=_LEVELS)
    offered = out(fields.Boolean, "Whether this very authority has it switched on.")
    url = out(fields.String, "Its page on this portal.", null=True)


class LegalBasisOut(Schema):
    """A norm."""

    name = out(fields.String, "Its name.")
    url = out(fields.String, "Its official text.", null=True)


class ServiceOut(ServiceRowOut):
    """A service with all modules of its description, and how one gets it here."""

    leika = out_list(fields.String(), "Its keys in the Leistungskatalog (LeiKa).")
    place = out(
        fields.String,
        "What place decides who is responsible.",
        validate=validate.OneOf([place.value for place in Place]),
    )
    trust = out(fields.String, "The level of trust that an application needs.")
    topics = out_list(fields.String(), "Keys of the topics it belongs to.")
    situations = out_list(fields.String(), "Keys of the situations of life or business it belongs to.")
    audience = out_list(fields.String(), "Whom it is for.")
    full = out(fields.String, f"The whole description. {_MARKDOWN}")
    requirements = out_list(fields.String(), "What must be the case.")
    documents = out_list(fields.String(), "What one must bring.")
    procedure = out_list(fields.String(), "How it goes.")
    fees = out(fields.String, f"What it costs. {_MARKDOWN}")
    deadlines = out(fields.String, f"Deadlines. {_MARKDOWN}")
    processing_time = out(fields.String, f"How long it takes. {_MARKDOWN}")
    responsibility = out(fields.String, f"Who is responsible. {_MARKDOWN}")
    legal_basis = out_list(fields.Nested(LegalBasisOut), "The law it rests on.")
    remedies = out(fields.String, f"What one can do against a decision. {_MARKDOWN}")
    forms_and_ways = out(fields.String, f"Forms and ways. {_MARKDOWN}")
    further = out(fields.String, f"What is good to know. {_MARKDOWN}")
    required_by_law = out(fields.Boolean, "Whether the law wants it to be had online (OZG).")
    minutes = out(fields.Integer, "How long filling in the form takes.", null=True)
    related = out_list(fields.String(), "Keys of services that people often need with it.")
    reviewed_on = out(fields.String, "When its texts were last looked at.")
    offer = out_one(OfferOut, "How the responsible authority offers it.")
    authority = out_one(AuthorityOut, "Who is responsible for this town.", null=True)


class ServicesQuery(PageQuery):
    """Which services are asked for."""

    topic = PlainText(
        validate=Length(100), metadata={"description": "Only those of the topic with this key."}
    )


class ServicesOut(PageOut):
    """Services by name."""

    items = out_list(fields.Nested(ServiceRowOut), "The services of this page.")


class SearchQuery(LanguageQuery):
    """What is searched for."""

    q = PlainText(
        required=True,
        validate=Length(LONGEST_QUERY, needed=True),
        metadata={
            "description": "What somebody looks for, in their own words; a town may be named as well.",
            "example": "neuer Ausweis",
        },
    )
    limit = Number(load_default=20, validate=Range(1, 50), metadata={"description": "How many hits at most."})


class HitOut(ServiceRowOut):
    """A service that was found."""

    matched = out(fields.String, "The name or other word that led to it; empty if its text did.")
    score = out(fields.Float, "How well it fits; about 1 means that everything asked for stands in the name.")


class PlaceOut(Schema):
    """A municipality."""

    ars = out(fields.String, "Its regional key.")
    name = out(fields.String, "Its name.")
    district = out(fields.String, "Its district.")


class SearchOut(Schema):
    """What was found, best first."""

    items = out_list(fields.Nested(HitOut), "The services.")
    did_you_mean = out(fields.String, "A better spelling, if nothing fits well.", null=True)
    is_good = out(fields.Boolean, "Whether the best hit is more than a guess.")
    place = out_one(PlaceOut, "Another town that was named: the services are those for it.", null=True)


class ResponsibilityQuery(LanguageQuery):
    """The place that decides."""

    place = PlainText(
        required=True,
        validate=Length(100, needed=True),
        metadata={
            "description": "A postcode, the name of a municipality, or its regional key of twelve digits."
        },
    )


class PlaceResponsibleOut(PlaceOut):
    """A place and who is responsible there."""

    authority = out_one(AuthorityOut, "Who is responsible; null where nobody of the region is.", null=True)
    way = out(fields.String, "How one gets the service there.", validate=validate.OneOf(WAYS))
    url = out(fields.String, "The service's page for that place on this portal.", null=True)


class ResponsibilityOut(Schema):
    """Who is responsible for a service. A postcode may belong to several places."""

    service = out(fields.String, "The service's key.")
    level = out(fields.String, "What sort of authority executes it.", validate=_LEVELS)
    rule = out(fields.String, f"The rule, in words. {_MARKDOWN}")
    legal_basis = out_list(fields.Nested(LegalBasisOut), "The law it rests on.")
    places = out_list(fields.Nested(PlaceResponsibleOut), "The places that can be meant.")
