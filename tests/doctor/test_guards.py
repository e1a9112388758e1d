"""What the doctor says of the guards between towns: each one that is missing is named."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from kreisportal.doctor import guards
from kreisportal.doctor.findings import Level
from kreisportal.kernel.database.roles import BACKUP, DEFINER, OWNER
from tests.doctor.conftest import Broken

_FUNCTION = "definer.load_tenants(int[])"


def test_all_guards_are_up(connection: Connection) -> None:
    (rows,) = guards.examine_row_security(connection)
    (functions,) = guards.examine_definer(connection)
    assert (rows.level, functions.level) == (Level.OK, Level.OK)
    assert "0 " not in rows.state


@pytest.mark.parametrize(
    ("table", "statement", "cure"),
    [
        ("cases", "NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"),
        ("sessions", "DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"),
    ],
)
def test_a_table_without_row_security_is_a_fault_with_its_cure(
    connection: Connection, broken: Broken, table: str, statement: str, cure: str
) -> None:
    with broken(f"ALTER TABLE {table} {statement}", f"ALTER TABLE {table} {cure}"):
        (found,) = guards.examine_row_security(connection)
    assert found.level is Level.FAULT
    assert table in found.state
    assert f"ALTER TABLE {table} {cure};" in found.advice


def test_a_table_that_somebody_has_added_is_a_fault(connection: Connection, broken: Broken) -> None:
    with broken("CREATE TABLE reports (tenant_id int, name text)", "DROP TABLE reports"):
        (found,) = guards.examine_row_security(connection)
    assert "reports" in found.state


@pytest.mark.parametrize(
    ("statement", "cure", "says"),
    [
        (f"OWNER TO {OWNER}", f"OWNER TO {DEFINER}", "another role"),
        ("SECURITY INVOKER", "SECURITY DEFINER", "not run as its owner"),
        ("RESET ALL", "SET search_path = pg_catalog, public, pg_temp", "search path"),
    ],
)
def test_a_function_that_can_be_led_astray_is_a_fault(
    connection: Connection, broken: Broken, statement: str, cure: str, says: str
) -> None:
    with broken(f"ALTER FUNCTION {_FUNCTION} {statement}", f"ALTER FUNCTION {_FUNCTION} {cure}"):
        (found,) = guards.examine_definer(connection)
    assert found.level is Level.FAULT
    assert "load_tenants" in found.state
    assert says in found.state


def test_a_function_for_everybody_is_a_fault(connection: Connection, broken: Broken) -> None:
    grant = f"EXECUTE ON FUNCTION {_FUNCTION}"
    with broken(f"GRANT {grant} TO PUBLIC", f"REVOKE {grant} FROM PUBLIC"):
        (found,) = guards.examine_definer(connection)
    assert "every role" in found.state


@pytest.mark.parametrize("name", [BACKUP, "no_such_role"])
def test_a_definer_that_may_sign_in_or_is_not_there_is_a_fault(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(guards, "DEFINER", name)
    found = list(guards.examine_definer(connection))
    assert found[0].level is Level.FAULT
    assert f"ALTER ROLE {name} NOLOGIN" in found[0].advice
