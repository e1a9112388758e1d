"""What the doctor says of the keys that tokens are signed with."""

from __future__ import annotations

from kreisportal.doctor.findings import Level
from kreisportal.doctor.keys import examine_keys
from kreisportal.kernel.database import Database
from kreisportal.kernel.database.context import REGION
from kreisportal.sso import outside, signing_keys
from tests.support.region import SECRET_KEY


def test_clients_need_a_key_that_opens(database: Database) -> None:
    assert list(examine_keys(database, SECRET_KEY)) == [], "without clients there is nothing to be said"
    with database.transaction(REGION) as session:
        told = outside.Registration("Bus", ("https://bus.example/",), "https://bus.example/datenschutz")
        outside.add_client(session, told)
    (found,) = examine_keys(database, SECRET_KEY)
    assert (found.level, found.state) == (Level.FAULT, "there is no key to sign with")
    with database.transaction(REGION) as session:
        signing_keys.ensure_key(session, SECRET_KEY)
    (found,) = examine_keys(database, SECRET_KEY)
    assert found.level is Level.OK
    assert "1 client from outside" in found.state
    (found,) = examine_keys(database, SECRET_KEY[::-1])
    assert found.level is Level.FAULT
    assert found.advice == "kreisportal sso keys rotate --now (docs/identity.md)"
