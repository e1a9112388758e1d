"""The fixtures that everything else stands on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from kreisportal.kernel.database import Database, check_role
from kreisportal.kernel.database.context import ANONYMOUS
from tests.support.browser import Browser, forms_of
from tests.support.server import DatabaseCopy


def test_the_application_is_bound_by_row_security(database: Database) -> None:
    check_role(database)
    with database.transaction(ANONYMOUS) as session:
        assert session.scalar(text("SELECT count(*) FROM tenants")) == 0


def test_a_copy_holds_the_region(region: DatabaseCopy) -> None:
    with region.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM tenants").fetchone() > (20,)


def test_the_schema_alone_is_empty(schema: DatabaseCopy) -> None:
    with schema.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM tenants").fetchone() == (0,)


def test_each_host_is_answered_by_its_town(client: Callable[[str], Browser]) -> None:
    for host, name in (("vechta.localhost", "Stadt Vechta"), ("cloppenburg.localhost", "Stadt Cloppenburg")):
        browser = client(host)
        page = browser.follow(browser.get("/"))
        assert page.status_code == 200
        assert f"– {name}</title>" in page.text


def test_forms_are_read_as_a_browser_would_send_them() -> None:
    html = (
        '<form method="post" action="/a"><input type="hidden" name="t" value="1"><input name="q">'
        '<input type="checkbox" name="c" value="yes"><button name="b" value="x"></button></form><input name="z">'
    )
    (form,) = forms_of(html)
    assert (form.action, form.method, form.values, form.names) == (
        "/a",
        "post",
        {"t": "1", "q": ""},
        {"t", "q", "c", "b"},
    )
