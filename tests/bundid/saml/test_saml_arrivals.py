"""What was proven waits sealed for the browser that asked, for two minutes, and every assertion counts once."""

from __future__ import annotations

import pytest

from kreisportal.bundid import saml_arrivals
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.bundid.saml import Proven
from kreisportal.bundid.saml_arrivals import fetch_arrival, keep_arrival, new_request_id
from kreisportal.bundid.saml_checks import Said
from kreisportal.bundid.saml_errors import SamlRefusedError
from kreisportal.kernel import clock
from kreisportal.kernel.database import Database
from tests.bundid.saml.issuing import ISSUER
from tests.support.region import SECRET_KEY
from tests.support.server import DatabaseCopy


def _proven(subject: str) -> Proven:
    said = Said(f"_{subject}", clock.now(), None, (), {})
    return Proven(OutsideIdentity("bundid", ISSUER, subject, "high", {"person.family_name": "Łucja"}), said)


def test_what_waits_is_sealed_and_fetched_once(database: Database, region: DatabaseCopy) -> None:
    request_id = new_request_id(SECRET_KEY, "bundid")
    keep_arrival(database, SECRET_KEY, request_id, _proven("sealed-one"))
    with region.superuser() as connection:
        rows = connection.execute("SELECT sealed FROM saml_assertions WHERE sealed IS NOT NULL").fetchall()
    assert rows
    assert all(b"sealed-one" not in bytes(row[0]) for row in rows)
    assert fetch_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid")) is None
    found = fetch_arrival(database, SECRET_KEY, request_id)
    assert found is not None
    assert (found.subject, found.attributes) == ("sealed-one", {"person.family_name": "Łucja"})
    assert fetch_arrival(database, SECRET_KEY, request_id) is None


def test_an_assertion_is_remembered_until_it_is_over(database: Database, region: DatabaseCopy) -> None:
    proven = _proven("remembered")
    keep_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid"), proven)
    with pytest.raises(SamlRefusedError, match="shown before"):
        keep_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid"), proven)
    with region.superuser() as connection:
        connection.execute("UPDATE saml_assertions SET expires_at = now() - interval '1 s'")
        keep_arrival(database, SECRET_KEY, new_request_id(SECRET_KEY, "bundid"), _proven("later"))
        assert connection.execute("SELECT count(*) FROM saml_assertions").fetchone() == (1,)


def test_a_request_is_over_after_half_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_request_id(SECRET_KEY, "bundid")
    assert saml_arrivals.is_our_request(SECRET_KEY, "bundid", made)
    monkeypatch.setattr(saml_arrivals, "REQUEST_SECONDS", -1)
    assert not saml_arrivals.is_our_request(SECRET_KEY, "bundid", made)
