"""A simulated provider for demonstrations: whoever comes chooses who to be. In production there is no such page."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response

from kreisportal.bundid import arrival
from kreisportal.bundid.identity import OutsideIdentity
from kreisportal.i18n import gettext
from kreisportal.kernel.levels import LEVELS, Level
from kreisportal.settings import Settings
from kreisportal.settings_outside import SIMULATION
from kreisportal.web.outside_ways import level_words, register_way
from kreisportal.web.own_paths import safe_next
from kreisportal.web.way_back import allow_way_back

blueprint = Blueprint(
    "account_simulator", __name__, subdomain="account", url_prefix="/<language:lang>/simulation"
)

ISSUER = "https://simulation.invalid"
_STARTED = "simulation"
_NAME = {"de": "Landeskonto (Simulation)", "en": "Land's account (simulation)"}
_PEOPLE = {
    "anna": {
        "person.given_names": "Anna",
        "person.family_name": "Beispiel",
        "person.birth_date": "1988-03-14",
        "person.address": {
            "street": "Große Straße",
            "house_number": "7",
            "postcode": "49377",
            "city": "Vechta",
        },
    },
    "jan": {
        "person.given_names": "Jan Hinnerk",
        "person.family_name": "Muster",
        "person.birth_date": "1954-11-02",
        "person.address": {
            "street": "Lange Straße",
            "house_number": "12a",
            "postcode": "49661",
            "city": "Cloppenburg",
        },
    },
    "ohne": {},
}
"""Invented people, and somebody of whom nothing is told."""


def install(app: Flask, settings: Settings) -> None:
    """Register the pages, in a demonstration only. Raises ValueError in production, whatever the settings say."""
    if not settings.identity_simulation:
        return
    if not settings.demo:
        raise ValueError("a simulation of identities in production")
    app.register_blueprint(blueprint)
    register_way(app, SIMULATION, _NAME, _way, simulated=True)


def _way(wanted: str | None, level: Level) -> str:
    return url_for("account_simulator.start", next=wanted, niveau=level)


@blueprint.get("/")
def start() -> Response:
    """What leads to a provider elsewhere leads to the next page here."""
    wanted = safe_next(request.args.get("next"))
    arrival.set_out(wanted)
    browser[_STARTED] = wanted or ""
    return redirect(url_for("account_simulator.choose", niveau=request.args.get("niveau")), 303)


@blueprint.get("/wer")
def choose() -> str:
    """Ask whom to be, and how surely."""
    allow_way_back(browser.get(_STARTED))
    people = [(key, _name(key)) for key in _PEOPLE]
    levels = [(level, level_words(level)) for level in LEVELS]
    asked = request.args.get("niveau")
    chosen = asked if asked in LEVELS else LEVELS[0]
    return render_template("bundid/simulation.html", people=people, levels=levels, chosen=chosen)


@blueprint.post("/wer")
def choose_send() -> Response:
    """Be that person."""
    if browser.pop(_STARTED, None) is None:
        return arrival.refused("strange")
    who, asked = request.form.get("wer", ""), request.form.get("niveau", "")
    level = next((each for each in LEVELS if each == asked), None)
    if "abbrechen" in request.form or who not in _PEOPLE or level is None:
        return arrival.refused("declined")
    return arrival.arrived(OutsideIdentity(SIMULATION, ISSUER, who, level, _PEOPLE[who]))


def _name(key: str) -> str:
    names = (_PEOPLE[key].get(part) for part in ("person.given_names", "person.family_name"))
    return " ".join(str(name) for name in names if name) or gettext("Jemand, von dem nichts gesagt wird")
