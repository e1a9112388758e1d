"""The letters that names in German registers may have: DIN 91379:2022-08 (String.Latin+ 1.3).

The standard lists single characters and fixed sequences of a letter with combining marks; a mark alone, or
on another letter, is not allowed. Data type A (names of natural persons) is the normative letters ("bll")
and the non-letters N1 ("bnlreq"). Source of the list: KoSIT, String.Latin+ 1.3; the same code points are
published at github.com/String-Latin/DIN-91379-Characters-and-Sequences (latin_list_1.3.txt).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Single code points of the normative letters, as ranges "first-last" or single values, hexadecimal.
_LETTERS = """
0041-005A 0061-007A 00C0-00D6 00D8-00F6 00F8-017E 0187-0188 018F 0197 01A0-01A1 01AF-01B0 01B7 01CD-01DC
01DE-01DF 01E2-01F0 01F4-01F5 01F8-01FF 0212-0213 0218-021B 021E-021F 0227-0233 0259 0268 0292 1E02-1E03
1E06-1E07 1E0A-1E11 1E17 1E1C-1E2B 1E2F-1E37 1E3A-1E3B 1E40-1E49 1E52-1E5B 1E5E-1E63 1E6A-1E6F 1E80-1E87
1E8C-1E97 1E9E 1EA0-1EF9
"""

# Sequences: the base (one or more letters), a colon, and the single marks that may follow it. Joined by "+",
# two code points follow the base together. Capital and small letters differ in a few places of the standard.
_SEQUENCES = """
A:030B C:0300,0304,0306,0308,0315,0323,0326,0328+0306 D:0302 F:0300,0304 G:0300 H:0304,0326,0331 J:0301,030C
K:0300,0302,0304,0307,0315,031B,0326,035F+0048,035F+0068 L:0302,0325,0325+0304,0326 M:0300,0302,0306,0310
N:0302,0304,0306,0326 P:0300,0304,0315,0323 R:0306,0325,0325+0304 S:0300,0304,031B+0304,0331
T:0300,0304,0308,0315,031B U:0307 Z:0300,0304,0306,0308,0327
a:030B c:0300,0304,0306,0308,0315,0323,0326,0328+0306 d:0302 f:0300,0304 g:0300 h:0304,0326 j:0301
k:0300,0302,0304,0307,0315,031B,0326,035F+0068 l:0302,0325,0325+0304,0326 m:0300,0302,0306,0310
n:0302,0304,0306,0326 p:0300,0304,0315,0323 r:0306,0325,0325+0304 s:0300,0304,031B+0304,0331
t:0300,0304,0315,031B u:0307 z:0300,0304,0306,0308,0327
Ç:0306 ç:0306 Û:0304 û:0304 ÿ:0301 Č:0315,0323 č:0315,0323 ē:030D Ī:0301 ī:0301 ō:030D Ž:0326,0327 ž:0326,0327
Ḳ:0304 ḳ:0304 Ṣ:0304 ṣ:0304 Ṭ:0304 ṭ:0304 Ạ:0308 ạ:0308 Ọ:0308 ọ:0308 Ụ:0304,0308 ụ:0304,0308
"""

# Non-letters N1: space ' , - . ` ~ and the signs that transliterations need.
_NAME_SIGNS = "0020 0027 002C-002E 0060 007E 00A8 00B4 00B7 02B9-02BA 02BE-02BF 02C8 02CC 2019 2021"


def _characters(ranges: str) -> list[str]:
    found: list[str] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        found += [chr(code) for code in range(int(first, 16), int(last or first, 16) + 1)]
    return found


@cache
def letters() -> tuple[str, ...]:
    """Every letter and every sequence of the standard's normative part, in normal form C."""
    found = _characters(_LETTERS)
    for entry in _SEQUENCES.split():
        base, _, followers = entry.partition(":")
        for follower in followers.split(","):
            found.append(base + "".join(chr(int(code, 16)) for code in follower.split("+")))
    return tuple(unicodedata.normalize("NFC", letter) for letter in found)


@cache
def name_signs() -> tuple[str, ...]:
    """The signs besides letters that data type A allows in a name."""
    return tuple(_characters(_NAME_SIGNS))


@cache
def _name_pattern() -> re.Pattern[str]:
    # Longer sequences come first, so that a letter is not taken without its marks.
    allowed = sorted({*letters(), *name_signs()}, key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(each) for each in allowed) + ")")


def foreign_character(name: str) -> str | None:
    """The first character of ``name`` that data type A does not allow, or None if all are allowed.

    Compares in normal form C, which the standard prescribes.
    """
    text = unicodedata.normalize("NFC", name)
    position = 0
    pattern = _name_pattern()
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            return text[position]
        position = match.end()
    return None
