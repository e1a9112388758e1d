"""The description of the API in OpenAPI 3.1, made from the routes and their schemas when it is first asked for."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app
from flask_smorest import Api
from marshmallow import Schema, fields
from werkzeug.wrappers import Response

from kreisportal.access.policy_api import SCOPES
from kreisportal.api import cases, figures, offers, offices, services, towns
from kreisportal.api.blueprint import JSON, SECONDS, ApiBlueprint
from kreisportal.api.fields import out
from kreisportal.i18n import Language
from kreisportal.web.languages import languages_of_site
from kreisportal.web.problems import MEDIA_TYPE
from kreisportal.web.site import here, keep

_MADE = "kreisportal.api_descriptions"
_VERSION = "1.0"
_Key = tuple[str, tuple[Language, ...]]
_ABOUT = f"""What programs may ask of this authority. Texts come in the language of the parameter `language`, else of the
header Accept-Language. What is wrong is told as problem details (RFC 9457). Who asks too often is told so by 429 and
Retry-After: everybody is counted by the address of their connection, and tokens each by itself, in windows of
{SECONDS} seconds."""

BLUEPRINTS: dict[str, tuple[ApiBlueprint, ...]] = {
    "portal": (
        services.blueprint,
        offices.blueprint,
        cases.blueprint,
        offers.blueprint,
        figures.blueprint,
    ),
    "region": (towns.blueprint,),
}
"""The routes of each site that has some."""

_OF_ALL = (404, 406, 422, 429, 503)
_WITH_BODY = (400, 413, 415)
_WITH_TOKEN = (401, 403)
_OF_PORTALS = (410,)
_OF_CHANGES = (412, 428)
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


class FaultOut(Schema):
    """What is wrong with one field or parameter."""

    field = out(fields.String, "Its name; of ``fee`` the part ``de`` is ``fee.de``. Empty for the whole.")
    detail = out(fields.String, "What is wrong, in a sentence.")


class ProblemOut(Schema):
    """Problem details (RFC 9457)."""

    type = out(fields.String, "about:blank: the status says it all.")
    title = out(fields.String, "What the status is called.")
    status = out(fields.Integer, "The status.")
    detail = out(fields.String, "What to do, in a sentence.")
    errors = fields.List(
        fields.Nested(FaultOut), metadata={"description": "What is wrong with what was sent."}
    )


class _Description(Api):  # type: ignore[misc]  # flask-smorest has no types.
    """flask-smorest's, for the description alone: routes and errors are the program's own."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app
        self.config: dict[str, Any] = {}
        self._init_spec(
            title="Kreisportal",
            version=_VERSION,
            openapi_version="3.1.0",
            info={"description": _ABOUT, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
            servers=[{"url": "/"}],
        )

    def _register_responses(self) -> None:
        """Errors are told as they are here, and put in by ``_complete``; these two flask-smorest points to."""
        for name in ("DEFAULT_ERROR", HTTPStatus.UNPROCESSABLE_ENTITY.name):
            self.spec.components.response(name, {"description": "-"}, lazy=True)


def describe() -> Response:
    """The description of this site's API."""
    keep()
    made: dict[_Key, str] = current_app.extensions.setdefault(_MADE, {})
    # It names the languages that may be asked for, of which there are few choices.
    key = (here().site, languages_of_site())
    if key not in made:
        made[key] = current_app.json.dumps(description_of(current_app, here().site))
    return current_app.response_class(made[key], mimetype=JSON)


def description_of(app: Flask, site: str) -> dict[str, Any]:
    """The description of a site's API; names the languages of the site that is asked."""
    api = _Description(app)
    for blueprint in BLUEPRINTS[site]:
        blueprint.register_views_in_doc(api, app, api.spec, name=blueprint.name, parameters=None)
        api.spec.tag({"name": blueprint.name, "description": blueprint.description})
    if any(name in SCOPES for name in _endpoints(app, site)):
        bearer = {"type": "http", "scheme": "bearer", "description": "An access token of this host's desk."}
        api.spec.components.security_scheme("token", bearer)
    api.spec.components.schema("Problem", schema=ProblemOut)
    made: dict[str, Any] = api.spec.to_dict()
    made["components"]["responses"] = {}
    for path, method, endpoint in _operations(app, site):
        _complete(made, made["paths"][path][method], endpoint, method)
    return made


def _complete(made: dict[str, Any], operation: dict[str, Any], endpoint: str, method: str) -> None:
    """Add to an operation what is so of all: its name, its token, and how it refuses."""
    operation["operationId"] = endpoint.partition(".")[2]
    operation["responses"].pop("default", None)
    for status in _statuses(endpoint, method):
        name = HTTPStatus(status).name
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name}"}
        made["components"]["responses"][name] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    if endpoint in SCOPES:
        operation["security"] = [{"token": []}]
        operation["description"] = f"Asks for a token with the scope `{SCOPES[endpoint].value}`."


def _statuses(endpoint: str, method: str) -> list[int]:
    """With what statuses an operation may refuse."""
    with_body = _WITH_BODY if method in ("post", "put", "patch") else ()
    token = _WITH_TOKEN if endpoint in SCOPES else ()
    changes = _OF_CHANGES if method == "patch" else ()
    portal = _OF_PORTALS if endpoint not in SCOPES else ()
    return sorted((*_OF_ALL, *with_body, *token, *changes, *portal))


def _operations(app: Flask, site: str) -> list[tuple[str, str, str]]:
    """Path, method and endpoint of all operations."""
    names = {blueprint.name for blueprint in BLUEPRINTS[site]}
    return [
        (_ARGUMENT.sub(r"{\1}", rule.rule), method.lower(), rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in names
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _endpoints(app: Flask, site: str) -> set[str]:
    return {endpoint for _, _, endpoint in _operations(app, site)}
