"""Tables as files for a spreadsheet: CSV and XLSX. Nothing in a cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its name and head."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(sheet: Sheet) -> bytes:
    """As spreadsheets read it here: UTF-8 with a mark, semicolons; what could be a formula stands behind an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(harmless(text) for text in sheet.head)
    writer.writerows([harmless(cell) for cell in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def as_xlsx(*sheets: Sheet) -> bytes:
    """A workbook; texts are kept as texts, whatever they begin with."""
    written = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(written, options) as workbook:
        bold = workbook.add_format({"bold": True})
        for sheet in sheets:
            page = workbook.add_worksheet(sheet.name)
            page.write_row(0, 0, sheet.head, bold)
            for number, row in enumerate(sheet.rows, 1):
                page.write_row(number, 0, ["" if cell is None else cell for cell in row])
            page.freeze_panes(1, 0)
            page.autofit()
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell of a CSV file that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA):
        return f"'{cell}"
    return cell


def as_typed(cell: str) -> str:
    """A cell of a CSV file without the mark that ``harmless`` has put before it."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
