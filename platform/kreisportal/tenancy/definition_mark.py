"""A tenant's mark: a small drawing that is put into pages, so it may hold shapes and nothing else.

A mark that came as a photo or picture is a drawing that holds one picture (PNG), as ``drawing_of`` makes it.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from pathlib import Path

MARK_NAME = re.compile(r"[a-z0-9-]+\.svg")

LARGEST_PICTURE = 16 * 1024
MOST_PIXELS_ACROSS = 192
_LARGEST = 8 * 1024
# The picture in base64, and the drawing around it.
_LARGEST_WITH_PICTURE = LARGEST_PICTURE * 4 // 3 + 1024
_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = {"svg", "title", "g", "image", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
_ATTRIBUTES = {
    "xmlns", "viewBox", "width", "height", "aria-hidden", "d", "cx", "cy", "r", "rx", "ry", "x", "y",
    "x1", "x2", "y1", "y2", "points", "fill", "fill-rule", "fill-opacity", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "opacity", "transform",
}  # fmt: skip
_TAG = re.compile(r'<(/?)([A-Za-z:]+)((?:\s+[A-Za-z0-9:-]+="[^"<>&]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(r'([A-Za-z0-9:-]+)="([^"]*)"')
# Numbers, colours, commands of a path, a rotation: no address and no reference fits in here.
_VALUE = re.compile(r"[A-Za-z0-9#.,\s()-]*")
_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/]+={0,2})")
# A PNG begins with its signature and the part that holds width and height.
_PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
# What drawing programs write around a drawing, and pages do not need.
_AROUND = re.compile(r"\A\ufeff?\s*(?:<\?xml[^<>]*\?>)?|<!--.*?-->", re.DOTALL)


def read_mark(file: Path) -> tuple[str, list[str]]:
    """The drawing's text and the faults found, each as ``file:line: mark: what``.

    An allow-list over the text, because a general XML parser would have to be tamed first.
    """
    if not file.is_file():
        return "", [f"{file}:1: mark: is missing."]
    if file.stat().st_size > _LARGEST_WITH_PICTURE:
        return "", [f"{file}:1: mark: is larger than {_LARGEST} bytes."]
    try:
        source = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return "", [f"{file}:1: mark: must be UTF-8."]
    if _is_too_large(source):
        return "", [f"{file}:1: mark: is larger than {_LARGEST} bytes."]
    text = source.strip()
    return text, [f"{file}:{line}: mark: {what}." for line, what in faults_of_mark(text)]


def faults_of_mark(text: str) -> list[tuple[int, str]]:
    """What a drawing must not hold, each with its line; nothing for one that may be put into pages."""
    if _is_too_large(text):
        return [(1, f"is larger than {_LARGEST} bytes")]
    found = (*_strange(text), *_not_allowed(text), *_unbalanced(text))
    return [(text.count("\n", 0, place) + 1, what) for place, what in found]


def _is_too_large(text: str) -> bool:
    size = len(text.encode())
    return size > _LARGEST_WITH_PICTURE or (
        size > _LARGEST and len(_PICTURE.sub("", text).encode()) > _LARGEST
    )


def tidied_mark(text: str) -> str:
    """A drawing without what drawing programs write around it: a declaration in front, comments."""
    return _AROUND.sub("", text).strip()


def drawing_of(png: bytes, width: int, height: int) -> str:
    """A picture as a drawing, so that a mark is one kind of file everywhere."""
    return (
        f'<svg xmlns="{_NAMESPACE}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}"'
        f' href="data:image/png;base64,{base64.b64encode(png).decode()}"/></svg>'
    )


def _strange(text: str) -> Iterator[tuple[int, str]]:
    """What is left between the tags must be words: no comment, no declaration, no entity, no odd tag."""
    position = 0
    for start, end in [*(tag.span() for tag in _TAG.finditer(text)), (len(text), len(text))]:
        found = re.search(r"[<>&]", text[position:start])
        if found:
            yield position + found.start(), "holds something other than plain elements"
        position = end


def _not_allowed(text: str) -> Iterator[tuple[int, str]]:
    for tag in _TAG.finditer(text):
        if tag[2] not in _ELEMENTS:
            yield tag.start(), f"<{tag[2]}> is not allowed"
        for name, value in _ATTRIBUTE.findall(tag[3]):
            if not _fits(tag[2], name, value):
                yield tag.start(), f'{name}="{value[:80]}" is not allowed'


def _fits(element: str, name: str, value: str) -> bool:
    if name == "href":
        return element == "image" and _is_small_picture(value)
    if name == "xmlns":
        return value == _NAMESPACE
    return name in _ATTRIBUTES and bool(_VALUE.fullmatch(value))


def _is_small_picture(address: str) -> bool:
    """Whether an address is itself a PNG of a size that fits a mark; no other address is any good here."""
    found = _PICTURE.fullmatch(address)
    try:
        data = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        return False
    if not data.startswith(_PNG_HEAD) or len(data) > LARGEST_PICTURE:
        return False
    sides = struct.unpack_from(">II", data.ljust(len(_PNG_HEAD) + 8, b"\0"), len(_PNG_HEAD))
    return all(0 < side <= MOST_PIXELS_ACROSS for side in sides)


def _unbalanced(text: str) -> Iterator[tuple[int, str]]:
    """One <svg> holds everything, and what is opened is closed, so that the page around it stays whole."""
    opened: list[str] = []
    for tag in _TAG.finditer(text):
        if not opened and (tag.start() > 0 or tag[2] != "svg" or tag[1]):
            yield tag.start(), "must be one <svg> and nothing else"
            return
        if tag[1] and opened.pop() != tag[2]:
            yield tag.start(), f"</{tag[2]}> closes what is not open"
            return
        if not tag[1] and not tag[4]:
            opened.append(tag[2])
    if opened or not text.endswith("</svg>"):
        yield len(text), "must be one <svg> that is closed"
