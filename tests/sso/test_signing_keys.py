"""Keys: published before they sign and until their last token is over, made anew in time, gone when revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from kreisportal.kernel import clock
from kreisportal.kernel.database import ActorKind, Context, Database
from kreisportal.kernel.database.context import ANONYMOUS, REGION
from kreisportal.kernel.errors import NotFoundError
from kreisportal.sso import signing_keys
from kreisportal.sso.errors import NoSigningKeyError
from kreisportal.sso.models import SigningKey
from kreisportal.sso.signing_keys import State
from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy

START = datetime(2026, 12, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller keys: how long they are is not what is asked here."""
    monkeypatch.setattr(signing_keys, "_BITS", 2048)


@pytest.fixture(scope="module")
def keys(schema: DatabaseCopy) -> Iterator[Database]:
    """A database with nothing in it."""
    opened = schema.open()
    yield opened
    opened.close()


@pytest.fixture
def database(keys: Database) -> Database:
    """The same without any key."""
    with keys.transaction(REGION) as session:
        for known in signing_keys.known_keys(session):
            session.delete(known.row)
    return keys


def states(database: Database, at: datetime) -> list[State]:
    with clock.frozen(at), database.transaction(REGION) as session:
        return [known.state for known in signing_keys.known_keys(session)]


def published(database: Database, at: datetime) -> list[str]:
    with clock.frozen(at), database.transaction(Context(ActorKind.CLIENT)) as session:
        return [key["kid"] for key in signing_keys.published_keys(session)["keys"]]


def signs(database: Database, at: datetime) -> str:
    with clock.frozen(at), database.transaction(Context(ActorKind.CLIENT)) as session:
        return str(signing_keys.signing_key(session, SECRET_KEY).kid)


def rotated(database: Database, at: datetime, *, at_once: bool = False) -> str:
    with clock.frozen(at), database.transaction(REGION) as session:
        return signing_keys.rotate(session, SECRET_KEY, at_once=at_once).kid


def test_a_key_is_seen_before_it_signs_and_until_its_last_token_is_over(database: Database) -> None:
    first = rotated(database, START)
    assert signs(database, START) == first, "the first one signs at once"
    second = rotated(database, START + DAY)
    assert signs(database, START + DAY) == first
    assert set(published(database, START + DAY)) == {first, second}
    later = START + DAY + timedelta(hours=1)
    assert signs(database, later) == second
    assert set(published(database, later + timedelta(minutes=10))) == {first, second}
    assert published(database, later + timedelta(minutes=12)) == [second]
    assert states(database, later + DAY) == [State.SIGNS, State.RETIRED]


def test_what_a_retired_key_has_signed_is_still_known_to_be_ours(database: Database) -> None:
    first = rotated(database, START)
    with clock.frozen(START), database.transaction(Context(ActorKind.CLIENT)) as session:
        key = signing_keys.signing_key(session, SECRET_KEY)
        token = jwt.encode({"alg": "RS256", "kid": first}, {"sub": "x"}, key, ["RS256"])
    rotated(database, START + DAY, at_once=True)
    with clock.frozen(START + 3 * DAY), database.transaction(Context(ActorKind.CLIENT)) as session:
        assert jwt.decode(token, signing_keys.keys_that_were_ours(session), ["RS256"]).claims["sub"] == "x"
    with clock.frozen(START + 3 * DAY), database.transaction(REGION) as session:
        signing_keys.revoke(session, SECRET_KEY, first)
    with database.transaction(Context(ActorKind.CLIENT)) as session, pytest.raises((JoseError, ValueError)):
        jwt.decode(token, signing_keys.keys_that_were_ours(session), ["RS256"])


def test_a_key_that_has_leaked_is_gone_at_once_and_another_signs(database: Database) -> None:
    first, waiting = rotated(database, START), rotated(database, START)
    with clock.frozen(START + DAY / 2), database.transaction(REGION) as session:
        made = signing_keys.revoke(session, SECRET_KEY, first).kid
    assert first not in published(database, START + DAY / 2)
    assert signs(database, START + DAY / 2) == made
    assert waiting in published(database, START + DAY / 2)
    with database.transaction(REGION) as session, pytest.raises(NotFoundError):
        signing_keys.revoke(session, SECRET_KEY, "keiner")


def test_the_next_key_is_made_in_time_and_old_ones_are_forgotten(database: Database) -> None:
    first = rotated(database, START)

    def keep_young(at: datetime) -> None:
        with clock.frozen(at), database.transaction(REGION) as session:
            signing_keys.keep_young(session, SECRET_KEY)

    keep_young(START + 88 * DAY)
    assert states(database, START + 88 * DAY) == [State.SIGNS]
    for _ in range(2):
        keep_young(START + 89.5 * DAY)
        assert states(database, START + 89.5 * DAY) == [State.NEXT, State.SIGNS]
    assert signs(database, START + 91 * DAY) != first
    keep_young(START + 500 * DAY)
    assert first not in published(database, START + 500 * DAY)
    with database.transaction(REGION) as session:
        assert session.get(SigningKey, first) is None


def test_without_a_key_nothing_is_made_by_itself(database: Database) -> None:
    """A region without clients needs none."""
    with clock.frozen(START), database.transaction(REGION) as session:
        signing_keys.keep_young(session, SECRET_KEY)
        with pytest.raises(NoSigningKeyError, match="keys rotate"):
            signing_keys.signing_key(session, SECRET_KEY)


def test_the_private_part_is_sealed(database: Database) -> None:
    kid = rotated(database, START)
    with clock.frozen(START), database.transaction(REGION) as session:
        row = session.get(SigningKey, kid)
        assert row is not None
        private = signing_keys.signing_key(session, SECRET_KEY).as_dict(private=True)
        assert str(private["d"]).encode() not in row.sealed
        assert not RSAKey.import_key(row.public_key).is_private
        with pytest.raises(NoSigningKeyError, match="another SECRET_KEY"):
            signing_keys.signing_key(session, SECRET_KEY[::-1])


def test_only_the_region_and_the_provider_see_keys(database: Database) -> None:
    rotated(database, START)
    for context in (ANONYMOUS, Context(ActorKind.ACCOUNT), Context(ActorKind.STAFF, 1)):
        with database.transaction(context) as session:
            assert signing_keys.known_keys(session) == []
