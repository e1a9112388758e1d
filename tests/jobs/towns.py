"""A region without a catalogue: jobs and mails need its tenants only."""

from __future__ import annotations

from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.cli import add_one
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.importing import import_order
from tests.support.server import DatabaseCopy

TOWNS = ("landkreis-cloppenburg", "landkreis-vechta", "cloppenburg", "vechta")


def fill_with_towns(copy: DatabaseCopy) -> None:
    """Two districts with a town each."""
    database = copy.open()
    try:
        for definition in import_order(read_tenants(shipped("tenants"))):
            if definition.slug in TOWNS:
                add_one(database, definition)
    finally:
        database.close()
