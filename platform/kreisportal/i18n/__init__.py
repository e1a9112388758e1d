"""Languages: which there are, which is spoken now, and what a text is called in it.

The source text of the program is German, so German needs no translation. Each room keeps its
English in ``<room>/locale/en.po``.
"""

from kreisportal.i18n.languages import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    PLAIN_GERMAN,
    Language,
    current_language,
    language_by_path,
    speaking,
)
from kreisportal.i18n.translate import (
    LazyText,
    gettext,
    gettext_html,
    lazy_gettext,
    ngettext,
    pick,
)

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "PLAIN_GERMAN",
    "Language",
    "LazyText",
    "current_language",
    "gettext",
    "gettext_html",
    "language_by_path",
    "lazy_gettext",
    "ngettext",
    "pick",
    "speaking",
]
