"""Those who run the region, invited and let out in the browser: by whom, and that somebody is always left."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest

from kreisportal.kernel.database import ActorKind, Context
from kreisportal.kernel.database.context import REGION
from kreisportal.notifications.links import ObsoleteMailError
from kreisportal.staff import region_views
from kreisportal.staff.colleagues import other_member, switch_member
from kreisportal.staff.errors import LastOperatorError
from kreisportal.staff.models import RegionStaff
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.region.conftest import HOST, Region, post, region_host, superuser
from tests.support.browser import Browser, forms_of
from tests.support.post import Post
from tests.support.staff import add_region_person

__all__ = ["post", "region_host", "superuser"]

PATH = "/de/team/"


@pytest.fixture(autouse=True)
def _nobody_else(superuser: psycopg.Connection) -> Iterator[None]:
    """Each test begins without anybody who runs the region."""
    superuser.execute("DELETE FROM region_staff")
    yield


def invited(browser: Browser, name: str, **typed: str) -> str:
    """Invite somebody; their address, which nobody has to hand a link to."""
    email = f"{uuid.uuid4().hex[:12]}@region.example"
    done = browser.submit(browser.get(f"{PATH}neu"), {"name": name, "email": email, **typed})
    assert done.status_code == 303, done.text
    page = browser.follow(done)
    assert f"Der Link geht an {typed.get('email', email)}." in page.text
    assert "/einladung/" not in page.text
    return typed.get("email", email)


def page_of(browser: Browser, name: str) -> str:
    """The address of somebody's page, as the list links it."""
    found = re.search(rf'href="({PATH}[0-9a-f-]{{36}})">{name}<', browser.get(PATH).text)
    assert found, name
    return found[1]


def test_an_operator_invites_and_lets_out(
    region_host: Region, client: Callable[..., Browser], superuser: psycopg.Connection, post: Post
) -> None:
    browser = region_host()
    email = invited(browser, "Nils Neu", district="landkreis-vechta", language="en")
    template, sender, url = post.newest(email)
    assert (template, sender) == ("region_invitation", "landkreis-vechta")
    path = url.removeprefix(f"https://{HOST}")
    assert path.startswith("/en/einladung/")
    assert "Nils Neu" in client(HOST).get(path).text
    listed = browser.get(PATH).text
    assert "Landkreis Vechta" in listed and "eingeladen" in listed
    person = page_of(browser, "Nils Neu")
    again = browser.submit(browser.get(person), action="/einladen")
    assert f"Ein neuer Link geht an {email}." in browser.follow(again).text
    assert client(HOST).get(path).status_code == 404
    newer = post.newest(email)[2].removeprefix(f"https://{HOST}")
    assert client(HOST).get(newer).status_code == 200
    off = browser.submit(browser.get(person), {"schalter": "aus"})
    assert "Der Zugang ist beendet." in browser.follow(off).text
    assert client(HOST).get(newer).status_code == 404
    on = browser.submit(browser.get(person), {"schalter": "an"})
    assert "Der Zugang ist wieder da." in browser.follow(on).text
    rows = superuser.execute(
        "SELECT action FROM region_audit_entries WHERE subject_id = %s AND staff_id IS NOT NULL ORDER BY id",
        [person.removeprefix(PATH)],
    ).fetchall()
    assert [action for (action,) in rows] == [
        *("staff-added", "staff-invited", "staff-switched-off", "staff-switched-on")
    ]


def test_what_is_kept_of_a_mail_lets_nobody_in(
    region_host: Region, superuser: psycopg.Connection, post: Post
) -> None:
    email = invited(region_host(), "Nele Neu")
    _, sender, url = post.newest(email)
    assert sender == "landkreis-cloppenburg", "an operator's comes from who answers for the accounts"
    kept = superuser.execute(
        "SELECT m::text FROM mails m UNION ALL SELECT s::text FROM region_staff s"
        " UNION ALL SELECT args::text FROM procrastinate_jobs"
    ).fetchall()
    assert not [row for (row,) in kept if url.rpartition("/")[2] in row]
    # A town's desk can add mails; one that names somebody of the region and goes to somebody else leads nowhere.
    superuser.execute("UPDATE mails SET recipient = 'x@town.example' WHERE recipient = %s", [email])
    with pytest.raises(ObsoleteMailError):
        post.newest("x@town.example")
    superuser.execute("UPDATE mails SET recipient = %s WHERE recipient = 'x@town.example'", [email])
    superuser.execute("UPDATE region_staff SET active = false WHERE email = %s", [email])
    with pytest.raises(ObsoleteMailError):
        post.newest(email)


def test_who_has_lost_the_phone_gets_another_mail(
    region_host: Region, superuser: psycopg.Connection, post: Post
) -> None:
    browser, other = region_host(), region_host("landkreis-vechta")
    superuser.execute("UPDATE region_staff SET name = 'Karl Kreis' WHERE district_id IS NOT NULL")
    superuser.execute("UPDATE region_staff SET email = 'karl@region.example' WHERE name = 'Karl Kreis'")
    page = browser.get(page_of(browser, "Karl Kreis"))
    assert "Neuen Link senden" not in page.text
    browser.submit(page, action="/einladen")
    assert other.get("/de/").status_code == 303, "the old access has ended"
    assert post.newest("karl@region.example")[0] == "region_reset"


def test_as_long_as_nobody_answers_for_the_region_the_page_shows_the_link(
    region_host: Region, client: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region_views, "operator", lambda: None)
    browser = region_host()
    typed = {"name": "Nils Neu", "email": f"{uuid.uuid4().hex[:12]}@region.example"}
    done = browser.submit(browser.get(f"{PATH}neu"), typed)
    assert (done.status_code, done.headers["Cache-Control"]) == (200, "no-store")
    found = re.search(rf"https://{HOST}(/de/einladung/[\w-]+)", done.text)
    assert found
    assert client(HOST).get(found[1]).status_code == 200


def test_who_is_let_out_is_out_at_once(region_host: Region, superuser: psycopg.Connection) -> None:
    browser, other = region_host(), region_host("landkreis-vechta")
    superuser.execute("UPDATE region_staff SET name = 'Karl Kreis' WHERE district_id IS NOT NULL")
    assert other.get("/de/").status_code == 200
    browser.submit(browser.get(page_of(browser, "Karl Kreis")), {"schalter": "aus"})
    assert other.get("/de/").status_code == 303


def test_a_district_admin_invites_for_the_own_district_only(
    region_host: Region, superuser: psycopg.Connection
) -> None:
    admin = region_host("landkreis-vechta")
    page = admin.get(f"{PATH}neu")
    assert 'name="district"' not in page.text
    token = forms_of(page.text)[0].values["csrf_token"]
    for number, district in enumerate(("landkreis-cloppenburg", "")):
        typed = {"name": "Nele", "email": f"nele{number}@region.example", "district": district}
        assert admin.post(f"{PATH}neu", {"csrf_token": token, "language": "de", **typed}).status_code == 303
    rows = superuser.execute(
        "SELECT t.slug, s.roles FROM region_staff s JOIN tenants t ON t.id = district_id WHERE s.name = 'Nele'"
    ).fetchall()
    assert rows == [("landkreis-vechta", ["district_admin"])] * 2


def test_a_district_admin_does_not_reach_others(region_host: Region, superuser: psycopg.Connection) -> None:
    region_host("landkreis-cloppenburg")
    region_host()
    superuser.execute("UPDATE region_staff SET name = 'Fremd'")
    theirs = superuser.execute("SELECT id FROM region_staff").fetchall()
    admin = region_host("landkreis-vechta")
    listed = admin.get(PATH).text
    assert "Karla Kreis" in listed and "Fremd" not in listed
    token = forms_of(listed)[0].values["csrf_token"]
    for (member,) in theirs:
        assert admin.get(f"{PATH}{member}").status_code == 404
        for act, typed in (("einladen", {}), ("schalter", {"schalter": "aus"})):
            answer = admin.post(f"{PATH}{member}/{act}", {"csrf_token": token, **typed})
            assert answer.status_code == 404
    assert superuser.execute("SELECT count(*) FROM region_staff WHERE NOT active").fetchone() == (0,)


def test_the_own_access_is_not_ended_here(region_host: Region) -> None:
    browser = region_host()
    own = page_of(browser, "Karla Kreis")
    page = browser.get(own)
    assert "Das sind Sie selbst." in page.text and "schalter" not in page.text
    token = forms_of(page.text)[0].values["csrf_token"]
    for act, typed in (("einladen", {}), ("schalter", {"schalter": "aus"})):
        assert browser.post(f"{own}/{act}", {"csrf_token": token, **typed}).status_code == 409
    assert browser.get("/de/").status_code == 200


def test_somebody_who_can_run_the_region_is_left(program: Program, locksmith: Locksmith) -> None:
    first, second = (add_region_person(program.database, locksmith, None) for _ in range(2))

    def let_out(of: uuid.UUID, by: uuid.UUID | None) -> None:
        context = Context(ActorKind.REGION, staff_id=by) if by else REGION
        with program.database.transaction(context) as session:
            switch_member(session, context, other_member(session, context, of), on=False)

    let_out(second.id, first.id)
    with pytest.raises(LastOperatorError):
        let_out(first.id, None)
    with program.database.transaction(REGION) as session:
        member = session.get(RegionStaff, first.id)
        assert member is not None and member.active


def test_what_does_not_fit_stands_at_its_field(region_host: Region) -> None:
    theirs, browser = region_host("landkreis-cloppenburg"), region_host("landkreis-vechta")
    wrong = browser.submit(browser.get(f"{PATH}neu"), {"name": "", "email": "nils"})
    assert wrong.status_code == 422
    assert (
        'id="name-error"' in wrong.text and 'id="email-error"' in wrong.text and 'value="nils"' in wrong.text
    )
    invited(theirs, "Nils", email="nils@region.example")
    taken = browser.submit(browser.get(f"{PATH}neu"), {"name": "Nils", "email": "Nils@region.example"})
    assert taken.status_code == 422 and "ist schon eingetragen" in taken.text
