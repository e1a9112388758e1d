"""Staff of a demonstration: two invented people for each town, and those who run the region.

Their secrets are made from the installation's key.
"""

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
from kreisportal.staff.models import Member, RegionStaff, Staff
from kreisportal.tenancy.profile import definition_of
from kreisportal.tenancy.queries import load_records, load_region_hosts
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
_REGION_PEOPLE = {
    None: "Antje Grotelüschen",
    "landkreis-vechta": "Bernd Sieverding",
    "landkreis-cloppenburg": "Hilke Tabeling",
}
"""Who runs the whole region, and who a district."""
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
                query = select(Staff).where(Staff.tenant_id == tenant.id, Staff.email == sign_in.email)
                new = Staff(tenant_id=tenant.id, id=new_id())
                _ensure(session, settings.secret_key, passwords, session.scalar(query), new, sign_in)
                found.append(sign_in)
    return found


def fill_demo_region_staff(database: Database, settings: Settings, passwords: Passwords) -> list[DemoSignIn]:
    """An operator, and an admin for each district of the demonstration; like ``fill_demo_staff``.

    Raises NotAllowedError outside of a demonstration.
    """
    if not settings.demo:
        raise NotAllowedError("invented staff belong into a demonstration only")
    found: list[DemoSignIn] = []
    with database.transaction(REGION) as session:
        host = next((name for name, site, _ in load_region_hosts(session) if site == "region"), None)
        districts = {tenant.slug: tenant.id for tenant in load_records(session) if tenant.kind == "district"}
        for slug, name in _REGION_PEOPLE.items():
            if host is None or (slug is not None and slug not in districts):
                continue
            role = Role.DISTRICT_ADMIN if slug else Role.OPERATOR
            sign_in = _secrets(settings.secret_key, slug or "region", host, role, name, "region.example")
            query = select(RegionStaff).where(RegionStaff.email == sign_in.email)
            new = RegionStaff(id=new_id(), district_id=districts[slug] if slug else None)
            _ensure(session, settings.secret_key, passwords, session.scalar(query), new, sign_in)
            found.append(sign_in)
    return found


def _sign_in(secret_key: str, tenant: TenantRecord, role: Role, name: str) -> DemoSignIn:
    domain = definition_of(tenant).contact.email.partition("@")[2]
    return _secrets(secret_key, tenant.slug, tenant.host("desk") or "", role, name, domain)


def _secrets(secret_key: str, slug: str, host: str, role: Role, name: str, domain: str) -> DemoSignIn:
    email = f"{name.lower().translate(_SPELLED)}@{domain}"
    raw = derive(secret_key, f"demo password {slug} {email}", _PASSWORD_LETTERS)
    letters = "".join(TYPEABLE[byte % len(TYPEABLE)] for byte in raw)
    password = "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))
    return DemoSignIn(slug, host, role, name, email, password)


def _ensure(
    session: Session,
    secret_key: str,
    passwords: Passwords,
    member: Member | None,
    new: Member,
    sign_in: DemoSignIn,
) -> None:
    """Add the person, or give them new secrets if theirs were made with a key that is gone."""
    keys = derive_keys(secret_key)
    if member is not None and _opens(keys, member):
        return
    if member is None:
        member = new
        member.email, member.name, member.roles = sign_in.email, sign_in.name, [sign_in.role.value]
        member.language, member.active = "de", True
        session.add(member)
    member.password_hash = passwords.hash(sign_in.password)
    member.totp_secret = seal(keys, _totp(secret_key, member.owner[0], sign_in.email), *member.owner)
    member.totp_last_step = member.locked_until = None
    member.recovery_codes, member.failures = [], 0
    session.flush()
    audit.record(session, REGION, "staff-added", "staff", member.id, tenant_id=member.tenant_id, demo=True)


def _opens(keys: CredentialKeys, member: Member) -> bool:
    """Whether what the person has was made with today's key; who has nothing was invited anew by hand."""
    try:
        return member.totp_secret is None or bool(open_sealed(keys, member.totp_secret, *member.owner))
    except SealBrokenError:
        return False


def _totp(secret_key: str, whose: object, email: str) -> str:
    raw = derive(secret_key, f"demo totp {whose} {email}", _TOTP_BYTES)
    return base64.b32encode(raw).decode()
