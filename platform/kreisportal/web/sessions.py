"""Sessions: rows in the database, bound to site and tenant; the cookie holds only a random id."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import g, request
from sqlalchemy import TextClause, text
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.access.roles import Role
from kreisportal.access.who import Who
from kreisportal.accounts.browser_kinds import browser_kind
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import ANONYMOUS
from kreisportal.kernel.errors import NotAllowedError, NotFoundError
from kreisportal.kernel.http.kept_pages import SESSION_COOKIE
from kreisportal.kernel.ids import digest, new_token
from kreisportal.web.program import program
from kreisportal.web.site import here, seen_here
from kreisportal.web.staff_members import StaffMember, load_member, staff_visitor
from kreisportal.web.subjects import subject_of_account

GUEST_IDLE, GUEST_LIFETIME = 2 * 3600, 12 * 3600
STAFF_IDLE, STAFF_LIFETIME = 3600, 10 * 3600
# By level of trust; basic is twelve hours, an hour without a request.
ACCOUNT_TIMES = {"basic": (3600, 12 * 3600), "substantial": (30 * 60, 2 * 3600), "high": (5 * 60, 30 * 60)}
# Between password and second factor.
HALF_IDLE, HALF_LIFETIME = 10 * 60, 15 * 60

_OPEN = text("SELECT definer.open_session(:digest, :site, :tenant, :staff, :verified, :idle, :lifetime)")
_READ = text("SELECT * FROM definer.read_session(:digest, :site, :tenant)")
_CLOSE = text("SELECT definer.close_session(:digest)")
_OPEN_ACCOUNT = text(
    "SELECT definer.open_account_session(:digest, :site, :tenant, :account, :parent, :trust, :idle, :lifetime,"
    " :means, :browser)"
)
_MOVE = text("SELECT definer.move_account_session(:before, :digest)")
_RENEW_ACCOUNT = text("SELECT definer.renew_account_session(:old, :new, :account, :means, :lifetime)")
_RAISE_ACCOUNT = text(
    "SELECT definer.raise_account_session(:old, :new, :account, :means, :trust, :idle, :lifetime)"
)
_CLOSE_ACCOUNT = text("SELECT definer.close_account_session(:digest)")
_GRANT = text("SELECT definer.grant_to_session(:digest, :tenant, :subject)")
_ROLES = {
    Who.CASEWORKER: Role.CASEWORKER,
    Who.TENANT_ADMIN: Role.TENANT_ADMIN,
    Who.OPERATOR: Role.OPERATOR,
}
# So begin the tokens of accounts: pages that anybody may see know by it, without the database, that somebody is there.
_ACCOUNT_MARK = "a."


@dataclass(slots=True)
class Session:
    """What the cookie of this request stands for; an empty one without or with a wrong cookie."""

    token: str | None = None
    staff_id: uuid.UUID | None = None
    verified: bool = False
    created_at: datetime | None = None
    grants: frozenset[tuple[int, uuid.UUID]] = frozenset()
    staff: StaffMember | None = None
    account_id: uuid.UUID | None = None
    trust: str | None = None
    authenticated_at: datetime | None = None
    trust_by: str | None = None  # By what the level of trust was shown: one of the means.
    trust_at: datetime | None = None
    fresh_token: str | None = field(default=None, repr=False)
    mandates: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def require(self, who: Who) -> None:
        """Raise unless this session is one of those that ``who`` names. A role is read at every request."""
        if who is Who.ACCOUNT:
            if self.account_id is None:
                raise Unauthorized
            return
        if self.staff_id is None or (not self.verified and who is not Who.STAFF_HALF):
            raise Unauthorized
        if who is Who.STAFF_HALF:
            return
        if self.staff is None:
            raise Unauthorized
        needed = _ROLES.get(who)
        if needed is not None and needed not in self.staff.roles:
            raise NotAllowedError

    def allows(self, who: Who) -> bool:
        """Whether this session is one of those that ``who`` names."""
        if who in (Who.EVERYBODY, Who.APPLICANT):
            return True
        try:
            self.require(who)
        except (Unauthorized, NotAllowedError):
            return False
        return True

    def tenant_of(self, subject: uuid.UUID) -> int:
        """The tenant in which this session may see a draft or case: its secret was shown, or it is the account's own.

        Or it is somebody's that the account acts for: then ``mandates`` names by what. Raises NotFoundError.
        """
        for tenant_id, granted in self.grants:
            if granted == subject:
                return tenant_id
        if self.account_id is None:
            raise NotFoundError
        found = subject_of_account(self.account_id, subject)
        if found is None or not seen_here(found.seen_at):
            raise NotFoundError
        if found.mandate_id is not None:
            self.mandates[subject] = found.mandate_id
        return found.tenant_id


def current_session() -> Session:
    """The session of this request, read from the database once and only if there is a cookie."""
    known: Session | None = g.get("session_row")
    if known is None:
        known = _read(request.cookies.get(SESSION_COOKIE))
        g.session_row = known
    return known


def known_session() -> Session | None:
    """The session if this request has asked for it already; never asks the database, so error pages may."""
    known: Session | None = g.get("session_row")
    return known


def _read(token: str | None) -> Session:
    if not token:
        return Session()
    site = here()
    tenant_id = site.tenant_or_none.id if site.tenant_or_none else None
    row = program().database.call(_READ, {"digest": digest(token), "site": site.site, "tenant": tenant_id})
    if row is None:
        return Session()
    grants = frozenset((int(tenant), uuid.UUID(subject)) for tenant, subject in row.grants or ())
    session = Session(token, row.staff_id, row.verified, row.created_at, grants, None, row.account_id)
    for name in ("trust", "authenticated_at", "trust_by", "trust_at"):
        setattr(session, name, getattr(row, name))
    if row.staff_id is not None and row.verified:
        session.staff = load_member(row.staff_id)
    return session


def staff_context() -> Context:
    """The person of this session, the second factor shown or not. Raises Unauthorized if there is none."""
    staff_id = current_session().staff_id
    if staff_id is None:
        raise Unauthorized
    return replace(staff_visitor(), staff_id=staff_id)


def open_session(
    *,
    staff_id: uuid.UUID | None = None,
    verified: bool = False,
    granting: frozenset[tuple[int, uuid.UUID]] = frozenset(),
) -> Session:
    """Begin a new session for this site and tenant, ending the one before: a session id is never carried over.

    ``granting`` are drafts or cases that it may see, besides those that the one before might.
    """
    before = current_session()
    grants = before.grants | granting
    site = here()
    token = new_token()
    idle, lifetime = _times(staff_id, verified)
    with program().database.transaction(ANONYMOUS) as connection:
        if before.token:
            connection.execute(_CLOSE, {"digest": digest(before.token)})
        connection.execute(
            _OPEN,
            {
                "digest": digest(token),
                "site": site.site,
                "tenant": site.tenant_or_none.id if site.tenant_or_none else None,
                "staff": staff_id,
                "verified": verified,
                "idle": idle,
                "lifetime": lifetime,
            },
        )
        for tenant_id, subject in grants:
            connection.execute(_GRANT, {"digest": digest(token), "tenant": tenant_id, "subject": subject})
    session = Session(token, staff_id, verified, None, grants, fresh_token=token)
    if staff_id is not None and verified:
        session.staff = load_member(staff_id)
    g.session_row = session
    return session


def account_is_here() -> bool:
    """Whether the browser says that an account is signed in here; whether it is true, the database knows."""
    return request.cookies.get(SESSION_COOKIE, "").startswith(_ACCOUNT_MARK)


def open_account_session(
    account_id: uuid.UUID, *, parent: bytes | None = None, trust: str = "basic", means: str | None = None
) -> Session:
    """Begin an account's session at this site, ending the one before.

    Drafts and cases whose secrets that was shown it goes on seeing, unless that was another account's. At the account
    host it is the account session itself, elsewhere it stands on that one: ``parent`` is its digest. ``means`` is what
    was shown: "password" or "outside:KEY" of a provider, alone or with "+code" or "+recovery", or "passkey".
    """
    before = current_session()
    grants = _carried_over(before, account_id)
    site = here()
    token = _ACCOUNT_MARK + new_token()
    idle, lifetime = ACCOUNT_TIMES[trust]
    with program().database.transaction(ANONYMOUS) as connection:
        connection.execute(
            _OPEN_ACCOUNT,
            {
                "digest": digest(token),
                "site": site.site,
                "tenant": site.tenant_or_none.id if site.tenant_or_none else None,
                "account": account_id,
                "parent": parent,
                "trust": trust,
                "idle": idle,
                "lifetime": lifetime,
                "means": means,
                "browser": browser_kind(request.headers.get("User-Agent", "")),
            },
        )
        if before.token:
            both = {"before": digest(before.token), "digest": digest(token)}
            if site.site == "account" and before.account_id == account_id:
                # What stands on the session before stands on this one now.
                connection.execute(_MOVE, both)
            connection.execute(_CLOSE, {"digest": both["before"]})
        for tenant_id, subject in grants:
            connection.execute(_GRANT, {"digest": digest(token), "tenant": tenant_id, "subject": subject})
    session = Session(token, None, True, None, grants, None, account_id, trust, fresh_token=token)
    g.session_row = session
    return session


def renew_account_session(means: str) -> None:
    """Somebody who is signed in has shown again who they are: from now on by another session id, for as long anew.

    What stands on the session, at all towns, goes on standing; one that stands on more than a password is not
    lengthened by a password. Raises Unauthorized if it has ended meanwhile.
    """
    _, lifetime = ACCOUNT_TIMES["basic"]
    _exchange(_RENEW_ACCOUNT, current_session().trust, means=means, lifetime=lifetime)


def raise_account_session(trust: str, means: str) -> None:
    """It was shown to a level of trust who is signed in, not below the session's: the same by another id.

    The session lasts from now on as one of that level. Raises Unauthorized if it has ended meanwhile.
    """
    idle, lifetime = ACCOUNT_TIMES[trust]
    _exchange(_RAISE_ACCOUNT, trust, means=means, idle=idle, lifetime=lifetime)


def _exchange(statement: TextClause, trust: str | None, **values: object) -> None:
    before = current_session()
    if before.token is None or before.account_id is None:
        raise Unauthorized
    token = _ACCOUNT_MARK + new_token()
    ids = {"old": digest(before.token), "new": digest(token), "account": before.account_id}
    context = Context(ActorKind.ACCOUNT, account_id=before.account_id)
    with program().database.transaction(context) as connection:
        exchanged = connection.scalar(statement, {**ids, "trust": trust, **values})
    if not exchanged:
        raise Unauthorized
    g.session_row = replace(before, token=token, fresh_token=token, trust=trust, authenticated_at=clock.now())


def _carried_over(before: Session, account_id: uuid.UUID) -> frozenset[tuple[int, uuid.UUID]]:
    """What a guest has opened, or the same account; not what another account has, whose owner may be another person."""
    return before.grants if before.account_id in (None, account_id) else frozenset()


def session_digest() -> bytes:
    """The digest of this request's session, under which others may stand. Raises Unauthorized if there is none."""
    token = current_session().token
    if token is None:
        raise Unauthorized
    return digest(token)


def close_account_session() -> None:
    """Sign the account out, here and everywhere: with the account session all that stand on it end."""
    session = current_session()
    if session.token:
        program().database.call(_CLOSE_ACCOUNT, {"digest": digest(session.token)})
    g.session_row = Session(fresh_token="")


def _times(staff_id: uuid.UUID | None, verified: bool) -> tuple[int, int]:
    """For how many seconds a session lasts without and with requests."""
    if staff_id is None:
        return GUEST_IDLE, GUEST_LIFETIME
    return (STAFF_IDLE, STAFF_LIFETIME) if verified else (HALF_IDLE, HALF_LIFETIME)


def grant(tenant_id: int, subject: uuid.UUID) -> None:
    """Let this session see a draft or case from now on.

    A guest gets a new cookie with it: whoever had the browser before, and kept the old one, sees nothing of it.
    """
    session = current_session()
    if session.staff_id is None and session.account_id is None:
        open_session(granting=frozenset({(tenant_id, subject)}))
        return
    known = {"digest": digest(session.token or ""), "tenant": tenant_id, "subject": subject}
    program().database.call(_GRANT, known)
    session.grants |= {(tenant_id, subject)}


def close_session() -> None:
    """End this session and take its cookie back."""
    session = current_session()
    if session.token:
        program().database.call(_CLOSE, {"digest": digest(session.token)})
    g.session_row = Session(fresh_token="")


def write_cookie(response: Response) -> Response:
    """Set the cookie of a session that began in this request, or delete that of one that ended."""
    session: Session | None = g.get("session_row")
    if session is not None and session.fresh_token is not None:
        if session.fresh_token:
            response.set_cookie(
                SESSION_COOKIE, session.fresh_token, secure=True, httponly=True, samesite="Lax", path="/"
            )
        else:
            response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    if session is not None and session.token:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
