"""Every policy, taken out, and with each of its conditions taken out: something must then be seen or written."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import Connection

from tests.kernel.database.attempts import WITHOUT_TOWN, statements
from tests.kernel.database.permitted import MAY
from tests.kernel.database.region_world import WHOLE_REGION
from tests.kernel.database.world import CONTEXTS, LABELS, VISIBLE, A, B, acting, tried

Mutant = tuple[str, str]
"""What was done to which policy, and the statement that does it."""

_USING, _CHECK = "USING", "WITH CHECK"


def mutants(connection: Connection, table: str) -> Iterator[Mutant]:
    """All mutants of a table's policies."""
    policies = connection.execute(
        "SELECT polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy"
        " WHERE polrelid = %s::regclass",
        (table,),
    ).fetchall()
    for name, using, check in policies:
        yield f"{name} dropped", f"DROP POLICY {name} ON {table}"
        clauses = {
            clause: _conjuncts(expression)
            for clause, expression in ((_USING, using), (_CHECK, check))
            if expression
        }
        for part in dict.fromkeys(part for parts in clauses.values() for part in parts):
            yield f"{name} without {part}", _altered(f"{name} ON {table}", clauses, part)
        if using and check:
            for part in clauses[_CHECK]:
                # Who may change a row is asked by USING already; what the row becomes is not.
                if "kreisportal.actor" not in part:
                    changed = _altered(f"{name} ON {table}", {_CHECK: clauses[_CHECK]}, part)
                    yield f"{name} not checking {part}", changed


def _altered(policy: str, clauses: dict[str, list[str]], without: str) -> str:
    kept = {clause: [part for part in parts if part != without] for clause, parts in clauses.items()}
    conditions = " ".join(f"{clause} ({' AND '.join(parts) or 'true'})" for clause, parts in kept.items())
    return f"ALTER POLICY {policy} {conditions}"


def is_noticed(connection: Connection, table: str) -> bool:
    """Whether anything that may be seen or written of a table differs from what is expected."""
    return any(_seen_otherwise(connection, table, who) for who in CONTEXTS) or any(
        _written_otherwise(connection, label, town, who)
        for town in (A, B)
        for label, statement in statements(town).items()
        if f" {table} " in f"{statement} " and (town == A or label not in WITHOUT_TOWN)
        for who in CONTEXTS
    )


def _seen_otherwise(connection: Connection, table: str, who: str) -> bool:
    with acting(connection, CONTEXTS[who]):
        rows = connection.execute(f"SELECT {LABELS[table]} FROM {table}").fetchall()
    return {label for (label,) in rows} != VISIBLE[who].get(table, set())


def _written_otherwise(connection: Connection, label: str, town: int, who: str) -> bool:
    expected = MAY.get(label, {}).get(who, 0) if town == A or who in WHOLE_REGION else 0
    return tried(connection, CONTEXTS[who], statements(town)[label]) != expected


def _conjuncts(expression: str) -> list[str]:
    """The parts that PostgreSQL has joined by AND; itself if it is one condition."""
    inner = expression[1:-1]
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and inner.startswith(" AND ", position):
            parts.append(inner[start:position])
            start = position + len(" AND ")
    return [*parts, inner[start:]] if parts else [expression]
