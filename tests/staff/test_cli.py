"""The command line: letting people in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import Result

from kreisportal.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from kreisportal.staff.cli import staff
from tests.support.browser import Browser
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy
from tests.support.staff import Person


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would, with the settings of production."""
    return in_production(staff, region, monkeypatch)


def _add(run: Run, email: str, *more: str) -> Result:
    return run(
        "add", "--tenant", "vechta", "--email", email, "--name", "Erika Muster", "--role", "caseworker", *more
    )


def test_adding_prints_a_link_that_opens_the_invitation(run: Run, client: Callable[..., Browser]) -> None:
    done = _add(run, "erika@rathaus.example", "--role", "tenant_admin", "--language", "en")
    assert done.exit_code == 0, done.output
    address = done.output.splitlines()[-1]
    assert re.fullmatch(r"https://verwaltung\.vechta\.localhost/en/einladung/[\w-]{43}", address)
    page = client("verwaltung.vechta.localhost").get(
        address.removeprefix("https://verwaltung.vechta.localhost")
    )
    assert page.status_code == 200
    assert "Erika Muster" in page.text


def test_the_link_of_a_demonstration_has_its_port(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISPORTAL_MODE", "demo")
    monkeypatch.setenv("PUBLIC_PORT", "8123")
    done = _add(run, "port@rathaus.example")
    assert done.output.splitlines()[-1].startswith("http://verwaltung.vechta.localhost:8123/de/einladung/")


def test_what_is_wrong_is_told_by_option(run: Run) -> None:
    done = _add(run, "keine Adresse")
    assert done.exit_code == 1
    assert "--email: Geben Sie eine vollständige E-Mail-Adresse ein." in done.output
    assert isinstance(_add(run, "twice@rathaus.example").exception, type(None))
    assert isinstance(_add(run, "twice@rathaus.example").exception, ConflictError)
    assert isinstance(run("list", "--tenant", "atlantis").exception, NotFoundError)
    assert isinstance(run("invite", "nobody@rathaus.example", "--tenant", "vechta").exception, NotFoundError)


def test_a_tenant_without_a_desk_gets_no_staff(run: Run) -> None:
    done = run("add", "--tenant", "damme", "--email", "a@b.example", "--name", "A", "--role", "caseworker")
    assert isinstance(done.exception, NotFoundError)
    assert "a@b.example" not in run("list", "--tenant", "damme").output


def test_the_list_tells_how_far_people_are(run: Run, person: Person) -> None:
    _add(run, "listed@rathaus.example")
    output = run("list", "--tenant", "vechta").output
    assert re.search(r"listed@rathaus\.example.*invited", output)
    assert re.search(rf"{person.email}.*set up", output)
    assert run("change", person.email, "--tenant", "vechta", "--off", "--role", "tenant_admin").exit_code == 0
    assert re.search(rf"{person.email}.*tenant_admin.*switched off", run("list", "--tenant", "vechta").output)


def test_a_change_needs_something_to_change(run: Run, person: Person) -> None:
    assert run("change", person.email, "--tenant", "vechta").exit_code == 2


def test_codes_are_shown_in_a_demonstration_only(
    run: Run, person: Person, frozen: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run("code", person.email, "--tenant", "vechta")
    assert isinstance(refused.exception, NotAllowedError)
    assert person.code() not in refused.output
    monkeypatch.setenv("KREISPORTAL_MODE", "demo")
    assert (
        run("code", person.email, "--tenant", "vechta").output == f"{person.code()} (for 30 seconds more)\n"
    )


def test_inviting_again_prints_a_new_link(run: Run, person: Person) -> None:
    links = [run("invite", person.email, "--tenant", "vechta").output.splitlines()[-1] for _ in range(2)]
    assert links[0] != links[1]
    assert all("/einladung/" in link for link in links)
