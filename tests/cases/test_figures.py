"""The figures from the portal to the desk: looked at, begun, sent, given up where, said what, and how long it took."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from kreisportal.access.roles import Role
from kreisportal.cases import jobs
from kreisportal.cases.decision_times import Took, times_taken
from kreisportal.jobs import Runtime
from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context
from tests.cases.citizen import START, draft_id_of, fill_to_review, send_page, token_of
from tests.cases.house import SERVICE, Desk, House
from tests.support.browser import Browser

Desks = Callable[..., Desk]
Citizens = Callable[..., Browser]
PAGE = f"/de/leistungen/{SERVICE}"


@pytest.fixture(autouse=True)
def nothing_counted(house: House) -> Iterator[None]:
    """Nothing was counted before, and nothing is left for others."""
    yield
    house.program.service_counts.flush()
    for table in ("service_figures", "feedback", "decision_times"):
        house.superuser.execute(f"DELETE FROM {table}")


def counted(house: House, slug: str = "vechta") -> dict[tuple[str, str], int]:
    """What is written down for a town's dogs."""
    house.program.service_counts.flush()
    rows = house.rows(
        "SELECT what, step, count FROM service_figures WHERE service_key = %s AND tenant_id = %s",
        SERVICE,
        house.tenant(slug).id,
    )
    return {(what, step): count for what, step, count in rows}


def test_each_look_each_beginning_and_each_sending_is_counted_once(house: House, citizen: Citizens) -> None:
    house.program.service_counts.flush()
    house.superuser.execute("DELETE FROM service_figures")
    browser = citizen("vechta")
    for _ in range(3):
        assert browser.get(PAGE).status_code == 200
    review = fill_to_review(browser)
    for _ in range(2):
        assert browser.submit(review, {}, "/pruefen").status_code == 303
    found = counted(house)
    assert found == {("viewed", ""): 3, ("started", ""): 1, ("finished", ""): 1}


def test_what_is_thrown_away_or_runs_out_is_counted_at_its_step(
    house: House, citizen: Citizens, worker: Runtime
) -> None:
    # What other tests have left is thrown away and counted before.
    jobs.tidy_drafts(worker, house.tenant().id)
    house.program.service_counts.flush()
    house.superuser.execute("DELETE FROM service_figures")
    browser = citizen("vechta")
    first = browser.get(START)
    page = browser.follow(send_page(browser, first))
    step = page.request.path.rpartition("/")[2]
    gone = browser.submit(browser.get(f"/de/antrag/{draft_id_of(page)}/unterbrechen"), {}, "/verwerfen")
    assert gone.headers["Location"] == f"/de/rueckmeldung/{SERVICE}"
    late = house.draft("vechta")
    house.rows("UPDATE drafts SET expires_at = now() WHERE id = %s RETURNING 1", late.id)
    jobs.tidy_drafts(worker, house.tenant().id)
    found = counted(house)
    assert found[("abandoned", step)] == 1
    assert found[("abandoned", "pruefen")] == 1


def test_people_are_asked_at_the_end_and_on_leaving_and_say_what_they_like(
    house: House, citizen: Citizens, desk: Desks
) -> None:
    browser = citizen("vechta")
    sent = browser.follow(browser.submit(fill_to_review(browser), {}, "/pruefen"))
    done = browser.submit(sent, {"sterne": "5", "worte": "=1+1\nSchnell & einfach <b>"}, "/rueckmeldung/")
    assert "Danke für Ihre Rückmeldung" in browser.follow(done).text
    left = browser.get(f"/de/rueckmeldung/{SERVICE}")
    assert "Warum haben Sie aufgehört?" in left.text
    wrong = browser.submit(left, {"sterne": "6", "worte": "x" * 1001})
    assert wrong.status_code == 422
    assert 'id="sterne-error"' in wrong.text and 'id="worte-error"' in wrong.text and "x" * 1001 in wrong.text
    assert browser.submit(left, {"sterne": "2", "worte": ""}).status_code == 303
    rows = house.rows("SELECT * FROM feedback ORDER BY stars")
    assert [row[4:6] for row in rows] == [("left", 2), ("sent", 5)]
    admin = desk("vechta", Role.TENANT_ADMIN).browser
    page = admin.get(f"/de/zahlen/{SERVICE}")
    assert "3.5 von 5 Sternen, 2 Bewertungen" in page.text
    assert "Schnell &amp; einfach &lt;b&gt;" in page.text
    erased = admin.submit(page, {}, "/worte/")
    assert "Der Text ist gelöscht, die Sterne bleiben." in admin.follow(erased).text
    assert house.rows("SELECT stars, words FROM feedback ORDER BY stars") == [(2, None), (5, None)]
    assert citizen("vechta").get("/de/rueckmeldung/gibt-es-nicht").status_code == 404


def test_the_table_goes_out_as_files_without_formulas(house: House, citizen: Citizens, desk: Desks) -> None:
    citizen("vechta").get(PAGE)
    house.program.service_counts.flush()
    admin = desk("vechta", Role.TENANT_ADMIN).browser
    file = admin.get("/de/zahlen/zahlen.csv")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:2] == ["Leistung", "angesehen"]
    assert "Hund anmelden" in [row[0] for row in rows]
    assert file.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(admin.get("/de/zahlen/zahlen.xlsx").data)) as workbook:
        assert "Hund anmelden" in workbook.read("xl/sharedStrings.xml").decode()


def test_a_time_is_told_from_ten_decisions_on(house: House, worker: Runtime, citizen: Citizens) -> None:
    tenant = house.tenant("vechta")
    house.superuser.execute(
        "UPDATE cases SET state = 'new', decided_at = NULL WHERE tenant_id = %s", [tenant.id]
    )
    cases = [house.case("vechta") for _ in range(10)]
    for days, case in enumerate(cases, 1):
        house.rows(
            "UPDATE cases SET state = 'decided', received_at = %s, decided_at = %s WHERE id = %s RETURNING 1",
            clock.now() - timedelta(days=days),
            clock.now(),
            case.id,
        )
    staff = Context(ActorKind.STAFF, tenant.id)
    with house.acting(staff) as session:
        assert times_taken(session, clock.now())[SERVICE] == Took(10, 6, 10)
    jobs.tell_times(worker, tenant.id)
    house.program.keeper.renew()
    page = citizen("vechta").get(PAGE).text
    assert "meist in 10 Tagen fertig" in page
    assert "die Hälfte in höchstens 6 Tagen, neun von zehn in höchstens 10 Tagen" in page
    house.rows("UPDATE cases SET state = 'new' WHERE id = %s RETURNING 1", cases[0].id)
    jobs.tell_times(worker, tenant.id)
    house.program.keeper.renew()
    assert "die Hälfte in höchstens" not in citizen("vechta").get(PAGE).text
    with house.acting(staff) as session:
        assert SERVICE not in times_taken(session, clock.now())


def test_a_caseworker_sees_no_figures_and_another_town_has_its_own(
    house: House, citizen: Citizens, desk: Desks
) -> None:
    citizen("vechta").get(PAGE)
    house.program.service_counts.flush()
    worker, other = desk("vechta").browser, desk("lohne", Role.TENANT_ADMIN).browser
    for path in ("/de/zahlen/", "/de/zahlen/zahlen.csv", "/de/zahlen/zahlen.xlsx", f"/de/zahlen/{SERVICE}"):
        assert worker.get(path).status_code == 403
    assert "Noch wurde nichts gezählt." in other.get("/de/zahlen/").text
    token = token_of(other.get("/de/zugang/"))
    missing = f"/de/zahlen/{SERVICE}/worte/00000000-0000-4000-8000-000000000000"
    assert other.post(missing, {"csrf_token": token}).status_code == 404
