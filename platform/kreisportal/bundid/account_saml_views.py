"""Signing in by SAML at the account host: to a provider and back, and what providers must know of us.

Without settings there is no provider, and every address here is answered as if it did not exist.
"""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from flask import session as browser
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from kreisportal.bundid.arrival import Refusal, arrived, refused, set_out
from kreisportal.bundid.saml import ServiceProvider
from kreisportal.bundid.saml_arrivals import fetch_arrival, is_our_request, keep_arrival, new_request_id
from kreisportal.bundid.saml_attributes import KINDS
from kreisportal.bundid.saml_errors import SamlCancelledError, SamlRefusedError, SamlSettingsError
from kreisportal.bundid.saml_settings import SamlSettings, read_saml_settings
from kreisportal.i18n import current_language, pick
from kreisportal.kernel.errors import NotFoundError
from kreisportal.kernel.levels import LEVELS, Level, reaches
from kreisportal.notifications.addresses import region_address
from kreisportal.settings import Settings, SettingsError
from kreisportal.tenancy.profile import definition_of
from kreisportal.web.other_sites import operator
from kreisportal.web.outside_ways import register_way
from kreisportal.web.own_paths import safe_next
from kreisportal.web.program import program
from kreisportal.web.rate_limits import check_rate
from kreisportal.web.site import here

blueprint = Blueprint("saml", __name__, subdomain="account", url_prefix="/<language:lang>/anmelden/saml")
endpoints = Blueprint("saml_endpoints", __name__, subdomain="account", url_prefix="/saml")

_SETTINGS = "kreisportal.saml"
_ON_ITS_WAY = "saml"
"""In the browser's signed cookie: the request that it is on its way with, language, page to come back to and level."""

_METADATA_SECONDS = 3600
_REFUSALS: dict[str, Refusal] = {"declined": "declined", "failed": "failed"}
_log = structlog.get_logger()


def install(app: Flask, csrf: CSRFProtect, settings: Settings) -> None:
    """Register the addresses, and the ways in that are set up. Raises SettingsError."""
    app.register_blueprint(blueprint)
    app.register_blueprint(endpoints)
    # The provider's answer is a form from elsewhere; it is signed, and no cookie of ours goes along.
    csrf.exempt(take)
    if settings.saml_file is None:
        return
    try:
        known = app.extensions[_SETTINGS] = read_saml_settings(settings.saml_file)
    except SamlSettingsError as error:
        raise SettingsError({"SAML_FILE": error.faults}) from None
    for provider in known.providers:
        way = functools.partial(_way, provider.key)
        try:
            register_way(app, provider.key, provider.name, way, highest=provider.highest)
        except ValueError:
            there = f"another way in is called {provider.key} as well: choose another key"
            raise SettingsError({"SAML_FILE": [there]}) from None


def _way(key: str, wanted: str | None, level: Level) -> str:
    return url_for("saml.start", key=key, next=wanted, niveau=level)


@blueprint.get("/<key>")
def start(key: str) -> str:
    """Say what the provider will tell us, and lead there by the person's own click, with a signed request."""
    provider = _provider(key)
    check_rate("saml-start", limit=120, seconds=600)
    level, wanted = _asked_level(), safe_next(request.args.get("next"))
    request_id = new_request_id(program().settings.secret_key, key)
    asked = provider.request(request_id, level, _asker())
    set_out(wanted)
    browser[_ON_ITS_WAY] = [request_id, current_language().path, wanted, level]
    target = urlsplit(asked.address)
    g.form_targets = [f"{target.scheme}://{target.netloc}"]
    return render_template(
        "bundid/saml_start.html",
        name=pick(provider.provider.name),
        asked=asked,
        level=level,
        not_enough="reicht-nicht" in request.args,
        business=provider.provider.kind is KINDS["business"],
        next=wanted,
    )


@endpoints.post("/<key>/antwort")
def take(key: str) -> Response:
    """Take a provider's answer. Whatever it is, the browser is led to a page of ours, with which its cookies come."""
    provider = _provider(key)
    check_rate("saml-answer", limit=240, seconds=600)
    secret = program().settings.secret_key
    ours = functools.partial(is_our_request, secret, key)
    try:
        answers = request.form.getlist("SAMLResponse")
        if len(answers) != 1:
            raise SamlRefusedError("not one answer")
        request_id, proven = provider.prove(answers[0], ours)
        keep_arrival(program().database, secret, request_id, proven)
    except SamlCancelledError as cancelled:
        _log.info("nobody has signed in at the provider", provider=key, reason=cancelled.reason)
        return _back(key, cancelled.request_id, "declined")
    except SamlRefusedError as refusal:
        _log.warning("answer of the provider refused", provider=key, reason=refusal.reason)
        return _back(key, refusal.request_id, "failed")
    return _back(key, request_id)


@endpoints.get("/<key>/zurueck")
def back(key: str) -> Response:
    """The browser is ours again: fetch who has signed in, if this very browser was sent there for it, and go on."""
    _provider(key)
    fault = _REFUSALS.get(request.args.get("fehler", ""))
    known = browser.get(_ON_ITS_WAY)
    if not isinstance(known, list) or known[0] != request.args.get("anfrage"):
        return refused(fault or "strange")
    browser.pop(_ON_ITS_WAY)
    if fault:
        return refused(fault)
    request_id, language, wanted, level = known
    identity = fetch_arrival(program().database, program().settings.secret_key, request_id)
    if identity is None or identity.provider != key:
        return refused("late")
    if not reaches(identity.level, level):
        again: dict[str, Any] = {"reicht-nicht": "ja"}
        return redirect(
            url_for("saml.start", key=key, lang=language, next=wanted, niveau=level, **again), 303
        )
    return arrived(identity)


@endpoints.get("/<key>/metadata")
def metadata(key: str) -> Response:
    """What the provider must know of us: addresses, certificates and what we ask for, signed."""
    provider = _provider(key)
    check_rate("saml-metadata", limit=60, seconds=600)
    response = current_app.response_class(provider.metadata(), mimetype="application/samlmetadata+xml")
    response.headers["Cache-Control"] = f"public, max-age={_METADATA_SECONDS}"
    return response


def _provider(key: str) -> ServiceProvider:
    """We at a provider that is set up. Raises NotFoundError."""
    settings: SamlSettings | None = current_app.extensions.get(_SETTINGS)
    provider = settings.provider(key) if settings else None
    address = region_address(program().settings, here().snapshot.registry.region_hosts, "account")
    if settings is None or provider is None or address is None:
        raise NotFoundError
    made: dict[tuple[str, str], ServiceProvider] = current_app.extensions.setdefault(f"{_SETTINGS}.made", {})
    target = address + url_for("saml_endpoints.take", key=key)
    if (key, target) not in made:
        made[key, target] = ServiceProvider(settings, provider, target)
    return made[key, target]


def _asker() -> str:
    """Whose name the provider shows."""
    found = operator()
    return str(pick(definition_of(found).name.full)) if found else here().host


def _asked_level() -> Level:
    wanted = request.args.get("niveau", "basic")
    return next((level for level in LEVELS if level == wanted), "basic")


def _back(key: str, request_id: str, fault: Refusal | None = None) -> Response:
    return redirect(url_for("saml_endpoints.back", key=key, anfrage=request_id, fehler=fault), 303)
