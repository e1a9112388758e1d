"""Programs that ask, and tokens for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kreisportal.access.roles import Role
from kreisportal.access.scopes import OF_REGION, OF_TOWNS, Scope
from kreisportal.kernel.database import ActorKind, Context
from kreisportal.staff import access_tokens
from kreisportal.staff.sign_in import Locksmith
from kreisportal.web.program import Program
from tests.api.asking import Asker
from tests.support.staff import add_person, add_region_person

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MakeToken = Callable[..., str]


@pytest.fixture(scope="module")
def make_token(program: Program, towns: dict[str, int], locksmith: Locksmith) -> MakeToken:
    """``make_token("vechta", Scope.OFFERS_READ)``: a token that a tenant admin has made; all scopes without any named."""

    def make(slug: str, *scopes: Scope, name: str = "Website") -> str:
        admin = add_person(program.database, locksmith, towns[slug], Role.TENANT_ADMIN)
        context = Context(ActorKind.STAFF, towns[slug], staff_id=admin.id)
        with program.database.transaction(context) as session:
            return access_tokens.make(session, context, name, scopes or OF_TOWNS, 30)

    return make


@pytest.fixture(scope="module")
def make_region_token(program: Program, locksmith: Locksmith) -> MakeToken:
    """The same of somebody who runs a district, or without a number the region."""

    def make(district: int | None = None, name: str = "Rollout") -> str:
        person = add_region_person(program.database, locksmith, district)
        context = Context(ActorKind.REGION, staff_id=person.id)
        with program.database.transaction(context) as session:
            return access_tokens.make(session, context, name, OF_REGION, 30)

    return make


@pytest.fixture
def vechta(wsgi: WSGIApplication) -> Asker:
    """A program that asks Vechta without a token."""
    return Asker(wsgi, "vechta.localhost")
