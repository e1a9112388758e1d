"""Answers under headings or in a row, as they are reviewed and read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kreisportal.cases.pages.answers import answer_groups
from kreisportal.forms import SummaryRow, SummaryStep

TEXT = st.text("abc", min_size=1, max_size=3)
ROWS = st.builds(SummaryRow, TEXT, TEXT, st.tuples(TEXT), st.booleans())
STEPS = st.lists(
    st.builds(SummaryStep, TEXT, TEXT, st.lists(ROWS, min_size=1, max_size=3).map(tuple)), max_size=6
)


def row(name: str, *, answered: bool = True) -> SummaryRow:
    """An answer."""
    return SummaryRow(name, name.title(), (f"{name} 1", f"{name} 2"), answered)


def test_what_belongs_together_has_a_heading_and_single_answers_share_a_list() -> None:
    steps = [
        SummaryStep("a", "A", (row("eins"),)),
        SummaryStep("b", "B", (row("zwei"),)),
        SummaryStep("c", "C", (row("drei"), row("vier"))),
        SummaryStep("d", "D", (row("fünf"),)),
    ]
    groups = answer_groups(steps, lambda key: f"/{key}")
    assert [(group.title, group.url, [each[0] for each in group.rows]) for group in groups] == [
        ("", None, ["Eins", "Zwei"]),
        ("C", "/c", ["Drei", "Vier"]),
        ("", None, ["Fünf"]),
    ]
    # A single answer brings the address that changes it, one under a heading shares the heading's.
    assert groups[0].rows[0] == ("Eins", ("eins 1", "eins 2"), "/a")
    assert groups[1].rows[0] == ("Drei", ("drei 1", "drei 2"))


def test_what_was_left_empty_is_shown_to_who_may_change_it_only() -> None:
    steps = [SummaryStep("a", "A", (row("leer", answered=False),)), SummaryStep("b", "B", (row("da"),))]
    assert [each[0] for group in answer_groups(steps) for each in group.rows] == ["Da"]
    everything = answer_groups(steps, lambda key: key, all_rows=True)
    assert [each[0] for group in everything for each in group.rows] == ["Leer", "Da"]


def test_a_step_that_asked_much_keeps_its_heading_with_one_answer_left() -> None:
    (group,) = answer_groups([SummaryStep("a", "A", (row("da"), row("leer", answered=False)))])
    assert (group.title, len(group.rows)) == ("A", 1)


@given(STEPS, st.booleans())
def test_no_answer_is_lost_or_moved(steps: list[SummaryStep], all_rows: bool) -> None:
    groups = answer_groups(steps, all_rows=all_rows)
    shown = [each for group in groups for each in group.rows]
    expected = [(row.label, row.lines) for step in steps for row in step.rows if all_rows or row.answered]
    assert shown == expected
    assert all(group.rows for group in groups)
