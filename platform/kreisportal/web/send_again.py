"""Nothing typed is lost: what a form brought when it could not be taken is offered on the error page to be sent again."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app, request

_BLUEPRINTS = "kreisportal.send_again"
_TOKEN = "csrf_token"  # noqa: S105 - the name of a field.


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it came: where it goes and its fields, without the token, which the page gives anew."""

    action: str
    fields: list[tuple[str, str]]
    had_files: bool


def keep_forms_of(app: Flask, blueprint: str) -> None:
    """Offer the forms of a blueprint again. Not for forms with passwords, which no page should hold."""
    app.extensions.setdefault(_BLUEPRINTS, set()).add(blueprint)


def kept_form() -> KeptForm | None:
    """The form that this request brought, if one of our own pages sent it and it may be kept.

    A page of somebody else must not be able to lay words into a form of ours that a person then sends.
    """
    if request.method != "POST" or request.blueprint not in current_app.extensions.get(_BLUEPRINTS, ()):
        return None
    if urlsplit(request.headers.get("Origin", "")).netloc != request.host:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != _TOKEN]
    had_files = any(file.filename for file in request.files.values())
    return KeptForm(request.full_path.rstrip("?"), fields, had_files)
