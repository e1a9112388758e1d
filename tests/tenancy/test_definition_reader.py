"""Reading a tenant from its folder: what comes out, and how each fault is named."""

# A row of the table of faults is easier to read on one line, however long.
# ruff: noqa: E501
from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import Channel, Contact, TenantKind
from kreisportal.tenancy.definition_reader import read_tenant
from kreisportal.tenancy.opening_hours import Closure, Interval

WriteTenant = Callable[..., Path]


def faults_of(folder: Path) -> list[str]:
    """The faults of a folder without the folder's own path."""
    with pytest.raises(DefinitionError) as caught:
        read_tenant(folder)
    return [fault.removeprefix(f"{folder}/") for fault in caught.value.faults]


def test_a_complete_town_is_read(write_tenant: WriteTenant, town_source: str) -> None:
    town = read_tenant(write_tenant(town_source))
    assert (town.slug, town.code, town.kind) == ("beispielstadt", "BSP", TenantKind.CITY)
    assert str(town.ars) == "034600009009"
    assert (town.parent, town.state, town.has_portal) == ("landkreis-beispiel", "Niedersachsen", True)
    assert town.name.full == {"de": "Stadt Beispielstadt", "en": "Town of Beispielstadt"}
    assert town.name.locative == {"de": "in Beispielstadt", "en": "in Beispielstadt"}
    assert town.hosts.portal == ("beispielstadt.localhost", "www.beispielstadt.localhost")
    assert town.hosts.desk == ("verwaltung.beispielstadt.localhost",)
    assert town.contact == Contact(
        "Am Markt 1", "49377", "Beispielstadt", "rathaus@beispielstadt.example", "04441 886-0"
    )
    assert town.brand
    assert town.brand.colour == "#0b5d4e"
    assert town.brand.mark_svg.startswith("<svg")
    assert town.mail
    assert town.mail.address == "portal@beispielstadt.example"
    assert town.postcodes == ("49377", "49378")


def test_hours_and_closures_are_read(write_tenant: WriteTenant, town_source: str) -> None:
    town = read_tenant(write_tenant(town_source))
    assert town.hours
    assert town.hours.week[0] == (Interval(time(8), time(12, 30)), Interval(time(14), time(16)))
    assert town.hours.week[1:] == ((),) * 6
    assert town.hours.closures == (Closure(date(2026, 12, 24), date(2026, 12, 31), {"de": "Betriebsferien"}),)


def test_an_office_has_from_the_town_hall_what_it_lacks(write_tenant: WriteTenant, town_source: str) -> None:
    town = read_tenant(write_tenant(town_source))
    taxes, registry = town.office("steueramt"), town.office("standesamt")
    assert taxes
    assert registry
    assert (taxes.contact.street, taxes.contact.email) == ("Am Markt 1", "steuern@beispielstadt.example")
    assert taxes.hours == town.hours
    assert (registry.contact.street, registry.contact.phone) == ("Nebenweg 2", "04441 886-0")
    assert registry.hours
    assert town.hours
    assert registry.hours.week[1] == (Interval(time(9), time(10)),)
    assert registry.hours.closures == town.hours.closures
    assert town.office("bauamt") is None


def test_offers_are_read(write_tenant: WriteTenant, town_source: str) -> None:
    offers = read_tenant(write_tenant(town_source)).offers
    dog, vote = offers["hund-anmelden"], offers["briefwahl"]
    assert (dog.service, dog.channel, dog.office, dog.processing_days) == (
        "hund-anmelden", Channel.ONLINE, "steueramt", 7,
    )  # fmt: skip
    assert dog.fee == {"de": "60 € im Jahr"}
    assert dog.is_open(date(2000, 1, 1))
    assert (vote.channel, vote.url) == (Channel.LINK, "https://wahl.example")
    days = [date(2026, 8, 2), date(2026, 8, 3), date(2026, 9, 11), date(2026, 9, 12)]
    assert [vote.is_open(day) for day in days] == [False, True, True, False]


def test_an_offer_that_is_off_is_never_open(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source, ('on = true\nchannel = "online"', 'on = false\nchannel = "online"'))
    assert not read_tenant(folder).offers["hund-anmelden"].is_open(date(2026, 11, 22))


def test_texts_come_from_the_town_or_else_from_all(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source)
    (folder / "texts").mkdir()
    (folder / "texts" / "imprint.en.md").write_text("# Ours\n", encoding="utf-8")
    legal = read_tenant(folder).legal
    assert legal["imprint"]["de"] == "# Stadt Beispielstadt\n\nTelefon: 04441 886-0\n"
    assert legal["imprint"]["en"] == "# Ours\n"
    assert set(legal) == {"imprint", "privacy", "accessibility", "plain-language"}
    assert set(legal["plain-language"]) == {"de-simple"}


def test_a_district_without_a_portal_needs_little(write_tenant: WriteTenant, district_source: str) -> None:
    district = read_tenant(write_tenant(district_source, slug="landkreis-beispiel"))
    assert district.parent is None
    assert district.hosts.portal == ()
    assert district.legal == {}
    assert district.name.locative["en"] == "in the District of Beispiel"


def test_a_district_says_what_its_towns_inherit(write_tenant: WriteTenant, district_source: str) -> None:
    overlay = '\n[overlays.hund-anmelden]\nfee.de = "5 €"\nfee.en = "€5"\n'
    district = read_tenant(write_tenant(district_source + overlay, slug="landkreis-beispiel"))
    assert district.overlays["hund-anmelden"].fee == {"de": "5 €", "en": "€5"}
    assert district.document["overlays"] == {"hund-anmelden": {"fee": {"de": "5 €", "en": "€5"}}}


def test_an_overlay_is_a_districts_and_says_something(
    write_tenant: WriteTenant, town_source: str, district_source: str
) -> None:
    overlay = '\n[overlays.hund-anmelden]\ntext.de = "Leine"\ntext.en = "Lead"\n'
    (fault,) = faults_of(write_tenant(town_source + overlay))
    assert fault.endswith("overlays: belongs into a district's file; a town has offers.")
    nothing = write_tenant(district_source + "\n[overlays.hund-anmelden]\n", slug="landkreis-beispiel")
    assert [fault.partition(": ")[2] for fault in faults_of(nothing)] == [
        "overlays.hund-anmelden.text: is missing; an overlay has a text or a fee."
    ]


@pytest.mark.parametrize(
    ("entry", "paths"),
    [
        ("", ["de", "en", "de-simple"]),
        ("languages = []\n", ["de"]),
        ('languages = ["en"]\n', ["de", "en"]),
        ('languages = ["de-simple", "en"]\n', ["de", "en", "de-simple"]),
    ],
)
def test_a_portal_is_offered_in_german_and_in_what_the_town_names(
    write_tenant: WriteTenant, town_source: str, entry: str, paths: list[str]
) -> None:
    town = read_tenant(write_tenant(town_source, ("portal = true\n", f"portal = true\n{entry}")))
    assert [language.path for language in town.languages] == paths


def test_a_definition_can_be_kept(write_tenant: WriteTenant, town_source: str) -> None:
    town = read_tenant(write_tenant(town_source))
    assert json.loads(json.dumps(town.document)) == town.document
    assert town.document["offers"]["briefwahl"]["from"] == "2026-08-03"
    assert pickle.loads(pickle.dumps(town)) == town  # noqa: S301


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('slug = "beispielstadt"', 'slug = "woanders"', "1: slug: must be the folder's name, beispielstadt."),
        ('code = "BSP"', 'code = "Bsp"', "2: code: must be three capitals."),
        ('kind = "city"', 'kind = "town"', "3: kind: Must be one of: district, city, municipality, joint_municipality."),
        ('"034600009009"', '"03460009"', "4: ars: must be a text of the ARS's 12 digits."),
        ('"034600009009"', "34600009009", "4: ars: must be a text of the ARS's 12 digits."),
        ('"034600009009"', '"034600000000"', "5: district: does not belong in the file of a city that is in no district."),
        ('district = "landkreis-beispiel"\n', "", "1: district: is missing; only a district and a city that is in none have no district."),
        ("portal = true", 'portal = "yes"', "6: portal: must be true or false."),
        ('state = "Niedersachsen"', 'state = "Bremen"', "7: state: does not fit the ARS, which lies in Niedersachsen."),
        ('short = "Beispielstadt"', 'short = ""', "11: name.short: Length must be between 1 and 200."),
        ('short = "Beispielstadt"\n', "", "9: name.short: Missing data for required field."),
        ('"www.beispielstadt.localhost"', '"Www.beispielstadt.localhost"', "16: hosts.portal.2: must be a host name in small letters, without port."),
        ('"www.beispielstadt.localhost"', '"-a.localhost"', "16: hosts.portal.2: must be a host name in small letters, without port."),
        ('"www.beispielstadt.localhost"', '"a.localhost:80"', "16: hosts.portal.2: must be a host name in small letters, without port."),
        ('"www.beispielstadt.localhost"', '"localhost"', "16: hosts.portal.2: must be a host name of two or more parts, not a number."),
        ('"www.beispielstadt.localhost"', '"127.0.0.1"', "16: hosts.portal.2: must be a host name of two or more parts, not a number."),
        ('"www.beispielstadt.localhost"', '"beispielstadt.localhost"', "16: hosts.portal: beispielstadt.localhost is named twice."),
        ('["verwaltung.beispielstadt.localhost"]', '["beispielstadt.localhost"]', "17: hosts.desk: beispielstadt.localhost is named twice."),
        ('["verwaltung.beispielstadt.localhost"]', "[]", "17: hosts.desk: Shorter than minimum length 1."),
        ('"#0b5d4e"', '"#0B5D4E"', "20: brand.colour: must be a colour like #1a2b3c, in small letters."),
        ('"#0b5d4e"', '"green"', "20: brand.colour: must be a colour like #1a2b3c, in small letters."),
        ('"mark.svg"', '"../mark.svg"', "21: brand.mark: must be a name like mark.svg."),
        ('"mark.svg"', '"mark.svg"\npicture = {file = "../a.png", alt = {de = "x"}}', "22: brand.picture.file: must be a name like picture.webp (JPEG, PNG, WebP)."),
        ('street = "Am Markt 1"', 'street = "<b>Markt</b>"', "24: contact.street: must not hold HTML; write Markdown."),
        ('postcode = "49377"', 'postcode = "4937"', "25: contact.postcode: must have five digits."),
        ('"04441 886-0"', '"0"', "27: contact.phone: must be a telephone number like 04441 886-0."),
        ('"rathaus@beispielstadt.example"', '"rathaus"', "28: contact.email: Not a valid email address."),
        ('"08:00-12:30"', '"8-12"', "31: hours.monday.1: '8-12' is not a time like 08:00-12:30."),
        ('"14:00-16:00"', '"12:00-16:00"', "31: hours.monday: 12:00-16:00 must begin after 08:00-12:30 has ended."),
        ("monday =", "montag =", "31: hours.montag: Unknown field."),
        ("date = 2026-12-24", 'date = "24.12.2026"', "34: hours.closed.1.date: must be a date like 2026-12-24."),
        ("until = 2026-12-31", "until = 2026-12-01", "35: hours.closed.1.until: the closure from 2026-12-24 ends before it begins."),
        ('reason.de = "Betriebsferien"', 'reason.en = "Holidays"', "33: hours.closed.1.reason.de: is missing."),
        ('key = "standesamt"', 'key = "steueramt"', "44: offices.2.key: steueramt is named twice."),
        ('postcode = "49378"\n', "", "47: offices.2.city: street, postcode and city belong together."),
        ('privacy_email = "datenschutz@beispielstadt.example"\n', "", "57: legal.privacy_email: Missing data for required field."),
        ('"49377", "49378"', '"49377", 49378', "62: places.postcodes.2: Not a valid string."),
        ("on = true\nchannel = \"online\"", "on = 1\nchannel = \"online\"", "65: offers.hund-anmelden.on: must be true or false."),
        ('"online"', '"fax"', "66: offers.hund-anmelden.channel: Must be one of: online, appointment, paper, link."),
        ('office = "steueramt"', 'office = "steuramt"', "67: offers.hund-anmelden.office: steuramt is none of this file's offices."),
        ("processing_days = 7", "processing_days = 0", "68: offers.hund-anmelden.processing_days: Must be greater than or equal to 1 and less than or equal to 730."),
        ('fee.de = "60 € im Jahr"', 'fee.fr = "60 €"', "69: offers.hund-anmelden.fee.fr: is no language of the region (de, en, de-simple)."),
        ("until = 2026-09-11", "until = 2026-07-11", "75: offers.briefwahl.until: lies before from."),
        ('url = "https://wahl.example"\n', "", "71: offers.briefwahl.url: is missing; the channel link needs one."),
        ('"https://wahl.example"', '"http://wahl.example"', "76: offers.briefwahl.url: must be a web address that begins with https://."),
        ('"https://wahl.example"', '"javascript:alert(1)"', "76: offers.briefwahl.url: must be a web address that begins with https://."),
        ('channel = "link"', 'channel = "paper"', "76: offers.briefwahl.url: belongs to the channel link only."),
        ("**11. September**", "<script>", "77: offers.briefwahl.text.de: must not hold HTML; write Markdown."),
        ("[offers.briefwahl]", "[offers.Briefwahl]", "71: offers.Briefwahl: must be small letters, digits and single hyphens."),
        ("portal = true", 'portal = true\nlanguages = ["en", "fr"]', "7: languages.2: must be one of en, de-simple; German is always offered."),
        ("portal = true", 'portal = true\nlanguages = ["de"]', "7: languages.1: must be one of en, de-simple; German is always offered."),
        ("portal = true", 'portal = true\nlanguages = ["en", "en"]', "7: languages: names a language twice."),
        ("portal = true", 'portal = true\nlanguages = "en"', "7: languages: Not a valid list."),
        ("[legal]", "[legel]", "57: legel: Unknown field."),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_field(
    write_tenant: WriteTenant, town_source: str, old: str, new: str, fault: str
) -> None:
    assert old in town_source
    folder = write_tenant(town_source.replace(old, new, 1))
    assert f"tenant.toml:{fault}" in faults_of(folder)


def test_all_faults_come_at_once_and_in_order(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(
        town_source,
        ('code = "BSP"', 'code = "bsp"'),
        ('"#0b5d4e"', '"grün"'),
        ('"08:00-12:30"', '"8"'),
        ('office = "steueramt"', 'office = "fehlt"'),
        ('"https://wahl.example"', '"wahl"'),
    )
    (folder / "mark.svg").write_text('<svg xmlns="x"><script>1</script></svg>')
    (folder / "texts").mkdir()
    (folder / "texts" / "privacy.de.md").write_text("# Datenschutz\n\n{Strasse} und <b>mehr</b>\n")
    found = faults_of(folder)
    places = [fault.split(": ")[0] for fault in found]
    assert [place for place in places if place.startswith("tenant.toml")] == [
        "tenant.toml:2", "tenant.toml:20", "tenant.toml:31", "tenant.toml:67", "tenant.toml:76",
    ]  # fmt: skip
    assert any(place.startswith("mark.svg:1") for place in places)
    assert places.count("texts/privacy.de.md:3") == 2


def test_a_portal_needs_all_its_tables(write_tenant: WriteTenant, district_source: str) -> None:
    folder = write_tenant(district_source, ("portal = false", "portal = true"), slug="landkreis-beispiel")
    assert faults_of(folder) == [
        f"tenant.toml:1: {table}: is missing; a portal needs it."
        for table in ("brand", "hosts", "hours", "legal", "mail")
    ]


def test_without_a_portal_there_are_no_hosts_and_nothing_is_online(
    write_tenant: WriteTenant, town_source: str
) -> None:
    folder = write_tenant(town_source, ("portal = true", "portal = false"))
    assert faults_of(folder) == [
        "tenant.toml:15: hosts: belongs to a tenant with a portal only.",
        "tenant.toml:66: offers.hund-anmelden.channel: online needs a portal.",
    ]


def test_a_district_has_no_district(write_tenant: WriteTenant, district_source: str) -> None:
    folder = write_tenant(
        district_source, ("portal = false", 'portal = false\ndistrict = "x"'), slug="landkreis-beispiel"
    )
    assert faults_of(folder) == ["tenant.toml:6: district: does not belong in a district's file."]


def test_what_is_not_toml_is_told_with_its_line(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source, ("portal = true", "portal = wahr"))
    assert faults_of(folder)[0].startswith("tenant.toml:6: file: is not TOML: ")


def test_a_file_that_is_missing_or_not_utf8_is_told(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source)
    (folder / "tenant.toml").write_bytes(b'slug = "\xff"')
    assert faults_of(folder) == ["tenant.toml:1: file: must be UTF-8."]
    (folder / "tenant.toml").unlink()
    assert faults_of(folder) == ["tenant.toml:1: file: cannot be read (No such file or directory)."]


def test_a_missing_mark_is_told(write_tenant: WriteTenant, town_source: str) -> None:
    folder = write_tenant(town_source)
    (folder / "mark.svg").unlink()
    assert faults_of(folder) == ["mark.svg:1: mark: is missing."]
