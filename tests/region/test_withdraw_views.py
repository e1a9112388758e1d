"""A town that was brought in by mistake is withdrawn: with all of it, until it was open, and by whom."""

from __future__ import annotations

import io
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kreisportal.cli import commands
from kreisportal.kernel.database import ActorKind, Context, Scope, scope_of
from kreisportal.kernel.ids import new_id
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.onboarding.test_town_lists import AURICH, town
from tests.region.conftest import Region
from tests.region.test_lists import PATH as LISTS
from tests.region.test_lists import _forget, give, work
from tests.region.test_onboarding_views import DISTRICT, LASTRUP, WIESMOOR, _as_before, bring
from tests.support.browser import Browser
from tests.support.commands import Run, in_production
from tests.support.schema import all_models
from tests.support.server import DatabaseCopy
from tests.support.staff import add_region_person

__all__ = ["_as_before", "_forget", "work"]
PATH = "/de/kommunen/{}/zuruecknehmen"
_KEPT = {"cases", "case_events"}
"""What withdrawing does not delete: a town with cases is not withdrawn."""


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would."""
    return in_production(commands, region, monkeypatch)


def slugs(superuser: psycopg.Connection) -> set[str]:
    """The towns that there are."""
    return {slug for (slug,) in superuser.execute("SELECT slug FROM tenants")}


def test_a_new_town_goes_wholly_with_the_district_that_came_with_it(
    region_host: Region, superuser: psycopg.Connection, client: Callable[..., Browser]
) -> None:
    operator, before = region_host(), slugs(superuser)
    done = bring(operator, WIESMOOR, **DISTRICT)
    assert 'href="/de/kommunen/wiesmoor/zuruecknehmen"' in done
    assert "zuruecknehmen" in operator.get("/de/kommunen/wiesmoor").text
    page = operator.get(PATH.format("wiesmoor"))
    assert "als wäre sie nie angelegt worden" in page.text

    assert (
        "Die Kommune ist zurückgenommen." in operator.follow(operator.submit(page, {}, "/zuruecknehmen")).text
    )

    assert slugs(superuser) == before
    assert client("wiesmoor.localhost").get("/de/").status_code == 421
    log = operator.get("/de/protokoll/").text
    assert "Angelegte Kommune zurückgenommen: wiesmoor" in log
    assert "Kommune ans Netz gebracht: wiesmoor" in log, "nothing of the log is lost"
    assert "ist angelegt" in bring(operator, WIESMOOR, **DISTRICT), "and it may come again"


def test_what_was_known_before_is_known_again(region_host: Region, superuser: psycopg.Connection) -> None:
    admin = region_host("landkreis-cloppenburg")
    facts = "SELECT has_portal, state, profile FROM tenants WHERE ars = %s"
    before = superuser.execute(facts, [LASTRUP]).fetchone()
    bring(admin, LASTRUP)
    assert superuser.execute(facts, [LASTRUP]).fetchone() != before
    page = admin.get(PATH.format("lastrup"))
    assert "bleibt als Behörde ohne Portal bekannt" in page.text
    admin.submit(page, {}, "/zuruecknehmen")
    assert superuser.execute(facts, [LASTRUP]).fetchone() == before
    assert "Angelegte Kommune zurückgenommen" in admin.get("/de/kommunen/lastrup").text


def test_what_was_begun_in_the_preview_goes_with_its_files(
    region_host: Region, superuser: psycopg.Connection, program: Program
) -> None:
    operator, (draft, document) = region_host(), (new_id(), new_id())
    bring(operator, WIESMOOR, **DISTRICT)
    (number,) = superuser.execute("SELECT id FROM tenants WHERE slug = 'wiesmoor'").fetchone() or ()
    superuser.execute(
        "INSERT INTO drafts (tenant_id, id, via_tenant_id, service_key, form_key, form_version, language, answers,"
        " revision, expires_at) VALUES (%(town)s, %(draft)s, %(town)s, 'x', 'x', 1, 'de', '{}', 1, now())",
        {"town": number, "draft": draft},
    )
    superuser.execute(
        "INSERT INTO documents (tenant_id, id, draft_id, kind, name, media_type, size, sha256, is_public)"
        " VALUES (%s, %s, %s, 'upload', 'x', 'x', 1, 'x', true)",
        (number, document, draft),
    )
    # A picture that is replaced lies for another day, and no row tells of it.
    for file in (document, new_id()):
        program.intake.storage.put(number, file, io.BytesIO(b"x"), 1)
    operator.submit(operator.get(PATH.format("wiesmoor")), {}, "/zuruecknehmen")
    assert superuser.execute("SELECT 1 FROM documents WHERE id = %s", [document]).fetchone() is None
    assert not list(program.settings.files_folder.glob(f"{number}/*/*"))


def test_once_it_was_open_it_stays(region_host: Region, superuser: psycopg.Connection) -> None:
    operator = region_host()
    bring(operator, WIESMOOR, **DISTRICT)
    page = operator.get(PATH.format("wiesmoor"))
    operator.submit(operator.get("/de/kommunen/wiesmoor"), {"state": "open"})
    answer = operator.follow(operator.submit(page, {}, "/zuruecknehmen"))
    assert "Das geht nicht mehr" in answer.text
    assert "solange ein Portal in Vorbereitung ist" in answer.text
    # However it came to be prepared again.
    superuser.execute("UPDATE tenants SET state = 'preparing' WHERE slug = 'wiesmoor'")
    assert "Das geht nicht mehr" in operator.follow(operator.submit(page, {}, "/zuruecknehmen")).text
    assert "war schon einmal offen" in operator.get(PATH.format("wiesmoor")).text
    assert "wiesmoor" in slugs(superuser)


def test_nobody_withdraws_another_districts_town(region_host: Region, superuser: psycopg.Connection) -> None:
    bring(region_host("landkreis-cloppenburg"), LASTRUP)
    other = region_host("landkreis-vechta")
    assert other.get(PATH.format("lastrup")).status_code == 404
    token = other.get("/de/kommunen/vechta/name/")
    values = {"csrf_token": token.text.split('name="csrf_token" value="')[1].split('"')[0]}
    assert other.post(PATH.format("lastrup"), values).status_code == 404
    row = superuser.execute("SELECT has_portal FROM tenants WHERE slug = 'lastrup'").fetchone()
    assert row == (True,)


def test_a_whole_list_is_withdrawn_but_for_what_was_opened(
    region_host: Region, work: Callable[[], None], superuser: psycopg.Connection
) -> None:
    operator, before = region_host(), slugs(superuser)
    give(operator, town("034520001001", "aurich", **AURICH), town("034520019019", "norden"))
    work()
    operator.submit(operator.get("/de/kommunen/norden"), {"state": "open"})
    page = operator.get(LISTS)
    assert "/kommunen/aurich/zuruecknehmen" in page.text
    assert "/kommunen/norden/zuruecknehmen" not in page.text
    answer = operator.follow(operator.submit(page, {}, "/zuruecknehmen"))
    assert "1 Kommune ist zurückgenommen." in answer.text
    assert slugs(superuser) == before | {"norden", "landkreis-aurich"}


def test_the_database_counts_and_withdraws_for_who_runs_the_town_only(
    program: Program, locksmith: Locksmith, region_host: Region
) -> None:
    bring(region_host("landkreis-cloppenburg"), LASTRUP)
    registry = program.keeper.current.registry
    town = registry.tenants[registry.by_slug["lastrup"]].id
    other = add_region_person(program.database, locksmith, registry.by_slug["landkreis-vechta"])
    for context in (
        Context(ActorKind.REGION, staff_id=other.id),
        Context(ActorKind.STAFF, town, staff_id=other.id),
        Context(ActorKind.JOB, town),
        Context(ActorKind.ANONYMOUS),
    ):
        with program.database.transaction(context) as session:
            assert session.execute(text("SELECT definer.town_holdings(:town)"), {"town": town}).all() == []
        with (
            pytest.raises(DBAPIError, match="not one of the towns"),
            program.database.transaction(context) as session,
        ):
            session.execute(text("SELECT definer.withdraw_town(:town, false)"), {"town": town})


def test_the_command(run: Run, region_host: Region, superuser: psycopg.Connection) -> None:
    bring(region_host(), WIESMOOR, **DISTRICT)
    assert run("tenant", "withdraw", "vechta", "--yes").exit_code == 1
    assert run("tenant", "withdraw", "wiesmoor").exit_code == 1, "nobody has said yes"
    done = run("tenant", "withdraw", "wiesmoor", "--yes")
    assert done.exit_code == 0, done.output
    assert "wiesmoor" not in slugs(superuser)


def test_no_table_of_towns_is_left_out(superuser: psycopg.Connection) -> None:
    (source,) = superuser.execute(
        "SELECT prosrc FROM pg_proc WHERE oid = 'definer.withdraw_town(int, boolean)'::regprocedure"
    ).fetchone() or ("",)
    tables = {name for name, table in all_models().tables.items() if scope_of(table) is Scope.TENANT}
    assert {name for name in tables if f"DELETE FROM {name} WHERE" not in source} == _KEPT
