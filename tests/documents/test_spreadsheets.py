"""Tables as files for a spreadsheet: no cell is ever taken for a formula."""

from __future__ import annotations

import io
import zipfile

from kreisportal.documents.spreadsheets import Sheet, as_csv, as_typed, as_xlsx, harmless


def test_no_cell_is_a_formula() -> None:
    sheet = Sheet("T", ["=head"], [["=1+1", 3, None], ["\t@x", "-2", "+3"], ["  =HYPERLINK()", "gut", 1.5]])
    lines = as_csv(sheet).decode("utf-8-sig").splitlines()
    assert lines[:2] == ["'=head", "'=1+1;3;"]
    assert "'-2;'+3" in lines[2] and lines[3].startswith("'  =HYPERLINK()")
    with zipfile.ZipFile(io.BytesIO(as_xlsx(sheet))) as workbook:
        page = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page and "<hyperlink" not in page


def test_what_made_a_cell_harmless_is_taken_off_again() -> None:
    for cell in ("+49 4944", "=1+1", "'s Hof", "gut", ""):
        assert as_typed(str(harmless(cell))) == cell
