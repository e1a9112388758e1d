"""From data and a template to a PDF that is accessible (PDF/UA-1) and fit for the archive (PDF/A-2a).

Data reaches a template as JSON in ``sys.inputs``, and is read there as text. It is never part of the
template's source, so nothing that a person writes is ever a command. Only fonts inside typst are used:
every machine gives the same paper.
"""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from kreisportal.documents.errors import PaperError

_TEMPLATES = Path(__file__).parent / "typst"
# Variation selectors say how a sign looks, joiners glue signs; without the sign they say nothing.
_SILENT = frozenset("\ufe0e\ufe0f\u200c\u200d\u2060\ufeff\u200e\u200f")
_BREAKS = frozenset("\n\u2028\u2029\x0b\x0c\x85")


def typeset(
    template: str, data: Mapping[str, object], moment: datetime, mark: Mapping[str, object] | None = None
) -> bytes:
    """The PDF of ``template`` (a name in documents/typst, without ending) filled with ``data``.

    ``moment`` becomes the PDF's date of creation: the same input gives the same bytes. ``mark`` is a
    picture for the template, left as it is. Letters that no font here has are shown as ``[U+1F600]``, and
    the template learns by ``substituted`` that there are such. If the typesetter still trips over a rare
    combination, the paper is made with a smaller set of letters, and without the mark if that is at
    fault. Raises PaperError when nothing helps.
    """
    own, further = _letters()
    ways = [(own | further, mark), (own, mark)]
    if mark is not None:
        ways.append((own, None))
    cause: BaseException | None = None
    for letters, picture in ways:
        substituted = _has_substitutes(data, letters)
        filled = {**_clean_all(data, letters), "mark": picture, "substituted": substituted}
        try:
            return _compile(template, filled, moment)
        except BaseException as error:
            # A panic of the Rust code comes as an exception that is not even an Exception.
            if not isinstance(error, typst.TypstError) and type(error).__name__ != "PanicException":
                raise
            cause = error
    raise PaperError(f"{template}: {cause}") from cause


def clean(text: str, letters: frozenset[str]) -> str:
    """``text`` with everything that cannot be shown written as its code point.

    Controls that would turn the direction of writing around are among those: on paper they could make a
    text say what nobody wrote.
    """
    return "".join(_clean_letter(letter, letters) for letter in unicodedata.normalize("NFC", text))


def _clean_letter(letter: str, letters: frozenset[str]) -> str:
    if letter in letters:
        return letter
    if letter in _BREAKS:
        return "\n"
    if letter == "\t":
        return " "
    if letter in _SILENT or letter == "\r":
        return ""
    return f"[U+{ord(letter):04X}]"


def is_visible(text: str) -> bool:
    """Whether anything of ``text`` will be seen on paper."""
    letters = frozenset[str]().union(*_letters())
    return any(
        not letter.isspace() and unicodedata.category(letter) != "Cf" for letter in clean(text, letters)
    )


def _clean_all(value: object, letters: frozenset[str]) -> Any:
    """``value`` with every text in it cleaned, however deep."""
    if isinstance(value, str):
        return clean(value, letters)
    if isinstance(value, list | tuple):
        return [_clean_all(entry, letters) for entry in value]
    if isinstance(value, Mapping):
        return {key: _clean_all(entry, letters) for key, entry in value.items()}
    return value


def _has_substitutes(value: object, letters: frozenset[str]) -> bool:
    """Whether a letter of the texts in ``value`` is written as its code point."""
    if isinstance(value, str):
        return any(len(_clean_letter(letter, letters)) > 1 for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(_has_substitutes(entry, letters) for entry in value)


def _compile(template: str, data: Mapping[str, Any], moment: datetime) -> bytes:
    compiler = typst.Compiler(
        _TEMPLATES / f"{template}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    # typst takes whole seconds only.
    second = moment.astimezone(UTC).replace(microsecond=0)
    paper = compiler.compile(format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=second)
    if not isinstance(paper, bytes):
        raise PaperError(f"{template}: no paper")
    return paper


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """The fonts inside typst: Libertinus Serif, DejaVu Sans Mono and New Computer Modern."""
    return typst.Fonts(include_system_fonts=False)


@lru_cache(maxsize=1)
def _letters() -> tuple[frozenset[str], frozenset[str]]:
    """The letters of the paper's own font, and those that other fonts here can add."""
    table = tomllib.loads((_TEMPLATES / "letters.toml").read_text("utf-8"))
    return _ranges(table["own"]), _ranges(table["further"])


def _ranges(text: str) -> frozenset[str]:
    found: set[str] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)
