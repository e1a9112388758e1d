"""Attacks that need more than asking for everything: what refusals tell, who has lost a right, words that act."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kreisportal.access.policy import POLICY
from kreisportal.access.roles import Role as StaffRole
from kreisportal.access.who import Who
from kreisportal.cases.mail_links import register_links
from kreisportal.jobs import Runtime
from kreisportal.kernel.database.context import REGION
from kreisportal.notifications.links import LinksRegistry, ObsoleteMailError, QueuedMail
from kreisportal.staff import service as staff_service
from kreisportal.staff.models import Staff
from tests.isolation.asking import Answer, Ask
from tests.isolation.sweep import Plan, Role, asks
from tests.isolation.town import Files, Town
from tests.isolation.world import A, World
from tests.support.browser import Browser
from tests.support.staff import add_person, sign_in

_CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|value=\"[^\"]{40,}\"|kp-[0-9a-f]{6,}")


@pytest.fixture
def browser(world: World) -> Callable[[str, str], Browser]:
    """Makes browsers at a town's site."""
    return lambda slug, site: Browser(world.wsgi, world.house.tenant(slug).host(site) or "")


def unknown(town: Town) -> Town:
    """The same town, of which nothing exists: every id and token is another."""

    def other(thing: Any) -> Any:
        return replace(thing, id=uuid.uuid4())

    return replace(
        town,
        draft=other(town.draft),
        open=other(town.open),
        decided=other(town.decided),
        resume_token="x" * 43,
        confirm_token="y" * 43,
        invitation="z" * 43,
        tokens=replace(town.tokens, town_id=uuid.uuid4(), region_id=uuid.uuid4()),
        account=replace(
            town.account,
            id=uuid.uuid4(),
            link="w" * 43,
            passkey_id=uuid.uuid4(),
            identity_id=uuid.uuid4(),
            address_link="v" * 43,
            undo_link="u" * 43,
        ),
        files=tuple(Files(each.case_id, tuple(uuid.uuid4() for _ in each.ids)) for each in town.files),
    )


def _is_id(part: str) -> bool:
    """Whether a part of a path is an id or a token."""
    return len(part) > 30


def plain(ask: Ask, answer: Answer) -> tuple[int, str, str]:
    """An answer without what differs from one to the next anyway: ids and tokens of the path, tokens of forms."""

    def without(text: str) -> str:
        for part in filter(_is_id, ask.path.split("/")):
            text = text.replace(part, "*")
        return _CHANGING.sub("*", text)

    return answer.status, without(answer.body), without(answer.location or "")


def pairs(world: World, role: Role, own: Town) -> Iterator[tuple[Ask, Ask]]:
    """Requests for something of B, each with the one for something that does not exist."""
    there, not_there = world.facts.b, unknown(world.facts.b)
    for host in (host for host in world.hosts if host.town == A):
        made = [
            [
                ask
                for ask in asks(world.url_map, host, Plan(role, own, (town,), ()), _asks_for_something)
                if ask.about == f"ids of {there.words.owner}" and any(map(_is_id, ask.path.split("/")))
            ]
            for town in (there, not_there)
        ]
        yield from zip(*made, strict=True)


def _asks_for_something(endpoint: str) -> bool:
    return POLICY[endpoint] is not Who.EVERYBODY or endpoint.endswith((".resume", ".confirm"))


@pytest.mark.parametrize("name", ["anonymous", "applicant", "caseworker"])
def test_a_refusal_does_not_tell_whether_there_is_such_a_thing(world: World, name: str) -> None:
    role, compared = world.facts.role(A, name), 0
    for there, not_there in pairs(world, role, world.facts.a):
        answers = [plain(ask, world.door.ask(ask, role.cookie)) for ask in (there, not_there)]
        assert answers[0] == answers[1], str(there)
        compared += 1
    assert compared > 100


def test_a_wrong_secret_and_an_unknown_number_are_told_alike(
    world: World, browser: Callable[[str, str], Browser]
) -> None:
    a, said = world.facts.a, []
    for number in (a.open.number, "VEC-2026-99999-1", world.facts.b.open.number):
        at = browser(A, "portal")
        typed = {"nummer": number, "kennwort": "K7QDM-3XP9R-TAHW2"}
        answer = at.submit(at.get("/de/vorgang"), typed)
        text = answer.text.replace(number, "number")
        said.append((answer.status_code, re.sub(r'value="[^"]{40,}"', "", text)))
    assert said[0][0] == 422
    assert said[0] == said[1] == said[2]


def test_what_is_typed_counts_and_not_what_the_address_says(
    world: World, browser: Callable[[str, str], Browser]
) -> None:
    a, neighbour, at = world.facts.a, world.facts.neighbour, browser(A, "portal")
    page = at.get("/de/vorgang", query_string={"nummer": neighbour.open.number, "kennwort": "x"})
    assert neighbour.open.number in page.text
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    typed = {"csrf_token": token, "nummer": a.open.number, "kennwort": a.open.secret}
    query = {"nummer": neighbour.open.number, "kennwort": neighbour.open.secret}
    answer = at.post("/de/vorgang", typed, query_string=query)
    assert answer.headers["Location"] == f"/de/vorgang/{a.open.id}"


def test_fields_that_no_form_has_change_nothing(world: World, browser: Callable[[str, str], Browser]) -> None:
    """One's own things, with words in the form that only the office or the region may say."""
    case = world.house.case(A)
    at = browser(A, "portal")
    at.submit(at.get("/de/vorgang"), {"nummer": case.number, "kennwort": case.secret})
    page = at.get(f"/de/vorgang/{case.id}")
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    more = {
        **{
            "state": "decided",
            "status": "COMPLETED",
            "email_confirmed_at": "2026-01-01",
            "assignee_id": case.id,
        },
        **{"tenant_id": world.facts.b.tenant.id, "actor": "staff", "kind": "decided", "is_public": "0"},
    }
    sent = at.post(
        f"/de/vorgang/{case.id}/nachricht", {"csrf_token": token, "nachricht": "Guten Tag", **more}
    )
    assert sent.status_code == 303
    ((state, confirmed, assignee, tenant),) = world.house.rows(
        "SELECT state, email_confirmed_at, assignee_id, tenant_id FROM cases WHERE id = %s", case.id
    )
    assert (state, confirmed, assignee, tenant) == ("new", None, None, world.facts.a.tenant.id)
    assert world.house.events(case.id)[-1] == ("message", "applicant", True)


def test_nobody_makes_oneself_an_admin(world: World, browser: Callable[[str, str], Browser]) -> None:
    person = add_person(world.program.database, world.house.locksmith, world.facts.a.tenant.id)
    at = browser(A, "desk")
    assert sign_in(at, person).status_code == 303
    page = at.get("/de/zugang/passwort")
    new = "Vier kluge Katzen tanzen leise"
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    typed = {"csrf_token": token, "old_password": person.password, "new_password": new, "repeated": new}
    roles = {"role": "tenant_admin", "roles": ["tenant_admin"], "active": "1", "tenant_id": "1"}
    assert at.post("/de/zugang/passwort", {**typed, **roles}).status_code == 303
    assert world.house.value("SELECT roles FROM staff WHERE id = %s", person.id) == ["caseworker"]
    assert at.get("/de/leistungen/").status_code == 403


def test_the_district_reads_no_case_of_its_towns(
    world: World, browser: Callable[[str, str], Browser]
) -> None:
    b, district = world.facts.b, world.house.tenant("landkreis-cloppenburg")
    assert b.tenant.parent_id == district.id
    roles = (StaffRole.CASEWORKER, StaffRole.TENANT_ADMIN)
    person = add_person(world.program.database, world.house.locksmith, district.id, *roles)
    at = browser("landkreis-cloppenburg", "desk")
    assert sign_in(at, person).status_code == 303
    for case in b.cases:
        for path in (str(case.id), f"{case.id}/kopie.pdf", f"?korb=offen&q={case.number}"):
            answer = at.get(f"/de/vorgaenge/{path}")
            assert b.words.found(answer.text, said=path) == set()
    for files in b.files:
        for document in files.ids:
            assert at.get(f"/de/vorgaenge/{files.case_id}/dokument/{document}").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"roles": [StaffRole.TENANT_ADMIN]}],
    ids=["switched off", "another role"],
)
def test_a_mail_that_waits_is_not_sent_to_who_has_lost_the_right(
    world: World, change: dict[str, object]
) -> None:
    house = world.house
    case, person = house.case(A), house.person(A)
    links = LinksRegistry()
    register_links(links)
    runtime = Runtime(world.program.settings, world.program.database)
    mail = QueuedMail(uuid.uuid4(), case.id, person.email, "de", "staff_new_case", {})
    assert case.number == links.links(runtime, case.tenant.id, mail)["number"]
    with house.acting(REGION) as session:
        member = session.get(Staff, (person.tenant_id, person.id))
        assert member is not None
        staff_service.change_member(session, REGION, member, **change)  # type: ignore[arg-type]
    with pytest.raises(ObsoleteMailError):
        links.links(runtime, case.tenant.id, mail)


_ACTS = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_words_of_an_applicant_do_nothing_on_any_page(
    world: World, browser: Callable[[str, str], Browser]
) -> None:
    house = world.house
    case = house.case(A, dog_name=f"Rex {_ACTS}", **{"residence.street": f"Weg {_ACTS}"})
    at = browser(A, "portal")
    at.submit(at.get("/de/vorgang"), {"nummer": case.number, "kennwort": case.secret})
    page = at.get(f"/de/vorgang/{case.id}")
    at.submit(page, {"nachricht": f"Hallo {_ACTS}"})
    person = house.person(A)
    desk = browser(A, "desk")
    assert sign_in(desk, person).status_code == 303
    pages = [
        at.get(f"/de/vorgang/{case.id}").text,
        desk.get(f"/de/vorgaenge/{case.id}").text,
        desk.get("/de/vorgaenge/", query_string={"q": _ACTS}).text,
        at.get("/de/suche", query_string={"q": _ACTS}).text,
        at.get("/de/vorgang", query_string={"nummer": _ACTS}).text,
    ]
    for text in pages:
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
