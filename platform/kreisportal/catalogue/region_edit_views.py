"""Changing a service's texts: page by page into a draft, seen as a portal would show it, compared, and published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from kreisportal.catalogue import drafts, plain_page
from kreisportal.catalogue.description import LANGUAGES, PARTS, PLAIN, Module, fields_of, part_of, typed_of
from kreisportal.catalogue.description_faults import is_required
from kreisportal.catalogue.drafts import Work, work_on
from kreisportal.catalogue.editing.differences import field_differences
from kreisportal.catalogue.files import SCHEMAS
from kreisportal.catalogue.offers import OFF
from kreisportal.catalogue.region_checks import hints_of
from kreisportal.catalogue.region_wording import MODULES, label_of
from kreisportal.catalogue.region_wording import PARTS as PART_NAMES
from kreisportal.i18n import DEFAULT_LANGUAGE, Language, gettext, language_by_path, pick, speaking
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.web.program import program
from kreisportal.web.sessions import staff_context
from kreisportal.web.site import here

blueprint = Blueprint(
    "region_drafts", __name__, subdomain="region", url_prefix="/<language:lang>/katalog/<key>"
)


@blueprint.get("/texte/<part>")
def edit(key: str, part: str) -> str:
    """The texts of a part as they are worked on. What keeps them from being published is told when there is a draft."""
    _known(part)
    with program().database.transaction(staff_context()) as session:
        work = work_on(session, key)
    faults = work.faults if work.draft else {}
    return _form(key, part, work, work.typed, {f: faults[f] for f in fields_of(part) if f in faults})


@blueprint.post("/texte/<part>")
def save(key: str, part: str) -> Response | tuple[str, int]:
    """Keep what was typed in the draft, right or wrong."""
    _known(part)
    context, typed = staff_context(), {field: request.form.get(field, "") for field in fields_of(part)}
    try:
        with program().database.transaction(context) as session:
            changed = drafts.save_part(session, context, key, part, typed, request.form.get("gesehen", ""))
    except (ConflictError, InvalidInputError) as error:
        with program().database.transaction(context) as session:
            work = work_on(session, key)
        if isinstance(error, InvalidInputError):
            return _form(key, part, work, {**work.typed, **typed}, error.messages), error.status
        return _form(key, part, work, {**work.typed, **typed}, {}, others=True), error.status
    flash(gettext("Im Entwurf gespeichert.") if changed else gettext("Es gab nichts zu ändern."))
    if "weiter" in request.form:
        return redirect(_next(key, part), 303)
    return redirect(url_for("region_drafts.edit", key=key, part=part), 303)


def _next(key: str, part: str) -> str:
    following = list(PARTS)[list(PARTS).index(part) + 1 :]
    if following:
        return url_for("region_drafts.edit", key=key, part=following[0])
    return url_for("region_catalogue.show", key=key)


def _known(part: str) -> None:
    if part not in PARTS:
        raise NotFoundError


def _form(
    key: str,
    part: str,
    work: Work,
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
    others: bool = False,
) -> str:
    hints = hints_of(here().snapshot.catalogue, work.data)
    parts = list(PARTS)
    return render_template(
        "catalogue/region_edit.html",
        key=key,
        name=pick(work.published["name"]),
        part=part,
        modules=_modules(part, typed, errors, hints),
        summary=[(field.replace(".", "-"), f"{label_of(field)}: {errors[field][0]}") for field in errors],
        meanwhile=_shown({f: typed[f] for f in fields_of(part)}, {f: work.typed[f] for f in fields_of(part)})
        if others
        else [],
        others=others,
        seen=work.stamp_of(part),
        is_draft=work.draft is not None,
        tabs=[(str(PART_NAMES[p]), url_for("region_drafts.edit", key=key, part=p), p == part) for p in parts],
        title=str(PART_NAMES[part]),
        is_last=part == parts[-1],
    )


def _modules(
    part: str, typed: Mapping[str, str], errors: Mapping[str, list[str]], hints: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """The modules of a part; only the first of a kind says how it is written."""
    kinds = [module.kind for module in PARTS[part]]
    return [
        _module(module, typed, errors, hints, is_first=module.kind not in kinds[:number])
        for number, module in enumerate(PARTS[part])
    ]


def _module(
    module: Module,
    typed: Mapping[str, str],
    errors: Mapping[str, list[str]],
    hints: Mapping[str, list[str]],
    *,
    is_first: bool,
) -> dict[str, Any]:
    return {
        "is_first": is_first,
        "name": str(MODULES[module.name]),
        "kind": module.kind,
        "fields": [
            {
                "name": field,
                "id": field.replace(".", "-"),
                "label": label_of(field),
                "language": language_by_path(field.partition(".")[2]) or DEFAULT_LANGUAGE,
                "value": typed[field],
                "errors": errors.get(field, []),
                "required": is_required(module, field),
                "hints": [] if field in errors else hints.get(field, []),
                "rows": max(_ROWS[module.kind], min(_MOST_ROWS, typed[field].count("\n") + 1)),
            }
            for field in module.fields
        ],
    }


_ROWS = {"line": 1, "plain": 1, "text": 5, "items": 5, "words": 4, "laws": 5}
_MOST_ROWS = 20


@blueprint.get("/vorschau")
def preview(key: str) -> str:
    """The draft as a portal would show it, in each language."""
    language = language_by_path(request.args.get("sprache", "")) or DEFAULT_LANGUAGE
    with program().database.transaction(staff_context()) as session:
        work = work_on(session, key)
    faults = work.faults
    return render_template(
        "catalogue/region_preview.html",
        key=key,
        name=pick(work.published["name"]),
        is_draft=work.draft is not None,
        language=language,
        languages=[
            (each.name, url_for("region_drafts.preview", key=key, sprache=each.path), each == language)
            for each in (language_by_path(path) for path in (*LANGUAGES, PLAIN))
            if each
        ],
        shown="" if faults else _as_shown(work, language),
        faults=_faults(key, faults),
    )


def _as_shown(work: Work, language: Language) -> Markup:
    service = SCHEMAS["service"].load(work.data)
    with speaking(language):
        plain = plain_page.is_plain(service)
        words = here().snapshot.catalogue.words.values()
        return Markup(  # noqa: S704 - a template of our own, which escapes what it shows.
            render_template(
                "catalogue/region_preview_texts.html",
                service=service,
                offer=OFF,
                plain=plain,
                hard_words=plain_page.hard_words(service, words) if plain else [],
            )
        )


@blueprint.get("/aenderungen")
def compare(key: str) -> str | tuple[str, int]:
    """What publishing the draft would change, word by word."""
    return _comparison(key)


def _comparison(key: str, *, others: bool = False) -> str:
    with program().database.transaction(staff_context()) as session:
        work = work_on(session, key)
    return render_template(
        "catalogue/region_compare.html",
        key=key,
        name=pick(work.published["name"]),
        work=work,
        differences=_shown(typed_of(work.published), work.typed),
        faults=_faults(key, work.faults) if work.draft else [],
        hints=sum(map(len, hints_of(here().snapshot.catalogue, work.data).values())),
        others=others,
    )


def _shown(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, Any]]:
    return [(label_of(each.field), each.pieces) for each in field_differences(old, new)]


def _faults(key: str, faults: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """What is to be mended, each with the address of its field."""
    return [
        (
            url_for("region_drafts.edit", key=key, part=part_of(field), _anchor=field.replace(".", "-")),
            f"{label_of(field)}: {sentence}",
        )
        for field, sentences in faults.items()
        for sentence in sentences
    ]


@blueprint.post("/veroeffentlichen")
def publish(key: str) -> Response | tuple[str, int]:
    """Make the draft the region's text. All portals show it within a second."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            drafts.publish_draft(session, context, key, request.form.get("gesehen", ""))
    except ConflictError as error:
        return _comparison(key, others=True), error.status
    except InvalidInputError as error:
        return _comparison(key), error.status
    program().keeper.renew()
    flash(gettext("Veröffentlicht. So steht es jetzt in allen Portalen."))
    return redirect(url_for("region_catalogue.show", key=key), 303)


@blueprint.post("/verwerfen")
def discard(key: str) -> Response:
    """Throw the draft away, unless somebody else has changed it meanwhile."""
    context = staff_context()
    try:
        with program().database.transaction(context) as session:
            drafts.discard(session, context, key, request.form.get("gesehen", ""))
    except ConflictError:
        flash(gettext("Inzwischen hat jemand etwas geändert. Sehen Sie es noch einmal durch."), "warning")
        return redirect(url_for("region_drafts.compare", key=key), 303)
    flash(gettext("Der Entwurf ist verworfen."))
    return redirect(url_for("region_catalogue.show", key=key), 303)


@blueprint.post("/aktualisieren")
def bring_up_to_date(key: str) -> Response:
    """Take over what was published after the draft was begun."""
    context = staff_context()
    with program().database.transaction(context) as session:
        conflicts = drafts.bring_up_to_date(session, context, key)
    if conflicts:
        flash(
            gettext(
                "Der Entwurf steht auf dem neuen Stand. Hier haben beide etwas geändert, es gilt der Entwurf: %(fields)s",
                fields=", ".join(map(label_of, conflicts)),
            ),
            "warning",
        )
    else:
        flash(gettext("Der Entwurf steht auf dem neuen Stand."))
    return redirect(url_for("region_drafts.compare", key=key), 303)
