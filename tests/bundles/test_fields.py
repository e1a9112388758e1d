"""What is typed for a bundle: how many services it may have, and what is said of too few and too many."""

from __future__ import annotations

import pytest

from kreisportal.bundles.fields import MOST_SERVICES, columns_from
from kreisportal.kernel.errors import InvalidInputError
from tests.bundles.conftest import typed

KEYS = [f"leistung-{number}" for number in range(MOST_SERVICES + 1)]


def test_as_many_services_as_there_is_room_for_are_kept() -> None:
    assert len(columns_from(typed(tuple(KEYS[:-1])), KEYS, {})["services"]) == MOST_SERVICES


@pytest.mark.parametrize(
    ("services", "said"),
    [
        ((), "mindestens eine"),
        (tuple(KEYS), f"höchstens {MOST_SERVICES}"),
        (("nichts",), "gibt es nicht: nichts"),
    ],
)
def test_what_is_wrong_with_the_choice_is_said_as_it_is(services: tuple[str, ...], said: str) -> None:
    with pytest.raises(InvalidInputError) as fault:
        columns_from(typed(services), KEYS, {})
    ((name, (sentence,)),) = fault.value.messages.items()
    assert (name, said in sentence) == ("services", True), sentence
