"""Filling in a form page by page, in whatever order its pages come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.windows import follow

Answers = Mapping[str, str | list[str]]

DOG: Answers = {
    "taken_in": "10.11.2025",
    "origin": "breeder",
    "dog_name": "Wölfchen",
    "breed": "Labrador",
    "sex": "female",
    "dog_birth_date": "1.3.2020",
    "chip_number": "276 098 101234567",
    "insured": "yes",
    "competence": "kept_dogs",
    "dogs": "1",
    "given_names": "Änne Łucja",
    "family_name": "Beispiel-Øster",
    "birth_date": "24.12.1980",
    "residence.street": "Große Straße",
    "residence.house_number": "12a",
    "residence.postcode": "49377",
    "residence.city": "Vechta",
}
"""A dog that is registered by somebody who exists in these journeys only."""

_LONGEST_FORM = 40


def answer(page: Page, answers: Answers, files: Iterable[Path] = ()) -> None:
    """Answer what the page asks, as far as there are answers. ``files`` are chosen where it asks for files."""
    form = page.locator("main form").filter(has=page.locator('[name="csrf_token"]')).first
    for field in form.locator("input:not([type=hidden]), select, textarea").all():
        name, kind = field.get_attribute("name") or "", field.get_attribute("type") or ""
        if kind == "file":
            field.set_input_files(list(files))
            continue
        value = value_of(answers, name)
        if value is None:
            continue
        if kind in ("radio", "checkbox"):
            if field.get_attribute("value") in ([value] if isinstance(value, str) else value):
                field.check()
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            assert isinstance(value, str)
            field.fill(value)


def value_of(answers: Answers, name: str) -> str | list[str] | None:
    """The answer to an input; a date is given as a whole and asked for in three parts."""
    whole, _, part = name.rpartition(".")
    if part in ("day", "month", "year") and isinstance(answers.get(whole), str):
        return str(answers[whole]).split(".")[("day", "month", "year").index(part)]
    return answers.get(name)


def fill_in(page: Page, answers: Answers, files: Iterable[Path] = ()) -> list[str]:
    """From the first page to the review; the headings of the pages on the way."""
    seen: list[str] = []
    while "/pruefen" not in page.url:
        heading = heading_of(page).inner_text()
        assert heading not in seen, f"{heading} came again: {page.locator('main').inner_text()}"
        assert len(seen) < _LONGEST_FORM
        seen.append(heading)
        answer(page, answers, files)
        follow(page.get_by_role("button", name="Weiter", exact=True).last)
        expect(heading_of(page)).not_to_have_text(heading)
    return seen


def heading_of(page: Page) -> Locator:
    """The heading of a page."""
    return page.get_by_role("heading", level=1)
