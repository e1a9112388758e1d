"""A small town as files, which tests bend as they like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TOWN = """\
slug = "beispielstadt"
code = "BSP"
kind = "city"
ars = "034600009009"
district = "landkreis-beispiel"
portal = true
state = "Niedersachsen"

[name]
de = "Stadt Beispielstadt"
short = "Beispielstadt"
locative = "in Beispielstadt"
en = "Town of Beispielstadt"

[hosts]
portal = ["beispielstadt.localhost", "www.beispielstadt.localhost"]
desk = ["verwaltung.beispielstadt.localhost"]

[brand]
colour = "#0b5d4e"
mark = "mark.svg"

[contact]
street = "Am Markt 1"
postcode = "49377"
city = "Beispielstadt"
phone = "04441 886-0"
email = "rathaus@beispielstadt.example"

[hours]
monday = ["08:00-12:30", "14:00-16:00"]

[[hours.closed]]
date = 2026-12-24
until = 2026-12-31
reason.de = "Betriebsferien"

[[offices]]
key = "steueramt"
name.de = "Steueramt"
email = "steuern@beispielstadt.example"

[[offices]]
key = "standesamt"
name.de = "Standesamt"
street = "Nebenweg 2"
postcode = "49378"
city = "Beispielstadt"

[offices.hours]
tuesday = ["09:00-10:00"]

[mail]
sender_name = "Stadt Beispielstadt"
sender_address = "portal@beispielstadt.example"

[legal]
privacy_email = "datenschutz@beispielstadt.example"
supervision.de = "Landkreis Beispiel"

[places]
postcodes = ["49377", "49378"]

[offers.hund-anmelden]
on = true
channel = "online"
office = "steueramt"
processing_days = 7
fee.de = "60 € im Jahr"

[offers.briefwahl]
on = true
channel = "link"
from = 2026-08-03
until = 2026-09-11
url = "https://wahl.example"
text.de = "Nur bis zum **11. September**."
"""

DISTRICT = """\
slug = "landkreis-beispiel"
code = "LKB"
kind = "district"
ars = "034600000000"
portal = false
state = "Niedersachsen"

[name]
de = "Landkreis Beispiel"
short = "Landkreis Beispiel"
locative = "im Landkreis Beispiel"
en = "District of Beispiel"

[contact]
street = "Kreisweg 1"
postcode = "49377"
city = "Beispielstadt"
email = "kreis@landkreis-beispiel.example"
"""

MARK = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
  <circle cx="20" cy="20" r="20" fill="#0b5d4e"/>
</svg>
"""

PAGES = ("imprint.de", "imprint.en", "privacy.de", "privacy.en", "accessibility.de", "accessibility.en",
         "plain-language.de-simple")  # fmt: skip

WriteTenant = Callable[..., Path]


@pytest.fixture
def write_tenant(tmp_path: Path) -> WriteTenant:
    """Write a tenant's folder and the common texts; each change is a pair of old and new text."""

    def write(source: str = TOWN, *changes: tuple[str, str], slug: str = "beispielstadt") -> Path:
        for old, new in changes:
            assert old in source, old
            source = source.replace(old, new)
        folder = tmp_path / slug
        folder.mkdir()
        (folder / "tenant.toml").write_text(source, encoding="utf-8")
        (folder / "mark.svg").write_text(MARK, encoding="utf-8")
        common = tmp_path / "_common" / "texts"
        common.mkdir(parents=True, exist_ok=True)
        for page in PAGES:
            (common / f"{page}.md").write_text("# {name}\n\nTelefon: {phone}\n", encoding="utf-8")
        return folder

    return write


@pytest.fixture
def town_source() -> str:
    """The file of a complete town with a portal."""
    return TOWN


@pytest.fixture
def district_source() -> str:
    """The file of a district without a portal."""
    return DISTRICT
