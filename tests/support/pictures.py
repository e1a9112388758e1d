"""A town that shows a picture, without anybody who has uploaded it."""

from __future__ import annotations

import io
import random
from hashlib import sha256

from PIL import Image
from psycopg.types.json import Jsonb

from kreisportal.documents import town_pictures
from kreisportal.documents.wide_pictures import wide_webp
from tests.cases.house import House


def told_of(content: bytes) -> dict[str, object]:
    """What a town's profile says of a picture."""
    content, width, height = wide_webp(content)
    words = {"file": "picture.webp", "alt": {"de": "Der Markt"}, "credit": "A. Beispiel"}
    return {**words, "digest": town_pictures.digest_of(content), "width": width, "height": height}


def show_picture(house: House, slug: str, content: bytes) -> None:
    """Let a town show a picture that is made ready already; the running program sees it within a second."""
    tenant = house.tenant(slug)
    town_pictures.keep(house.program.intake.storage, tenant.id, content)
    put = "UPDATE tenants SET profile = jsonb_set(profile, '{brand,picture}', %s) WHERE id = %s"
    house.superuser.execute(put, [Jsonb(told_of(content)), tenant.id])


def own_picture(slug: str) -> bytes:
    """A picture that no other town has."""
    stream = io.BytesIO()
    Image.new("RGB", (800, 400), f"#{sha256(slug.encode()).hexdigest()[:6]}").save(stream, "PNG")
    return wide_webp(stream.getvalue())[0]


def heavy_picture() -> bytes:
    """A picture that is as heavy as one can be: nothing in it is like anything else."""
    stream = io.BytesIO()
    pixels = random.Random(3).randbytes(420 * 210 * 3)
    Image.frombytes("RGB", (420, 210), pixels).resize((1680, 840)).save(stream, "JPEG", quality=90)
    return wide_webp(stream.getvalue())[0]
