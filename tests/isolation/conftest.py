"""Two towns full of canaries, made once; tests get copies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kreisportal.staff.sign_in import Locksmith
from tests.isolation.world import Original, World, build
from tests.support.server import DatabaseServer


@pytest.fixture(scope="session")
def original(
    server: DatabaseServer,
    _region_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    locksmith: Locksmith,
) -> Iterator[Original]:
    """What all copies are made of. Nobody may be connected to it."""
    copy, folder = server.copy(_region_template), tmp_path_factory.mktemp("furnished")
    yield Original(copy, build(copy, folder, locksmith), folder)
    server.drop(copy)


@pytest.fixture(scope="module")
def world(
    original: Original, locksmith: Locksmith, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A copy for all tests of a module, whose towns B and neighbour no test may change."""
    with original.opened(tmp_path_factory.mktemp("world"), locksmith) as made:
        yield made
