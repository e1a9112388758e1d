"""The running program as its views see it: settings, database, snapshot, files."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from kreisportal.catalogue.missed_words import MissedWords
from kreisportal.catalogue.service_counts import ServiceCounts
from kreisportal.catalogue.snapshot_keeper import SnapshotKeeper
from kreisportal.documents.receipts import ReceiptKeys
from kreisportal.documents.service import Intake
from kreisportal.kernel.database import Database
from kreisportal.settings import Settings
from kreisportal.tenancy.places import PlaceDirectory

_KEY = "kreisportal"


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Everything that lives as long as the process. ``static`` maps a file's name to its address."""

    settings: Settings
    database: Database
    keeper: SnapshotKeeper
    static: dict[str, str]
    places: PlaceDirectory
    intake: Intake
    receipt_keys: ReceiptKeys
    missed_words: MissedWords
    service_counts: ServiceCounts


def install(app: Flask, program: Program) -> None:
    """Make ``program`` the one that the app's views find."""
    app.extensions[_KEY] = program


def program() -> Program:
    """The program that answers the current request."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Program)  # noqa: S101 - install() is the only writer; this tells mypy.
    return found
