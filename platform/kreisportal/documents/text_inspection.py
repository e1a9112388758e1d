"""Plain text: UTF-8, letters and line breaks, nothing that a browser could take for a page."""

from __future__ import annotations

import re
import unicodedata

from kreisportal.documents.errors import Reason, RefusedFileError

_ALLOWED_CONTROLS = frozenset("\t\n\r\f")
# What makes a browser guess HTML or SVG (WHATWG MIME sniffing, section 7.1, and SVG), anywhere in the text.
_MARKUP = re.compile(
    r"<(?:!doctype|!--|\?xml|/?(?:html|head|body|title|style|script|iframe|object|embed|svg|math|img"
    r"|table|div|font|a|b|p|br|h1|link|meta|base|form|template)(?=[\s/>]))",
    re.IGNORECASE,
)
# Rich text, PostScript and scripts are text to a computer, but no text to a person.
_PROGRAM = ("{\\rtf", "%!", "#!")


def inspect_text(data: bytes) -> None:
    """Accept ``data`` as plain text or raise RefusedFileError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFileError(Reason.NOT_PLAIN_TEXT) from None
    controls = {
        letter
        for letter in set(text)
        if unicodedata.category(letter) == "Cc" and letter not in _ALLOWED_CONTROLS
    }
    if controls or text.lstrip().startswith(_PROGRAM) or _MARKUP.search(text):
        raise RefusedFileError(Reason.NOT_PLAIN_TEXT)
