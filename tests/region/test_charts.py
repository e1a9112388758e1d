"""How bars are laid out."""

from __future__ import annotations

from kreisportal.region.charts import Part, bars


def test_the_largest_sum_is_the_widest_and_parts_follow_each_other() -> None:
    first, second = bars([("Lohne", {"week": 1, "older": 3}), ("Bakum", {"week": 0, "older": 2})])
    assert first.parts == (Part("week", 150.0, 50.0), Part("older", 200.0, 150.0))
    assert (first.sum, first.y, first.end) == (4, 0, 356.0)
    assert second.parts == (Part("older", 150.0, 100.0),), "what is nothing is not drawn"
    assert (second.sum, second.y) == (2, 28)


def test_where_nothing_is_there_is_nothing_to_draw() -> None:
    assert bars([]) == []
    (bar,) = bars([("Bakum", {"week": 0})])
    assert (bar.parts, bar.sum) == ((), 0)


def test_a_long_name_is_cut() -> None:
    (bar,) = bars([("Neuenkirchen-Vörden in Oldenburg", {})])
    assert len(bar.name) <= 20 and bar.name.endswith("…")
