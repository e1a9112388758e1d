"""A town is called otherwise: by whom, from when on, what goes on leading to it, and back again."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.types.json import Jsonb

from kreisportal.cli import commands
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.tenancy.renaming_jobs import rename_towns
from kreisportal.web.program import Program
from tests.region.conftest import Region
from tests.support.browser import Browser, forms_of
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy

PATH = "/de/kommunen/{}/name/"
BAKUM = PATH.format("bakum")
NEW = {
    "name": "Gemeinde Bakum am Burgwald",
    "short": "Bakum am Burgwald",
    "ars": "034600001777",
    "portal_host": "burgwald.localhost",
}


@pytest.fixture(autouse=True)
def _as_before(superuser: psycopg.Connection, program: Program) -> Iterator[None]:
    """The towns and their names are those of the files again afterwards."""
    hosts = superuser.execute("SELECT host, site, tenant_id, canonical FROM hosts").fetchall()
    towns = superuser.execute("SELECT id, kind, ars, profile FROM tenants").fetchall()
    yield
    superuser.execute("DELETE FROM hosts")
    superuser.execute("DELETE FROM audit_entries WHERE action LIKE 'tenant-rename%'")
    with superuser.cursor() as cursor:
        cursor.executemany("INSERT INTO hosts VALUES (%s, %s, %s, %s)", hosts)
        cursor.executemany(
            "UPDATE tenants SET kind = %s, ars = %s, profile = %s, renaming = NULL WHERE id = %s",
            [(kind, ars, Jsonb(profile), number) for number, kind, ars, profile in towns],
        )
    program.keeper.renew()


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would."""
    return in_production(commands, region, monkeypatch)


def test_at_once_and_back_again(region_host: Region, client: Callable[..., Browser]) -> None:
    admin = region_host("landkreis-vechta")
    assert f'href="{BAKUM}"' in admin.get("/de/kommunen/bakum").text

    done = admin.submit(admin.get(BAKUM), NEW)

    page = admin.follow(done).text
    assert "Die Kommune heißt jetzt anders." in page
    assert "Frühere Namen" in page
    assert client("bakum.localhost").get("/de/leistungen/").headers["Location"] == (
        "https://burgwald.localhost/de/leistungen/"
    )
    portal = client("burgwald.localhost").get("/de/").text
    assert "Gemeinde Bakum am Burgwald" in portal
    assert "am Burgwald am Burgwald" not in portal
    town = admin.get("/de/kommunen/bakum").text
    assert "Bis " in town
    assert "Kommune umbenannt" in town

    link = page.split("?zurueck=")[1].split('"')[0]
    back = admin.get(f"{BAKUM}?zurueck={link}")
    assert "So hieß die Kommune früher" in back.text
    assert "bakum.localhost" in back.text
    admin.submit(back, {"short": "Bakum"})
    assert client("bakum.localhost").get("/de/").status_code == 200
    assert client("burgwald.localhost").get("/de/").headers["Location"] == "https://bakum.localhost/de/"


def test_mails_and_the_name_in_sentences_follow(region_host: Region, superuser: psycopg.Connection) -> None:
    admin = region_host("landkreis-vechta")
    admin.submit(admin.get(BAKUM), {**NEW, "kind": "city"})
    (profile, kind, ars, code), *_ = superuser.execute(
        "SELECT profile, kind, ars, code FROM tenants WHERE slug = 'bakum'"
    ).fetchall()
    assert (kind, ars, code) == ("city", NEW["ars"], "BAK")
    assert profile["name"]["locative"] == "in Bakum am Burgwald"
    assert profile["name"]["en"] == "Town of Bakum am Burgwald"
    assert "Bakum am Burgwald" in profile["mail"]["sender_name"]
    # The street's town is the post's matter, and so is every text of its own: that is told, not changed.
    assert profile["contact"]["city"] == "Bakum"
    assert "contact.city" in admin.get(BAKUM).text


def test_from_a_day_on_or_called_off(
    region_host: Region, program: Program, client: Callable[..., Browser]
) -> None:
    admin = region_host("landkreis-vechta")
    day = clock.today() + datetime.timedelta(days=3)
    runtime = Runtime(program.settings, program.database)
    admin.submit(admin.get(BAKUM), {**NEW, "on": day.isoformat()})
    rename_towns(runtime)
    page = admin.get(BAKUM)
    assert "heißt die Kommune Gemeinde Bakum am Burgwald" in page.text
    admin.submit(page, {}, "/absagen")
    assert "Vorgemerkter Name abgesagt" in admin.get("/de/kommunen/bakum").text

    admin.submit(admin.get(BAKUM), {**NEW, "on": day.isoformat()})
    with clock.frozen(datetime.datetime.combine(day, datetime.time(1), clock.LOCAL_ZONE)):
        rename_towns(runtime)
        rename_towns(runtime)
    program.keeper.renew()
    assert "Bakum am Burgwald" in client("burgwald.localhost").get("/de/").text
    assert admin.get(BAKUM).text.count("Wieder so nennen") == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"short": "<b>"}, "short"),
        ({"kind": "district"}, "kind"),
        ({"ars": "0346"}, "ars"),
        ({"ars": "034530004004"}, "ars"),
        ({"ars": "034600009009"}, "ars"),
        ({"portal_host": "cloppenburg.localhost"}, "portal_host"),
        ({"desk_host": "vechta.localhost"}, "desk_host"),
        ({"on": "morgen"}, "on"),
        ({"on": "2001-01-01"}, "on"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    region_host: Region, typed: dict[str, str], field: str
) -> None:
    admin = region_host("landkreis-vechta")
    answer = admin.submit(admin.get(BAKUM), {**NEW, **typed})
    assert answer.status_code == 422
    assert f'id="{field}-error' in answer.text
    assert "Bakum am Burgwald" in answer.text, "what was typed is kept"


def test_nobody_renames_another_districts_town(region_host: Region, superuser: psycopg.Connection) -> None:
    admin = region_host("landkreis-vechta")
    token = admin.get(BAKUM)
    assert admin.get(PATH.format("cloppenburg")).status_code == 404
    csrf = forms_of(token.text)[-1].values["csrf_token"]
    answer = admin.post(PATH.format("cloppenburg"), {**NEW, "kind": "city", "csrf_token": csrf})
    assert answer.status_code == 404
    assert superuser.execute("SELECT count(*) FROM tenants WHERE ars = %s", [NEW["ars"]]).fetchone() == (0,)


def test_the_command(run: Run) -> None:
    done = run("tenant", "rename", "bakum", "--name", "Stadt Burgwald", "--short", "Burgwald")
    assert done.exit_code == 0, done.output
    assert "is called Stadt Burgwald now" in done.output
    assert run("tenant", "rename", "bakum", "--name", "Stadt Burgwald").exit_code == 1
    assert "is called Gemeinde Bakum now" in run("tenant", "rename", "bakum", "--back").output
    settled = run("tenant", "rename", "bakum", "--short", "Burgwald", "--on", "2099-01-01")
    assert "will be called" in settled.output
    assert run("tenant", "rename", "bakum", "--call-off").exit_code == 0
    assert run("tenant", "rename", "nirgends", "--back").exit_code == 1
