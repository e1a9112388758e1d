"""Checks of what is sent, with sentences in the language of the request; marshmallow's own speak English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, validate

from kreisportal.i18n import LazyText, lazy_gettext


class Length(validate.Length):
    """A text of so many characters at most, and of one at least where it is needed."""

    def __init__(self, longest: int, *, needed: bool = False) -> None:
        super().__init__(min=1 if needed else None, max=longest)

    def __call__(self, value: Any) -> Any:
        """The value. Raises ValidationError."""
        try:
            return super().__call__(value)
        except ValidationError:
            length, most = len(value), self.max
            raise _refusal(
                lazy_gettext(
                    "Das ist zu lang: %(length)s Zeichen, höchstens %(most)s.", length=length, most=most
                )
                if length
                else lazy_gettext("Das ist leer.")
            ) from None


class Range(validate.Range):
    """A number from one to another."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(min=least, max=most)

    def __call__(self, value: Any) -> Any:
        """The value. Raises ValidationError."""
        try:
            return super().__call__(value)
        except ValidationError:
            raise _refusal(
                lazy_gettext(
                    "Nehmen Sie eine Zahl von %(least)s bis %(most)s.", least=self.min, most=self.max
                )
            ) from None


class OneOf(validate.OneOf):
    """One of a few words."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(list(words))

    def __call__(self, value: Any) -> Any:
        """The value. Raises ValidationError."""
        try:
            return super().__call__(value)
        except ValidationError:
            raise _refusal(
                lazy_gettext("Nehmen Sie eins von diesen: %(words)s.", words=self.choices_text)
            ) from None


def _refusal(sentence: LazyText) -> ValidationError:
    return ValidationError([sentence])
