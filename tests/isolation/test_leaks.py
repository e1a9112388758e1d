"""Nobody of one town sees or changes anything of another, whatever they ask for and wherever they ask.

Made from the application's own map of addresses: a route that nobody has told how to ask for fails by name.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from kreisportal.jobs.running import drain
from kreisportal.staff.sign_in import Locksmith
from kreisportal.worker import create_crew
from tests.isolation.coverage import fields_of_pages, watched
from tests.isolation.recipes import BUTTONS, FORMS, QUERIES, fields_of, values_of
from tests.isolation.rows import TENANT_TABLES
from tests.isolation.sweep import Findings, Plan, Role, rules, sends, sweep
from tests.isolation.words import Words, readable
from tests.isolation.world import ACCOUNT_ROLES, REGION_ROLES, A, B, Original, World

OUTSIDERS = [
    *((A, name) for name in ("anonymous", "applicant", "halfway", "caseworker", "admin")),
    *((A, name) for name in ACCOUNT_ROLES),
    (A, "manager"),
    *((B, name) for name in ("applicant", "caseworker", *ACCOUNT_ROLES)),
]
"""Who asks everywhere; B's own people everywhere but at home."""


def attack(world: World, town: str, name: str, wanted: Callable[[str], bool] = bool) -> Findings:
    """A role asks for everything everywhere, except what is its own at its own host."""
    facts = world.facts
    role = facts.role(town, name)
    own = facts.home(town, name)
    if town == B:
        forbidden = (facts.a.words, facts.citizen_a.words, facts.b.words, facts.citizen_b.words)
        accounts = (facts.a.account.words, facts.b.account.words)
        plan = Plan(role, own, (facts.a, facts.citizen_a), (*forbidden, *accounts), may_change=False)
    else:
        plan = Plan(role, own, facts.strangers(name), facts.forbidden(name), may_change=False)
    hosts = [host for host in world.hosts if not (town == B and host.name == world.home_of(role))]
    return sweep(world, plan, hosts, wanted)


def found_of_b(world: World, text: str) -> set[str]:
    """The labels of all canaries of B in a text, whoever's there they are; but to whom a mail goes is in it."""
    b, citizen = world.facts.b, world.facts.citizen_b
    account = citizen.account.words.found(text, said=citizen.account.email)
    return b.words.found(text) | citizen.words.found(text) | account


def told(findings: Findings) -> str:
    """All leaks, one in a line."""
    return "\n".join(findings.leaks)


def test_every_route_has_a_recipe(world: World) -> None:
    for rule in rules(world.url_map):
        for part in rule.arguments:
            assert values_of(rule, part, world.facts.a), f"{rule.endpoint}: {part}"
        if sends(rule):
            fields_of(rule.endpoint, world.facts.a)


def test_no_recipe_is_left_over(world: World) -> None:
    endpoints = {rule.endpoint for rule in rules(world.url_map)}
    assert set(FORMS) | set(QUERIES) <= endpoints


@pytest.mark.parametrize(("town", "name"), OUTSIDERS)
def test_nobody_sees_or_changes_what_is_anothers(
    world: World,
    town: str,
    name: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    findings = attack(world, town, name)
    assert not findings.leaks, told(findings)
    assert findings.asked > 400
    written = caplog.text + "".join(capfd.readouterr())
    assert found_of_b(world, written) == set(), "in the log"


PROGRAMS = [(A, "program"), (A, "region program"), (B, "program")]


@pytest.mark.parametrize(("town", "name"), PROGRAMS)
def test_no_program_reads_or_changes_what_is_anothers(world: World, town: str, name: str) -> None:
    """With a token of its own; where none is asked for, it is nobody."""
    findings = attack(world, town, name, lambda endpoint: endpoint.startswith("api_"))
    assert not findings.leaks, told(findings)
    assert findings.asked > 50


def test_mails_and_files_of_others_hold_nothing(world: World) -> None:
    """After all that: whatever the town A has sent or laid down meanwhile."""
    b = world.facts.b
    # There are hundreds of mails, which all look alike: some of them are really sent.
    world.superuser.execute(
        "DELETE FROM procrastinate_jobs WHERE args->>'tenant_id' = %(b)s OR id NOT IN"
        " (SELECT id FROM procrastinate_jobs WHERE args->>'tenant_id' <> %(b)s ORDER BY random() LIMIT 60)",
        {"b": str(b.tenant.id)},
    )
    crew = create_crew(world.program.settings, concurrency=1)
    asyncio.run(drain(crew))
    crew.runtime.database.close()
    folder = world.program.settings.data_folder
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in folder.rglob("*.eml")]
    assert len(mails) > 20
    ours = set(world.program.keeper.current.registry.hosts)
    for mail in mails:
        # Links are made from the database: nothing that a request said about its host is in them.
        hosts = set(re.findall(r"https?://([^/\s]+)", str(mail.get_content())))
        assert hosts and hosts <= ours
        assert found_of_b(world, mail.as_string() + str(mail.get_content())) == set()
    others = [
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_relative_to(world.program.settings.files_folder / str(b.tenant.id))
    ]
    assert len(others) > 20
    for file in others:
        assert found_of_b(world, file.read_bytes().decode("latin-1")) == set(), file
    sent = world.superuser.execute("SELECT m::text FROM mails m WHERE tenant_id <> %s", (b.tenant.id,))
    assert found_of_b(world, "\n".join(row for (row,) in sent)) == set()


@pytest.mark.parametrize("name", ["halfway", "newcomer", "admin"])
def test_colleagues_who_may_not_work_cases_see_none(world: World, name: str) -> None:
    """The town's own: without the second factor, or as an admin only."""
    b = world.facts.b
    theirs = {Who.STAFF_HALF, Who.STAFF, Who.EVERYBODY, Who.TENANT_ADMIN}
    plan = Plan(world.facts.role(B, name), world.facts.a, (b,), (b.words,), may_change=False)
    hosts = [host for host in world.hosts if (host.town, host.site) == (B, "desk")]
    findings = sweep(world, plan, hosts, lambda endpoint: POLICY[endpoint] not in theirs)
    assert not findings.leaks, told(findings)
    assert findings.asked > 50


@pytest.mark.parametrize("name", ["anonymous", "applicant", "caseworker", "admin"])
def test_what_an_account_holds_is_for_nobody_else_in_its_town(world: World, name: str) -> None:
    """Its town's staff work on the cases that lie in it, and see nothing more; other applicants see nothing."""
    facts = world.facts
    citizen, role = facts.citizen_b, facts.role(B, name)
    everywhere = {"account", "portal"}
    forbidden = (citizen.account.words, citizen.words)
    plan = Plan(role, facts.b, (citizen,), forbidden, may_change=False)
    findings = sweep(
        world,
        plan,
        [host for host in world.hosts if host.site in everywhere and host.town in (B, "")],
        lambda endpoint: POLICY[endpoint] in (Who.ACCOUNT, Who.APPLICANT) or endpoint.startswith("account"),
    )
    # What an applicant does with a draft and cases that are one's own changes rows of the town.
    rightly = re.compile(r"own.* as \S+'s applicant (changed|added to) ")
    leaks = [leak for leak in findings.leaks if not rightly.search(leak)]
    assert not leaks, "\n".join(leaks)
    assert findings.asked > 50


@pytest.mark.parametrize("name", ["applicant", "caseworker", "admin", *ACCOUNT_ROLES])
def test_nobody_can_be_made_to_send_a_form_by_another_site(world: World, name: str) -> None:
    """Their session, our address, but without the token that only our own page gives."""
    role = world.facts.role(B, name, forged=True)
    plan = Plan(role, world.facts.home(B, name), (), (), may_change=False)
    findings = sweep(world, plan, [host for host in world.hosts if host.town in (B, role.town)])
    assert not findings.leaks, told(findings)
    assert findings.asked > 20


SITES = {"portal", "desk", "account", "index", "region"}
OWN_SEE = {
    **dict.fromkeys(("anonymous", "account"), ()),
    "applicant": ("account", "citizen"),
    **dict.fromkeys(("newcomer", "halfway", "admin", "caseworker"), ("account",)),
    "citizen": ("guest",),
    **dict.fromkeys(REGION_ROLES, ("account", "citizen", "guest")),
    "program": ("account", "citizen"),
    "region program": ("account", "citizen", "guest"),
    # Who runs the whole region comes last, and could let out whoever runs a district.
    "operator": ("account", "citizen", "guest"),
}
"""Who there is in the town B, and what of others they do not see even at home."""


@pytest.fixture(scope="module")
def own(
    original: Original, locksmith: Locksmith, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Findings, dict[str, set[str]]]]:
    """What the town's own people reach at home, with the same requests, and which fields were read for it."""
    with original.opened(tmp_path_factory.mktemp("own"), locksmith) as world:
        found, names, facts = Findings(), watched(world.app), world.facts
        words = {
            "account": facts.citizen_b.account.words,
            "citizen": facts.citizen_b.words,
            "guest": facts.b.words,
        }
        for name, others in OWN_SEE.items():
            role: Role = facts.role(B, name)
            plan = Plan(role, facts.home(B, name), (), tuple(words[other] for other in others))
            sites = {role.site} if role.site else SITES
            hosts = [host for host in world.hosts if host.town in (B, "") and host.site in sites]
            # What was answered is overwritten by what is asked for then.
            found.seen |= sweep(world, plan, hosts, "applications.review".__eq__).seen
            findings = sweep(world, plan, hosts)
            assert not findings.leaks, told(findings)
            found.seen |= findings.seen
            found.pages += findings.pages
            found.public += findings.public
            for endpoint, statuses in findings.reached.items():
                found.reached.setdefault(endpoint, set()).update(statuses)
        yield world, found, names


def unseen(words: Words, found: Findings) -> set[str]:
    """The labels that nobody has seen."""
    labels = set(words.labels.values()) | set(words.marks.values())
    return labels - {label for owner, label in found.seen if owner == words.owner}


def test_the_towns_own_people_see_it_all(own: tuple[World, Findings, dict[str, set[str]]]) -> None:
    """Else the tests above would find nothing because there is nothing to be found."""
    world, found, _ = own
    facts = world.facts
    assert unseen(facts.b.words, found) == _NEVER_SHOWN
    assert unseen(facts.citizen_b.words, found) == _NEVER_SHOWN_TO_CITIZENS
    assert unseen(facts.citizen_b.account.words, found) == _NEVER_SHOWN_OF_ACCOUNTS


# A secret of codes and recovery codes are shown once, when they are new.
_NEVER_SHOWN_OF_ACCOUNTS = {
    *("account/id", "account/session", "account/app", "account/recovery"),
    # How a provider knows somebody.
    "account/subject",
}
# The town's staff see the note and what was confirmed at the counter; what they see is not looked at for these words here.
_NEVER_SHOWN_TO_CITIZENS = {"draft/resume address", "internal/note", "check/id"}
# The address that a link to the draft was mailed to; no page tells it again.
# A token is shown once, when it is new.
_NEVER_SHOWN = {"draft/resume address", "token"}


def test_every_table_of_tenants_holds_something_of_the_town(world: World) -> None:
    b = world.facts.b
    empty = [
        table
        for table in TENANT_TABLES
        if not world.house.rows(f"SELECT 1 FROM {table} WHERE tenant_id = %s LIMIT 1", b.tenant.id)
    ]
    assert empty == []


# One comes back from a sign-in only where one has begun it; test_account_mutants.py does. What programs ask with a
# code or a token test_outside_mutants.py asks for.
_AFTER_A_BEGINNING = {"sso.callback", "openid.token", "openid.user_info", "openid.user_info_send"}
# Providers of identities are there by settings only, and there are none here; tests/bundid asks all of these.
_BY_SETTINGS = {
    *("account_openid.start", "account_openid.callback"),
    *("saml.start", "saml_endpoints.take", "saml_endpoints.back", "saml_endpoints.metadata"),
}


def test_the_towns_own_people_get_through_to_every_route(
    own: tuple[World, Findings, dict[str, set[str]]],
) -> None:
    world, found, _ = own
    shut = {
        rule.endpoint: sorted(found.reached.get(rule.endpoint, ()))
        for rule in rules(world.url_map)
        if rule.endpoint not in _AFTER_A_BEGINNING | _BY_SETTINGS
        and not found.reached.get(rule.endpoint, set()) & {200, 302, 303, 422}
    }
    assert shut == {}


def test_every_field_of_every_page_has_a_recipe(
    own: tuple[World, Findings, dict[str, set[str]]],
) -> None:
    """Of the forms that the pages showed, and of what the views looked for in a request."""
    world, found, names = own
    # Addresses without a language look for one that a client asks for; it is a language and nothing else.
    known = BUTTONS | {"csrf_token", "ui_locales"}
    missing = {
        f"{endpoint}: {name}"
        for endpoint, fields in fields_of_pages(world.url_map, world.hosts, found.pages).items()
        for name in fields - known - set(FORMS.get(endpoint, ()))
    }
    # A page that is shown again after a fault looks for the fields of all its forms.
    of_room: dict[str, set[str]] = {}
    for endpoint in {*FORMS, *QUERIES}:
        fields = {*FORMS.get(endpoint, ()), *QUERIES.get(endpoint, ())}
        of_room.setdefault(endpoint.partition(".")[0], set()).update(fields)
    missing |= {
        f"{endpoint}: {name}"
        for endpoint, read in names.items()
        for name in read - known - of_room.get(endpoint.partition(".")[0], set())
    }
    assert missing == set()


def test_what_the_town_says_in_public_is_found_on_its_page(
    own: tuple[World, Findings, dict[str, set[str]]],
) -> None:
    world, found, _ = own
    said = [host for host, html in found.public if world.facts.public.found(html)]
    assert set(said) == {world.facts.b.tenant.host("portal")}


def test_the_search_for_canaries_finds_them_wherever_they_are() -> None:
    words = Words("nobody")
    word = words.word("probe")
    assert words.found(f"<p>{word.upper()}</p>") == {"probe"}
    assert words.found(word, said=word) == set()
    content = words.file("probe file")
    assert words.found(readable(content, "application/pdf")) == {"probe file"}
