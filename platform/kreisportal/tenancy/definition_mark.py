"""A tenant's mark: a small drawing that is put into pages, so it may hold shapes and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

MARK_NAME = re.compile(r"[a-z0-9-]+\.svg")

_LARGEST = 8 * 1024
_NAMESPACE = "http://www.w3.org/2000/svg"
_ELEMENTS = {"svg", "title", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
_ATTRIBUTES = {
    "xmlns", "viewBox", "width", "height", "aria-hidden", "d", "cx", "cy", "r", "rx", "ry", "x", "y",
    "x1", "x2", "y1", "y2", "points", "fill", "fill-rule", "fill-opacity", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "opacity", "transform",
}  # fmt: skip
_TAG = re.compile(r'<(/?)([A-Za-z:]+)((?:\s+[A-Za-z0-9:-]+="[^"<>&]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(r'([A-Za-z0-9:-]+)="([^"]*)"')
# Numbers, colours, commands of a path, a rotation: no address and no reference fits in here.
_VALUE = re.compile(r"[A-Za-z0-9#.,\s()-]*")


def read_mark(file: Path) -> tuple[str, list[str]]:
    """The drawing's text and the faults found, each as ``file:line: mark: what``.

    An allow-list over the text, because a general XML parser would have to be tamed first.
    """
    if not file.is_file():
        return "", [f"{file}:1: mark: is missing."]
    if file.stat().st_size > _LARGEST:
        return "", [f"{file}:1: mark: is larger than {_LARGEST} bytes."]
    try:
        text = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        return "", [f"{file}:1: mark: must be UTF-8."]
    faults = [
        f"{file}:{text.count(chr(10), 0, place) + 1}: mark: {what}."
        for place, what in (*_strange(text), *_not_allowed(text), *_unbalanced(text))
    ]
    return text, faults


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
            known = value == _NAMESPACE if name == "xmlns" else bool(_VALUE.fullmatch(value))
            if name not in _ATTRIBUTES or not known:
                yield tag.start(), f'{name}="{value}" is not allowed'


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
