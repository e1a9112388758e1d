"""Members of staff for tests, and signing them in through the pages."""

from __future__ import annotations

import datetime
import secrets
import uuid
from dataclasses import dataclass

from argon2 import Parameters
from argon2.low_level import ARGON2_VERSION, Type
from werkzeug.test import TestResponse

from kreisportal.access.roles import Role
from kreisportal.credentials.keys import seal
from kreisportal.credentials.second_factor import code_at, new_recovery_codes, new_totp_secret
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.ids import new_id
from kreisportal.staff.models import RegionStaff, Staff
from kreisportal.staff.sign_in import Locksmith
from tests.support.browser import Browser

CHEAP = Parameters(Type.ID, ARGON2_VERSION, 8, 16, 1, 8, 1)
"""Next to nothing, so that tests need not wait."""


@dataclass(frozen=True)
class Person:
    """A member of staff who has everything needed to sign in; without a tenant, one of the region."""

    tenant_id: int | None
    id: uuid.UUID
    email: str
    password: str
    secret: str
    recovery_codes: tuple[str, ...]

    def code(self, moment: datetime.datetime | None = None) -> str:
        """The code that the person's app shows."""
        return code_at(self.secret, moment or clock.now())[0]


def add_person(
    database: Database,
    locksmith: Locksmith,
    tenant_id: int,
    *roles: Role,
    name: str = "Erika Muster",
    email: str = "",
) -> Person:
    """Somebody of a tenant with these roles (caseworker if none), set up completely."""
    staff_id, secret, password = new_id(), new_totp_secret(), f"Gurken tanzen {secrets.token_hex(4)}"
    codes, digests = new_recovery_codes()
    email = email or f"{staff_id.hex[:12]}@rathaus.example"
    member = Staff(
        tenant_id=tenant_id,
        id=staff_id,
        email=email,
        name=name,
        roles=[role.value for role in roles or (Role.CASEWORKER,)],
        language="de",
        password_hash=locksmith.passwords.hash(password),
        totp_secret=seal(locksmith.keys, secret, tenant_id, staff_id),
        recovery_codes=digests,
        failures=0,
        active=True,
    )
    with database.transaction(REGION) as session:
        session.add(member)
    return Person(tenant_id, staff_id, email, password, secret, tuple(codes))


def add_region_person(
    database: Database, locksmith: Locksmith, district_id: int | None, *, name: str = "Karla Kreis"
) -> Person:
    """Somebody who runs a district, or the whole region without one, set up completely."""
    staff_id, secret, password = new_id(), new_totp_secret(), f"Gurken tanzen {secrets.token_hex(4)}"
    codes, digests = new_recovery_codes()
    member = RegionStaff(
        id=staff_id,
        district_id=district_id,
        email=f"{staff_id.hex[:12]}@region.example",
        name=name,
        roles=[(Role.OPERATOR if district_id is None else Role.DISTRICT_ADMIN).value],
        language="de",
        password_hash=locksmith.passwords.hash(password),
        totp_secret=seal(locksmith.keys, secret, "region", staff_id),
        recovery_codes=digests,
        failures=0,
        active=True,
    )
    with database.transaction(REGION) as session:
        session.add(member)
        email = member.email
    return Person(None, staff_id, email, password, secret, tuple(codes))


def sign_in(browser: Browser, person: Person) -> TestResponse:
    """Sign in through the pages; what the last step answers."""
    page = browser.get("/de/anmelden")
    page = browser.submit(page, {"email": person.email, "password": person.password})
    assert page.status_code == 303, page.text
    return browser.submit(browser.follow(page), {"code": person.code()})
