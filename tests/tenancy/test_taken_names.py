"""Which names are given away in the region: asked by name, told to who runs it and nobody else."""

from __future__ import annotations

from itertools import chain, count

import pytest
from sqlalchemy import text

from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import REGION
from kreisportal.tenancy.taken_names import any_codes, first_free, taken

_CODE = text("SELECT code FROM tenants WHERE slug = 'vechta'")


def test_the_first_name_that_nobody_has_is_free(database: Database) -> None:
    with database.transaction(REGION) as session:
        assert taken(session, "slug", ["vechta", "lohne", "musterfeld"]) == {"vechta", "lohne"}
        assert taken(session, "host", ["vechta.localhost", "neu.localhost"]) == {"vechta.localhost"}
        assert first_free(session, "slug", ["vechta", "lohne", "musterfeld", "vechta-2"]) == "musterfeld"
        ((code,),) = session.execute(_CODE).all()
        assert (
            first_free(session, "code", chain([code] * 1000, (f"{code}{n}" for n in count()))) == f"{code}0"
        )
        with pytest.raises(LookupError):
            first_free(session, "code", [code])


def test_a_visitor_of_a_portal_is_told_nothing(database: Database) -> None:
    with database.transaction(Context(ActorKind.ANONYMOUS)) as session:
        assert taken(session, "slug", ["vechta"]) == set()


def test_towns_that_are_called_alike_look_for_a_code_at_different_places() -> None:
    first, second = (list(any_codes(f"Musterort {number}")) for number in (1, 2))
    assert first[0] != second[0] and sorted(first) == sorted(second)
    assert len(set(first)) == 26**3
