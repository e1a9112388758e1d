"""The language of fees: what is read and how, that it is exact, and that nothing else ever comes of any text."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kreisportal.tenancy.fees.calculating import FeeUnknownError, calculate
from kreisportal.tenancy.fees.faults import formula_fault, unknown_fee
from kreisportal.tenancy.fees.formula import LONGEST, Name, parse
from kreisportal.tenancy.fees.tokens import FormulaError

NAMES = {
    "dogs": Name("number"),
    "area": Name("number"),
    "kind": Name("choice", choices={"guide": {"de": "Führhund"}, "other": {"de": "anderer"}}),
}
VALUES: dict[str, Fraction | str] = {"dogs": Fraction(3), "area": Fraction(25, 2), "kind": "guide"}


def worth(formula: str) -> Fraction:
    return calculate(parse(formula, NAMES), VALUES)


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) × 4", 20),
        ("7 − 2 − 1", 4),
        ("12 ÷ 4 / 3", 1),
        ("1 / 3 * 3", 1),
        ("0,1 + 0.2", Fraction(3, 10)),
        ("-dogs + 5", 2),
        ("2 * -3 + 10", 4),
        ("min(dogs; 2; 9) + max(1; 4)", 6),
        ("wenn(dogs > 2; 120; 60)", 120),
        ("IF(dogs <= 2; 120; if(area >= 12,5; 1; 2))", 1),
        ('wenn(kind = "guide" und nicht dogs <> 3; 0; 9)', 0),
        ("wenn(kind = „other“ oder area < 3; 5; 6)", 6),
        ('wenn("other" = kind; 5; 6)', 6),
        ("aufrunden(area) + floor(area)", 25),
    ],
)
def test_a_formula_is_read_as_people_mean_it(formula: str, number: Fraction | int) -> None:
    assert worth(formula) == number


@pytest.mark.parametrize(
    ("formula", "code", "at"),
    [
        ("", "empty", 1),
        ("dogs *", "ends", 7),
        ("dogs * cats", "name", 8),
        ("dogs ** 2", "unexpected", 7),
        ("(dogs", "ends", 6),
        ("dogs + 2)", "unexpected", 9),
        ("dogs $ 2", "letter", 6),
        ("1.000 * dogs", "number", 1),
        ("1,2,3", "number", 1),
        ("min(3,5)", "values", 1),
        ("wenn(dogs > 2; 5)", "values", 1),
        ("wenn(dogs; 5; 6)", "not-truth", 6),
        ("dogs > 2", "not-number", 6),
        ("kind + 1", "not-number", 1),
        ('wenn(kind > "guide"; 1; 2)', "choice", 11),
        ('wenn(kind = "cat"; 1; 2)', "answer", 13),
        ("1 < 2 < 3", "unexpected", 7),
        ("__import__(dogs)", "name", 1),
        ("dogs.real", "letter", 5),
        ("(" * 21 + "1" + ")" * 21, "deep", 21),
        ("1+" * 100 + "1", "long", 150),
        ("1" * (LONGEST + 1), "long", LONGEST),
    ],
)
def test_a_fault_is_told_with_its_place(formula: str, code: str, at: int) -> None:
    with pytest.raises(FormulaError) as refused:
        parse(formula, NAMES)
    assert (refused.value.code, refused.value.at) == (code, at)
    assert f"Zeichen {at}: " in formula_fault(refused.value)


@pytest.mark.parametrize(
    ("formula", "values", "code"),
    [
        ("100 / (dogs - 3)", VALUES, "zero"),
        ("dogs * 2", {}, "missing"),
        ("dogs * 2", {"dogs": "guide"}, "missing"),
        ('wenn(kind = "guide"; 0; 5)', {}, "missing"),
    ],
)
def test_without_a_sum_it_says_why(formula: str, values: dict[str, Any], code: str) -> None:
    with pytest.raises(FeeUnknownError) as unknown:
        calculate(parse(formula, NAMES), values)
    assert unknown.value.code == code
    assert unknown_fee(unknown.value)


def test_only_the_branch_that_counts_is_looked_at() -> None:
    assert calculate(parse("wenn(dogs > 1; 5; area / 0)", NAMES), {"dogs": Fraction(2)}) == 5


def test_a_formula_of_a_file_is_read_without_knowing_the_form() -> None:
    tree = parse('wenn(kind = "guide" oder "x" = other; 0; dogs)')
    assert tree.names() == {"kind", "other", "dogs"}
    assert calculate(tree, {"kind": "guide"}) == 0


_SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "×": operator.mul, "/": operator.truediv}
_leaves = st.one_of(
    st.integers(0, 9999).map(lambda number: (str(number), Fraction(number))),
    st.decimals(0, 99, places=2).map(lambda number: (str(number).replace(".", ","), Fraction(number))),
    st.sampled_from(["dogs", "area"]).map(lambda name: (name, VALUES[name])),
)


def _joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def sum_of(sign: str, one: Any, other: Any) -> Any:
        if sign == "/" and other[1] == 0:
            sign = "+"
        return f"({one[0]}) {sign} ({other[0]})", _SIGNS[sign](one[1], other[1])

    def chosen(one: Any, other: Any) -> Any:
        return f"wenn({one[0]} < {other[0]}; {one[0]}; max({other[0]}; 1))", (
            one[1] if one[1] < other[1] else max(other[1], Fraction(1))
        )

    return st.one_of(
        st.builds(sum_of, st.sampled_from(sorted(_SIGNS)), parts, parts), st.builds(chosen, parts, parts)
    )


@given(st.recursive(_leaves, _joined, max_leaves=6))
def test_what_is_worked_out_is_exact(written: tuple[str, Fraction]) -> None:
    formula, number = written
    if len(formula) <= LONGEST:
        try:
            assert worth(formula) == number
        except FormulaError as error:
            assert error.code == "long"


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [*'+-*/()<>=;,."„“ 12a', "wenn", "und", "nicht", "dogs", "kind", '"guide"', "min(", "<="]
        ),
        max_size=25,
    ).map(" ".join)
)
def test_any_text_is_read_or_refused_with_a_place_within_it(text: str) -> None:
    try:
        tree = parse(text, NAMES)
    except FormulaError as error:
        assert 1 <= error.at <= max(len(text), 1) + 1
        assert formula_fault(error)
        return
    try:
        assert isinstance(calculate(tree, VALUES), Fraction)
    except FeeUnknownError as unknown:
        assert unknown.code == "zero"
