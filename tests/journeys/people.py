"""The people of the journeys: staff with password and second factor, and how they sign in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import pyotp
from argon2 import Parameters
from argon2.low_level import ARGON2_VERSION, Type
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kreisportal.access.roles import Role
from kreisportal.credentials.keys import derive_keys, seal
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.ids import new_id
from kreisportal.staff.models import RegionStaff, Staff
from kreisportal.tenancy.models import Tenant
from tests.journeys.stage import SECRET_KEY, Stage
from tests.journeys.windows import follow

_QUICK = Parameters(
    type=Type.ID, version=ARGON2_VERSION, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1
)


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at a town's desk; without a town, one who runs the region."""

    town: str
    name: str
    email: str
    password: str
    totp: str

    def sign_in(self, stage: Stage, page: Page) -> None:
        """By password and code, at the town's desk, or at the region's host."""
        page.goto(stage.desk(self.town) if self.town else stage.portal("region"))
        page.get_by_label("E-Mail-Adresse").fill(self.email)
        page.get_by_label("Passwort").fill(self.password)
        follow(page.get_by_role("button", name="Weiter"))
        page.get_by_label("Code aus der App").fill(pyotp.TOTP(self.totp).now())
        follow(page.get_by_role("button", name="Anmelden"))
        expect(page.get_by_role("heading", level=1)).to_contain_text(self.name if self.town else "Kommunen")


def hire(stage: Stage, town: str, name: str, role: Role = Role.CASEWORKER) -> Colleague:
    """Add somebody to a town's staff who has accepted the invitation and set up the app."""
    email = f"staff-{secrets.token_hex(4)}@{town}.example"
    colleague = Colleague(town, name, email, secrets.token_urlsafe(12), pyotp.random_base32())
    database = stage.database.open()
    with database.transaction(REGION) as session:
        tenant_id = session.scalars(select(Tenant.id).where(Tenant.slug == town)).one()
        member = Staff(tenant_id=tenant_id, id=new_id(), email=email, name=name, roles=[role.value])
        member.language, member.active, member.failures, member.recovery_codes = "de", True, 0, []
        member.password_hash = Passwords(_QUICK).hash(colleague.password)
        member.totp_secret = seal(derive_keys(SECRET_KEY), colleague.totp, tenant_id, member.id)
        session.add(member)
    database.close()
    return colleague


def hire_operator(stage: Stage, name: str) -> Colleague:
    """Add somebody who runs the whole region."""
    email = f"staff-{secrets.token_hex(4)}@region.example"
    colleague = Colleague("", name, email, secrets.token_urlsafe(12), pyotp.random_base32())
    database = stage.database.open()
    with database.transaction(REGION) as session:
        member = RegionStaff(id=new_id(), email=email, name=name, roles=[Role.OPERATOR.value])
        member.language, member.active, member.failures, member.recovery_codes = "de", True, 0, []
        member.password_hash = Passwords(_QUICK).hash(colleague.password)
        member.totp_secret = seal(derive_keys(SECRET_KEY), colleague.totp, "region", member.id)
        session.add(member)
    database.close()
    return colleague
