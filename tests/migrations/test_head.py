"""Migrations are numbered in one line, and the file HEAD names the last: two branches collide in git."""

from __future__ import annotations

import re

from kreisportal.kernel.database import migrate
from kreisportal.kernel.paths import shipped

FOLDER = shipped("migrations")


def test_head_is_alembics_head() -> None:
    assert (FOLDER / "HEAD").read_text(encoding="utf-8").strip() == migrate.head()


def test_migrations_stand_in_one_line_numbered_from_one() -> None:
    revisions = migrate.revisions()
    assert revisions == sorted(file.stem for file in FOLDER.glob("[0-9]*.py"))
    assert [revision[:4] for revision in revisions] == [f"{n:04d}" for n in range(1, len(revisions) + 1)]
    assert all(re.fullmatch(r"\d{4}(_[a-z]+)+", revision) for revision in revisions)
