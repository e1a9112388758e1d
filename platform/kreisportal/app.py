"""The application: four sites on one Flask, behind the gate and the kept pages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from whitenoise import WhiteNoise

from kreisportal.accounts import (
    account_access_views,
    account_address_views,
    account_confirmation_views,
    account_deletion_views,
    account_details_views,
    account_entry_views,
    account_files,
    account_passkey_views,
    account_session_views,
    account_step_views,
    account_takeout_views,
    account_views,
)
from kreisportal.accounts import erasures as account_erasures
from kreisportal.api import views as api_views
from kreisportal.bundid import (
    account_identity_views,
    account_openid_views,
    account_saml_views,
    account_simulator_views,
)
from kreisportal.bundid import erasures as bundid_erasures
from kreisportal.bundles import region_views as bundle_region_views
from kreisportal.cases import account_views as case_account_views
from kreisportal.cases import admin_figures_views as case_figures_views
from kreisportal.cases import desk_identity_views as case_identity_views
from kreisportal.cases import desk_views as case_desk_views
from kreisportal.cases import erasures as case_erasures
from kreisportal.cases import feedback_views as case_feedback_views
from kreisportal.cases import status_views as case_status_views
from kreisportal.cases import views as case_views
from kreisportal.cases.pages import matters as case_matters
from kreisportal.catalogue import admin_views as offers_admin_views
from kreisportal.catalogue import region_views as catalogue_region_views
from kreisportal.catalogue.missed_words import MissedWords
from kreisportal.catalogue.service_counts import ServiceCounts
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.catalogue.snapshot_store import SnapshotStore
from kreisportal.council import views as council_views
from kreisportal.credentials.passwords import Passwords
from kreisportal.desk import views as desk_views
from kreisportal.documents.kinds import Limits
from kreisportal.documents.malware import ClamAvScanner, NoScanner
from kreisportal.documents.receipts import ReceiptKeys
from kreisportal.documents.service import Intake
from kreisportal.documents.storage import FolderStorage
from kreisportal.i18n import gettext, gettext_html, ngettext
from kreisportal.kernel.database import Database, check_role
from kreisportal.kernel.database.schema import check_schema
from kreisportal.kernel.errors import UnavailableError
from kreisportal.kernel.http.drain import drained
from kreisportal.kernel.http.gate import Gate
from kreisportal.kernel.http.kept_pages import KeptPages
from kreisportal.kernel.matters import Matters
from kreisportal.kernel.paths import shipped
from kreisportal.kernel.registries import Erasures
from kreisportal.mandates import account_invitation_views as mandate_invitation_views
from kreisportal.mandates import account_views as mandate_views
from kreisportal.mandates import erasures as mandate_erasures
from kreisportal.portal import views as portal_views
from kreisportal.region import views as region_views
from kreisportal.settings import Settings
from kreisportal.sso import account_logout_views as sso_logout_views
from kreisportal.sso import account_provider_views as sso_provider_views
from kreisportal.sso import account_views as sso_account_views
from kreisportal.sso import erasures as sso_erasures
from kreisportal.sso import region_views as sso_region_views
from kreisportal.sso import views as sso_views
from kreisportal.staff import admin_token_views as token_views
from kreisportal.staff import admin_views as team_views
from kreisportal.staff import desk_views as staff_views
from kreisportal.staff import region_views as staff_region_views
from kreisportal.tenancy import admin_views as town_admin_views
from kreisportal.tenancy.places import PlaceDirectory, read_places
from kreisportal.theming.assets import read_manifest
from kreisportal.web import (
    addresses,
    demo,
    errors,
    fragments,
    guard,
    intake,
    languages,
    not_offered,
    not_open,
    page,
    responses,
    sign_in,
    slots,
)
from kreisportal.web.formats import FILTERS
from kreisportal.web.internal import create_internal
from kreisportal.web.markdown import markdown, markdown_inline
from kreisportal.web.plain_language import plain_text
from kreisportal.web.program import Program, install
from kreisportal.web.site import SiteFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LIMIT_FORM_MEMORY = 1024 * 1024
_LIMIT_FORM_PARTS = 2000
# Before the server gives a process up that waits for the database: so people get an answer that says it.
_LONGEST_STATEMENT = 20.0
_log = logging.getLogger(__name__)


def create_program(settings: Settings) -> Program:
    """Everything that lives as long as the process. Reads the snapshot, from disk if the database is away.

    Raises ``UnsafeRoleError``, ``OutdatedSchemaError``, ``BuildError`` when it must not start like this, and
    ``UnavailableError`` when the database is away and no snapshot was kept.
    """
    static = read_manifest(shipped("build") / "static")
    database = Database(
        settings.database_url, pool_size=settings.pool_size, statement_seconds=_LONGEST_STATEMENT
    )
    try:
        _check(database)
        keeper = SnapshotKeeper(database, SnapshotStore(settings.snapshot_file))
    except Exception:
        database.close()
        raise
    places = PlaceDirectory(read_places(shipped("tenants") / "_directory" / "niedersachsen.csv"))
    scanner = ClamAvScanner(settings.clamav_address) if settings.clamav_address else NoScanner()
    return Program(
        settings=settings,
        database=database,
        keeper=keeper,
        static=static,
        places=places,
        intake=Intake(FolderStorage(settings.files_folder), scanner, Limits(bytes=settings.upload_limit)),
        receipt_keys=ReceiptKeys.load(
            settings.receipt_key_id, settings.receipt_key, settings.retired_receipt_keys
        ),
        missed_words=MissedWords(database),
        service_counts=ServiceCounts(database),
    )


def _check(database: Database) -> None:
    """Refuse a role that row security does not bind and a schema that is too old, if the database answers."""
    try:
        check_role(database)
        check_schema(database)
    except UnavailableError:
        _log.warning("the database is away: its roles and its schema are not checked at this start")


def create_app(program: Program, passwords: Passwords | None = None) -> Flask:
    """The Flask application with all its faces. ``passwords`` is given in tests only, to be quick."""
    passwords = passwords or Passwords()
    app = SiteFlask("kreisportal", static_folder=None, template_folder=None, subdomain_matching=True)
    app.config.update(
        SECRET_KEY=program.settings.secret_key,
        MAX_CONTENT_LENGTH=program.settings.upload_limit + _LIMIT_FORM_MEMORY,
        MAX_FORM_MEMORY_SIZE=_LIMIT_FORM_MEMORY,
        MAX_FORM_PARTS=_LIMIT_FORM_PARTS,
        SESSION_COOKIE_NAME="__Host-csrf",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=True,
    )
    install(app, program)
    _templates(app)
    languages.install(app)
    not_offered.install(app)
    intake.install(app, _LIMIT_FORM_MEMORY)
    csrf = CSRFProtect(app)
    guard.install(app)
    not_open.install(app)
    errors.install(app)
    sign_in.install(app)
    demo.install(app)
    responses.install(app)
    addresses.install(app)
    fragments.install(app)
    slots.install(app)
    page.install(app)
    portal_views.install(app)
    desk_views.install(app)
    staff_views.install(app, passwords)
    team_views.install(app)
    token_views.install(app)
    _install_region(app)
    case_views.install(app)
    case_status_views.install(app)
    case_desk_views.install(app)
    case_identity_views.install(app)
    case_figures_views.install(app)
    case_feedback_views.install(app)
    offers_admin_views.install(app)
    town_admin_views.install(app)
    council_views.install(app)
    _install_accounts(app, program.settings, passwords, csrf)
    api_views.install(app, csrf)
    return app


def _install_region(app: Flask) -> None:
    """The faces of those who run the region."""
    region_views.install(app)
    catalogue_region_views.install(app)
    bundle_region_views.install(app)
    sso_region_views.install(app)
    staff_region_views.install(app)


def _install_accounts(app: Flask, settings: Settings, passwords: Passwords, csrf: CSRFProtect) -> None:
    """The faces of citizens' accounts, and of signing in with them."""
    account_views.install(app, passwords)
    account_step_views.install(app)
    account_access_views.install(app)
    account_passkey_views.install(app)
    account_address_views.install(app)
    account_confirmation_views.install(app)
    account_session_views.install(app)
    account_identity_views.install(app)
    account_openid_views.install(app, settings)
    account_saml_views.install(app, csrf, settings)
    account_simulator_views.install(app, settings)
    account_files.install(app)
    account_details_views.install(app)
    account_takeout_views.install(app)
    account_deletion_views.install(app, create_erasures())
    account_entry_views.install(app)
    sso_account_views.install(app)
    sso_provider_views.install(app, csrf)
    sso_logout_views.install(app, csrf)
    sso_views.install(app)
    case_account_views.install(app, create_matters())
    mandate_views.install(app)
    mandate_invitation_views.install(app)


def create_erasures() -> Erasures:
    """How all rooms erase what they hold about an account; the account itself goes last."""
    erasures = Erasures()
    for room in (case_erasures, mandate_erasures, sso_erasures, bundid_erasures, account_erasures):
        room.register(erasures)
    return erasures


def create_matters() -> Matters:
    """What all rooms show on the page of one's matters."""
    matters = Matters()
    case_matters.register(matters)
    return matters


def create_wsgi(program: Program, app: Flask | None = None) -> WSGIApplication:
    """The application behind its layers: gate, static files, kept pages."""
    flask_app = app or create_app(program)
    longest: int = flask_app.config["MAX_CONTENT_LENGTH"]

    def stamp(_: str, tenant_id: int | None) -> int:
        snapshot = program.keeper.current
        tenant = snapshot.registry.tenants.get(tenant_id) if tenant_id is not None else None
        return snapshot.stamp(tenant) if tenant else snapshot.revision

    kept = KeptPages(flask_app, stamp, program.settings.kept_pages_bytes, program.service_counts.note)
    static = WhiteNoise(
        kept,
        root=shipped("build") / "static",
        prefix="/static/",
        immutable_file_test=lambda _path, _url: True,
        max_age=365 * 24 * 3600,
        allow_all_origins=False,
        add_headers_function=responses.static_headers,
    )

    def lookup(host: str) -> tuple[str, int | None, str | None] | None:
        if program.settings.demo and host == demo.HOST:
            return demo.SITE, None, None
        return program.keeper.current.registry.hosts.get(host)

    gate = Gate(
        static,
        lookup,
        trusted_proxies=program.settings.trusted_proxies,
        public_port=program.settings.public_port,
        internal_port=program.settings.internal_port,
        internal_app=create_internal(program),
    )
    return drained(gate, 2 * longest)


def _templates(app: Flask) -> None:
    """A name left undefined in a template is an error; texts are translated when they are shown."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.filters.update(
        FILTERS, markdown=markdown, markdown_inline=markdown_inline, plain=plain_text
    )
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = gettext_html
