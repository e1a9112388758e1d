"""A town becomes part of another one in the browser: planned, carried out, taken back, confirmed; and by whom not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from kreisportal.cli import commands
from kreisportal.kernel.database.context import REGION
from kreisportal.merging import jobs as merging_jobs
from kreisportal.merging.service import take_back
from kreisportal.notifications.links import ObsoleteMailError
from kreisportal.staff.sign_in import Locksmith
from kreisportal.tenancy.renaming import named_town
from kreisportal.web.program import Program
from tests.cases.house import SERVICE, CaseFacts, House
from tests.region.conftest import Region
from tests.support.browser import Browser, forms_of
from tests.support.commands import Run, in_production
from tests.support.post import Post
from tests.support.server import DatabaseCopy
from tests.support.staff import Person, sign_in

TOWN, INTO = "bakum", "lohne"
PATH = f"/de/kommunen/{TOWN}/zusammenlegen/"
PLAN = f"{PATH}?mit={INTO}"


@pytest.fixture(scope="module")
def house(program: Program, region: DatabaseCopy, locksmith: Locksmith) -> Iterator[House]:
    """Towns in which people apply and work."""
    with region.superuser() as superuser:
        yield House(program, superuser, locksmith)


@pytest.fixture(autouse=True)
def _apart(house: House) -> Iterator[None]:
    """Afterwards the two are apart again."""
    yield
    house.superuser.execute(
        'UPDATE tenants SET state = \'paused\', merging = \'{"state": "moved", "before": "open",'
        ' "offers_added": [], "offers_switched": [], "staff": []}\''
        " WHERE slug = %s AND merged_into_id IS NOT NULL AND merging IS NULL",
        [TOWN],
    )
    with house.acting(REGION) as session:
        row = named_town(session, TOWN)
        if row.merging is not None and row.merging["state"] != "returning":
            take_back(session, REGION, TOWN)
    work(house)
    house.superuser.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would."""
    return in_production(commands, region, monkeypatch)


def work(house: House) -> None:
    """Let the worker do its part."""
    merging_jobs.move(house.runtime, house.tenant(INTO).id, house.tenant(TOWN).id)
    house.program.keeper.renew()


def status(browser: Browser, case: CaseFacts) -> str:
    """What a citizen sees with number and secret."""
    page = browser.get(f"/de/vorgang?nummer={case.number}&kennwort={case.secret}")
    answer = browser.submit(page, {"nummer": case.number, "kennwort": case.secret})
    return browser.follow(answer).text if answer.status_code == 303 else answer.text


def test_from_the_plan_to_the_end(
    house: House, region_host: Region, client: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    case, beside = house.case(TOWN), house.case("vechta", via=TOWN)
    person = house.person(TOWN, name="Erika Bakum")
    house.superuser.execute(
        "UPDATE offers SET is_on = false WHERE service_key = %s AND tenant_id = %s",
        [SERVICE, house.tenant(INTO).id],
    )
    admin = region_host("landkreis-vechta")
    choice = admin.get(PATH).text
    assert "Lohne" in choice
    assert "Cloppenburg" not in choice
    page = admin.get(PLAN)
    for words in ("Noch ist nichts geschehen.", "Erika Bakum", "bakum.localhost", SERVICE):
        assert words in page.text

    done = admin.submit(page, {"mit": INTO, "angebote": [SERVICE], "personen": [str(person.id)]})

    assert "Einladungen für" in done.text
    desk, _, path = done.text.split("<code>https://")[1].split("</code>")[0].partition("/")
    assert desk == house.tenant(INTO).host("desk")
    assert "Erika Bakum" in client(desk).get(f"/{path}").text
    offer = "SELECT is_on FROM offers WHERE service_key = %s AND tenant_id = %s"
    assert superuser.execute(offer, [SERVICE, house.tenant(INTO).id]).fetchone() == (True,)
    csrf = forms_of(admin.get(PATH).text)[-1].values["csrf_token"]
    # It opens by being taken back, and in no other way.
    assert admin.post(f"/de/kommunen/{TOWN}/stand", {"csrf_token": csrf, "state": "open"}).status_code == 409
    notice = client("bakum.localhost").get("/de/")
    assert notice.status_code == 503
    assert "Hier geht es bei Stadt Lohne weiter" in notice.text
    assert "https://lohne.localhost/de/" in notice.text

    work(house)

    # Where it was applied for, it is still read, though the other town has it now.
    assert case.number in status(client("bakum.localhost"), case)
    page = admin.get(PATH)
    assert "Alles ist übergegangen" in page.text
    answer = admin.follow(admin.submit(page, {}, "/bestaetigen"))
    assert "Die Kommunen sind zusammengelegt" in answer.text

    _old_addresses_lead_on(client, case)
    assert case.number in status(client("lohne.localhost"), case)
    assert beside.number in status(client("lohne.localhost"), beside), "what was applied for by its portal"
    assert "passen nicht zusammen" in status(client("vechta.localhost"), case)
    colleague = client("verwaltung.lohne.localhost")
    assert sign_in(colleague, house.person(INTO)).status_code == 303
    assert case.number in colleague.get("/de/vorgaenge/").text
    assert "aufgegangen in" in admin.get("/de/").text
    town = admin.get(f"/de/kommunen/{TOWN}").text
    assert "Aufgegangen in Stadt Lohne" in town
    assert "In einer anderen Kommune aufgegangen" in town
    other = admin.get(f"/de/kommunen/{INTO}").text
    assert "Gemeinde Bakum" in other
    assert "Eine andere Kommune ist dazugekommen" in other
    registry = house.program.keeper.current.registry
    assert registry.by_ars[house.tenant(TOWN).ars] == house.tenant(INTO).id


def _old_addresses_lead_on(client: Callable[..., Browser], case: CaseFacts) -> None:
    old = client("bakum.localhost").get(f"/de/vorgang?nummer={case.number}&kennwort=x")
    assert (old.status_code, urlsplit(old.headers["Location"]).netloc) == (308, "lohne.localhost")
    assert "/de/vorgang?nummer=" in old.headers["Location"]
    assert (
        client("verwaltung.bakum.localhost")
        .get("/de/")
        .headers["Location"]
        .startswith("https://verwaltung.lohne.localhost/")
    )


def test_taken_back_nothing_is_left(
    house: House, region_host: Region, client: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    case, person = house.case(TOWN), house.person(TOWN)
    facts = "SELECT state, merged_into_id, merging FROM tenants WHERE slug = %s"
    admin = region_host("landkreis-vechta")
    admin.submit(admin.get(PLAN), {"mit": INTO, "personen": [str(person.id)]})
    work(house)
    answer = admin.follow(admin.submit(admin.get(PATH), {}, "/zuruecknehmen"))
    assert "Alles geht zurück." in answer.text
    work(house)
    assert superuser.execute(facts, [TOWN]).fetchone() == ("open", None, None)
    assert superuser.execute("SELECT tenant_id FROM cases WHERE id = %s", [case.id]).fetchone() == (
        house.tenant(TOWN).id,
    )
    there = "SELECT active FROM staff WHERE tenant_id = %s AND email = %s"
    assert superuser.execute(there, [house.tenant(INTO).id, person.email]).fetchone() == (False,)
    assert case.number in status(client("bakum.localhost"), case)
    # Once more it goes as well, and whoever was let out is invited again.
    done = admin.submit(admin.get(PLAN), {"mit": INTO, "personen": [str(person.id)]})
    assert person.email in done.text


def carry_out(admin: Browser, *people: Person) -> str:
    """Let these work at the other town from now on; the page that comes then."""
    return admin.submit(admin.get(PLAN), {"mit": INTO, "personen": [str(each.id) for each in people]}).text


def test_who_is_to_work_there_gets_the_link_by_mail(house: House, region_host: Region, post: Post) -> None:
    chosen, english, left = house.person(TOWN), house.person(TOWN, name="Ed English"), house.person(TOWN)
    house.superuser.execute("UPDATE staff SET language = 'en' WHERE id = %s", [english.id])
    page = carry_out(region_host("landkreis-vechta"), chosen, english)
    assert "Jeder Link geht auch per E-Mail an die Person." in page
    template, sender, url = post.newest(chosen.email)
    assert (template, sender) == ("staff_moved", INTO)
    assert f"<code>{url}</code>" in page
    assert post.count(left.email) == 0
    (mail,), (other,) = post.written(chosen.email), post.written(english.email)
    text = " ".join(mail.get_content().split())
    assert "Gemeinde Bakum geht in Stadt Lohne auf. Von jetzt an arbeiten Sie auch" in text
    assert "Ihr Zugang bei Gemeinde Bakum gilt weiter" in text
    assert "Sie hatten früher schon einen Zugang" not in text
    assert url in text
    assert "Municipality of Bakum becomes part of Town of Lohne." in " ".join(other.get_content().split())


def test_who_has_worked_there_before_begins_anew_and_is_told_so(
    house: House, region_host: Region, client: Callable[..., Browser], post: Post
) -> None:
    """An access that was ended does not come back with the password of then."""
    person, before = house.person(TOWN), house.person(INTO)
    house.superuser.execute("UPDATE staff SET active = false WHERE id = %s", [before.id])
    house.superuser.execute("UPDATE staff SET email = %s WHERE id = %s", [before.email, person.id])
    admin = region_host("landkreis-vechta")
    page = carry_out(admin, person)
    _, _, url = post.newest(before.email)
    assert f"<code>{url}</code>" in page
    desk = client("verwaltung.lohne.localhost")
    refused = desk.submit(desk.get("/de/anmelden"), {"email": before.email, "password": before.password})
    assert "E-Mail-Adresse oder Passwort stimmen nicht." in refused.text
    text = " ".join(post.written(before.email)[0].get_content().split())
    assert "Sie hatten früher schon einen Zugang zur Verwaltung von Stadt Lohne." in text
    admin.submit(admin.get(PATH), {}, "/zuruecknehmen")
    with pytest.raises(ObsoleteMailError):
        post.newest(before.email)


def test_who_works_at_both_is_neither_asked_for_nor_written_to(
    house: House, region_host: Region, client: Callable[..., Browser], post: Post
) -> None:
    person, there = house.person(TOWN), house.person(INTO)
    house.superuser.execute("UPDATE staff SET email = %s WHERE id = %s", [there.email, person.id])
    admin = region_host("landkreis-vechta")
    page = admin.get(PLAN).text
    assert "Schon jetzt in beiden Verwaltungen:" in page
    assert f'value="{person.id}"' not in page
    carry_out(admin, person)
    assert post.count(there.email) == 0
    assert sign_in(client("verwaltung.lohne.localhost"), there).status_code == 303


def test_an_address_that_nothing_can_be_written_to_stops_no_merge(
    house: House, region_host: Region, client: Callable[..., Browser]
) -> None:
    person = house.person(TOWN)
    house.superuser.execute("UPDATE staff SET email = '\"erika\"@bakum.example' WHERE id = %s", [person.id])
    page = carry_out(region_host("landkreis-vechta"), person)
    assert "An diese Adresse geht keine E-Mail. Geben Sie den Link selbst weiter." in page
    desk, _, path = page.split("<code>https://")[1].split("</code>")[0].partition("/")
    assert client(desk).get(f"/{path}").status_code == 200


def test_given_up_by_the_worker_it_goes_on(
    house: House, region_host: Region, superuser: psycopg.Connection
) -> None:
    house.case(TOWN)
    admin = region_host("landkreis-vechta")
    admin.submit(admin.get(PLAN), {"mit": INTO})
    assert "stehen geblieben" not in admin.get(PATH).text
    superuser.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'merging.move'")
    page = admin.get(PATH)
    assert "Es ist stehen geblieben" in page.text
    admin.submit(page, {}, "/weiter")
    waits = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'merging.move' AND status = 'todo'"
    assert superuser.execute(waits).fetchone() == (1,)


def test_nobody_merges_another_districts_town(
    house: House, region_host: Region, superuser: psycopg.Connection
) -> None:
    other = region_host("landkreis-cloppenburg")
    assert other.get(PATH).status_code == 404
    assert other.get("/de/kommunen/cloppenburg/zusammenlegen/?mit=bakum").status_code == 404
    csrf = forms_of(other.get("/de/kommunen/cloppenburg/name/").text)[-1].values["csrf_token"]
    sent = {"csrf_token": csrf, "mit": "cloppenburg"}
    assert other.post(PATH, sent).status_code == 404
    into_foreign = other.post("/de/kommunen/cloppenburg/zusammenlegen/", {**sent, "mit": TOWN})
    assert into_foreign.status_code == 404
    for act in ("zuruecknehmen", "bestaetigen", "weiter"):
        assert other.post(f"{PATH}{act}", sent).status_code == 404
    assert superuser.execute("SELECT 1 FROM tenants WHERE merged_into_id IS NOT NULL").fetchall() == []
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        superuser.execute(
            "UPDATE tenants SET merged_into_id = (SELECT id FROM tenants WHERE slug = 'cloppenburg')"
            " WHERE slug = 'bakum'"
        )


def test_the_command(house: House, run: Run) -> None:
    house.case(TOWN)
    asked = run("tenant", "merge", TOWN, INTO)
    assert "cases: " in asked.output
    assert asked.exit_code == 1, "nobody has said yes"
    done = run("tenant", "merge", TOWN, INTO, "--yes", "--all-offers")
    assert done.exit_code == 0, done.output
    assert f"{TOWN}: moving, 0 of " in run("tenant", "merge", TOWN).output
    assert run("tenant", "merge", TOWN, "--confirm").exit_code == 1
    work(house)
    assert f"{TOWN}: moved, " in run("tenant", "merge", TOWN).output
    assert f"{TOWN}: returning" in run("tenant", "merge", TOWN, "--back").output
    work(house)
    assert f"{TOWN}: on its own" in run("tenant", "merge", TOWN).output
    assert run("tenant", "merge", TOWN, "cloppenburg").exit_code == 1


@pytest.mark.parametrize("mailed", [True, False])
def test_the_command_prints_the_links_and_mails_them(
    house: House, run: Run, post: Post, mailed: bool
) -> None:
    person = house.person(TOWN)
    options = ("--yes", "--staff", person.email, *(() if mailed else ("--no-mail",)))
    done = run("tenant", "merge", TOWN, INTO, *options)
    assert done.exit_code == 0, done.output
    (line,) = [line for line in done.output.splitlines() if line.startswith(f"{person.email}: ")]
    assert post.count(person.email) == mailed
    if mailed:
        assert line == f"{person.email}: {post.newest(person.email)[2]} (mailed to them, too)"
    else:
        assert line.endswith(" (no mail goes to them)")
