"""Read tenants from their folders, all faults at once, each as ``file:line: field: what``.

``tenants/<slug>/`` holds ``tenant.toml``, the mark (SVG), a picture if the town has one and, where it wants its own
words, ``texts/<page>.<language>.md``; the common texts lie in ``tenants/_common/texts``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from kreisportal.kernel.errors import DefinitionError
from kreisportal.tenancy.definition import (
    HOME_PARTS,
    Brand,
    Contact,
    MailSender,
    OfferDefinition,
    Office,
    OverlayDefinition,
    TenantDefinition,
    TenantHosts,
    TenantKind,
    TenantName,
)
from kreisportal.tenancy.definition_mark import MARK_NAME, read_mark
from kreisportal.tenancy.definition_rules import broken_rules
from kreisportal.tenancy.definition_schemas import TenantSchema
from kreisportal.tenancy.definition_texts import check_pages, own_pages, read_pages
from kreisportal.tenancy.offered_languages import offered
from kreisportal.tenancy.opening_hours import OpeningHours
from kreisportal.tenancy.toml_lines import KeyPath, TomlLines
from kreisportal.tenancy.town_picture import PICTURE_NAME, TownPicture, read_picture

FILE_NAME = "tenant.toml"
_FAULT = re.compile(r"(.+?):([0-9]+): ")
_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A file that was read, with what is needed to name a place in it."""

    path: Path
    document: Mapping[str, Any]
    lines: TomlLines

    def fault(self, field: KeyPath, what: str) -> str:
        """``file:line: field: what`` for the key at ``field``."""
        name = ".".join(str(part + 1) if isinstance(part, int) else part for part in field)
        return f"{self.path}:{self.lines.line(field)}: {name}: {what}"


def read_tenant(folder: Path, common: Path | None = None) -> TenantDefinition:
    """The tenant in ``folder``; common texts come from ``common``, else from ``_common`` beside the folder.

    Raises DefinitionError with all faults of its files.
    """
    return read_with_file(folder, common)[0]


def read_with_file(folder: Path, common: Path | None = None) -> tuple[TenantDefinition, TenantFile]:
    """As ``read_tenant``, with the file, so that a caller who compares tenants can name lines."""
    file = _open(folder / FILE_NAME)
    places = (folder / "texts", (common or folder.parent / "_common") / "texts")
    faults: list[str] = []
    data: Mapping[str, Any] = {}
    try:
        data = TenantSchema().load(file.document)
    except ValidationError as error:
        data = error.valid_data if isinstance(error.valid_data, dict) else {}
        faults += (file.fault(path, what) for path, what in flatten(error.messages))
    faults += (file.fault(path, what) for path, what in broken_rules(data, file.document))
    if file.document.get("slug") != folder.name:
        faults.append(file.fault(("slug",), f"must be the folder's name, {folder.name}."))
    if file.document.get("portal") is True:
        faults += check_pages(places)
    svg, mark_faults = _mark(file)
    source, picture_faults = _picture(file)
    faults += (*mark_faults, *picture_faults)
    if faults:
        raise DefinitionError(_sorted(set(faults)))
    tenant = make_tenant(data, file.document)
    if tenant.brand:
        picture = tenant.brand.picture and replace(tenant.brand.picture, source=source)
        tenant = replace(tenant, brand=replace(tenant.brand, mark_svg=svg, picture=picture))
    if tenant.has_portal:
        legal = read_pages(places, tenant, data["legal"])
        tenant = replace(tenant, legal=legal, own_texts=own_pages(places[0]))
    return tenant, file


def _mark(file: TenantFile) -> tuple[str, list[str]]:
    """The mark that the file names; nothing where the name itself is at fault, which the schema tells."""
    brand = file.document.get("brand")
    name = brand.get("mark") if isinstance(brand, dict) else None
    if not isinstance(name, str) or not MARK_NAME.fullmatch(name):
        return "", []
    return read_mark(file.path.parent / name)


def _picture(file: TenantFile) -> tuple[bytes, list[str]]:
    """The picture that the file names, as with the mark."""
    brand = file.document.get("brand")
    told = brand.get("picture") if isinstance(brand, dict) else None
    name = told.get("file") if isinstance(told, dict) else None
    if not isinstance(name, str) or not PICTURE_NAME.fullmatch(name):
        return b"", []
    return read_picture(file.path.parent / name)


def _open(path: Path) -> TenantFile:
    try:
        source = path.read_text(encoding="utf-8")
        return TenantFile(path, tomllib.loads(source), TomlLines(source))
    except OSError as error:
        raise DefinitionError([f"{path}:1: file: cannot be read ({error.strerror})."]) from error
    except UnicodeDecodeError as error:
        raise DefinitionError([f"{path}:1: file: must be UTF-8."]) from error
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = found[1] if found else source.count("\n") + 1
        raise DefinitionError([f"{path}:{line}: file: is not TOML: {error}."]) from error


def flatten(messages: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """marshmallow's nested messages as pairs of a key's path and a sentence."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else (*path, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from flatten(inner, path)
    else:
        yield path, str(messages)


def _sorted(faults: Iterable[str]) -> list[str]:
    """Faults by file and line; lines as numbers, so that 9 comes before 10."""

    def order(fault: str) -> tuple[str, int, str]:
        found = _FAULT.match(fault)
        return (found[1], int(found[2]), fault) if found else (fault, 0, fault)

    return sorted(faults, key=order)


def make_tenant(data: Mapping[str, Any], document: Mapping[str, Any]) -> TenantDefinition:
    """The definition from what ``TenantSchema`` loaded; without the content of mark and texts."""
    contact = Contact(**data["contact"])
    hours = _in_state(data.get("hours"), data["state"])
    name, mail, hosts, brand = data["name"], data.get("mail"), data.get("hosts", {}), data.get("brand")
    english = f"the {name['en']}" if data["kind"] is TenantKind.DISTRICT else name["short"]
    return TenantDefinition(
        slug=data["slug"],
        code=data["code"],
        kind=data["kind"],
        ars=data["ars"],
        parent=data.get("district"),
        state=data["state"],
        has_portal=data["portal"],
        name=TenantName(
            full={"de": name["de"], "en": name["en"]},
            short=name["short"],
            locative={"de": name["locative"], "en": f"in {english}"},
        ),
        hosts=TenantHosts(tuple(hosts.get("portal", ())), tuple(hosts.get("desk", ()))),
        contact=contact,
        postcodes=tuple(data.get("places", {}).get("postcodes", ())),
        brand=_brand(brand) if brand else None,
        hours=hours,
        mail=MailSender(mail["sender_name"], mail["sender_address"]) if mail else None,
        offices=tuple(_office(office, contact, hours) for office in data.get("offices", ())),
        home=tuple(data.get("home", {}).get("order", HOME_PARTS)),
        notice=data.get("notice"),
        links=tuple(data.get("links", ())),
        council=data.get("council"),
        languages=offered(data.get("languages")),
        declaration=data.get("declaration"),
        also_responsible=tuple(data.get("also_responsible", ())),
        offers={key: _offer(key, offer) for key, offer in data.get("offers", {}).items()},
        overlays={key: OverlayDefinition(**overlay) for key, overlay in data.get("overlays", {}).items()},
        document=_plain(document),
    )


def _brand(data: Mapping[str, Any]) -> Brand:
    picture = data.get("picture")
    return Brand(data["colour"], data["mark"], picture=TownPicture(**picture) if picture else None)


def _in_state(hours: OpeningHours | None, state: str) -> OpeningHours | None:
    """Hours that know in which Land they hold, for its holidays."""
    return replace(hours, state=state) if hours else None


def _office(data: Mapping[str, Any], contact: Contact, hours: OpeningHours | None) -> Office:
    """An office; what its table leaves out is the town hall's, and so are the days when all is closed."""
    own = {key: data[key] for key in ("street", "postcode", "city", "phone", "email") if key in data}
    own_hours: OpeningHours | None = data.get("hours", hours)
    if own_hours and hours and own_hours is not hours:
        own_hours = replace(own_hours, closures=own_hours.closures + hours.closures, state=hours.state)
    return Office(data["key"], data["name"], replace(contact, **own), own_hours)


def _offer(service: str, data: Mapping[str, Any]) -> OfferDefinition:
    """An offer with what is planned for it, which is on and off with it."""
    planned = tuple(
        OfferDefinition(service=service, on=data["on"], **change) for change in data.get("planned", ())
    )
    papers = tuple(data.get("papers", ()))
    return OfferDefinition(service=service, **{**data, "papers": papers, "planned": planned})


def _plain(value: Any) -> Any:
    """TOML's dates as texts, so that the document can be kept as JSON."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
