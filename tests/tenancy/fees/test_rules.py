"""Fees by a sum, steps or a formula: what they come to, how they are typed, kept, read from files and said."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from kreisportal.i18n import language_by_path, speaking
from kreisportal.tenancy.fees.amounts import amount_stored, amount_typed, to_cents
from kreisportal.tenancy.fees.calculating import FeeUnknownError
from kreisportal.tenancy.fees.formula import Name
from kreisportal.tenancy.fees.rules import FeeRule, FeeStep
from kreisportal.tenancy.fees.schema import FeeRuleSchema
from kreisportal.tenancy.fees.typed import OF_FEE, Faults, rule_typed, typed_of_rule
from kreisportal.tenancy.fees.words import fee_words, sum_text

NAMES = {
    "dogs": Name("number", {"de": "Zahl der Hunde", "en": "Number of dogs"}),
    "size": Name("choice", {"de": "Größe"}, {"small": {"de": "klein"}, "large": {"de": "groß"}}),
}
DOGS = "1: 60 €\n2: 90 €\nweitere: 120 €"


def typed(**words: str) -> dict[str, str]:
    return {**dict.fromkeys(OF_FEE, ""), **words}


def rule(**words: str) -> FeeRule:
    faults: Faults = {}
    found = rule_typed(typed(**words), NAMES, faults)
    assert faults == {}
    assert found is not None
    return found


def faults_of(**words: str) -> Faults:
    faults: Faults = {}
    rule_typed(typed(**words), NAMES, faults)
    return faults


@pytest.mark.parametrize(
    ("text", "cents"),
    [("84", 8400), ("84,5 €", 8450), ("1.234,56 Euro", 123456), ("0", 0), ("12.50", 1250), ("€ 7", 700)],
)
def test_a_sum_is_read_in_cents(text: str, cents: int) -> None:
    assert amount_typed(text) == cents
    assert amount_typed(amount_stored(cents)) == cents


@pytest.mark.parametrize("text", ["", "-3", "1,234567", "viel", "10.000.001", "3 €/Tag", "1e3"])
def test_what_is_no_sum_is_none(text: str) -> None:
    assert amount_typed(text) is None


@given(st.fractions(0, 10**6))
def test_half_a_cent_counts_as_a_whole_one(euros: Fraction) -> None:
    exact = Decimal(euros.numerator * 100) / Decimal(euros.denominator)
    if Fraction(exact) == euros * 100:
        assert to_cents(euros) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert abs(to_cents(euros) - euros * 100) <= Fraction(1, 2)


@pytest.mark.parametrize(("dogs", "cents"), [(0, 0), (1, 6000), (2, 15000), (3, 27000), (5, 51000)])
def test_each_piece_may_cost_what_its_step_says(dogs: int, cents: int) -> None:
    found = rule(fee_kind="steps", fee_by="dogs", fee_adds="yes", fee_steps=DOGS)
    assert found.cents_for({"dogs": Fraction(dogs)}) == cents


@pytest.mark.parametrize(("dogs", "cents"), [(1, 6000), (2, 9000), (3, 12000), (50, 12000)])
def test_or_the_step_counts_that_the_number_lies_in(dogs: int, cents: int) -> None:
    found = rule(fee_kind="steps", fee_by="dogs", fee_steps=DOGS)
    assert found.cents_for({"dogs": Fraction(dogs)}) == cents


@given(st.integers(0, 40), st.lists(st.integers(0, 5000), min_size=1, max_size=6))
def test_added_steps_are_the_sum_of_all_pieces(number: int, cents: list[int]) -> None:
    steps = [FeeStep(each, place + 1) for place, each in enumerate(cents[:-1])]
    found = FeeRule("steps", by="dogs", adds=True, steps=(*steps, FeeStep(cents[-1])))
    pieces = [cents[min(place, len(cents) - 1)] for place in range(number)]
    assert found.cents_for({"dogs": Fraction(number)}) == sum(pieces)


def test_steps_may_go_by_a_choice() -> None:
    found = rule(fee_kind="steps", fee_by="size", fee_steps="small: 5\nlarge Sehr groß | Very large: 7,50")
    assert found.cents_for({"size": "large"}) == 750
    assert found.steps[1].label == {"de": "Sehr groß", "en": "Very large"}
    assert fee_words(found, NAMES).rows == (("klein", "5\xa0€"), ("Sehr groß", "7,50\xa0€"))


@pytest.mark.parametrize(
    ("found", "values", "code"),
    [
        (rule(fee_kind="formula", fee_formula="dogs - 5"), {"dogs": Fraction(1)}, "negative"),
        (rule(fee_kind="formula", fee_formula="dogs * 9999999"), {"dogs": Fraction(2)}, "large"),
        (rule(fee_kind="formula", fee_formula="dogs"), {}, "missing"),
        (rule(fee_kind="steps", fee_by="dogs", fee_steps="1: 5"), {}, "missing"),
        (rule(fee_kind="steps", fee_by="dogs", fee_steps="1: 5"), {"dogs": Fraction(2)}, "step"),
        (
            rule(fee_kind="steps", fee_by="dogs", fee_adds="yes", fee_steps="1: 5"),
            {"dogs": Fraction(2)},
            "step",
        ),
        (rule(fee_kind="steps", fee_by="dogs", fee_steps="1: 5"), {"dogs": Fraction(-1)}, "step"),
        (rule(fee_kind="steps", fee_by="size", fee_steps="small: 5"), {"size": "large"}, "step"),
        (rule(fee_kind="steps", fee_steps="Saal: 5"), {}, "listed"),
    ],
)
def test_where_no_sum_comes_of_the_answers_it_says_so(
    found: FeeRule, values: dict[str, Fraction | str], code: str
) -> None:
    with pytest.raises(FeeUnknownError) as unknown:
        found.cents_for(values)
    assert unknown.value.code == code


@pytest.mark.parametrize(
    ("words", "at", "sentence"),
    [
        ({"fee_kind": "pigeon"}, "fee_kind", "Wählen Sie"),
        ({"fee_kind": "amount", "fee_amount": "viel"}, "fee_amount", "Betrag"),
        ({"fee_kind": "amount", "fee_amount": "1", "fee_per": "blue"}, "fee_per", "Wählen Sie"),
        ({"fee_kind": "formula", "fee_formula": "dogs +"}, "fee_formula", "Zeichen 7"),
        ({"fee_kind": "formula", "fee_formula": "1+" * 300}, "fee_formula", "Kürzen"),
        ({"fee_kind": "steps"}, "fee_steps", "1 bis 20"),
        ({"fee_kind": "steps", "fee_by": "cats", "fee_steps": DOGS}, "fee_by", "Wählen Sie"),
        ({"fee_kind": "steps", "fee_by": "dogs", "fee_steps": "1: 60\nzwei: 3"}, "fee_steps", "Zeile 2"),
        ({"fee_kind": "steps", "fee_by": "dogs", "fee_steps": "1 60"}, "fee_steps", "Doppelpunkt"),
        ({"fee_kind": "steps", "fee_by": "dogs", "fee_steps": "2: 60\n1: 5"}, "fee_steps", "Ordnen"),
        ({"fee_kind": "steps", "fee_by": "dogs", "fee_steps": "weitere: 60\n9: 5"}, "fee_steps", "Ordnen"),
        ({"fee_kind": "steps", "fee_by": "size", "fee_steps": "tiny: 60"}, "fee_steps", "small, large"),
        ({"fee_kind": "steps", "fee_by": "size", "fee_steps": "small: 6\nsmall: 7"}, "fee_steps", "zwei"),
        ({"fee_kind": "steps", "fee_steps": ": 60"}, "fee_steps", "wofür"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(words: dict[str, str], at: str, sentence: str) -> None:
    faults = faults_of(**words)
    assert list(faults) == [at]
    assert sentence in faults[at][0]


RULES = [
    rule(fee_kind="amount", fee_amount="84,50", fee_per="year"),
    rule(fee_kind="formula", fee_formula='wenn(size = "small"; 1; dogs / 3)', fee_per="day"),
    rule(
        fee_kind="steps", fee_by="dogs", fee_adds="yes", fee_steps="1 Erster | First: 60\n4: 70\nweitere: 80"
    ),
    rule(fee_kind="steps", fee_by="size", fee_steps="small: 1\nlarge: 2"),
    rule(fee_kind="steps", fee_steps="Saal am Abend | Hall in the evening: 120\nKüche: 15,50"),
]


@pytest.mark.parametrize("found", RULES)
def test_a_rule_is_typed_kept_and_read_as_it_is(found: FeeRule) -> None:
    assert rule(**typed_of_rule(found)) == found
    assert FeeRule.from_data(found.to_data()) == found
    assert FeeRuleSchema().load(found.to_data()) == found


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "amount"},
        {"kind": "amount", "amount": "viel"},
        {"kind": "formula", "formula": "1 +"},
        {"kind": "steps", "steps": [{"amount": "3"}]},
        {"kind": "steps", "by": "dogs", "steps": []},
        {"kind": "pigeon"},
    ],
)
def test_a_file_with_a_rule_that_cannot_be_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FeeRuleSchema().load(data)


def test_a_fee_is_said_in_plain_words() -> None:
    assert sum_text(8400, "year") == "84\xa0€ im Jahr"
    assert sum_text(0, "year") == "kostenlos"
    tiers = fee_words(
        rule(fee_kind="steps", fee_by="dogs", fee_steps="1: 60\n3: 70\nweitere: 80", fee_per="year"), NAMES
    )
    assert tiers.short == "ab 60\xa0€ im Jahr"
    assert [text for text, _ in tiers.rows] == ["1", "2 bis 3", "mehr als 3"]
    assert tiers.how == "Es kommt darauf an: Zahl der Hunde"
    added = fee_words(rule(fee_kind="steps", fee_by="dogs", fee_adds="yes", fee_steps=DOGS), NAMES)
    assert [text for text, _ in added.rows] == ["Nummer 1", "Nummer 2", "jede weitere"]
    formula = fee_words(RULES[1], NAMES)
    assert "Größe" in formula.how and "Zahl der Hunde" in formula.how
    english = language_by_path("en")
    assert english is not None
    with speaking(english):
        assert sum_text(8450, "year") == "€84.50 a year"
        assert fee_words(RULES[4], NAMES).rows[0] == ("Hall in the evening", "€120")
