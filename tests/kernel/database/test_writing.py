"""Row security: what each kind of actor can write."""

from __future__ import annotations

import pytest
from psycopg import Connection

from tests.kernel.database.attempts import WITHOUT_TOWN, statements
from tests.kernel.database.permitted import MAY
from tests.kernel.database.region_world import WHOLE_REGION
from tests.kernel.database.world import CONTEXTS, A, B, tried


@pytest.mark.parametrize("attempt", statements(A))
def test_everybody_writes_what_is_theirs_and_nothing_else(world: Connection, attempt: str) -> None:
    statement = statements(A)[attempt]
    through = {who: tried(world, context, statement) for who, context in CONTEXTS.items()}
    assert {who: count for who, count in through.items() if count} == MAY.get(attempt, {})


@pytest.mark.parametrize("attempt", sorted(set(statements(B)) - WITHOUT_TOWN))
def test_nobody_but_the_region_writes_in_another_town(world: Connection, attempt: str) -> None:
    statement = statements(B)[attempt]
    through = {who: tried(world, context, statement) for who, context in CONTEXTS.items()}
    allowed = {who: MAY.get(attempt, {}).get(who, 0) for who in WHOLE_REGION}
    assert {who: count for who, count in through.items() if count} == {
        who: n for who, n in allowed.items() if n
    }
