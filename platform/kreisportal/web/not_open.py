"""A portal that is not open to everybody: a notice stands in the place of its pages.

Whoever has a case goes on following it there, the desk works on, and those who prepare a portal see it by a link that
is good for some hours.
"""

from __future__ import annotations

from flask import Flask, g, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.i18n import pick
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.registry import TenantRecord
from kreisportal.web.other_sites import portal_address
from kreisportal.web.page import quiet_page
from kreisportal.web.problems import asks_api, problem
from kreisportal.web.program import program
from kreisportal.web.send_again import kept_form
from kreisportal.web.site import here

PREVIEW_COOKIE = "__Host-preview"
PREVIEW_SECONDS = 8 * 3600
_LATER = "3600"
_STATUSES = {"preparing": 503, "paused": 503, "closed": 410}
# Files that the notice itself needs, what machines ask for, and what the law wants to be found at any time.
_ALWAYS = frozenset(
    {
        *(
            f"portal_files.{name}"
            for name in ("theme", "mark", "favicon", "robots", "security_txt", "manifest")
        ),
        *("portal_files.preview", "portal.preview_offer", "portal.legal", "portal.contact"),
        "api_about.description",
    }
)
_OF_CASES = ("status", "sso", "api_cases")
"""Where people follow what they have sent, once a portal was open."""


def install(app: Flask) -> None:
    """Answer with the notice before any view is asked."""

    @app.before_request
    def _not_open() -> Response | None:
        site = here()
        tenant = site.tenant_or_none
        if site.site != "portal" or tenant is None or tenant.state == "open" or _lets_through(tenant):
            return None
        if asks_api():
            return _problem(tenant)
        g.hide_from_robots = True
        body = render_template(
            "web/not_open.html",
            page=quiet_page(),
            state=tenant.state,
            again=kept_form(),
            successor=_successor(tenant),
        )
        response = make_response(body, _STATUSES[tenant.state])
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == _STATUSES["paused"]:
            response.headers["Retry-After"] = _LATER
        return response


def _problem(tenant: TenantRecord) -> Response:
    """The same for a program."""
    status = _STATUSES[tenant.state]
    later = {"Retry-After": _LATER} if status == _STATUSES["paused"] else {}
    return problem(status, headers=later)


def preview_token(secret_key: str, tenant: TenantRecord) -> str:
    """What stands in the link by which a portal is looked at before it is open."""
    return str(_serializer(secret_key).dumps(tenant.id))


def is_preview_of(secret_key: str, token: str, tenant: TenantRecord) -> bool:
    """Whether a token lets one look at this tenant's portal, and still does."""
    try:
        return bool(_serializer(secret_key).loads(token, max_age=PREVIEW_SECONDS) == tenant.id)
    except BadSignature:
        return False


def _successor(tenant: TenantRecord) -> dict[str, str | None] | None:
    """The town that it becomes part of, with the address of its portal."""
    registry = here().snapshot.registry
    if tenant.merged_into_id is None:
        return None
    found = registry.tenants[registry.successor(tenant.id)]
    return {"name": pick(definition_of(found).name.full), "url": portal_address(found, "portal.home")}


def _lets_through(tenant: TenantRecord) -> bool:
    # Who shows a token sets the portal up, or looks after it; the description says how.
    if request.endpoint in _ALWAYS or POLICY.get(request.endpoint or "") is Who.TOKEN:
        return True
    if tenant.state != "preparing" and request.blueprint in _OF_CASES:
        return True
    # Cookies count for nothing where programs ask.
    if asks_api():
        return False
    secret_key = program().settings.secret_key
    g.previewing = is_preview_of(secret_key, request.cookies.get(PREVIEW_COOKIE, ""), tenant)
    return bool(g.previewing)


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="preview of a portal")
