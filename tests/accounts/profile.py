"""What citizens do with the profile in their account."""

from __future__ import annotations

import re

from tests.accounts.people import HOST, Citizen


def add(person: Citizen, part: str, typed: dict[str, str]) -> None:
    """Add one of a part."""
    browser = person.at(HOST)
    done = browser.submit(browser.get(f"/de/angaben/eintrag/neu/{part}"), typed)
    assert done.status_code == 303, done.text


def remember(person: Citizen, group: str, **typed: str) -> None:
    """Fill in a group of what is kept of the person; a double underscore in a name stands for the dot."""
    browser = person.at(HOST)
    values = {name.replace("__", "."): value for name, value in typed.items()}
    done = browser.submit(browser.get(f"/de/angaben/{group}"), values)
    assert done.status_code == 303, done.text


def overview(person: Citizen, language: str = "de") -> str:
    """The page that shows all of it."""
    return person.at(HOST).get(f"/{language}/angaben/").text


def entry_of(person: Citizen, name: str) -> str:
    """The address of the page that changes the entry with this name."""
    found = re.search(rf'href="([^"]+/eintrag/[0-9a-f-]{{36}})">[^<]*<span[^>]*>: {name}<', overview(person))
    assert found, name
    return found[1]
