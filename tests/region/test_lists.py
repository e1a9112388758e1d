"""Many towns from a list in the browser: worked by the worker as whoever gave it, reported to them and nobody else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import psycopg
import pytest
from werkzeug.test import TestResponse

from kreisportal.jobs import JobRegistry, Runtime
from kreisportal.jobs.running import Crew
from kreisportal.onboarding import list_jobs
from kreisportal.region import list_views
from kreisportal.web.program import Program
from tests.jobs.crews import run
from tests.onboarding.test_town_lists import AURICH, town
from tests.region.conftest import Region
from tests.support.browser import Browser
from tests.support.post import Post

PATH = "/de/neue-kommunen/"
HEAD = ("town", "street", "email", "admin_name", "admin_email", *AURICH)


@pytest.fixture
def work(program: Program) -> Callable[[], None]:
    """Let the worker do what is due, and the portals hear of it."""
    registry = JobRegistry()
    list_jobs.register(registry)
    crew = Crew(registry, Runtime(program.settings, program.database), lambda: (), concurrency=1, grace=5)

    def done() -> None:
        run(crew)
        program.keeper.renew()

    return done


@pytest.fixture(autouse=True)
def _forget(superuser: psycopg.Connection) -> Iterator[None]:
    """No test finds another one's list."""
    yield
    superuser.execute("DELETE FROM onboarding_lists; DELETE FROM procrastinate_jobs")


def table(*lines: dict[str, str]) -> bytes:
    """Lines as a spreadsheet writes them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEAD, delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def give(browser: Browser, *lines: dict[str, str], **typed: str) -> None:
    """Send a list from its page."""
    page = browser.get(PATH)
    files = {"list": (io.BytesIO(table(*lines)), "liste.csv")}
    answer = browser.submit(page, {"base": "localhost", **typed, **files})
    assert answer.status_code == 303, answer.text


def report(browser: Browser) -> list[dict[str, str]]:
    """The report as it is downloaded."""
    answer = browser.get(f"{PATH}bericht.csv")
    assert answer.headers["Cache-Control"] == "no-store"
    return rows_of(answer)


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    """The lines of a file that was downloaded."""
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_a_list_is_worked_and_told_line_by_line(
    region_host: Region, work: Callable[[], None], client: Callable[..., Browser], post: Post
) -> None:
    operator = region_host()
    give(operator, town("034520001001", "aurich", **AURICH), town("=1+1", "x"), open="yes")
    assert "0 von 2" in operator.get(PATH).text

    work()

    page = operator.get(PATH).text
    assert "einige Zeilen passen nicht" in page
    assert "Das amtliche Verzeichnis kennt keinen solchen Namen oder Schlüssel." in page
    first, second = report(operator)
    assert (first["outcome"], first["slug"], second["outcome"]) == ("opened", "aurich", "fault")
    assert second["town"] == "'=1+1", "a spreadsheet would take that for a formula"
    assert "Aurich" in client("aurich.localhost").get("/de/").text
    desk, _, path = first["invitation"].removeprefix("https://").partition("/")
    assert "Antje Muster" in client(desk).get(f"/{path}").text
    assert "Jede geht auch per E-Mail an die Person." in page
    assert post.newest("admin@aurich.example") == ("staff_first_admin", "aurich", first["invitation"])
    assert post.priority("admin@aurich.example") < 0, "the mails of citizens do not wait for a long list"

    give(operator, town("034520001001", "aurich", **AURICH))
    work()
    assert [each["outcome"] for each in report(operator)] == ["there"]
    assert "Die ganze Liste ist bearbeitet" in operator.get(PATH).text
    assert (post.count("admin@aurich.example"), post.count("admin@x.example")) == (1, 0)


def test_what_is_wrong_with_it_is_told_at_the_field(
    region_host: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_views, "_LARGEST", 1000)
    operator = region_host()
    answer = operator.submit(operator.get(PATH), {"base": "kein name"})
    assert answer.status_code == 422
    for words in ("Wählen Sie die Datei mit der Liste.", "Geben Sie einen Namen wie", 'value="kein name"'):
        assert words in answer.text
    for content, words in (
        (b"ort\nVechta\n", "Die Spalte town fehlt."),
        (b"town\n", "In der Liste steht keine Kommune."),
        (b"town\nA\0\n", "in UTF-8"),
        (b"town\n" + b"x" * 1000, "größer als 1 MB"),
    ):
        files = {"list": (io.BytesIO(content), "liste.csv")}
        answer = operator.submit(operator.get(PATH), {"base": "kreis.localhost", **files})
        assert answer.status_code == 422
        assert words in answer.text


def test_a_districts_list_is_handed_out_filled_in_and_given(
    region_host: Region, work: Callable[[], None], superuser: psycopg.Connection
) -> None:
    operator = region_host()
    answer = operator.get(f"{PATH}ausfuellen.csv?kreis=Landkreis+Wittmund")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kommunen-03462.csv"'
    handed_out = rows_of(answer)
    assert {each["town"]: each["name"] for each in handed_out}["03462019"] == "Stadt Wittmund"
    assert handed_out[0]["district_name"] == "Landkreis Wittmund" and handed_out[0]["district_street"] == ""
    (line,) = (each for each in handed_out if each["town"] == "03462019")
    # As a spreadsheet saves it, which takes the key for a number.
    filled = {
        **line,
        **AURICH,
        "town": "3462019",
        "street": "Kurt-Schwitters-Platz 1",
        "email": "rathaus@wittmund.example",
    }
    filled |= {"admin_name": "Enno Muster", "admin_email": "enno@wittmund.example", "phone": "'+49 4944 3050"}
    text = ";".join(filled) + "\n" + ";".join(filled.values())
    files = {"list": (io.BytesIO(text.encode()), "liste.csv")}
    assert operator.submit(operator.get(PATH), {"base": "localhost", **files}).status_code == 303
    work()
    assert [(each["outcome"], each["faults"]) for each in report(operator)] == [("begun", "")]
    query = "SELECT profile->'contact'->>'phone' FROM tenants WHERE slug = 'wittmund'"
    assert superuser.execute(query).fetchone() == ("+49 4944 3050",)
    again = rows_of(operator.get(f"{PATH}ausfuellen.csv?kreis=03462"))
    assert "03462019" not in {each["town"] for each in again}, "it has a portal now"
    assert "district_street" not in again[0], "the district is known now"


@pytest.mark.parametrize(
    ("who", "district", "sentence"),
    [
        ("", "Atlantis", "kennt keinen solchen Landkreis"),
        ("", "", "kennt keinen solchen Landkreis"),
        ("landkreis-vechta", "Cloppenburg", "Das ist nicht Ihr Landkreis."),
        ("landkreis-vechta", "03452", "Das ist nicht Ihr Landkreis."),
    ],
)
def test_a_district_that_has_no_list_is_told_at_its_field(
    region_host: Region, who: str, district: str, sentence: str
) -> None:
    browser = region_host(who) if who else region_host()
    answer = browser.get(f"{PATH}ausfuellen.csv", query_string={"kreis": district})
    assert answer.status_code == 422
    assert sentence in answer.text and 'href="#district"' in answer.text
    assert f'name="kreis" type="text" value="{district}"' in answer.text


def test_a_district_admin_gets_the_list_of_the_own_district(region_host: Region) -> None:
    browser = region_host("landkreis-vechta")
    found = rows_of(browser.get(f"{PATH}ausfuellen.csv?kreis=vechta"))
    assert {each["town"][:5] for each in found} == {"03460"}
    assert "Stadt Vechta" not in {each["name"] for each in found}


def test_a_list_is_nobody_elses(
    region_host: Region, work: Callable[[], None], superuser: psycopg.Connection
) -> None:
    admin, colleague, operator = (
        region_host("landkreis-vechta"),
        region_host("landkreis-vechta"),
        region_host(),
    )
    give(admin, town("Garrel", "garrel"))
    for other in (colleague, operator):
        assert "Ihre Liste wird bearbeitet" not in other.get(PATH).text
        assert other.get(f"{PATH}bericht.csv").status_code == 404
        token = other.get(PATH)
        other.submit(token, {"base": "x.example"})
    work()
    (line,) = report(admin)
    assert line["faults"] == "town: Das liegt nicht in Ihrem Landkreis."
    assert superuser.execute("SELECT has_portal FROM tenants WHERE slug = 'garrel'").fetchone() == (False,)


def test_one_list_is_worked_at_a_time_and_can_be_stopped(
    region_host: Region, work: Callable[[], None], superuser: psycopg.Connection
) -> None:
    operator = region_host()
    give(operator, town("034520019019", "norden", **AURICH))
    page = operator.get(PATH)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    files = {"list": (io.BytesIO(table(town("Wiesmoor", "wiesmoor"))), "liste.csv")}
    operator.post(PATH, {"csrf_token": token, "base": "kreis.localhost", **files})
    assert "Ihre Liste wird schon bearbeitet." in operator.get(PATH).text
    rows = superuser.execute("SELECT said->>'town' FROM onboarding_lines").fetchall()
    assert rows == [("034520019019",)]
    operator.post(f"{PATH}entfernen", {"csrf_token": token})
    work()
    assert superuser.execute("SELECT count(*) FROM tenants WHERE slug = 'norden'").fetchone() == (0,)


def test_a_list_that_was_given_up_goes_on_where_it_was(
    region_host: Region, work: Callable[[], None], superuser: psycopg.Connection
) -> None:
    operator = region_host()
    give(operator, town("034520019019", "norden", **AURICH), town("034520006006", "x", **AURICH))
    superuser.execute("DELETE FROM procrastinate_jobs")
    superuser.execute("UPDATE onboarding_lines SET outcome = 'there', told = '{}' WHERE number = 2")
    superuser.execute("UPDATE onboarding_lists SET touched_at = now() - interval '1 hour'")
    page = operator.get(PATH)
    assert "stehen geblieben" in page.text
    assert operator.submit(page, action="weiter").status_code == 303
    work()
    found = superuser.execute("SELECT number, outcome FROM onboarding_lines ORDER BY number").fetchall()
    assert [number for number, _ in found] == [2, 3]
    assert found[0] == (2, "there")
    assert found[1][1] in ("begun", "fault")
    assert superuser.execute("SELECT count(*) FROM tenants WHERE slug = 'norden'").fetchone() == (0,)
