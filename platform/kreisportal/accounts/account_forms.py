"""What the account's pages share: who asks, what makes and tries passwords, and a form shown again with what was wrong."""

from __future__ import annotations

import uuid

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kreisportal.accounts import sign_in
from kreisportal.accounts.identities import identities_of
from kreisportal.accounts.passkeys import passkeys_of
from kreisportal.accounts.queries import own_account
from kreisportal.accounts.second_step import Attempting, asks_for_code
from kreisportal.accounts.service import acting_for
from kreisportal.accounts.steps import StepKind, begin_step
from kreisportal.credentials.keys import CredentialKeys, derive_keys
from kreisportal.credentials.passwords import Passwords
from kreisportal.web.credential_forms import Refusal, Shown, messages_of, next_page, source
from kreisportal.web.outside_ways import SECOND_STEP, forget_browser, outside_ways
from kreisportal.web.own_account import own_account_id
from kreisportal.web.program import program
from kreisportal.web.sessions import open_account_session
from kreisportal.web.way_back import allow_way_back

NAMES = ("kreisportal", "buergerkonto", "konto")
"""Words that are no passwords here."""

_DEVICE = "__Host-device"
_PASSKEY = "__Host-passkey"
_DEVICE_SECONDS = 400 * 24 * 3600
_KEY = "kreisportal.account_credentials"


def install_credentials(app: Flask, passwords: Passwords) -> None:
    """Keep what makes and tries passwords."""
    app.extensions[_KEY] = (passwords, derive_keys(app.config["SECRET_KEY"]))


def passwords() -> Passwords:
    """What hashes and tries passwords here."""
    found: tuple[Passwords, CredentialKeys] = current_app.extensions[_KEY]
    return found[0]


def keys() -> CredentialKeys:
    """The keys under which tries are counted."""
    found: tuple[Passwords, CredentialKeys] = current_app.extensions[_KEY]
    return found[1]


def account_id() -> uuid.UUID:
    """The account that is signed in. Raises Unauthorized if there is none."""
    return own_account_id()


def device() -> str | None:
    """The mark of a browser in which somebody has signed in before."""
    return request.cookies.get(_DEVICE)


def own_email() -> str:
    """The address of who is signed in. Raises Unauthorized if the account is gone."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
    if account is None:
        raise Unauthorized
    return account.email


def has_password() -> bool:
    """Whether who is signed in has a password. Who began an account by an identity from outside may have none."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
    return account is not None and account.password_hash is not None


def prove_password(password: str) -> None:
    """Ask again for the password of who is signed in. Raises one of ``REFUSALS``."""
    sign_in.check_password(program().database, passwords(), keys(), own_email(), password, source(), device())


def attempting(own: uuid.UUID) -> Attempting:
    """Who tries a code here."""
    return Attempting(own, source(), device())


def signed_in(own: uuid.UUID, means: str, wanted: str | None) -> Response:
    """All was shown: a new session, and on to where the person wanted to go. This browser is known from now on."""
    forget_browser()
    open_account_session(own, means=means)
    response = redirect(wanted or url_for("account_matters.home"), 303)
    remember_device(response, own)
    return response


def remember_device(response: Response, own: uuid.UUID) -> None:
    """Let this browser keep that the account has signed in here."""
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
    if account is not None:
        mark = sign_in.device_mark(keys(), account.email)
        response.set_cookie(
            _DEVICE, mark, _DEVICE_SECONDS, secure=True, httponly=True, samesite="Lax", path="/"
        )


def after_password(own: uuid.UUID, wanted: str | None) -> Response:
    """The password was right, or has just been chosen: ask for a code where there is a second factor, else go on."""
    with program().database.transaction(acting_for(own)) as session:
        asked = asks_for_code(session, own)
    if not asked:
        return signed_in(own, "password", wanted)
    forget_browser()
    browser[SECOND_STEP] = begin_step(program().database, StepKind.SECOND_FACTOR, own)
    return redirect(url_for("account_steps.code_page", next=wanted), 303)


def show_sign_in(error: Refusal | None = None, wrong: tuple[str, str] = ("", "")) -> Shown:
    """The page that asks for passkey, or address and password; the passkey first where this browser has seen one."""
    values = {"passkey_first": _PASSKEY in request.cookies, "ways": outside_ways()}
    return show("accounts/sign_in.html", error, wrong, **values)


def show_prove(error: Refusal | None = None, wrong: tuple[str, str] = ("", "")) -> Shown:
    """The page on which who is signed in shows once more who they are."""
    own = account_id()
    with program().database.transaction(acting_for(own)) as session:
        account = own_account(session, own)
        providers = {identity.provider for identity in identities_of(session, own)}
        values = {
            "asks_for_code": asks_for_code(session, own),
            "passkeys": passkeys_of(session, own),
            "has_password": account is not None and account.password_hash is not None,
        }
    ways = [way for way in outside_ways() if way.key in providers]
    return show("accounts/prove.html", error, wrong, email=own_email(), ways=ways, **values)


def remember_passkey_here(response: Response) -> None:
    """Let this browser keep that a passkey was used here, so that it is offered first. It says no more than that."""
    response.set_cookie(_PASSKEY, "1", _DEVICE_SECONDS, secure=True, httponly=True, samesite="Lax", path="/")


def forget_browser_marks(response: Response) -> None:
    """Let this browser forget that an account was ever used in it."""
    for name in (_DEVICE, _PASSKEY):
        response.delete_cookie(name, secure=True, httponly=True, samesite="Lax", path="/")


def forget_passkeys_here(response: Response) -> None:
    """Passkeys are not offered first in this browser any more."""
    response.delete_cookie(_PASSKEY, secure=True, httponly=True, samesite="Lax", path="/")


def show(
    template: str, error: Refusal | None = None, wrong: tuple[str, str] = ("", ""), **values: object
) -> Shown:
    """A page with a form; after an error with what to do, at the field and in the summary.

    ``wrong`` is the field and the sentence for credentials that do not fit.
    """
    messages, status = messages_of(error, wrong)
    allow_way_back(next_page())
    typed = request.form.get("email", "") if request.method == "POST" else ""
    body = render_template(template, **{"errors": messages, "next": next_page(), "email": typed, **values})
    return body, status
