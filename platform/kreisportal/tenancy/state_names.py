"""What the German states are called in the language that is spoken."""

from __future__ import annotations

from kreisportal.i18n import lazy_gettext

_NAMES = (
    lazy_gettext("Schleswig-Holstein"),
    lazy_gettext("Hamburg"),
    lazy_gettext("Niedersachsen"),
    lazy_gettext("Bremen"),
    lazy_gettext("Nordrhein-Westfalen"),
    lazy_gettext("Hessen"),
    lazy_gettext("Rheinland-Pfalz"),
    lazy_gettext("Baden-Württemberg"),
    lazy_gettext("Bayern"),
    lazy_gettext("Saarland"),
    lazy_gettext("Berlin"),
    lazy_gettext("Brandenburg"),
    lazy_gettext("Mecklenburg-Vorpommern"),
    lazy_gettext("Sachsen"),
    lazy_gettext("Sachsen-Anhalt"),
    lazy_gettext("Thüringen"),
)
STATE_NAMES = {name.message: name for name in _NAMES}
"""By the name that ``RegionalKey.state_name`` gives."""
