"""A tenant's mark: a small drawing that is put into pages, so it may hold shapes and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

MARK_NAME = re.compile(r"[a-z0-9-]+\.svg")
_LARGEST = 8 * 1024
_ELEMENTS = {"svg", "title", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
_ATTRIBUTES = {
    "xmlns", "viewbox", "width", "height", "role", "aria-hidden", "d", "cx", "cy", "r", "rx", "ry", "x", "y",
    "x1", "x2", "y1", "y2", "points", "fill", "fill-rule", "fill-opacity", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "opacity", "transform",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([A-Za-z:]+)((?:\s+[A-Za-z0-9:-]+=\"[^\"<>&]*\")*)\s*/?>")
_ATTRIBUTE = re.compile(r"([A-Za-z0-9:-]+)=\"([^\"]*)\"")


def read_mark(file: Path) -> tuple[str, list[str]]:
    """The drawing's text and the faults found: one allow-list instead of an XML parser that must be tamed."""
    if not file.is_file():
        return "", [f"{file}:1: is missing"]
    if file.stat().st_size > _LARGEST:
        return "", [f"{file}:1: is larger than {_LARGEST} bytes"]
    text = file.read_text(encoding="utf-8").strip()
    return text, [f"{file}:{line}: {what}" for line, what in _faults(text)]


def _faults(text: str) -> list[tuple[int, str]]:
    faults: list[tuple[int, str]] = []
    position = 0
    if not text.startswith("<svg ") or not text.endswith("</svg>"):
        faults.append((1, "is not one <svg>"))
    for tag in _TAG.finditer(text):
        line = text.count("\n", 0, tag.start()) + 1
        if re.search(r"[<>&]", text[position : tag.start()]):
            faults.append((line, "holds something that is no plain element"))
        position = tag.end()
        if tag[2] not in _ELEMENTS:
            faults.append((line, f"<{tag[2]}> is not allowed in a mark"))
        for name, value in _ATTRIBUTE.findall(tag[3]):
            if (
                name.lower() not in _ATTRIBUTES
                or ("(" in value and name != "transform")
                or ":" in value.replace("http://www.w3.org/2000/svg", "")
            ):
                faults.append((line, f'{name}="{value}" is not allowed in a mark'))
    if re.search(r"[<>&]", text[position:]):
        faults.append((text.count("\n") + 1, "holds something that is no plain element"))
    return faults
