"""How to ask for the routes of the ways into an account; a part of ``recipes``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from tests.isolation.town import Town

Fields = Mapping[str, Callable[[Town], str]]

PATH: dict[str, Callable[[Town], list[str]]] = {
    **dict.fromkeys(
        ("account_address.confirm_page:token", "account_address.confirm_send:token"),
        lambda town: [town.account.address_link],
    ),
    **dict.fromkeys(
        ("account_address.undo_page:token", "account_address.undo_send:token"),
        lambda town: [town.account.undo_link],
    ),
    "passkey_id": lambda town: [str(town.account.passkey_id)],
    "takeout_id": lambda town: [str(town.account.takeout_id)],
    "identity_id": lambda town: [str(town.account.identity_id)],
    "check_id": lambda town: [str(town.account.confirmation_id)],
    "account_identities.begin_send:token": lambda town: [town.account.link],
    **dict.fromkeys(
        ("saml.start:key", *(f"saml_endpoints.{name}:key" for name in ("take", "back", "metadata"))),
        lambda town: ["bundid"],
    ),
    **dict.fromkeys(
        ("account_openid.start:provider", "account_openid.callback:provider"), lambda town: ["land"]
    ),
}

WITH_NEXT = (
    "account_confirmations.remove_page",
    *(f"account_steps.{page}_{act}" for page in ("code", "recovery", "prove") for act in ("page", "send")),
    *(f"account_access.{page}_{act}" for page in ("app", "codes", "off") for act in ("page", "send")),
    *(
        f"account_passkeys.{name}"
        for name in ("sign_in", "prove", "add_page", "add_send", "remove_page", "remove_send")
    ),
    *(f"account_address.{page}_{act}" for page in ("change", "confirm", "undo") for act in ("page", "send")),
    *("account_access.overview", "account_sessions.overview"),
    *("account_identities.needed", "account_identities.refused"),
)
"""Routes that look at where the person wanted to go."""

_ANSWER: Fields = {"answer": lambda town: "{}", "email": lambda town: town.account.email}
_PROOF_OF_SELF: Fields = {
    "email": lambda town: town.account.email,
    "password": lambda town: town.account.password,
    "code": lambda town: town.account.recovery_codes[1],
}

FORMS: dict[str, Fields] = {
    "saml_endpoints.take": {"SAMLResponse": lambda town: town.account.link, "RelayState": lambda town: "de"},
    "account_steps.code_send": {"code": lambda town: "123456"},
    "account_steps.recovery_send": {"code": lambda town: town.account.recovery_codes[0]},
    "account_steps.prove_send": _PROOF_OF_SELF,
    "account_access.app_begin": {},
    "account_access.app_send": {"code": lambda town: "123456"},
    "account_access.codes_send": {},
    "account_access.off_send": _PROOF_OF_SELF,
    "account_takeout.ask": {},
    "account_takeout.remove": {},
    "account_address.change_send": {"email": lambda town: f"{uuid.uuid4().hex}@post.example"},
    "account_address.confirm_send": {},
    "account_address.undo_send": {},
    "account_sessions.end_one": {"geraet": lambda town: town.account.handle},
    "account_sessions.end_others": {},
    "account_passkeys.ask": {},
    "account_passkeys.sign_in": _ANSWER,
    "account_passkeys.prove": _ANSWER,
    "account_passkeys.ask_new": {},
    "account_passkeys.add_send": {**_ANSWER, "name": lambda town: "Handy"},
    "account_passkeys.remove_send": {},
    "account_identities.forget": {},
    "account_identities.begin_send": {},
    "account_identities.join_send": {},
    "account_identities.remove_send": {},
    "account_confirmations.remove_send": {},
}
