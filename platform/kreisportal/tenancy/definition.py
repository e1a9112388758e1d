"""A tenant as files: what ``tenants/<slug>/`` says, as frozen values.

``definition_reader`` makes them. Nothing here is text for a page yet: texts are Markdown, maps of languages
are read with ``kreisportal.i18n.pick``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from kreisportal.i18n import LANGUAGES, Language
from kreisportal.tenancy.council_source import CouncilSource
from kreisportal.tenancy.fees.rules import FeeRule
from kreisportal.tenancy.further_papers import FurtherPaper
from kreisportal.tenancy.local_links import LocalLink
from kreisportal.tenancy.opening_hours import OpeningHours
from kreisportal.tenancy.regional_key import RegionalKey
from kreisportal.tenancy.town_picture import TownPicture

Texts = Mapping[str, str]
"""A text by the path of its language: ``{"de": …, "en": …}``; German is always there."""


class TenantKind(StrEnum):
    """What sort of authority a tenant is."""

    DISTRICT = "district"
    CITY = "city"
    MUNICIPALITY = "municipality"
    JOINT_MUNICIPALITY = "joint_municipality"


class Channel(StrEnum):
    """How a service is asked for: on this portal, at the counter, by letter, or on another site."""

    ONLINE = "online"
    APPOINTMENT = "appointment"
    PAPER = "paper"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class TenantName:
    """``full`` "Stadt Vechta", ``short`` "Vechta", ``locative`` "in Vechta"; two of them by language."""

    full: Texts
    short: str
    locative: Texts


@dataclass(frozen=True, slots=True)
class TenantHosts:
    """Host names, the first of each being the canonical one. Empty for an authority without a portal."""

    portal: tuple[str, ...] = ()
    desk: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """``colour`` is #rrggbb, ``mark`` the file's name, ``mark_svg`` its checked content, ``picture`` one of the town."""

    colour: str
    mark: str
    mark_svg: str = ""
    picture: TownPicture | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an authority or office is found. ``phone`` is None where no number is known for certain."""

    street: str
    postcode: str
    city: str
    email: str
    phone: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """A part of the authority (Bürgerbüro …). What its table leaves out is filled in from the tenant."""

    key: str
    name: Texts
    contact: Contact
    hours: OpeningHours | None


@dataclass(frozen=True, slots=True)
class MailSender:
    """Who the tenant's mails come from."""

    name: str
    address: str


MOST_PLANNED = 6
"""How many changes of an offer may be planned."""

HOME_PARTS = ("often", "topics", "life", "business")
"""The parts of a portal's start page below the search, in the order that they have unless the town says another."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a town says on top of each page of its portal, from the day ``opens`` to the day ``closes`` (None: no limit).

    ``kind`` is info or warning.
    """

    text: Texts
    kind: str = "info"
    opens: date | None = None
    closes: date | None = None

    def is_shown(self, day: date) -> bool:
        """Whether it stands there on ``day``."""
        return (self.opens is None or self.opens <= day) and (self.closes is None or day <= self.closes)


@dataclass(frozen=True, slots=True)
class Declaration:
    """The state of the declaration of accessibility: of which day it is, and who has checked; None: the town itself."""

    date: date
    checked_by: str | None = None


@dataclass(frozen=True, slots=True)
class OfferDefinition:
    """A tenant offers a service: how, when, by which office, at what price.

    ``opens`` and ``closes`` are the first and last day it can be used (None: no limit). ``office`` is the key
    of one of the tenant's offices; ``fee_rule`` says what ``fee`` cannot: what it costs with certain answers.
    ``url`` belongs to the channel ``link`` and is None otherwise; ``papers`` are wanted besides the region's.
    ``planned`` are other offers in its place, each from its own first day on.
    """

    service: str
    on: bool
    channel: Channel
    opens: date | None = None
    closes: date | None = None
    office: str | None = None
    fee: Texts = field(default_factory=dict)
    fee_rule: FeeRule | None = None
    processing_days: int | None = None
    text: Texts = field(default_factory=dict)
    url: str | None = None
    papers: tuple[FurtherPaper, ...] = ()
    planned: tuple[OfferDefinition, ...] = ()

    def is_open(self, day: date) -> bool:
        """Whether the offer is switched on and ``day`` lies within its dates, both included."""
        return (
            self.on
            and (self.opens is None or self.opens <= day)
            and (self.closes is None or day <= self.closes)
        )


@dataclass(frozen=True, slots=True)
class OverlayDefinition:
    """What a district says to a service on top of the region's text; its towns show it unless they say it themselves."""

    fee: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TenantDefinition:
    """All that a tenant's folder says.

    ``parent`` is the slug of the district, None for a district. ``legal`` maps a page (imprint, privacy,
    accessibility, plain-language) to its Markdown by language, placeholders filled in; ``own_texts`` holds those
    that are the town's own, placeholders as they are. ``languages`` are those of its portal, German first. ``document``
    is the file's content as plain JSON values, for storing what was read last and comparing it later.
    """

    slug: str
    code: str
    kind: TenantKind
    ars: RegionalKey
    parent: str | None
    state: str
    has_portal: bool
    name: TenantName
    hosts: TenantHosts
    contact: Contact
    postcodes: tuple[str, ...]
    brand: Brand | None = None
    hours: OpeningHours | None = None
    mail: MailSender | None = None
    offices: tuple[Office, ...] = ()
    home: tuple[str, ...] = HOME_PARTS
    notice: Notice | None = None
    links: tuple[LocalLink, ...] = ()
    council: CouncilSource | None = None
    languages: tuple[Language, ...] = LANGUAGES
    declaration: Declaration | None = None
    also_responsible: tuple[str, ...] = ()
    offers: Mapping[str, OfferDefinition] = field(default_factory=dict)
    overlays: Mapping[str, OverlayDefinition] = field(default_factory=dict)
    legal: Mapping[str, Texts] = field(default_factory=dict)
    own_texts: Mapping[str, Texts] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def office(self, key: str) -> Office | None:
        """The office with this key, or None."""
        return next((office for office in self.offices if office.key == key), None)
