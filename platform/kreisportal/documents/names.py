"""The name a file is saved under: what its owner called it, without what could do harm."""

from __future__ import annotations

import re
import unicodedata

from kreisportal.documents.kinds import Kind
from kreisportal.i18n import gettext

# Together with the extension this stays below the 255 bytes of a file system, in any script.
_LONGEST_BYTES = 180
_SEPARATORS = re.compile(r"[/\\]")
# Not allowed in names on Windows, or with a meaning in a header or an address.
_SPECIAL = re.compile(r'[<>:"|?*%;\']+')
_SPACES = re.compile(r"\s+")
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)\Z", re.IGNORECASE)
# Control and format characters (bidirectional overrides, invisible ones), lone surrogates, private use,
# unassigned, line and paragraph separators.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def download_name(original: str, kind: Kind) -> str:
    """A safe file name: that of ``original`` with the extension that its content asks for.

    It has no path, no control or invisible characters and nothing that needs quoting in a header besides
    being non-ASCII. Umlauts and other letters stay. Never empty.
    """
    name = unicodedata.normalize("NFC", _SEPARATORS.split(original)[-1])
    name = "".join(" " if letter in "\t\n\r" else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _UNWANTED)
    # Twice, for "antrag.pdf.exe"; a third extension would be a part of the name.
    for _ in range(2):
        name = _EXTENSION.sub("", name)
    name = _SPECIAL.sub("_", _SPACES.sub(" ", name))
    name = _shorten(name.strip(" ._")).rstrip(" .")
    if not name:
        name = gettext("Dokument")
    if _RESERVED.match(name):
        name = f"_{name}"
    return f"{name}.{kind.extension}"


def _shorten(name: str) -> str:
    """The beginning of ``name`` in at most _LONGEST_BYTES bytes, not between a letter and its accent."""
    short = name.encode()[:_LONGEST_BYTES].decode(errors="ignore")
    while short and len(short) < len(name) and unicodedata.combining(name[len(short)]):
        short = short[:-1]
    return short
