"""Bringing invented towns on line as whoever runs a region does: by the commands, from a directory and lists."""

from __future__ import annotations

import colorsys
import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml

OFFERED = 120
"""How many services each town offers."""

_TOWNS_OF_DISTRICT = 99
_OF_A_LIST = 1000
_SEED = 575
_STATE = 5
_OFFICE = {
    "street": "Rathausplatz 1",
    "postcode": "49377",
    "city": "Musterort",
    "email": "rathaus@ort.example",
}
_ADMIN = {"admin_name": "Antje Muster", "admin_email": "admin@ort.example", "offers": "none"}
_COLUMNS = ("town", "colour", *_OFFICE, *_ADMIN, "district_name", *(f"district_{name}" for name in _OFFICE))
# What the towns' own admins would say in time: fees, days, and words of their own at every tenth service.
_SAID = """
WITH said AS (
    SELECT tenant_id, service_key, abs(hashtext(tenant_id || service_key)) AS chance FROM offers WHERE tenant_id = ANY (
        SELECT id FROM tenants WHERE slug LIKE 'musterort-%'))
UPDATE offers o SET details = jsonb_strip_nulls(jsonb_build_object(
    'processing_days', 1 + s.chance % 29,
    'fee', CASE WHEN s.chance % 3 = 0 THEN
        jsonb_build_object('de', 5 + s.chance % 195 || ' €', 'en', '€' || 5 + s.chance % 195) END,
    'text', CASE WHEN s.chance % 10 = 0 THEN jsonb_build_object(
        'de', 'Damit kommen Sie bei uns ohne Termin in das Bürgerbüro ' || s.tenant_id || '. Bringen Sie Ihren Ausweis mit.',
        'en', 'You come to our citizens'' office ' || s.tenant_id || ' for this without an appointment. Bring your ID.')
        END))
FROM said s WHERE s.tenant_id = o.tenant_id AND s.service_key = o.service_key
"""
_SAID_BY_TOWNS = """
UPDATE tenants SET profile = profile || jsonb_build_object('texts', jsonb_build_object('accessibility',
    jsonb_build_object('de', repeat(E'# Barrierefreiheit\n\nBringen Sie Ihren Ausweis mit.\n', 4))))
WHERE slug LIKE 'musterort-%' AND id % 10 = 0
"""


@dataclass(frozen=True, slots=True)
class Onboarded:
    """How many towns the command brought on line, each with so many services, in so many seconds."""

    towns: int
    offered: int
    seconds: float


def bring_on_line(
    environment: Mapping[str, str], folder: Path, services: Sequence[str], authorities: int
) -> Onboarded:
    """Bring in so many authorities, districts among them: each town with ``OFFERED`` of ``services``, and open it.

    Raises RuntimeError with the end of what a command said when it fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [number for number in range(authorities) if number % (_TOWNS_OF_DISTRICT + 1)]
    directory, bundle, report = (folder / name for name in ("directory.csv", "bundle.yaml", "report.csv"))
    _write(directory, ("ars", "name", "district", "postcode"), map(_entry, numbers))
    bundle.write_text(_bundle(services[:OFFERED]), encoding="utf-8")
    _command(environment, "directory", "import", str(directory))
    _command(environment, "bundle", "add", str(bundle))
    _command(environment, "bundle", "apply", "1", "--yes")
    seconds, chance = 0.0, random.Random(_SEED)
    for start in range(0, len(numbers), _OF_A_LIST):
        listed = folder / f"list-{start}.csv"
        _write(listed, _COLUMNS, (_line(number, chance) for number in numbers[start : start + _OF_A_LIST]))
        began = time.monotonic()
        told = ("--base", "localhost", "--open", "--report", str(report))
        _command(environment, "tenant", "onboard", str(listed), *told)
        seconds += time.monotonic() - began
    return Onboarded(len(numbers), len(services[:OFFERED]), seconds)


def let_admins_speak(connection: psycopg.Connection) -> None:
    """Give the towns' offers words, fees and days of their own, and every tenth town a legal text."""
    connection.execute(_SAID)
    connection.execute(_SAID_BY_TOWNS)


def _entry(number: int) -> tuple[str, ...]:
    group, place = divmod(number, _TOWNS_OF_DISTRICT + 1)
    ars = f"{_STATE:02d}{group + 1:03d}{place:04d}{place:03d}"
    return ars, f"Musterort {number:05d}, Stadt", _district(number), "49377"


def _district(number: int) -> str:
    return f"Landkreis Musterkreis {number // (_TOWNS_OF_DISTRICT + 1):03d}"


def _line(number: int, chance: random.Random) -> tuple[str, ...]:
    red, green, blue = colorsys.hls_to_rgb(chance.random(), 0.3, 0.7)
    colour = f"#{int(red * 255):02x}{int(green * 255):02x}{int(blue * 255):02x}"
    return (
        _entry(number)[0],
        colour,
        *_OFFICE.values(),
        *_ADMIN.values(),
        _district(number),
        *_OFFICE.values(),
    )


def _bundle(services: Sequence[str]) -> str:
    both = {"de": "Was jede Kommune anbietet", "en": "What every town offers"}
    return yaml.safe_dump({"name": both, "reason": {**both}, "kinds": ["city"], "services": list(services)})


def _write(file: Path, heading: Sequence[str], rows: Iterator[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heading)
        writer.writerows(rows)


def _command(environment: Mapping[str, str], *arguments: str) -> None:
    """``kreisportal`` with these arguments."""
    command = [str(Path(sys.executable).with_name("kreisportal")), *arguments]
    settings = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", ""), **environment}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {(done.stdout + done.stderr)[-2000:]}")
