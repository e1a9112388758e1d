"""How to ask for every route: what stands for each part of its path, its query and its form, of any town.

The leak test is made from the application's map of addresses; a route that has no recipe here fails it by name.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Mapping
from itertools import product

from werkzeug.routing import Rule

from kreisportal.web.page import mark_of, theme_of
from tests.cases.house import PROOF, SERVICE, inputs
from tests.isolation import (
    api_recipes,
    mandate_recipes,
    offer_recipes,
    profile_recipes,
    region_recipes,
    ways_in_recipes,
)
from tests.isolation.citizens import ASKED
from tests.isolation.files import File
from tests.isolation.town import Town

Values = Callable[[Town], list[str]]


Value = str | list[str] | File
Field = Callable[[Town], Value]
Fields = Mapping[str, Field]


class MissingRecipeError(LookupError):
    """There is a route, or a part of one, that nobody has told the leak test how to ask for."""


def _fixed(value: Value) -> Field:
    return lambda town: value


def _cases(town: Town) -> list[str]:
    return [str(case.id) for case in town.cases]


def _documents(town: Town) -> list[str]:
    return [str(each) for files in town.files for each in files.ids]


def _theme(town: Town) -> list[str]:
    return [theme_of(town.tenant)[1]]


def _mark(town: Town) -> list[str]:
    return [mark_of(town.tenant)[1]]


PATH: dict[str, Values] = {
    "lang": lambda town: ["de"],
    "case_id": _cases,
    "draft_id": lambda town: [str(town.draft.id)],
    "document_id": _documents,
    "step_key": lambda town: ["dog", "proof", "person"],
    "page": lambda town: ["imprint", "privacy"],
    "applications.resume:token": lambda town: [town.resume_token],
    "status.confirm:token": lambda town: [town.confirm_token],
    "staff.invitation_page:token": lambda town: [town.invitation],
    "staff.invitation_send:token": lambda town: [town.invitation],
    "portal.topic:key": lambda town: ["steuern-zoll"],
    "portal.situation:key": lambda town: ["wohnen-umzug"],
    **dict.fromkeys(
        (*("portal.service:key", "portal.place:key"), *("applications.begin:key", "applications.first:key")),
        lambda town: [SERVICE],
    ),
    **offer_recipes.PATH,
    **api_recipes.PATH,
    "account.link_page:token": lambda town: [town.account.link],
    "account.link_send:token": lambda town: [town.account.link],
    **profile_recipes.PATH,
    **mandate_recipes.PATH,
    **region_recipes.PATH,
    "identity_admin.revoke:check_id": lambda town: [str(town.check_id)],
    **ways_in_recipes.PATH,
    **dict.fromkeys(("portal_files.theme:digest", "desk_files.theme:digest"), _theme),
    **dict.fromkeys(("portal_files.mark:digest", "desk_files.mark:digest"), _mark),
}
"""Part of a path → its values; ``endpoint:part`` where the name alone does not say what it stands for."""

_PLACE: Fields = {"ort": lambda town: town.tenant.ars}
_BASKET: Fields = {
    "korb": _fixed("offen"),
    "leistung": _fixed(""),
    "q": lambda town: town.open.number,
    "seite": _fixed("1"),
    "umfang": _fixed("alle"),
}
_NEXT: Fields = {"next": lambda town: f"//{town.tenant.host('desk')}/de/"}


def _asked(name: str) -> Field:
    return lambda town: town.account.asked[name]


_END: Fields = {
    "id_token_hint": _fixed(""),
    "client_id": _fixed(""),
    "post_logout_redirect_uri": _fixed(""),
    "state": lambda town: town.account.asked["state"],
    "ui_locales": _fixed("de"),
}
_ASKED: Fields = {name: _asked(name) for name in ASKED}
SENT_WITH_QUERY = {"account_towns.consent_send"}
"""Forms that lead to an address with a query, without which they are nothing."""

_SIGN_IN = (
    *(
        f"staff.{page}_{act}"
        for page in ("sign_in", "code", "recovery", "enrol", "invitation")
        for act in ("page", "send")
    ),
    *(f"staff_account.{page}_{act}" for page in ("password", "codes", "app") for act in ("page", "send")),
    "staff_account.account",
    *(
        f"account.{page}_{act}"
        for page in ("sign_in", "sign_up", "forgotten", "link")
        for act in ("page", "send")
    ),
    *(f"account.password_{act}" for act in ("page", "send")),
    *("account_deletion.ask", "account_deletion.delete"),
    *ways_in_recipes.WITH_NEXT,
    *region_recipes.WITH_NEXT,
    "sso.start",
)
_DESK = (
    *("inbox", "show", "take", "hand_over", "mark_read", "note", "ask", "set_state", "set_due", "decide"),
    *("pass_on", "copy", "letter", "document"),
)

QUERIES: dict[str, Fields] = {
    "saml.start": {**_NEXT, "niveau": _fixed("high"), "reicht-nicht": _fixed("ja")},
    "saml_endpoints.back": {"anfrage": lambda town: town.account.link, "fehler": _fixed("failed")},
    "portal.search": {"q": lambda town: town.tenant.slug},
    "portal.suggest": {"q": lambda town: town.tenant.slug},
    "portal.service": _PLACE,
    "portal.place": {"ort": lambda town: town.tenant.slug},
    "applications.begin": _PLACE,
    "applications.first": {**_PLACE, "fuer": lambda town: str(town.account.mandate_id)},
    "applications.step": {"zurueck": _fixed("pruefen")},
    "status.enter": {"nummer": lambda town: town.open.number, "kennwort": lambda town: town.open.secret},
    "status.show": {"mail": _fixed("unterwegs")},
    "status.verify": {"code": lambda town: town.receipt},
    "portal.situation": {
        **{f"tag-{part}": _fixed("1") for part in ("day", "month", "year")},
        "erledigt": _fixed("anmelden"),
    },
    **offer_recipes.QUERIES,
    **api_recipes.QUERIES,
    **dict.fromkeys(_SIGN_IN, _NEXT),
    "account.sign_in_page": {**_NEXT, "erneut": _fixed("ja")},
    "account_identities.needed": {**_NEXT, "niveau": _fixed("high"), "ohne": _fixed("acr_values")},
    "account_identities.refused": {**_NEXT, "grund": _fixed("other")},
    "sso.start": {**_NEXT, "niveau": _fixed("high")},
    "openid_logout.ask": _END,
    **{f"cases_desk.{name}": _BASKET for name in _DESK},
    "desk.home": _BASKET,
    **region_recipes.QUERIES,
    "account_matters.home": {"stadt": lambda town: town.tenant.slug, "ort": lambda town: town.tenant.slug},
    "account_matters.readings": {"seite": _fixed("1")},
    "account_matters.mailbox": {"seite": _fixed("1")},
    "provider.authorize": _ASKED,
    "account_towns.consent": _ASKED,
    "account_towns.consent_send": _ASKED,
    "sso.callback": {
        "code": lambda town: town.account.link,
        "state": lambda town: town.account.asked["state"],
        "error": _fixed("access_denied"),
    },
}
"""Endpoint → the arguments that it looks at in the query."""

_FILE = File("Foto.txt", b"Ein Text.\n")
_SEEN: Fields = {"gesehen": _fixed("")}
_NEW_PASSWORD: Fields = {
    "email": lambda town: town.colleague.email,
    "new_password": _fixed("Vier kluge Katzen tanzen leise"),
    "repeated": _fixed("Vier kluge Katzen tanzen leise"),
}


_CHOSEN: Fields = {**_NEW_PASSWORD, "email": lambda town: town.account.email}


def _form_input(name: str) -> Field:
    return lambda town: inputs(email=f"{town.tenant.slug}@post.example")[name]


def _due(_: Town) -> str:
    return (datetime.date.today() + datetime.timedelta(days=20)).isoformat()  # noqa: DTZ011 - a day, any zone.


# Every field that any page of the form has; a page takes its own.
_STEP: Fields = {
    **{name: _form_input(name) for name in inputs()},
    PROOF: lambda town: [str(each) for each in (*town.draft.files, *town.open.files)],
    **profile_recipes.CHOSEN,
}
BUTTONS = {"_pause", "_add", "_remove", "_take"}
"""Buttons of a form's pages, which send a name of their own."""

FORMS: dict[str, Fields] = {
    "openid.authorize_send": _ASKED,
    "openid.token": {
        "grant_type": _fixed("authorization_code"),
        "code": lambda town: town.account.link,
        "redirect_uri": lambda town: town.account.asked["redirect_uri"],
        "client_id": lambda town: town.account.client_id,
        "code_verifier": _fixed("v" * 43),
    },
    "openid.user_info_send": {},
    "openid_logout.ask_send": _END,
    "account_logout.confirm": {**_END, "antwort": _fixed("ja")},
    "applications.first": _STEP,
    "applications.step": _STEP,
    "applications.send": {"revision": lambda town: str(town.draft.revision), "gebuehr": lambda town: ""},
    "applications.pause": {"email": lambda town: f"{uuid.uuid4().hex}@post.example"},
    **{f"applications.{act}": {} for act in ("keep", "discard", "resume")},
    "status.enter": {"nummer": lambda town: town.open.number, "kennwort": lambda town: town.open.secret},
    "status.answer": {"nachricht": _fixed("Guten Tag"), "dateien": _fixed(_FILE)},
    **{f"status.{act}": {} for act in ("withdraw", "ask_to_confirm", "confirm", "leave", "keep")},
    "status.verify": {"code": lambda town: town.receipt},
    "cases_desk.take": _SEEN,
    "cases_desk.mark_read": _SEEN,
    "cases_desk.hand_over": {**_SEEN, "person": lambda town: str(town.colleague.id)},
    "cases_desk.note": {**_SEEN, "notiz": _fixed("Gesehen")},
    "cases_desk.ask": {**_SEEN, "frage": _fixed("Wie?")},
    "cases_desk.set_state": {**_SEEN, "stand": _fixed("in_progress")},
    "cases_desk.set_due": {**_SEEN, "frist": _due},
    "cases_desk.decide": {
        **_SEEN,
        "ergebnis": _fixed("granted"),
        "bescheid": _fixed("Ja."),
        "dateien": _fixed(_FILE),
    },
    "cases_desk.pass_on": {
        **_SEEN,
        "behoerde": _fixed("lohne"),
        "anderer_ort": _fixed(""),
        "grund": _fixed("Nicht hier."),
    },
    "identity_desk.ask": {"ausweis": _fixed("passport"), **_SEEN},
    "identity_desk.confirm": {},
    "identity_desk.refuse": {},
    "identity_admin.revoke": {},
    **offer_recipes.FORMS,
    "staff.sign_in_send": {"email": lambda town: town.colleague.email, "password": _fixed("Gurken tanzen")},
    "staff.code_send": {"code": lambda town: town.halfway.code()},
    "staff.recovery_send": {"code": lambda town: town.halfway.recovery_codes[0]},
    "staff.enrol_send": {"code": _fixed("123456")},
    "staff.invitation_send": _NEW_PASSWORD,
    "staff.sign_out": {},
    "staff_account.password_send": {"old_password": lambda town: town.caseworker.password, **_NEW_PASSWORD},
    "staff_account.codes_send": {"password": lambda town: town.caseworker.password},
    "staff_account.app_send": {"password": lambda town: town.caseworker.password},
    "status.remember": {"was": _fixed("dog")},
    "account.sign_in_send": {"email": lambda town: town.account.email, "password": _fixed("Gurken tanzen")},
    "account.sign_up_send": {"email": lambda town: town.account.email},
    "account.forgotten_send": {"email": lambda town: town.account.email},
    "account.link_send": _CHOSEN,
    "account.sign_out": {},
    "account.password_send": {"old_password": lambda town: town.account.password, **_CHOSEN},
    "account_deletion.delete": {
        "password": lambda town: town.account.password,
        "email": lambda town: town.account.email,
    },
    **ways_in_recipes.FORMS,
    **profile_recipes.FORMS,
    **mandate_recipes.FORMS,
    **region_recipes.FORMS,
    **api_recipes.FORMS,
    "account_towns.consent_send": {"antwort": _fixed("ja")},
    "account_towns.take_back": {"stadt": lambda town: town.account.client_id},
    "sso.sign_out": {},
}
"""Endpoint → the fields that it takes by POST."""

NOBODY_OFFERED: Fields = {
    "tenant": lambda town: town.tenant.slug,
    "tenant_id": lambda town: str(town.tenant.id),
    "via_tenant_id": lambda town: str(town.tenant.id),
    "host": lambda town: town.tenant.host("desk") or "",
    "role": _fixed("tenant_admin"),
    "roles": _fixed("tenant_admin"),
    "actor": _fixed("region"),
    "state": _fixed("decided"),
    "status": _fixed("decided"),
    "id": lambda town: str(town.open.id),
    "case_id": lambda town: str(town.open.id),
    "draft_id": lambda town: str(town.draft.id),
    "staff_id": lambda town: str(town.colleague.id),
    "assignee_id": lambda town: str(town.colleague.id),
    "subject_id": lambda town: str(town.open.id),
    "documents": lambda town: str(town.files[0].ids[0]),
    "_documents": lambda town: str(town.files[0].ids[0]),
    "account_id": lambda town: str(town.account.id),
    "trust": _fixed("high"),
    **mandate_recipes.NOBODY_OFFERED,
}
"""Fields that no form has, sent along with every form."""


def values_of(rule: Rule, part: str, town: Town) -> list[str]:
    """The values for a part of a route's path. Raises MissingRecipeError."""
    recipe = PATH.get(f"{rule.endpoint}:{part}") or PATH.get(part)
    if recipe is None:
        raise MissingRecipeError(f"{rule.endpoint}: nothing says what stands for <{part}>")
    return recipe(town)


def paths_of(rule: Rule, town: Town) -> list[dict[str, str]]:
    """The parts of all paths of a route in a town."""
    parts = sorted(rule.arguments)
    values = [values_of(rule, part, town) for part in parts]
    return [dict(zip(parts, chosen, strict=True)) for chosen in product(*values)]


def mixed_paths_of(rule: Rule, town: Town, other: Town) -> list[dict[str, str]]:
    """The paths in which one part is another town's, and the rest this one's."""
    parts = sorted(rule.arguments)
    made = []
    for mixed in parts:
        values = [values_of(rule, part, other if part == mixed else town) for part in parts]
        made += [dict(zip(parts, chosen, strict=True)) for chosen in product(*values)]
    whole = [*paths_of(rule, town), *paths_of(rule, other)]
    return [path for number, path in enumerate(made) if path not in whole and path not in made[:number]]


def query_of(endpoint: str, town: Town) -> dict[str, str]:
    """The query of a route in a town."""
    return {name: str(make(town)) for name, make in QUERIES.get(endpoint, {}).items()}


def fields_of(endpoint: str, town: Town) -> dict[str, Value]:
    """The fields of a form in a town. Raises MissingRecipeError."""
    if endpoint not in FORMS:
        raise MissingRecipeError(f"{endpoint}: nothing says which fields it takes")
    return {name: make(town) for name, make in FORMS[endpoint].items()}
