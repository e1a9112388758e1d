"""The tenant admin's page on the picture of the town: shown before it counts, replaced, removed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from kreisportal.documents import town_pictures
from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.storage import Storage
from kreisportal.documents.wide_pictures import LARGEST_UPLOAD, Cut, wide_webp
from kreisportal.i18n import current_language, gettext
from kreisportal.kernel.errors import InvalidInputError
from kreisportal.tenancy.admin_changes import Answer, area_shown, differences, save_piece
from kreisportal.tenancy.picture_fields import OF_PICTURE, picture_typed, picture_typed_of
from kreisportal.tenancy.town_changes import expecting, parts_before, parts_now
from kreisportal.tenancy.town_picture import LONGEST_ALT, digest_in, told_picture
from kreisportal.web.program import program
from kreisportal.web.site import here
from kreisportal.web.town_picture import PictureContext, picture_url

blueprint = Blueprint("picture_admin", __name__, subdomain="desk", url_prefix="/<language:lang>/portal/bild")

Told = dict[str, Any]

SENT = {cut: f"webp_{cut}" for cut in Cut}
"""Which part stays → the field that holds it between preview and saving, so that another may be chosen meanwhile."""

OF_CUT = ("schnitt", *SENT.values())


@blueprint.get("/")
def show() -> str:
    """The picture as it is."""
    return _page(picture_typed_of(told_picture(area_shown("look").parts["brand"])), {})


@blueprint.post("/")
def change() -> Answer:
    """Show what was chosen before it counts, or save it."""
    typed = {name: request.form.get(name, "") for name in (*OF_PICTURE, *OF_CUT)}
    cut = _cut(typed)
    brand = area_shown("look").parts["brand"] or {}
    faults: dict[str, list[str]] = {}
    content, made = b"", _made_before(brand)
    try:
        typed |= _cut_apart(_uploaded(request.files.get("bild")))
        content, made = _chosen(typed[SENT[cut]], made)
    except RefusedFileError as error:
        typed |= dict.fromkeys(SENT.values(), "")
        faults["picture"] = [_sentence(error)]
    try:
        told = picture_typed(typed, made)
    except InvalidInputError as error:
        faults = {**error.messages, **faults}
    if faults:
        return _page(typed, faults), InvalidInputError.status
    if request.form.get("tat") != "speichern":
        return _page(typed, {}, preview=told)
    return _save({**brand, "picture": told}, content, typed)


@blueprint.post("/entfernen")
def remove() -> Answer:
    """Show no picture any more. It can be taken back for a day."""
    brand = area_shown("look").parts["brand"] or {}
    without = {name: value for name, value in brand.items() if name != "picture"}
    return _save(without, b"", picture_typed_of(told_picture(brand)))


def lost_for_good(session: Session) -> bool:
    """Whether taking the last change back would show a picture whose file is not there any more."""
    tenant_id = here().tenant.id
    before = digest_in(parts_before(session, tenant_id, "look")["brand"])
    now = digest_in(parts_now(session, tenant_id, "look")["brand"])
    return bool(before) and before != now and not town_pictures.is_there(_storage(), tenant_id, before)


def shown_now() -> str:
    """The digest of the picture that is shown now; empty without one."""
    return digest_in(area_shown("look").parts["brand"])


def spare(digest: str) -> None:
    """Let a picture lie for another day, if it is shown no more."""
    if digest and digest != shown_now():
        town_pictures.spare(_storage(), here().tenant.id, digest)


def _save(brand: Told, content: bytes, typed: dict[str, str]) -> Answer:
    before = shown_now()

    def lay(_: Session) -> None:
        # What is shown already lies where it is found.
        if content and digest_in(brand) != before:
            town_pictures.keep(_storage(), here().tenant.id, content)

    answer = save_piece(
        "look",
        expecting(request.form.get("gesehen", ""), {"brand": brand}),
        lambda faults, meanwhile: _page(typed, faults, meanwhile=meanwhile),
        also=lay,
        done=url_for("picture_admin.show"),
    )
    if isinstance(answer, Response):
        spare(before)
    return answer


def _cut(typed: Mapping[str, str]) -> Cut:
    """Which part is to stay: the middle, if nothing else is chosen."""
    chosen = typed.get("schnitt", "")
    return Cut(chosen) if chosen in SENT else Cut.MIDDLE


def _cut_apart(uploaded: bytes) -> dict[str, str]:
    """Each part that may stay of a picture, under the name of its field; none without a picture."""
    if not uploaded:
        return {}
    return {name: base64.b64encode(wide_webp(uploaded, cut)[0]).decode() for cut, name in SENT.items()}


def _chosen(sent: str, before: Told | None) -> tuple[bytes, Told | None]:
    """The part that was sent and what a profile says of it; without one what it said before."""
    if not sent:
        return b"", before
    content, width, height = wide_webp(_sent_along(sent))
    return content, {"digest": town_pictures.digest_of(content), "width": width, "height": height}


def _uploaded(file: FileStorage | None) -> bytes:
    """The file that was sent; empty if there is none. Raises RefusedFileError."""
    if file is None or not file.filename:
        return b""
    with closing(file):
        data = file.stream.read(LARGEST_UPLOAD + 1)
    if not data:
        raise RefusedFileError(Reason.EMPTY)
    return data


def _sent_along(text: str) -> bytes:
    """A picture of which a preview has told, which the browser does not send as a file again."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RefusedFileError(Reason.DAMAGED) from None


def _made_before(brand: Told) -> Told | None:
    told = told_picture(brand)
    return {name: told[name] for name in ("digest", "width", "height")} if told else None


def _storage() -> Storage:
    return program().intake.storage


def _sentence(error: RefusedFileError) -> str:
    if error.reason is Reason.KIND:
        return gettext("Laden Sie ein Foto oder Bild hoch: JPEG, PNG oder WebP.")
    return error.sentence


def _page(
    typed: dict[str, str],
    errors: dict[str, list[str]],
    *,
    preview: Told | None = None,
    meanwhile: bool = False,
) -> str:
    area = area_shown("look")
    saved, sent = told_picture(area.parts["brand"]), typed.get(SENT[_cut(typed)], "")
    # What was sent and is not previewed yet is not what is saved.
    told = preview or (None if sent else saved)
    labels = {
        "picture": gettext("Bild"),
        "alt_de": gettext("Was ist zu sehen? Auf Deutsch"),
        "alt_en": gettext("Was ist zu sehen? Auf Englisch"),
        "credit": gettext("Von wem ist das Bild?"),
    }
    return render_template(
        "tenancy/admin_picture.html",
        area=area,
        typed=typed,
        errors=errors,
        labels=labels,
        meanwhile=differences(labels, typed, picture_typed_of(saved)) if meanwhile else None,
        is_preview=preview is not None,
        is_there=saved is not None,
        cuts=[
            (Cut.START.value, gettext("oben (bei einem sehr breiten Bild: links)")),
            (Cut.MIDDLE.value, gettext("Mitte")),
            (Cut.END.value, gettext("unten (bei einem sehr breiten Bild: rechts)")),
        ],
        cut=_cut(typed).value,
        parts={name: typed.get(name, "") for name in SENT.values()},
        sent=sent,
        longest=LONGEST_ALT,
        shown=_shown(told, sent if preview else ""),
    )


def _shown(told: Mapping[str, Any] | None, sent: str) -> PictureContext | None:
    """The picture as the start page would have it. One that was sent is in the page itself until it is saved."""
    if told is None:
        return None
    alt = told["alt"]
    path = "en" if current_language().path == "en" and "en" in alt else "de"
    url = f"data:image/webp;base64,{sent}" if sent else picture_url(told["digest"])
    tag = "" if path == current_language().path else path
    return PictureContext(url, told["width"], told["height"], alt[path], tag, told.get("credit", ""))
