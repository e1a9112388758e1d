"""Every route × every method × everybody's ids × every host, as one role, from the application's own map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from kreisportal.access.policy import POLICY
from kreisportal.access.who import Who
from tests.isolation.asking import SENDING, Answer, Ask, Door, follow
from tests.isolation.recipes import (
    NOBODY_OFFERED,
    QUERIES,
    SENT_WITH_QUERY,
    Value,
    fields_of,
    mixed_paths_of,
    paths_of,
    query_of,
)
from tests.isolation.town import Town
from tests.isolation.words import Words

if TYPE_CHECKING:
    from tests.isolation.world import Rows, World

_READS = ("HEAD", "OPTIONS")

NEW_ROWS = {
    "applications.first": {"drafts", "sessions", "session_grants"},
    "staff.sign_in_send": {"audit_entries"},
    "feedback.send": {"feedback"},
    "account.sign_up_send": {"account_links"},
    "account.forgotten_send": {"account_links"},
}
"""What everybody may add: begin a draft, be written down for a wrong password, say how it was, have a link mailed."""

PROVES_PASSWORD = {
    *("account.password_send", "account_deletion.delete"),
    *("account_steps.prove_send", "account_access.off_send"),
}
"""Acts for which one shows one's password: whoever guessed before makes its owner wait, which is not what is asked here."""

SPENT_DRAFT = {"applications.send", "applications.discard"}
SPENT_CASE = {"status.withdraw", "cases_desk.decide", "cases_desk.pass_on"}
"""Acts after which there is nothing left for the next: each gets a draft or case of its own."""


@dataclass(frozen=True)
class Host:
    """A host with its site."""

    name: str
    site: str
    town: str


@dataclass(frozen=True)
class Role:
    """Somebody with a session, or without; ``hosts`` are those where the session is good."""

    name: str
    cookie: str | None
    town: str
    site: str = ""
    forged: bool = False
    token: str | None = None


@dataclass
class Findings:
    """What came of a sweep."""

    leaks: list[str] = field(default_factory=list)
    asked: int = 0
    reached: dict[str, set[int]] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    pages: list[tuple[str, str]] = field(default_factory=list)
    public: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """Who asks, for what: ``own`` is the town whose things the role may name rightly, ``foreign`` are the others'."""

    role: Role
    own: Town
    foreign: tuple[Town, ...]
    forbidden: tuple[Words, ...]
    may_change: bool = True

    @property
    def words(self) -> list[Words]:
        """The canaries of all towns and accounts that are asked for."""
        return [words for town in (self.own, *self.foreign) for words in (town.words, town.account.words)]


def rules(url_map: Map) -> list[Rule]:
    """All routes, in a steady order."""
    return sorted(url_map.iter_rules(), key=lambda rule: (rule.subdomain or "", rule.rule, rule.endpoint))


def sends(rule: Rule) -> str | None:
    """The method by which a route is sent something, or None."""
    return next((method for method in SENDING if method in (rule.methods or ())), None)


def asks(url_map: Map, host: Host, plan: Plan, wanted: Callable[[str], bool]) -> Iterator[Ask]:
    """All requests to a host. Routes of other sites are asked for once: they are not there."""
    adapter = url_map.bind(host.name, subdomain=host.site)
    for rule in rules(url_map):
        if not wanted(rule.endpoint):
            continue
        made: set[str] = set()
        for ask in _of_rule(rule, host, plan):
            same = f"{ask.method} {ask.path} {ask.query} {ask.fields}"
            if same in made or (plan.role.forged and not ask.changes):
                continue
            made.add(same)
            yield ask
            if rule.subdomain != adapter.subdomain:
                break


def _of_rule(rule: Rule, host: Host, plan: Plan) -> Iterator[Ask]:
    methods = rule.methods or set()
    for town in plan.foreign:
        about = f"ids of {town.words.owner}"
        if _opens(rule, host, town):
            continue
        for number, values in enumerate(paths_of(rule, town)):
            path = _path(rule, values)
            if "GET" in methods:
                yield Ask(host.name, "GET", path, rule.endpoint, about)
            if number == 0 and town is plan.foreign[0] and _matters(host, plan):
                for method in _READS:
                    yield Ask(host.name, method, path, rule.endpoint, about)
            if number == 0 and sends(rule):
                fields = fields_of(rule.endpoint, town)
                yield _post(rule, host, values, about, fields, plan)
    if _whose(rule, plan.own) in plan.forbidden and _opens(rule, host, plan.own):
        return
    if "GET" in methods:
        yield from _gets(rule, host, plan)
    if sends(rule):
        yield from _posts(rule, host, plan)


def _matters(host: Host, plan: Plan) -> bool:
    """Whether the role is more at this host than somebody without a session, who asks for everything as well."""
    role = plan.role
    is_nobody = role.cookie is None and role.token is None
    return is_nobody or (host.town, host.site) == (role.town, role.site)


def _opens(rule: Rule, host: Host, town: Town) -> bool:
    """Whether the path or form holds a secret of the town, at its own host: whoever has that may come in."""
    of_all = rule.subdomain in ("account", "region")
    at_home = host.site == rule.subdomain if of_all else host.town == town.tenant.slug
    return at_home and ("token" in rule.arguments or rule.endpoint in ("status.enter", "api_cases.status"))


def _whose(rule: Rule, town: Town) -> Words:
    """Whose things a route shows: the account's, or those that a town holds."""
    return town.account.words if rule.subdomain == "account" else town.words


def _gets(rule: Rule, host: Host, plan: Plan) -> Iterator[Ask]:
    paths = [_path(rule, values) for values in paths_of(rule, plan.own)]
    for path in paths:
        yield Ask(host.name, "GET", path, rule.endpoint, "own path")
    if not _matters(host, plan):
        return
    for town in plan.foreign:
        for values in mixed_paths_of(rule, plan.own, town):
            about = f"own path, something of {town.words.owner}"
            yield Ask(host.name, "GET", _path(rule, values), rule.endpoint, about)
    for town in (plan.own, *plan.foreign):
        if rule.endpoint in QUERIES:
            about = f"query of {town.words.owner}"
            yield Ask(host.name, "GET", paths[0], rule.endpoint, about, query_of(rule.endpoint, town))


def _posts(rule: Rule, host: Host, plan: Plan) -> Iterator[Ask]:
    (values, *more) = paths_of(rule, plan.own)
    own = fields_of(rule.endpoint, plan.own)
    yield _post(rule, host, values, "own", own, plan)
    if not _matters(host, plan):
        return
    if not plan.foreign:
        yield from (_post(rule, host, other, "own", own, plan) for other in more)
    for town in plan.foreign:
        owner = town.words.owner
        others = {name: str(make(town)) for name, make in NOBODY_OFFERED.items()}
        yield _post(rule, host, values, f"own, fields nobody offered of {owner}", {**others, **own}, plan)
        for name, value in fields_of(rule.endpoint, town).items():
            if value != own[name]:
                swapped = {**own, name: value}
                yield _post(rule, host, values, f"own, {name} of {owner}", swapped, plan)
        query = query_of(rule.endpoint, town)
        if query and query != query_of(rule.endpoint, plan.own):
            yield replace(_post(rule, host, values, f"own, query of {owner}", own, plan), query=query)
        for mixed in mixed_paths_of(rule, plan.own, town):
            yield _post(rule, host, mixed, f"own path, part of {owner}", own, plan)


def _post(
    rule: Rule, host: Host, values: dict[str, str], about: str, fields: dict[str, Value], plan: Plan
) -> Ask:
    path = _path(rule, values)
    query = query_of(rule.endpoint, plan.own) if rule.endpoint in SENT_WITH_QUERY else {}
    return Ask(host.name, sends(rule) or "POST", path, rule.endpoint, about, query, fields, plan.role.forged)


def _path(rule: Rule, values: dict[str, str]) -> str:
    """A path by the route's own pattern; the values are plain words and ids."""
    path = rule.rule
    for name, value in values.items():
        for pattern in (f"<{name}>", f"<int:{name}>", f"<uuid:{name}>", f"<language:{name}>"):
            path = path.replace(pattern, value)
    assert "<" not in path, f"{rule.endpoint}: {path}"
    return path


def sweep(world: World, plan: Plan, hosts: list[Host], wanted: Callable[[str], bool] = bool) -> Findings:
    """Ask for everything and look into every answer; afterwards, and after each change, at the rows."""
    findings, door = Findings(), world.door
    for host in hosts:
        before, sent = world.rows(), set[str]()
        for planned in asks(world.url_map, host, plan, wanted):
            ask = world.with_something_left(planned, plan)
            answer = _look(world, door, ask, plan, findings, plan.role.cookie)
            if ask.changes:
                sent.add(served(world.url_map, host.site, ask))
            # What was refused is looked at with the next that was not: comparing takes longer than asking.
            # Who is led to sign in at home may have signed out by it, and is signed in again for what follows.
            refused = answer.status >= 400 or (answer.asks_who and ask.host != world.home_of(plan.role))
            if not ask.changes or refused:
                continue
            now = before
            if not plan.may_change:
                now = _compare(world, before, sent, f"{ask} as {plan.role.name}", findings)
            world.restore()
            before, sent = (now if now == before else world.rows()), set()
        if not plan.may_change:
            _compare(world, before, sent, f"something of {plan.role.name} at {host.name}", findings)
    return findings


def served(url_map: Map, site: str, ask: Ask) -> str:
    """The route that answers: sites have paths in common, so that it is not always the one it was made from."""
    try:
        endpoint, _ = url_map.bind(ask.host, subdomain=site).match(ask.path, method=ask.method)
    except HTTPException:
        return ask.endpoint
    return str(endpoint)


def _compare(world: World, before: Rows, sent: set[str], who: str, findings: Findings) -> Rows:
    """Note what has changed that may not change by what was ``sent`` to routes; the rows as they are now."""
    now = world.rows()
    findings.leaks += [f"{who} changed {table}: a row is gone or another" for table, _ in before - now]
    may = {table for endpoint in sent for table in NEW_ROWS.get(endpoint, ())}
    added = {table for table, _ in now - before} - may
    findings.leaks += [f"{who} added to {table}" for table in sorted(added)]
    return now


def _look(world: World, door: Door, ask: Ask, plan: Plan, findings: Findings, cookie: str | None) -> Answer:
    answer = door.ask(ask, cookie, plan.role.token)
    findings.asked += 1
    findings.reached.setdefault(ask.endpoint, set()).add(answer.status)
    if answer.status >= 500:
        findings.leaks.append(f"{ask} as {plan.role.name} is a fault: {answer.status}")
    for words in plan.forbidden:
        for label in sorted(words.found(answer.text, said=ask.said)):
            findings.leaks.append(
                f"{ask} as {plan.role.name} shows {label} of {words.owner} ({answer.status})"
            )
    if ask.endpoint == "portal.service":
        findings.public.append((ask.host, answer.body))
    if ask.host not in world.hosts_of_b and "ort" not in ask.query and world.facts.public.found(answer.text):
        findings.leaks.append(f"{ask} as {plan.role.name} shows what only the pages of B say")
    for words in plan.words:
        findings.seen |= {(words.owner, label) for label in words.found(answer.text)}
    endpoint = served(world.url_map, world.site_of(ask.host), ask)
    leads_on = world.leads_on.get(endpoint, ())
    findings.leaks += [f"{ask} as {plan.role.name} {odd}" for odd in answer.oddities(ask.host, leads_on)]
    private = POLICY[endpoint] is not Who.EVERYBODY and ask.host == world.home_of(plan.role)
    if private and "no-store" not in answer.cache_control:
        findings.leaks.append(f"{ask} may be stored: {answer.cache_control!r}")
    if answer.status == 200 and "<form" in answer.body:
        findings.pages.append((ask.host, answer.body))
    following = follow(ask, answer)
    if following is not None and answer.new_cookie:
        _look(world, door, following, plan, findings, answer.new_cookie)
    return answer
