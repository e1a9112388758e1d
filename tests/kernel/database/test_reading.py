"""Row security: what each kind of actor sees."""

from __future__ import annotations

import pytest
from psycopg import Connection

from tests.kernel.database.world import CONTEXTS, VISIBLE, seen


@pytest.mark.parametrize("who", CONTEXTS)
def test_everybody_sees_what_is_theirs_and_nothing_else(world: Connection, who: str) -> None:
    assert seen(world, CONTEXTS[who]) == VISIBLE[who]
