"""Addresses: whom a mail may go to, how the wire wants it, and where a tenant's sites are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kreisportal.i18n import gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.settings import Settings
from kreisportal.tenancy.registry import Site, TenantRecord

_MAX_ADDRESS = 254  # RFC 5321 4.5.3.1.3, without the angle brackets.
_MAX_LOCAL = 64
_MAX_LABEL = 63
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*\Z")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z")


def check_address(address: str) -> str:
    """The address as it is written to: ``name@domain``, the domain in small ASCII letters (IDNA 2008).

    Only plain addresses pass: no display name, comment, quoted part or line break, so nothing can become a header
    or a second recipient. Raises ``InvalidInputError`` under the name ``email``.
    """
    local, at, domain = address.strip(" ").rpartition("@")
    labels = [_ascii_label(label) for label in domain.rstrip(".").split(".")]
    written = f"{local}@{'.'.join(labels)}"
    fits = len(written.encode()) <= _MAX_ADDRESS and len(local.encode()) <= _MAX_LOCAL
    if not (at and fits and len(labels) > 1 and _LOCAL.match(local) and all(map(_fits_dns, labels))):
        raise InvalidInputError({"email": [gettext("An diese E-Mail-Adresse können wir nicht schreiben.")]})
    return written


def site_address(settings: Settings, tenant: TenantRecord, site: Site) -> str:
    """``https://host`` of a tenant's site, from the database and never from a request; without a slash at the end.

    Raises ``LookupError`` for a tenant that has no such site.
    """
    host = tenant.host(site)
    if host is None:
        raise LookupError(f"tenant {tenant.slug} has no host for its {site}")
    return host_address(settings, host)


def region_address(settings: Settings, hosts: Iterable[tuple[str, Site, bool]], site: Site) -> str | None:
    """``https://host`` of one of the region's own sites, or None if it has no host. ``hosts`` are from the database."""
    names = (host for host, of_site, canonical in hosts if of_site == site and canonical)
    return next((host_address(settings, host) for host in names), None)


def host_address(settings: Settings, host: str) -> str:
    """``https://host`` as it is reached from outside, with its port where that does not go without saying."""
    scheme, usual = ("http", 80) if settings.demo else ("https", 443)
    port = "" if settings.public_port in (None, usual) else f":{settings.public_port}"
    return f"{scheme}://{host}{port}"


def _ascii_label(label: str) -> str:
    """A label of a domain for DNS. Python's codec ``idna`` is the one of 2003, which makes straße.de strasse.de."""
    small = unicodedata.normalize("NFC", label.lower())
    if small.isascii():
        return small
    if not all(letter.isalnum() or letter == "-" or unicodedata.combining(letter) for letter in small):
        return ""
    return "xn--" + small.encode("punycode").decode("ascii")


def _fits_dns(label: str) -> bool:
    return len(label) <= _MAX_LABEL and _LABEL.match(label) is not None
