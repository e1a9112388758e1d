"""Drafts that only have to be sent, begun by the program's own functions, and the requests for their pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from bench.load import fetch
from bench.wire import get, post
from kreisportal.cases import drafts
from kreisportal.catalogue.snapshot import Catalogue
from kreisportal.forms import FormDefinition, next_step, parse_step, visible_steps
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.ids import digest, new_id, new_token
from kreisportal.web.sessions import GUEST_IDLE, GUEST_LIFETIME

SERVICE = "hund-anmelden"
_TYPED = {
    "given_names": "Änne",
    "family_name": "Beispiel-Øster",
    "birth_date": "24.12.1980",
    "residence.street": "Große Straße",
    "residence.house_number": "12a",
    "residence.postcode": "49377",
    "residence.city": "Vechta",
    "taken_in": "10.11.2025",
    "origin": "moved",
    "former_place": "Stadt Damme",
    "breed": "Labrador",
    "sex": "female",
    "dog_name": "Wölfchen",
    "dog_birth_date": "1.3.2020",
    "chip_number": "276098101234567",
    "insured": "yes",
    "competence": "kept_dogs",
    "dogs": "2",
    "phone": "04441 898-0",
}
_OPEN = text("SELECT definer.open_session(:digest, 'portal', :tenant, NULL, false, :idle, :lifetime)")
_GRANT = text("SELECT definer.grant_to_session(:digest, :tenant, :subject)")
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')


def answers_of(form: FormDefinition, email: str) -> dict[str, Any]:
    """The answers of a person who fills in every page. Raises ValueError when the form has changed too much."""
    posted = {name: [value] for name, value in {**_TYPED, "email": email}.items()}
    answers: dict[str, Any] = {}
    step = next_step(form, answers)
    while step is not None:
        result = parse_step(form, step, posted, answers)
        if not result.ok:
            raise ValueError(f"the step {step} of {SERVICE} is not answered: {result.errors}")
        answers = result.merged(answers)
        step = next_step(form, answers, step)
    return answers


@dataclass(frozen=True, slots=True)
class Ready:
    """A complete draft that was never sent, with the cookies of the browser it was filled in with."""

    host: str
    id: uuid.UUID
    cookies: str
    csrf_token: str

    def sending(self) -> bytes:
        """The request that sends it."""
        body = urlencode({"csrf_token": self.csrf_token, "revision": "1"}).encode()
        return post(self.host, f"/de/antrag/{self.id}/pruefen", body, self.cookies)

    def page(self, name: str) -> bytes:
        """The request for one of its pages: a step's key or ``pruefen``."""
        return get(self.host, f"/de/antrag/{self.id}/{name}", self.cookies)


def prepare(
    database: Database, catalogue: Catalogue, tenants: Mapping[str, int], port: int, count: int
) -> list[Ready]:
    """So many new drafts, in turn at the hosts of ``tenants`` (host → tenant's id)."""
    version, data = catalogue.forms[SERVICE]
    form = FormDefinition.from_data(data)
    browsers = {host: _token(port, host) for host in tenants}
    answers = answers_of(form, "name@beispiel.example")
    ready = []
    for number in range(count):
        host = list(tenants)[number % len(tenants)]
        filled = {**answers, "email": f"{new_id()}@beispiel.example"}
        draft_id, session = _begin(database, tenants[host], version, filled)
        csrf_cookie, csrf_token = browsers[host]
        cookies = f"__Host-session={session}; __Host-csrf={csrf_cookie}"
        ready.append(Ready(host, draft_id, cookies, csrf_token))
    return ready


def steps(catalogue: Catalogue) -> list[str]:
    """The keys of the pages that whoever has answered everything has seen."""
    form = FormDefinition.from_data(catalogue.forms[SERVICE][1])
    return [shown.step.key for shown in visible_steps(form, answers_of(form, "name@beispiel.example"))]


def _begin(
    database: Database, tenant_id: int, version: int, answers: dict[str, Any]
) -> tuple[uuid.UUID, str]:
    """A draft, and the token of the session that may send it."""
    draft_id, token = new_id(), new_token()
    beginning = drafts.Beginning(tenant_id, tenant_id, SERVICE, SERVICE, version, "de")
    with database.transaction(Context(ActorKind.APPLICANT, tenant_id, subject_id=draft_id)) as session:
        drafts.begin(session, beginning, draft_id, answers)
    with database.transaction(ANONYMOUS) as session:
        known = {"digest": digest(token), "tenant": tenant_id}
        session.execute(_OPEN, {**known, "idle": GUEST_IDLE, "lifetime": GUEST_LIFETIME})
        session.execute(_GRANT, {**known, "subject": draft_id})
    return draft_id, token


def _token(port: int, host: str) -> tuple[str, str]:
    """A CSRF cookie with its token, from the first page of the form."""
    status, headers, body = fetch(port, get(host, f"/de/antrag/{SERVICE}/start"))
    found = _TOKEN.search(body)
    if status != 200 or found is None:
        raise LookupError(f"no form at {host}: status {status}")
    cookie = headers["set-cookie"].partition(";")[0].partition("=")[2]
    return cookie, found[1].decode()
