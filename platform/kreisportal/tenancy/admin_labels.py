"""What fields are called that several of a tenant admin's pages have."""

from __future__ import annotations

from babel.dates import get_day_names

from kreisportal.i18n import current_language, gettext
from kreisportal.tenancy.office_fields import OF_HOURS


def contact_labels() -> dict[str, str]:
    """Address and ways to reach an office."""
    return {
        "street": gettext("Straße und Hausnummer"),
        "postcode": gettext("Postleitzahl"),
        "city": gettext("Ort"),
        "phone": gettext("Telefonnummer"),
        "email": gettext("E-Mail-Adresse"),
    }


def legal_titles() -> dict[str, str]:
    """The legal pages that a town may have words of its own for."""
    return {
        "imprint": gettext("Impressum"),
        "privacy": gettext("Datenschutz"),
        "accessibility": gettext("Barrierefreiheit"),
    }


def hours_labels() -> dict[str, str]:
    """The days of the week."""
    days = get_day_names("wide", locale=current_language().locale)
    return {name: days[number] for number, name in enumerate(OF_HOURS)}
