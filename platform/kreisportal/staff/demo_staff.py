"""Staff of a demonstration: two invented people for each town, whose secrets are made from the installation's key."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit import service as audit
from kreisportal.credentials.errors import SealBrokenError
from kreisportal.credentials.keys import CredentialKeys, derive, derive_keys, open_sealed, seal
from kreisportal.credentials.passwords import Passwords
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.kernel.errors import NotAllowedError
from kreisportal.kernel.ids import TYPEABLE, new_id
from kreisportal.settings import Settings
from kreisportal.staff.models import Staff
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records
from kreisportal.tenancy.registry import TenantRecord

_PEOPLE = (
    ("Wiebke Ahrendsen", "Jannis Lüttmann"),
    ("Thekla Osterloge", "Malte Brinkhege"),
    ("Frauke Dammeyer", "Henning Vossloh"),
    ("Imke Sandkuhl", "Torben Wesselkamp"),
    ("Silke Moorbrink", "Arne Hölscherheide"),
    ("Geske Uhlenbrock", "Keno Tiefental"),
    ("Rieke Nordlohne", "Lasse Kampwerth"),
)
_ROLES = (Role.CASEWORKER, Role.TENANT_ADMIN)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "."})
_TOTP_BYTES = 20
_PASSWORD_LETTERS = 15
_GROUP = 5


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """How to sign in as one of the invented people. ``host`` is the desk's, without a port."""

    slug: str
    host: str
    role: Role
    name: str
    email: str
    password: str


def fill_demo_staff(database: Database, settings: Settings, passwords: Passwords) -> list[DemoSignIn]:
    """A caseworker and a tenant admin for each town with a desk; who is there already stays as they are.

    Passwords and second factors are derived from this installation's SECRET_KEY, so nothing of them stands in
    the program. Raises NotAllowedError outside of a demonstration.
    """
    if not settings.demo:
        raise NotAllowedError("invented staff belong into a demonstration only")
    found: list[DemoSignIn] = []
    with database.transaction(REGION) as session:
        towns = sorted(load_records(session), key=lambda tenant: tenant.slug)
        for number, tenant in enumerate(tenant for tenant in towns if tenant.host("desk")):
            for role, name in zip(_ROLES, _PEOPLE[number % len(_PEOPLE)], strict=True):
                sign_in = _sign_in(settings.secret_key, tenant, role, name)
                _ensure(session, settings.secret_key, passwords, tenant.id, sign_in)
                found.append(sign_in)
    return found


def _sign_in(secret_key: str, tenant: TenantRecord, role: Role, name: str) -> DemoSignIn:
    domain = definition_of(tenant).contact.email.partition("@")[2]
    email = f"{name.lower().translate(_SPELLED)}@{domain}"
    raw = derive(secret_key, f"demo password {tenant.slug} {email}", _PASSWORD_LETTERS)
    letters = "".join(TYPEABLE[byte % len(TYPEABLE)] for byte in raw)
    password = "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))
    return DemoSignIn(tenant.slug, tenant.host("desk") or "", role, name, email, password)


def _ensure(
    session: Session, secret_key: str, passwords: Passwords, tenant_id: int, sign_in: DemoSignIn
) -> None:
    """Add the person, or give them new secrets if theirs were made with a key that is gone."""
    keys = derive_keys(secret_key)
    member = session.scalar(select(Staff).where(Staff.tenant_id == tenant_id, Staff.email == sign_in.email))
    if member is not None and _opens(keys, member):
        return
    if member is None:
        member = Staff(tenant_id=tenant_id, id=new_id(), email=sign_in.email, name=sign_in.name)
        member.roles, member.language, member.active = [sign_in.role.value], "de", True
        session.add(member)
    member.password_hash = passwords.hash(sign_in.password)
    member.totp_secret = seal(keys, _totp(secret_key, tenant_id, sign_in.email), tenant_id, member.id)
    member.totp_last_step = member.locked_until = None
    member.recovery_codes, member.failures = [], 0
    audit.record(session, REGION, "staff-added", "staff", member.id, tenant_id=tenant_id, demo=True)


def _opens(keys: CredentialKeys, member: Staff) -> bool:
    """Whether what the person has was made with today's key; who has nothing was invited anew by hand."""
    try:
        return member.totp_secret is None or bool(
            open_sealed(keys, member.totp_secret, member.tenant_id, member.id)
        )
    except SealBrokenError:
        return False


def _totp(secret_key: str, tenant_id: int, email: str) -> str:
    raw = derive(secret_key, f"demo totp {tenant_id} {email}", _TOTP_BYTES)
    return base64.b32encode(raw).decode()
