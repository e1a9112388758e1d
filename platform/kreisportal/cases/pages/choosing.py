"""Which of the profile's children, dogs, businesses and addresses a form is about, and what that fills in.

A page asks by radio buttons above its questions. The button beside them sends the page and shows it again with what is
known filled in; so does any other button as long as another one is chosen than the page shows. Nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from kreisportal.forms import (
    Errors,
    FormDefinition,
    Step,
    StepView,
    asking,
    instance_of,
    part_of,
    parts_of_group,
    present_step,
    visible_steps,
)
from kreisportal.forms.conditions import Answers
from kreisportal.forms.definition import Field
from kreisportal.forms.fieldtypes import field_type
from kreisportal.forms.fieldtypes.base import is_empty
from kreisportal.i18n import gettext
from kreisportal.kernel.errors import NotFoundError
from kreisportal.web.formats import limit_text
from kreisportal.web.profile import Candidate, Profile
from kreisportal.web.program import program

NEW = "neu"
"""What is chosen where it is about none that the profile knows."""
_OF, _SHOWN, _MORE = "_of.", "_shown.", "_more."


@dataclass(frozen=True, slots=True)
class Picker:
    """A question which one it is: options are (id, name, chosen). Of a group several may be added."""

    key: str
    name: str
    legend: str
    options: tuple[tuple[str, str, bool], ...]
    several: bool = False
    shown_name: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that shows another one from now on: what is typed there, what the form is about, and its answers."""

    raw: dict[str, Any]
    chosen: dict[str, str]
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choosing:
    """What a form is about: ``chosen`` ids by part, of what the ``profile`` has."""

    profile: Profile
    chosen: Mapping[str, str]

    def current(self, part: str) -> Candidate | None:
        """The one of a part that the form is about."""
        if part in self.chosen and self.chosen[part] == NEW:
            return None
        return self.profile.candidate(part, self.chosen.get(part)) or self.profile.usual(part)

    def proposals(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The values that this form may propose and where they come from, both by prefill key."""
        known = dict(self.profile.known)
        for part in self.profile.candidates:
            candidate = self.current(part)
            known |= candidate.values if candidate else {}
        values = {key: each.value for key, each in known.items()}
        return values, {key: each.origin for key, each in known.items() if each.origin}

    def present(
        self,
        form: FormDefinition,
        step_key: str,
        answers: Answers,
        raw: Mapping[str, Any],
        errors: Errors,
    ) -> tuple[StepView, list[Picker]]:
        """A page with what is proposed, and its questions which one it is about."""
        form = asking(form, answers)
        step = form.step(step_key)
        if step is None:
            raise NotFoundError(step_key)
        known, origins = self.proposals()
        # What stands in the inputs anew may be a proposal again.
        asked = {field.key for field in step.fields if part_of(field.prefill) and field.key in raw}
        shown = {key: value for key, value in answers.items() if key not in asked}
        view = present_step(
            form,
            step_key,
            shown,
            raw=raw,
            errors=errors,
            known=known,
            origins=origins,
            marks=self._marks(step, raw),
            file_size=limit_text(program().intake.limits.bytes),
        )
        return view, self._pickers(form, step, answers, raw)

    def posted(self, form: FormDefinition, step_key: str, answers: Answers) -> dict[str, str]:
        """What was chosen on the page that was sent, as far as there is such a thing."""
        step, found = asking(form, answers).step(step_key), {}
        for part in _parts(step) if step else ():
            value = request.form.get(_OF + part, "")
            if value == NEW or self.profile.candidate(part, value):
                found[part] = value
        return found

    def take(
        self, form: FormDefinition, step_key: str, raw: Mapping[str, Any], answers: Answers
    ) -> Taken | None:
        """The page with what is known of what was chosen newly, None where it shows that already."""
        form = asking(form, answers)
        step, posted = form.step(step_key), self.posted(form, step_key, answers)
        if step is None:
            return None
        switched = {
            part: value for part, value in posted.items() if value != request.form.get(_SHOWN + part, "")
        }
        more = {field.key: added for field in step.fields if (added := self._added(field))}
        if not switched and not more:
            return None
        filled, kept = dict(raw), dict(answers)
        for part, value in switched.items():
            before = self.profile.candidate(part, request.form.get(_SHOWN + part, ""))
            after = self.profile.candidate(part, value)
            filled |= _filled(step, part, filled, before, after)
            kept = _followed(form, part, kept, before, after)
        for field in step.fields:
            if field.key in more:
                there = [each for each in filled.get(field.key) or [] if not is_empty(each)]
                filled[field.key] = [*there, *(_instance(field, each) for each in more[field.key])]
        return Taken(filled, {**self.chosen, **posted}, kept)

    def _added(self, field: Field) -> list[Candidate]:
        if field.type != "group":
            return []
        ids = request.form.getlist(_MORE + field.key)
        return [each for each in self._candidates_of(field) if each.id in ids]

    def _candidates_of(self, group: Field) -> list[Candidate]:
        """Who could be in a group: all of its part but the one that the form is about, and of one's business only."""
        found: list[Candidate] = []
        for part in parts_of_group(group):
            business = self.current("business")
            for each in self.profile.candidates.get(part, ()):
                is_of_other = part == "member" and business and not each.id.startswith(f"{business.id}.")
                if each.id != self.chosen.get(part) and not is_of_other:
                    found.append(each)
        return found

    def _pickers(
        self, form: FormDefinition, step: Step, answers: Answers, raw: Mapping[str, Any]
    ) -> list[Picker]:
        """The questions of a page which one it is. They are asked once, and again as long as nobody has said."""
        found = [
            self._picker(part)
            for part in _parts(step)
            if len(self.profile.candidates.get(part, ())) > (1 if part == "address" else 0)
            and (_first_with(form, answers, part) == step.key or self._is_open(part))
        ]
        for field in step.fields:
            if field.type == "group" and (picker := self._group_picker(field, answers, raw)):
                found.append(picker)
        return found

    def _marks(self, step: Step, raw: Mapping[str, Any]) -> dict[str, str]:
        """Which groups of a page have somebody of the profile, by field key."""
        found = {}
        for field in step.fields:
            there = raw.get(field.key) if field.type == "group" else None
            for each in self._candidates_of(field) if there else ():
                if _is_there(field, each, there or []):
                    origins = (value.origin for value in each.values.values() if value.origin)
                    found[field.key] = next(origins, "")
        return found

    def _is_open(self, part: str) -> bool:
        return self.current(part) is None and self.chosen.get(part) != NEW

    def _picker(self, part: str) -> Picker:
        candidate = self.current(part)
        shown = candidate.id if candidate else self.chosen.get(part, "")
        options = [(each.id, each.name, each.id == shown) for each in self.profile.candidates[part]]
        return Picker(
            part,
            _OF + part,
            legend_of(part),
            (*options, (NEW, gettext("Anders: neu eintragen"), shown == NEW)),
            shown_name=_SHOWN + part,
            shown=shown,
        )

    def _group_picker(self, field: Field, answers: Answers, raw: Mapping[str, Any]) -> Picker | None:
        stored = field_type(field).to_raw(field, answers.get(field.key))
        there = raw.get(field.key, stored) or []
        options = [
            (each.id, each.name, False)
            for each in self._candidates_of(field)
            if not _is_there(field, each, there)
        ]
        if not options or (field.required and len(options) == 1 and not there):
            return None
        legend = gettext("Wen aus Ihrem Profil möchten Sie eintragen?")
        return Picker(field.key, _MORE + field.key, legend, tuple(options), several=True)


def _parts(step: Step) -> list[str]:
    """What a page asks for one of."""
    return list(dict.fromkeys(part for field in step.fields if (part := part_of(field.prefill))))


def _first_with(form: FormDefinition, answers: Answers, part: str) -> str | None:
    """The first page that asks for one of a part."""
    return next(
        (shown.step.key for shown in visible_steps(form, answers) if part in _parts(shown.step)), None
    )


def _fields(step: Step, part: str) -> Iterator[Field]:
    return (field for field in step.fields if part_of(field.prefill) == part)


def _filled(
    step: Step, part: str, raw: Mapping[str, Any], before: Candidate | None, after: Candidate | None
) -> dict[str, Any]:
    """What changes on a page: inputs that are empty, or that still show what was filled in before."""
    changed = {}
    for field in _fields(step, part):
        kind = field_type(field)
        was, now = (_value(each, field) for each in (before, after))
        typed = raw.get(field.key)
        if is_empty(typed) or (was is not None and typed == kind.to_raw(field, was)):
            changed[field.key] = kind.to_raw(field, now)
    return changed


def _followed(
    form: FormDefinition,
    part: str,
    answers: dict[str, Any],
    before: Candidate | None,
    after: Candidate | None,
) -> dict[str, Any]:
    """The answers, in which those that were those of the one before become those of the other, on all pages."""
    kept = dict(answers)
    for step in form.steps:
        for field in _fields(step, part):
            was, now = (_value(each, field) for each in (before, after))
            if was is None or kept.get(field.key) != was:
                continue
            if now is None:
                del kept[field.key]
            else:
                kept[field.key] = now
    return kept


def _value(candidate: Candidate | None, field: Field) -> Any:
    known = candidate.values.get(field.prefill) if candidate else None
    return known.value if known else None


def _instance(group: Field, candidate: Candidate) -> dict[str, Any]:
    """Somebody of the profile as one of a group, as it would have been typed."""
    known = {key: each.value for key, each in candidate.values.items()}
    values = instance_of(group, known)
    return {inner.key: field_type(inner).to_raw(inner, values.get(inner.key)) for inner in group.fields}


def _is_there(group: Field, candidate: Candidate, there: Sequence[Mapping[str, Any]]) -> bool:
    """Whether somebody of the profile is one of those in the group; more may have been typed about them."""
    known = {key: value for key, value in _instance(group, candidate).items() if not is_empty(value)}
    return any(all(each.get(key) == value for key, value in known.items()) for each in there)


def legend_of(part: str) -> str:
    """The question which one of a part it is about."""
    return {
        "address": gettext("Welche Anschrift?"),
        "child": gettext("Welches Kind?"),
        "dog": gettext("Welcher Hund?"),
        "business": gettext("Welcher Betrieb?"),
        "member": gettext("Welche Person?"),
    }[part]
