"""The commands of bundles, as an operator runs them on the server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from kreisportal.bundles.files import read_bundle
from kreisportal.cli import commands
from kreisportal.kernel.errors import ConflictError, DefinitionError, InvalidInputError, NotFoundError
from kreisportal.kernel.paths import shipped
from tests.support.commands import Run, in_production
from tests.support.server import DatabaseCopy

FILE = """
name: {de: Fest, en: Feast}
reason: {de: Vereine feiern., en: Clubs celebrate.}
required_by: § 1 OZG
towns: [vechta]
services: [rattenbefall-melden]
"""


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would."""
    return in_production(commands, region, monkeypatch)


def test_a_bundle_comes_from_a_file_and_is_applied_and_taken_back(
    run: Run, tmp_path: Path, superuser: psycopg.Connection
) -> None:
    file = tmp_path / "fest.yaml"
    file.write_text(FILE, encoding="utf-8")
    is_on = (
        "SELECT is_on FROM offers JOIN tenants ON id = tenant_id"
        " WHERE slug = 'vechta' AND service_key = 'rattenbefall-melden'"
    )
    superuser.execute("DELETE FROM offers WHERE service_key = 'rattenbefall-melden'")
    done = run("bundle", "add", str(file))
    assert done.exit_code == 0, done.output
    number = done.output.split("is bundle ")[1].split(";")[0]
    listed = run("bundle", "list").output
    assert "Feast" in listed and "required: § 1 OZG" in listed and "Basic services" in listed
    shown = run("bundle", "show", number).output
    assert "Clubs celebrate." in shown and "vechta" in shown and "1 to be switched on" in shown
    assert run("bundle", "apply", number).exit_code == 1, "nobody has said yes"
    assert superuser.execute(is_on).fetchone() is None
    applied = run("bundle", "apply", number, "--yes")
    assert applied.exit_code == 0, applied.output
    assert "1 services switched on" in applied.output
    assert superuser.execute(is_on).fetchone() == (True,)
    assert "1 offers are what they were before" in run("bundle", "take-back", number, "--yes").output
    assert superuser.execute(is_on).fetchone() is None
    assert isinstance(run("bundle", "take-back", number, "--yes").exception, ConflictError)
    assert isinstance(run("bundle", "show", "999").exception, NotFoundError)


def test_a_file_that_does_not_fit_is_told_with_its_fields(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(FILE.replace("towns: [vechta]", "towns: [vechta]\nkinds: [planet]"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"wrong.yaml:\d+: (kinds|towns)"):
        read_bundle(file)
    file.write_text(FILE.replace("rattenbefall-melden", "nothing"), encoding="utf-8")
    fault = run("bundle", "add", str(file)).exception
    assert isinstance(fault, InvalidInputError)
    assert fault.messages == {"services": ["There are no such services: nothing."]}


def test_the_shipped_bundle_is_there_once_and_not_applied(run: Run, superuser: psycopg.Connection) -> None:
    assert (shipped("catalogue") / "bundles" / "grundausstattung.yaml").is_file()
    rows = superuser.execute(
        "SELECT district_id, applied_at, cardinality(services) FROM bundles WHERE name ->> 'de' = 'Grundausstattung'"
    ).fetchall()
    assert rows == [(None, None, 20)]


@pytest.mark.parametrize("command", ["show", "apply", "take-back"])
def test_a_number_that_no_bundle_can_have_is_told(run: Run, command: str) -> None:
    done = run("bundle", command, "2147483648")
    assert (done.exit_code, "not in the range" in done.output) == (2, True)
