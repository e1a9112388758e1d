"""Mandates full of canaries, and those by which somebody could act, were it not for one thing each."""

from __future__ import annotations

import uuid

from kreisportal.kernel.ids import digest, new_id, new_token
from tests.cases.house import House
from tests.isolation.words import Words

_ADD = """
INSERT INTO account_mandates (id, giver_id, representative_id, giver_name, called, representative_name, email, scope,
    tenant_id, service_key, case_id, case_number, ends_at, invitation_digest, invitation_until, accepted_at, ended_at)
VALUES (%(id)s, %(giver)s, %(acting)s, %(giver_name)s, %(called)s, %(acting_name)s, %(email)s, %(scope)s, %(town)s,
    %(service)s, %(case)s, %(number)s, now() + %(ends)s::interval, %(digest)s, now() + interval '10 days',
    CASE WHEN %(accepted)s THEN now() END, CASE WHEN %(ended)s THEN now() END)
"""
_ACT = """
INSERT INTO account_mandate_acts (mandate_id, what, tenant_id, service_key, case_id, case_number)
VALUES (%s, 'opened', %s, 'hund-anmelden', gen_random_uuid(), %s)
"""
# Who deletes the account ends the mandates by which it acts: of those that A's citizen almost has it does not count.
_TEXT = (
    "concat(to_jsonb(t) - '{representative_id,email}'::text[],"
    " CASE WHEN called <> 'Carla' THEN concat(representative_id, email) END)"
)
MANDATES = (
    f"SELECT 'account_mandates', md5({_TEXT}) FROM account_mandates t"
    " WHERE %(account)s IN (giver_id, representative_id)",
    "SELECT 'account_mandate_acts', md5(t::text) FROM account_mandate_acts t JOIN account_mandates m"
    " ON m.id = t.mandate_id WHERE %(account)s IN (m.giver_id, m.representative_id)",
)
"""Queries for the mandates of an account, and what was done by them, as ``world`` compares rows."""


def _add(house: House, giver: uuid.UUID, acting: uuid.UUID | None, town: int, **more: object) -> uuid.UUID:
    number = new_id()
    plain = {
        **{
            "giver_name": "Berta Bekannt",
            "called": "Carla",
            "acting_name": None,
            "email": "carla@post.example",
        },
        **{"scope": "town", "service": None, "case": None, "number": None, "ends": "30 days"},
        **{"digest": number.bytes, "accepted": acting is not None, "ended": False},
    }
    values = {**plain, "id": number, "giver": giver, "acting": acting, "town": town, **more}
    house.superuser.execute(_ADD, values)
    return number


def mandates_of(house: House, account_id: uuid.UUID, town: int, words: Words) -> tuple[uuid.UUID, str]:
    """A mandate that the account has given, by which something was done, and the token by which another invites it."""
    other, token = new_id(), new_token()
    house.superuser.execute(
        "INSERT INTO accounts (id, email, language) VALUES (%s, %s, 'de')",
        (other, f"{other.hex}@buerger.example"),
    )
    given = _add(
        house,
        account_id,
        other,
        town,
        called=words.word("mandate/called"),
        acting_name=words.word("mandate/representative"),
        email=f"{words.word('mandate/email').lower()}@post.example",
    )
    house.superuser.execute(_ACT, (given, town, words.word("mandate/case")))
    inviting = words.word("mandate/inviting")
    _add(house, other, None, town, giver_name=inviting, digest=digest(token))
    words.mark("mandate/id", given)
    words.mark("mandate/invitation", token)
    return given, token


def almost_acting(house: House, giver: uuid.UUID, acting: uuid.UUID, town: int, elsewhere: int) -> None:
    """Let one person all but act for another in a town: what is missing differs from mandate to mandate."""
    _add(house, giver, acting, town, ended=True)
    _add(house, giver, acting, town, ends="-1 minute")
    _add(house, giver, acting, town, accepted=False)
    _add(house, giver, acting, elsewhere)
    _add(house, giver, acting, town, scope="service", service="wohngeld")
    _add(house, giver, acting, town, scope="case", service="hund-anmelden", case=new_id(), number="X-1")
