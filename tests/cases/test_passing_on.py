"""Passing a case on: it goes over whole, what stays is that it went, and a target that cannot take it gets nothing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from kreisportal.cases import by_applicant, jobs, queries, work
from kreisportal.cases.chain import holds
from kreisportal.cases.errors import CaseClosedError, TargetRefusedError
from kreisportal.cases.work import Target
from kreisportal.jobs import Runtime
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.errors import NotFoundError
from tests.cases.house import CONTENT, CaseFacts, House
from tests.cases.test_work import ACTS, do, whole

BOTH = "SELECT tenant_id, state FROM cases WHERE id = %s ORDER BY tenant_id"


def states(house: House, case: CaseFacts) -> dict[str, str]:
    """A case's state at each town that it has come to."""
    registry = house.program.keeper.current.registry
    return {registry.tenants[tenant].slug: state for tenant, state in house.rows(BOTH, case.id)}


def try_to_pass_on(house: House, case: CaseFacts, target: Target) -> None:
    """Pass a case on to a target, whatever that is; its files stay where they are."""
    context = house.staff("lohne")
    with house.acting(context) as session:
        work.pass_on(session, context, case.id, target, "Nicht hier.", lambda *_: None)


def test_it_goes_over_whole_and_only_that_it_went_stays(house: House, frozen: datetime) -> None:
    case = house.case("lohne", confirmed=True, files=1)
    received = house.value("SELECT received_at FROM cases WHERE id = %s", case.id)
    house.pass_on(case, "lohne", "landkreis-vechta", "Der Landkreis ist zuständig.")
    assert states(house, case) == {"lohne": "passed_on", "landkreis-vechta": "new"}
    there = house.tenant("landkreis-vechta")
    rows = house.rows(
        "SELECT number, received_at, email, answers IS NOT NULL, came_from_id, events FROM cases"
        " WHERE id = %s AND tenant_id = %s",
        case.id,
        there.id,
    )
    assert rows == [(case.number, received, case.email, True, case.tenant.id, 3)]
    here = "SELECT answers, email, applicant_name, delete_on, went_to_id FROM cases WHERE id = %s AND tenant_id = %s"
    assert house.rows(here, case.id, case.tenant.id) == [
        (None, None, None, frozen.date() + timedelta(days=30), there.id)
    ]
    assert house.events(case.id, case.tenant.id) == house.events(case.id, there.id)
    assert house.events(case.id, there.id)[-1] == ("passed-on", "staff", True)


def test_the_chain_holds_at_both_though_one_has_erased_the_content(house: House) -> None:
    case = house.case("lohne")
    do(house, house.staff("lohne"), case, ACTS["note"])
    house.pass_on(case, "lohne", "landkreis-vechta")
    for slug, contents in (("lohne", 0), ("landkreis-vechta", 3)):
        tenant = house.tenant(slug)
        with house.acting(house.staff(slug)) as session:
            row = work.load(session, case.id)
            chain = queries.chain_of(session, case.id)
            assert holds(chain, row.last_hash), slug
            assert len([link for link in chain if link.content is not None]) == contents
        assert tenant.id in dict(house.rows(BOTH, case.id))


def test_the_next_authority_goes_on_with_the_chain_and_the_one_before_with_nothing(house: House) -> None:
    case = house.case("lohne")
    house.pass_on(case, "lohne", "landkreis-vechta")
    there = house.staff("landkreis-vechta")
    moved = CaseFacts(house.tenant("landkreis-vechta"), case.id, case.number, case.secret, case.email)
    do(house, there, moved, ACTS["taken"])
    assert whole(house, there, moved)
    for kind in ACTS:
        with pytest.raises(CaseClosedError):
            do(house, house.staff("lohne"), case, ACTS[kind])
    with pytest.raises(CaseClosedError), house.acting(case.context) as session:
        by_applicant.answer(session, case.context, case.id, "Hallo?", [])


def test_files_lie_at_the_next_authority_and_are_cleared_away_here(house: House, worker: Runtime) -> None:
    case = house.case("lohne", files=2)
    house.pass_on(case, "lohne", "landkreis-vechta")
    there, storage = house.tenant("landkreis-vechta"), house.program.intake.storage
    owners = "SELECT DISTINCT tenant_id, case_id FROM documents WHERE id = ANY(%s)"
    assert house.rows(owners, list(case.files)) == [(there.id, case.id)]
    waiting = house.jobs(case.id)
    assert waiting.count((case.tenant.id, "cases.clear_away")) == 2
    for file in case.files:
        jobs.clear_away(worker, case.tenant.id, case.id, file)
        with pytest.raises(NotFoundError):
            storage.open(case.tenant.id, file)
        with storage.open(there.id, file) as stream:
            assert stream.read() == CONTENT


def test_a_file_that_has_come_back_meanwhile_is_not_cleared_away(house: House, worker: Runtime) -> None:
    case = house.case("lohne", files=1)
    house.pass_on(case, "lohne", "landkreis-vechta")
    house.pass_on(case, "landkreis-vechta", "lohne")
    assert states(house, case) == {"lohne": "new", "landkreis-vechta": "passed_on"}
    jobs.clear_away(worker, case.tenant.id, case.id, case.files[0])
    with house.program.intake.storage.open(case.tenant.id, case.files[0]) as stream:
        assert stream.read() == CONTENT
    assert whole(house, house.staff("lohne"), case)


def test_the_next_authority_and_the_applicant_are_told_from_there(house: House, worker: Runtime) -> None:
    case = house.case("lohne", confirmed=True)
    colleague = house.person("landkreis-vechta")
    house.pass_on(case, "lohne", "landkreis-vechta")
    there = house.tenant("landkreis-vechta")
    assert (there.id, "cases.arrived") in house.jobs(case.id)
    jobs.arrived(worker, there.id, case.id)
    mails = house.mails(case.id, there.id)
    assert ("case_news", case.email) in mails
    assert ("staff_new_case", colleague.email) in mails
    assert ("case.arrived", "job") in house.audit(case.id)


@pytest.mark.parametrize("end", ["decided", "withdrawn"])
def test_a_closed_case_goes_nowhere(house: House, end: str) -> None:
    case, target = house.case("lohne"), house.tenant("vechta")
    if end == "decided":
        do(house, house.staff("lohne"), case, ACTS["decided"])
    else:
        with house.acting(case.context) as session:
            by_applicant.withdraw(session, case.context, case.id, 30)
    with pytest.raises(CaseClosedError):
        try_to_pass_on(house, case, Target(target.id, target.slug, 30))
    assert states(house, case) == {"lohne": end}


def test_a_target_that_cannot_take_it_is_refused_and_nothing_happened(house: House) -> None:
    case, registry = house.case("lohne", files=1), house.program.keeper.current.registry
    offline = next(tenant for tenant in registry.tenants.values() if not tenant.on_line)
    refused = [
        Target(999_999, "nirgends", 30),
        Target(case.tenant.id, "lohne", 30),
        Target(offline.id, "x", 30),
    ]
    before = house.rows("SELECT * FROM cases WHERE id = %s", case.id)
    for target in refused:
        with pytest.raises(TargetRefusedError):
            try_to_pass_on(house, case, target)
    assert house.rows("SELECT * FROM cases WHERE id = %s", case.id) == before
    assert house.events(case.id) == [("submitted", "applicant", True)]
    assert [name for _, name in house.jobs(case.id)] == ["cases.tell_staff"]
    assert house.value("SELECT tenant_id FROM documents WHERE id = %s", case.files[0]) == case.tenant.id


def test_only_the_staff_who_have_a_case_pass_it_on(house: House) -> None:
    case, target = house.case("vechta"), house.tenant("landkreis-vechta")
    with pytest.raises(NotFoundError):
        try_to_pass_on(house, case, Target(target.id, target.slug, 30))
    assert states(house, case) == {"vechta": "new"}


def test_the_applicant_finds_it_with_the_same_number_and_secret(house: House) -> None:
    case = house.case("lohne", confirmed=True)
    house.pass_on(case, "lohne", "landkreis-vechta")
    secret = case.secret.replace("-", "")
    with house.acting(Context(ActorKind.ANONYMOUS)) as session:
        found = queries.find_case_by_secret(session, case.number, secret)
        nobody = queries.find_case_by_secret(session, case.number, secret[::-1])
    assert found is not None
    assert (found.tenant_id, found.id) == (house.tenant("landkreis-vechta").id, case.id)
    assert found.seen_at == {case.tenant.id, found.tenant_id}
    assert nobody is None


def test_a_case_that_there_is_not_cannot_be_passed_on(house: House) -> None:
    target = house.tenant("vechta")
    context = house.staff("lohne")
    with pytest.raises(NotFoundError), house.acting(context) as session:
        work.pass_on(session, context, uuid.uuid4(), Target(target.id, "vechta", 1), "…", lambda *_: None)
