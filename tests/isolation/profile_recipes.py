"""How to ask for the routes of the profile, and for what forms take from it; a part of ``recipes``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.isolation.citizens import ENTRIES, STEPS
from tests.isolation.town import Town

Fields = Mapping[str, Callable[[Town], str]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    "account_details.step:step_key": lambda town: list(STEPS),
    "account_details.step_send:step_key": lambda town: list(STEPS),
    "entry_id": lambda town: [str(entry_id) for entry_id in town.account.entries.values()],
    "part": lambda town: list(ENTRIES),
}


def _detail(name: str) -> Callable[[Town], str]:
    return lambda town: town.account.details[name]


def _dog(town: Town) -> str:
    return str(town.account.entries["dog"])


def _home(_: Town) -> str:
    return "main"


CHOSEN: Fields = {"_of.dog": _dog, "_shown.dog": _dog, "_of.address": _home, "_shown.address": _home}
"""Which dog and address of the profile a form is about, and which ones its page shows."""

_ENTRY: Fields = {name: _detail(name) for names in ENTRIES.values() for name in names}

FORMS: dict[str, Fields] = {
    "account_details.step_send": {name: _detail(name) for names in STEPS.values() for name in names},
    "account_details.told_send": {},
    "account_entries.add_send": _ENTRY,
    "account_entries.change_send": _ENTRY,
    "account_entries.remove_send": {},
}
