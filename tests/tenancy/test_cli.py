"""What `tenant add` tells of a town that it brings in."""

from __future__ import annotations

from dataclasses import replace

from kreisportal.kernel.database import Database
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.cli import add_one
from kreisportal.tenancy.definition import Channel, OfferDefinition
from kreisportal.tenancy.definition_reader import read_tenant


def test_a_town_read_in_again_is_unchanged(database: Database) -> None:
    assert add_one(database, read_tenant(shipped("tenants") / "bakum")) == ["bakum: unchanged"]


def test_an_offer_of_a_service_that_nobody_knows_is_told(database: Database) -> None:
    bakum = read_tenant(shipped("tenants") / "bakum")
    misspelt = OfferDefinition("hund-anmleden", True, Channel.PAPER)
    lines = add_one(database, replace(bakum, offers={**bakum.offers, misspelt.service: misspelt}))
    assert lines[1:] == ["  no such service in the published catalogue: offers.hund-anmleden"]


def test_changed_hosts_and_offers_are_told(database: Database) -> None:
    lohne = read_tenant(shipped("tenants") / "lohne")
    hosts = replace(lohne.hosts, portal=("rathaus.lohne.example", *lohne.hosts.portal))
    key = next(key for key, offer in lohne.offers.items() if offer.on)
    offers = {**lohne.offers, key: replace(lohne.offers[key], on=False)}
    assert add_one(database, replace(lohne, hosts=hosts)) == ["lohne: 1 field taken in"]
    assert add_one(database, replace(lohne, offers=offers)) == ["lohne: 2 fields taken in"]
    assert add_one(database, lohne) == ["lohne: 1 field taken in"]


def test_no_file_of_a_town_names_a_service_that_nobody_knows(database: Database) -> None:
    for folder in sorted(shipped("tenants").iterdir()):
        if not folder.name.startswith("_"):
            lines = add_one(database, read_tenant(folder))
            assert not [line for line in lines if "no such service" in line]
