"""A form with one more page, on which a town asks for files that the region's form does not know."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from functools import lru_cache

from kreisportal.forms.definition import Field, FormDefinition, Step
from kreisportal.tenancy.further_papers import ALWAYS, FurtherPaper

STEP = "further_papers"
_TITLE = {
    "de": "Weitere Unterlagen",
    "en": "Further documents",
    "de-simple": "Was Ihre Gemeinde noch braucht",
}
_WHY = {
    "de": "Diese Unterlagen braucht Ihre Behörde zusätzlich.",
    "en": "Your authority needs these as well.",
}


def with_papers(form: FormDefinition, papers: Sequence[FurtherPaper]) -> FormDefinition:
    """The form with a page for those papers that are wanted as files; the form itself where there is none."""
    wanted = [paper.to_data() for paper in papers if paper.upload]
    # Each request of a form needs it, so it is kept by what it consists of.
    return _extended(_ByDigest(form), json.dumps(wanted, sort_keys=True)) if wanted else form


class _ByDigest:
    """A form that is the same as another one with its digest."""

    def __init__(self, form: FormDefinition) -> None:
        self.form = form

    def __hash__(self) -> int:
        return hash(self.form.digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and self.form.digest() == other.form.digest()


@lru_cache(maxsize=256)
def _extended(of: _ByDigest, papers: str) -> FormDefinition:
    fields = tuple(_field(FurtherPaper.from_data(paper)) for paper in json.loads(papers))
    return dataclasses.replace(of.form, steps=(*of.form.steps, Step(STEP, _TITLE, fields, why=_WHY)))


def _field(paper: FurtherPaper) -> Field:
    return Field(
        key=f"paper_{paper.key}",
        type="file",
        label=dict(paper.name),
        help=dict(paper.note),
        required=paper.need == ALWAYS,
    )
