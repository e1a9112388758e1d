"""The command line: letting those in who run the region, and bringing the official directory in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kreisportal.cli import commands
from kreisportal.kernel.errors import ConflictError, NotAllowedError, NotFoundError
from tests.support.browser import Browser
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy

HOST = "region.localhost"


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would, with the settings of production."""
    return in_production(commands, region, monkeypatch)


def add(run: Run, email: str, *more: str) -> Result:
    return run("region-staff", "add", "--email", email, "--name", "Antje Muster", *more)


def test_adding_prints_a_link_that_opens_the_invitation(run: Run, client: Callable[..., Browser]) -> None:
    done = add(run, "antje@region.example", "--language", "en")
    assert done.exit_code == 0, done.output
    address = done.output.splitlines()[-1]
    assert re.fullmatch(r"https://region\.localhost/en/einladung/[\w-]{43}", address)
    page = client(HOST).get(address.removeprefix(f"https://{HOST}"))
    assert page.status_code == 200
    assert "Antje Muster" in page.text
    assert isinstance(add(run, "Antje@region.example").exception, ConflictError)


def test_the_list_says_what_each_runs_and_how_far_they_are(run: Run) -> None:
    add(run, "alle@region.example")
    add(run, "kreis@region.example", "--district", "landkreis-vechta")
    listed = {
        line.split("│")[1].strip(): line
        for line in run("region-staff", "list").output.splitlines()
        if "@" in line
    }
    assert "the region" in listed["alle@region.example"]
    assert "landkreis-vechta" in listed["kreis@region.example"]
    assert "invited" in listed["kreis@region.example"]
    assert run("region-staff", "change", "kreis@region.example", "--off").exit_code == 0
    assert "switched off" in run("region-staff", "list").output


def test_a_newer_invitation_takes_the_place_of_the_older(run: Run, client: Callable[..., Browser]) -> None:
    first = add(run, "zweimal@region.example").output.splitlines()[-1]
    second = run("region-staff", "invite", "zweimal@region.example").output.splitlines()[-1]
    statuses = [
        client(HOST).get(address.removeprefix(f"https://{HOST}")).status_code for address in (first, second)
    ]
    assert statuses == [404, 200]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "--email", "x@region.example", "--name", "X", "--district", "vechta"), NotFoundError),
        (("invite", "nobody@region.example"), NotFoundError),
        (("change", "nobody@region.example", "--off"), NotFoundError),
        (("code", "nobody@region.example"), NotFoundError),
    ],
)
def test_what_there_is_not_is_said(run: Run, arguments: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(run("region-staff", *arguments).exception, error)


def test_what_does_not_fit_is_said_by_option(run: Run) -> None:
    done = run("region-staff", "add", "--email", "keine", "--name", "")
    assert done.exit_code == 1
    assert "--email:" in done.output and "--name:" in done.output


def test_codes_are_shown_in_a_demonstration_only(run: Run) -> None:
    add(run, "code@region.example")
    assert isinstance(run("region-staff", "code", "code@region.example").exception, NotAllowedError)


def test_the_directory_is_brought_in(run: Run, tmp_path: Path) -> None:
    assert "0 new or changed" in run("directory", "import").output
    file = tmp_path / "list.csv"
    file.write_text('ars,name,kind_code\n091715101111,"Altötting, St",63\n', encoding="utf-8")
    assert re.fullmatch(
        r"1 new or changed, \d+ in the directory\n", run("directory", "import", str(file)).output
    )
