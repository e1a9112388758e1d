"""Changing a town's own parts: who may, that two do not undo each other's work, and that each change can be taken back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from kreisportal.access.roles import Role
from kreisportal.audit.models import AuditEntry
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.models import Tenant, TownChange
from kreisportal.tenancy.town_changes import (
    AREAS,
    change_town,
    expecting,
    last_change,
    parts_before,
    parts_now,
    stamp_of,
    take_back,
)
from tests.support.staff import add_person

NOTICE = {"text": {"de": "Zu."}, "kind": "info"}
OTHER = {"text": {"de": "Auf."}, "kind": "info"}
_CHANGE = text("SELECT definer.change_town('notice', CAST(:wanted AS jsonb), CAST(:seen AS jsonb))")


@pytest.fixture(scope="module")
def people(database: Database, locksmith: Locksmith, towns: dict[str, int]) -> dict[str, Context]:
    """A tenant admin and a caseworker of Vechta, and a tenant admin of another town."""

    def hired(slug: str, role: Role) -> Context:
        person = add_person(database, locksmith, towns[slug], role)
        return Context(ActorKind.STAFF, towns[slug], staff_id=person.id)

    return {
        "admin": hired("vechta", Role.TENANT_ADMIN),
        "caseworker": hired("vechta", Role.CASEWORKER),
        "stranger": hired("cloppenburg", Role.TENANT_ADMIN),
    }


@pytest.fixture
def admin(people: dict[str, Context]) -> Context:
    return people["admin"]


@pytest.fixture
def session(database: Database, admin: Context) -> Iterator[Session]:
    """Acts for Vechta's tenant admin; nothing stays."""
    with database.transaction(admin) as opened:
        yield opened
        opened.rollback()


def change(session: Session, context: Context, area: str = "notice", **parts: Any) -> bool:
    assert context.tenant_id is not None
    seen = stamp_of(parts_now(session, context.tenant_id, area))
    return change_town(session, context, area, expecting(seen, parts))


def notice(session: Session, context: Context) -> Any:
    assert context.tenant_id is not None
    return parts_now(session, context.tenant_id, "notice")["notice"]


def test_a_part_is_put_in_place_taken_back_and_put_in_place_again(session: Session, admin: Context) -> None:
    assert admin.tenant_id is not None
    assert last_change(session, admin.tenant_id, "notice") is None
    assert change(session, admin, notice=NOTICE)
    assert not change(session, admin, notice=NOTICE)
    assert notice(session, admin) == NOTICE
    assert last_change(session, admin.tenant_id, "notice") is not None
    assert parts_before(session, admin.tenant_id, "notice") == {"notice": None}
    for expected in (None, NOTICE, None):
        assert take_back(session, admin, "notice", stamp_of({"notice": notice(session, admin)}))
        assert notice(session, admin) == expected
    profile = session.scalars(select(Tenant.profile).where(Tenant.id == admin.tenant_id)).one()
    assert "notice" not in profile
    assert profile["brand"]["mark_svg"].startswith("<svg")


def test_the_audit_says_who_changed_what(session: Session, admin: Context) -> None:
    change(session, admin, notice=NOTICE)
    take_back(session, admin, "notice", stamp_of({"notice": NOTICE}))
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "town")).all()
    assert [(entry.action, entry.subject_id, entry.staff_id, entry.data) for entry in entries] == [
        ("town.notice", "notice", admin.staff_id, {"parts": ["notice"]}),
        ("town.notice.back", "notice", admin.staff_id, {"parts": ["notice"]}),
    ]


def test_who_saves_what_another_has_changed_meanwhile_is_told(session: Session, admin: Context) -> None:
    seen = stamp_of({"notice": None})
    change(session, admin, notice=NOTICE)
    with pytest.raises(ConflictError):
        change_town(session, admin, "notice", expecting(seen, {"notice": OTHER}))
    with pytest.raises(ConflictError):
        take_back(session, admin, "notice", seen)
    assert notice(session, admin) == NOTICE


def test_the_database_itself_lets_only_one_of_two_through(session: Session, admin: Context) -> None:
    """Both have read the same and passed the first look."""
    change(session, admin, notice=NOTICE)
    stale = {"wanted": json.dumps({"notice": OTHER}), "seen": '{"notice": null}'}
    assert session.scalar(_CHANGE, stale) is False
    assert notice(session, admin) == NOTICE


def test_what_could_not_be_shown_is_not_saved(session: Session, admin: Context) -> None:
    with pytest.raises(InvalidInputError):
        change(session, admin, notice={"text": {"en": "Only"}, "kind": "loud"})
    assert notice(session, admin) is None


def test_nothing_is_taken_back_where_nothing_was_changed(session: Session, admin: Context) -> None:
    with pytest.raises(NotFoundError):
        take_back(session, admin, "home", stamp_of({"home": None}))


def test_the_last_twenty_changes_of_an_area_are_kept(session: Session, admin: Context) -> None:
    change(session, admin, "home", home={"order": ["topics", "often", "life", "business"]})
    for number in range(25):
        change(session, admin, notice={"text": {"de": str(number)}, "kind": "info"})
    kept = session.scalars(select(TownChange).order_by(TownChange.id)).all()
    assert [row.area for row in kept].count("home") == 1
    before = [row.before["notice"]["text"]["de"] for row in kept if row.area == "notice"]
    assert before == [str(number) for number in range(4, 24)]


@pytest.mark.parametrize("who", ["caseworker", "nobody of the staff", "job"])
def test_only_who_leads_the_portal_changes_the_town(
    database: Database, people: dict[str, Context], who: str
) -> None:
    admin = people["admin"]
    context = {
        "caseworker": people["caseworker"],
        "nobody of the staff": replace(admin, staff_id=uuid.uuid4()),
        "job": replace(admin, actor=ActorKind.JOB),
    }[who]
    with (
        pytest.raises(ProgrammingError, match="only who leads the portal"),
        database.transaction(context) as session,
    ):
        session.scalar(_CHANGE, {"wanted": json.dumps({"notice": NOTICE}), "seen": '{"notice": null}'})


def test_who_leads_another_towns_portal_changes_that_one(
    database: Database, people: dict[str, Context], admin: Context
) -> None:
    """The town is the context's; nothing in the call names one."""
    mixed = replace(admin, tenant_id=people["stranger"].tenant_id)
    with (
        pytest.raises(ProgrammingError, match="only who leads the portal"),
        database.transaction(mixed) as session,
    ):
        session.scalar(_CHANGE, {"wanted": json.dumps({"notice": NOTICE}), "seen": '{"notice": null}'})


@pytest.mark.parametrize("part", ["state", "name", "mail", "also_responsible"])
def test_what_others_answer_for_is_no_part_of_it(database: Database, admin: Context, part: str) -> None:
    assert part not in {name for parts in AREAS.values() for name in parts}
    with (
        pytest.raises(ProgrammingError, match="not a part that the town changes"),
        database.transaction(admin) as session,
    ):
        session.scalar(_CHANGE, {"wanted": json.dumps({part: "x"}), "seen": json.dumps({part: None})})


def test_all_areas_are_parts_that_the_database_lets_through(session: Session, admin: Context) -> None:
    assert admin.tenant_id is not None
    for area in AREAS:
        now = json.dumps(parts_now(session, admin.tenant_id, area))
        assert session.scalar(_CHANGE, {"wanted": now, "seen": now}), area
