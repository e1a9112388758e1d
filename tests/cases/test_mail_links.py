"""What mails lead to: computed from the database when they are sent, and no mail for what is over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest

from kreisportal.cases import by_applicant, drafts, queries
from kreisportal.cases.mail_links import FOR_APPLICANTS, FOR_STAFF_OF_OPEN_CASES, register_links
from kreisportal.jobs import Runtime
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from tests.cases.house import CaseFacts, DraftFacts, House
from tests.cases.test_work import ACTS, do

ANONYMOUS = Context(ActorKind.ANONYMOUS)


@pytest.fixture(scope="module")
def registry() -> LinksRegistry:
    """Who computes the links of which mails."""
    made = LinksRegistry()
    register_links(made)
    return made


def links(
    registry: LinksRegistry,
    worker: Runtime,
    case: CaseFacts,
    template: str,
    language: str = "de",
    tenant: int = 0,
    to: str = "",
) -> Mapping[str, str]:
    """The links of a mail about a case, to its applicant if to nobody else."""
    mail = QueuedMail(uuid.uuid4(), case.id, to or case.email, language, template, {})
    return registry.links(worker, tenant or case.tenant.id, mail)


@pytest.mark.parametrize("template", FOR_APPLICANTS)
def test_an_applicants_mail_leads_to_the_case_in_its_language(
    house: House, worker: Runtime, registry: LinksRegistry, template: str
) -> None:
    case = house.case()
    found = links(registry, worker, case, template, "en")
    assert found == {
        "url": f"https://vechta.localhost/en/vorgang?nummer={case.number}&kennwort={case.secret}",
        "number": case.number,
        "service": "Register a dog",
        "kind": "registration",
    }


def test_it_leads_to_the_portal_that_was_used(house: House, worker: Runtime, registry: LinksRegistry) -> None:
    case = house.case("bakum", via="vechta")
    assert links(registry, worker, case, "case_news")["url"].startswith(
        "https://vechta.localhost/de/vorgang?"
    )


def test_if_that_portal_is_gone_it_leads_to_the_authoritys(
    house: House, worker: Runtime, registry: LinksRegistry
) -> None:
    case, lohne = house.case("bakum", via="lohne"), house.tenant("lohne")
    hosts = house.rows("DELETE FROM hosts WHERE tenant_id = %s RETURNING host, site, canonical", lohne.id)
    try:
        assert links(registry, worker, case, "case_news")["url"].startswith("https://bakum.localhost/de/")
    finally:
        for host in hosts:
            house.rows(
                "INSERT INTO hosts (tenant_id, host, site, canonical) VALUES (%s, %s, %s, %s) RETURNING 1",
                lohne.id,
                *host,
            )


def test_the_link_that_confirms_is_the_one_that_the_case_knows(
    house: House, worker: Runtime, registry: LinksRegistry
) -> None:
    case = house.case()
    url = links(registry, worker, case, "confirm_address")["url"]
    assert url.startswith("https://vechta.localhost/de/adresse/")
    with house.acting(ANONYMOUS) as session:
        found = queries.find_case_by_confirmation(session, url.rpartition("/")[2])
    assert found is not None
    assert found.id == case.id


def test_who_has_confirmed_is_not_asked_again(house: House, worker: Runtime, registry: LinksRegistry) -> None:
    case = house.case(confirmed=True)
    with pytest.raises(ObsoleteMailError):
        links(registry, worker, case, "confirm_address")


def test_passed_on_meanwhile_the_mails_that_wait_still_lead_there(
    house: House, worker: Runtime, registry: LinksRegistry
) -> None:
    case = house.case("lohne")
    house.pass_on(case, "lohne", "landkreis-vechta")
    url = links(registry, worker, case, "confirm_address")["url"]
    with house.acting(ANONYMOUS) as session:
        found = queries.find_case_by_confirmation(session, url.rpartition("/")[2])
    assert found is not None
    assert found.tenant_id == house.tenant("landkreis-vechta").id


@pytest.mark.parametrize("template", [*FOR_STAFF_OF_OPEN_CASES, "staff_withdrawn"])
def test_a_staffs_mail_leads_to_the_case_at_their_desk_and_holds_no_secret(
    house: House, worker: Runtime, registry: LinksRegistry, template: str
) -> None:
    case = house.case()
    found = links(registry, worker, case, template, to=house.person().email)
    assert found["url"] == f"https://verwaltung.vechta.localhost/de/vorgaenge/{case.id}"
    assert (found["number"], found["service"]) == (case.number, "Hund anmelden")
    assert case.secret not in str(found)


@pytest.mark.parametrize("template", FOR_STAFF_OF_OPEN_CASES)
def test_staff_are_not_told_of_what_is_over(
    house: House, worker: Runtime, registry: LinksRegistry, template: str
) -> None:
    decided, withdrawn, gone = house.case(), house.case(), house.case("lohne")
    do(house, house.staff(), decided, ACTS["decided"])
    with house.acting(withdrawn.context) as session:
        by_applicant.withdraw(session, withdrawn.context, withdrawn.id, 30)
    house.pass_on(gone, "lohne", "landkreis-vechta")
    here, there = house.person().email, house.person("lohne").email
    for case, member in ((decided, here), (withdrawn, here), (gone, there)):
        with pytest.raises(ObsoleteMailError):
            links(registry, worker, case, template, to=member)
    assert links(registry, worker, withdrawn, "staff_withdrawn", to=here)["number"] == withdrawn.number
    with pytest.raises(ObsoleteMailError):
        links(registry, worker, gone, "staff_withdrawn", to=there)


@pytest.mark.parametrize("template", [*FOR_STAFF_OF_OPEN_CASES, "staff_withdrawn"])
def test_who_works_no_cases_of_this_town_is_not_told(
    house: House, worker: Runtime, registry: LinksRegistry, template: str
) -> None:
    case = house.case()
    for nobody in (house.person("lohne").email, "left@rathaus.example", case.email):
        with pytest.raises(ObsoleteMailError):
            links(registry, worker, case, template, to=nobody)


@pytest.mark.parametrize("template", [*FOR_APPLICANTS, *FOR_STAFF_OF_OPEN_CASES, "confirm_address"])
def test_no_mail_is_sent_about_a_case_that_this_town_has_not(
    house: House, worker: Runtime, registry: LinksRegistry, template: str
) -> None:
    case, member = house.case(), house.person("cloppenburg").email
    to = member if template in FOR_STAFF_OF_OPEN_CASES else ""
    with pytest.raises(ObsoleteMailError):
        links(registry, worker, case, template, tenant=house.tenant("cloppenburg").id, to=to)


def resume(
    house: House, registry: LinksRegistry, draft: DraftFacts, email: str, *, pause: bool = True
) -> Mapping[str, str]:
    """The links of the mail that a pause has queued."""
    if pause:
        with house.acting(draft.context) as session:
            drafts.pause(session, drafts.load(session, draft.id), email, house.program.settings.secret_key)
    mail = QueuedMail(uuid.uuid4(), None, email, "de", "resume_draft", {"draft_id": str(draft.id)})
    return registry.links(house.runtime, draft.tenant.id, mail)


def test_the_link_back_to_a_draft_leads_back(house: House, registry: LinksRegistry) -> None:
    draft = house.draft()
    url = resume(house, registry, draft, "gisa@post.example")["url"]
    assert url.startswith("https://vechta.localhost/de/antrag/weiter/")
    with house.acting(ANONYMOUS) as session:
        found = queries.find_draft_by_token(session, url.rpartition("/")[2])
    assert found is not None
    assert found.id == draft.id


def test_a_draft_that_is_gone_or_paused_elsewhere_is_not_written_about(
    house: House, registry: LinksRegistry
) -> None:
    sent, thrown_away, elsewhere = (house.draft() for _ in range(3))
    for draft in (sent, thrown_away, elsewhere):
        resume(
            house, registry, draft, "hedi@post.example" if draft is sent else f"{draft.id.hex}@post.example"
        )
    house.send(sent)
    with house.acting(thrown_away.context) as session:
        drafts.discard(session, drafts.load(session, thrown_away.id))
    resume(house, registry, elsewhere, "ida@post.example")
    for draft, email in (
        (sent, "hedi@post.example"),
        (thrown_away, f"{thrown_away.id.hex}@post.example"),
        (elsewhere, f"{elsewhere.id.hex}@post.example"),
    ):
        with pytest.raises(ObsoleteMailError):
            resume(house, registry, draft, email, pause=False)
