"""Tenants side by side: what no two may share, and the towns that come with the program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kreisportal.kernel.errors import DefinitionError
from kreisportal.kernel.paths import shipped
from kreisportal.tenancy.definition import Channel, OfferDefinition, TenantDefinition, TenantKind
from kreisportal.tenancy.definition_region import read_tenants
from kreisportal.tenancy.places import PlaceDirectory, read_places

WriteTenant = Callable[..., Path]
ROOT = Path(__file__).parents[2] / "tenants"
WITH_PORTAL = {
    "vechta", "cloppenburg", "landkreis-vechta", "landkreis-cloppenburg", "bakum", "lohne",
    "neuenkirchen-voerden",
}  # fmt: skip
WITH_FORM = {path.stem for path in shipped("catalogue").glob("forms/[!_]*.yaml")}


def _said_of_fee(offer: OfferDefinition, language: str) -> str:
    """What a town says of a fee: in its own words, or by steps that it names."""
    if offer.fee_rule is None:
        return offer.fee[language]
    return ", ".join(f"{(step.label or {})[language]} {step.cents // 100}" for step in offer.fee_rule.steps)


def faults_of(root: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_tenants(root)
    return [fault.removeprefix(f"{root}/") for fault in caught.value.faults]


def test_districts_come_first(write_tenant: WriteTenant, town_source: str, district_source: str) -> None:
    root = write_tenant(town_source).parent
    write_tenant(district_source, slug="landkreis-beispiel")
    assert [tenant.slug for tenant in read_tenants(root)] == ["landkreis-beispiel", "beispielstadt"]


def test_no_two_tenants_share_what_names_them(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    root = write_tenant(town_source).parent
    write_tenant(district_source, slug="landkreis-beispiel")
    write_tenant(
        town_source,
        ('slug = "beispielstadt"', 'slug = "zweitstadt"'),
        ('"www.beispielstadt.localhost"', '"www.zweitstadt.localhost"'),
        slug="zweitstadt",
    )
    assert faults_of(root) == [
        "zweitstadt/tenant.toml:2: code: BSP belongs to beispielstadt already.",
        "zweitstadt/tenant.toml:4: ars: 034600009009 belongs to beispielstadt already.",
        "zweitstadt/tenant.toml:16: hosts.portal: beispielstadt.localhost belongs to beispielstadt already.",
        "zweitstadt/tenant.toml:17: hosts.desk: verwaltung.beispielstadt.localhost belongs to"
        " beispielstadt already.",
    ]


def test_one_towns_desk_is_not_anothers_portal(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    root = write_tenant(town_source).parent
    write_tenant(district_source, slug="landkreis-beispiel")
    write_tenant(
        town_source,
        ('slug = "beispielstadt"', 'slug = "zweitstadt"'),
        ('"BSP"', '"ZWS"'),
        ("034600009009", "034600001001"),
        (
            '["beispielstadt.localhost", "www.beispielstadt.localhost"]',
            '["verwaltung.beispielstadt.localhost"]',
        ),
        ('desk = ["verwaltung.beispielstadt.localhost"]', 'desk = ["verwaltung.zweitstadt.localhost"]'),
        slug="zweitstadt",
    )
    assert faults_of(root) == [
        "zweitstadt/tenant.toml:16: hosts.portal: verwaltung.beispielstadt.localhost belongs to"
        " beispielstadt already."
    ]


def test_a_town_lies_in_a_district_that_there_is(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    root = write_tenant(town_source).parent
    assert faults_of(root) == [
        "beispielstadt/tenant.toml:5: district: there is no tenant landkreis-beispiel."
    ]
    write_tenant(district_source, ("034600000000", "034530000000"), slug="landkreis-beispiel")
    assert faults_of(root) == [
        "beispielstadt/tenant.toml:4: ars: 034600009009 does not lie in landkreis-beispiel (034530000000)."
    ]


def test_a_town_is_no_district(write_tenant: WriteTenant, town_source: str) -> None:
    root = write_tenant(town_source, ('"landkreis-beispiel"', '"beispielstadt"')).parent
    assert faults_of(root) == ["beispielstadt/tenant.toml:5: district: beispielstadt is not a district."]


def test_a_district_that_cannot_be_read_is_not_called_missing(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    root = write_tenant(town_source).parent
    write_tenant(district_source, ('"LKB"', '"lkb"'), slug="landkreis-beispiel")
    assert faults_of(root) == ["landkreis-beispiel/tenant.toml:2: code: must be three capitals."]


def test_faults_of_all_folders_come_at_once(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    root = write_tenant(town_source, ('"BSP"', '"bsp"')).parent
    write_tenant(district_source, ('"LKB"', '"lkb"'), slug="landkreis-beispiel")
    assert [fault.split(":")[0] for fault in faults_of(root)] == [
        "beispielstadt/tenant.toml",
        "landkreis-beispiel/tenant.toml",
    ]


@pytest.fixture(scope="module")
def region() -> dict[str, TenantDefinition]:
    return {tenant.slug: tenant for tenant in read_tenants(ROOT)}


def test_both_districts_are_there_with_all_their_municipalities(region: dict[str, TenantDefinition]) -> None:
    assert {slug for slug, tenant in region.items() if tenant.has_portal} == WITH_PORTAL
    towns = {str(tenant.ars) for tenant in region.values() if tenant.kind is not TenantKind.DISTRICT}
    listed = {
        str(place.ars)
        for place in read_places(ROOT / "_directory" / "niedersachsen.csv")
        if str(place.ars)[:5] in ("03460", "03453")
    }
    assert towns == listed
    assert len(towns) == 23


def test_towns_and_directory_agree_on_names_and_postcodes(region: dict[str, TenantDefinition]) -> None:
    directory = PlaceDirectory(read_places(ROOT / "_directory" / "niedersachsen.csv"))
    for tenant in region.values():
        place = directory.get(tenant.ars)
        if place is not None:
            assert place.name.split(" (")[0] == tenant.name.short.split(" (")[0]
            assert set(place.postcodes) <= set(tenant.postcodes)
            assert tenant.parent
            assert place.district == region[tenant.parent].name.full["de"]


def test_vechta_answers_under_two_names_and_the_first_is_canonical(
    region: dict[str, TenantDefinition],
) -> None:
    assert region["vechta"].hosts.portal == ("vechta.localhost", "www.vechta.localhost")


def test_no_address_of_the_demonstration_reaches_anybody(region: dict[str, TenantDefinition]) -> None:
    for tenant in region.values():
        offices = [office.contact.email for office in tenant.offices]
        sender = [tenant.mail.address] if tenant.mail else []
        for address in (tenant.contact.email, *offices, *sender):
            assert address.endswith(".example"), address


def test_no_two_portals_look_alike(region: dict[str, TenantDefinition]) -> None:
    brands = [region[slug].brand for slug in WITH_PORTAL]
    assert len({brand.colour for brand in brands if brand}) == len(WITH_PORTAL)
    assert len({brand.mark_svg for brand in brands if brand}) == len(WITH_PORTAL)


def test_only_services_with_a_form_are_online(region: dict[str, TenantDefinition]) -> None:
    for tenant in region.values():
        online = {key for key, offer in tenant.offers.items() if offer.channel is Channel.ONLINE}
        assert online <= WITH_FORM, tenant.slug
        assert online != WITH_FORM, tenant.slug


def test_vechta_and_cloppenburg_each_have_what_the_other_lacks(region: dict[str, TenantDefinition]) -> None:
    def online(slug: str) -> set[str]:
        return {key for key, offer in region[slug].offers.items() if offer.channel is Channel.ONLINE}

    assert online("vechta") - online("cloppenburg") == {"ausweis-verlust"}
    assert online("cloppenburg") - online("vechta") == {"fuehrungszeugnis"}


def test_postal_voting_is_open_in_one_town_and_closed_in_another(region: dict[str, TenantDefinition]) -> None:
    day = date(2026, 11, 23)
    assert region["vechta"].offers["briefwahl"].is_open(day)
    assert not region["cloppenburg"].offers["briefwahl"].is_open(day)
    assert region["cloppenburg"].offers["briefwahl"].is_open(date(2026, 9, 1))


def test_the_dog_tax_differs_and_is_said_in_both_languages(region: dict[str, TenantDefinition]) -> None:
    offers = [
        tenant.offers["hund-anmelden"] for tenant in region.values() if "hund-anmelden" in tenant.offers
    ]
    for language in ("de", "en"):
        said = {_said_of_fee(offer, language) for offer in offers}
        assert len(said) == len(offers) == 5


def test_every_offer_names_an_office_and_every_text_has_its_english(
    region: dict[str, TenantDefinition],
) -> None:
    for tenant in region.values():
        for offer in tenant.offers.values():
            assert offer.office, (tenant.slug, offer.service)
            for texts in (offer.fee, offer.text):
                assert not texts or {"de", "en"} <= set(texts), (tenant.slug, offer.service)


def test_a_town_that_is_also_responsible_offers_it(region: dict[str, TenantDefinition]) -> None:
    for tenant in region.values():
        assert set(tenant.also_responsible) <= set(tenant.offers), tenant.slug
    assert {"baugenehmigung", "reisegewerbekarte", "namensaenderung"} <= set(
        region["vechta"].also_responsible
    )
    assert region["friesoythe"].also_responsible == ("namensaenderung",)


def test_offers_and_delegations_name_services_of_the_catalogue(region: dict[str, TenantDefinition]) -> None:
    services = {file.stem for file in (ROOT.parent / "catalogue" / "services").glob("*.yaml")}
    assert services
    for tenant in region.values():
        assert {*tenant.offers, *tenant.also_responsible} <= services, tenant.slug
