"""Pictures made anew: small, whole, and without anything but what one sees."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from kreisportal.documents.errors import Reason, RefusedFileError
from kreisportal.documents.pictures import small_png
from tests.documents import samples

ACROSS, MOST = 192, 16 * 1024


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_small_png(image_format: str) -> None:
    content, width, height = small_png(samples.image(image_format, (800, 600)), ACROSS, MOST)
    image = opened(content)
    assert (image.format, image.size) == ("PNG", (192, 144)) == ("PNG", (width, height))
    red, green, blue, alpha = image.convert("RGBA").crop((96, 72, 97, 73)).tobytes()
    assert abs(red - 10) < 8 and abs(green - 90) < 8 and abs(blue - 60) < 8 and alpha == 255


def test_a_small_picture_is_not_made_larger() -> None:
    assert small_png(samples.image("PNG", (40, 30)), ACROSS, MOST)[1:] == (40, 30)


def test_what_one_does_not_see_goes() -> None:
    stream = io.BytesIO()
    picture = Image.new("RGB", (40, 30), (1, 2, 3))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Amt, 2. Stock"
    picture.save(stream, "JPEG", exif=exif, comment=b"hidden words")
    content, width, height = small_png(stream.getvalue(), ACROSS, MOST)
    assert (width, height) == (30, 40), "a turned picture stands upright"
    assert b"Stock" not in content and b"hidden" not in content
    assert not opened(content).getexif()
    assert small_png(samples.image("PNG") + b"<script>", ACROSS, MOST)[0].endswith(b"IEND\xaeB`\x82")


def test_a_picture_that_does_not_pack_well_becomes_small_enough() -> None:
    noise = Image.frombytes("RGB", (400, 400), random.Random(4).randbytes(400 * 400 * 3))
    stream = io.BytesIO()
    noise.save(stream, "PNG")
    content, width, _ = small_png(stream.getvalue(), ACROSS, MOST)
    assert len(content) <= MOST and width >= 96


def test_what_is_see_through_stays_so() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (40, 30), (200, 10, 10, 0)).save(stream, "PNG")
    image = opened(small_png(stream.getvalue(), ACROSS, MOST)[0]).convert("RGBA")
    assert image.getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GIF89a" + b"\0" * 40, Reason.KIND),
        (samples.image("GIF"), Reason.KIND),
        (b"%PDF-1.7", Reason.KIND),
        (samples.image("PNG")[:60], Reason.DAMAGED),
        (samples.image("JPEG", (400, 400))[:700], Reason.DAMAGED),
        (samples.image("PNG", (5000, 5000)), Reason.TOO_MANY_PIXELS),
    ],
)
def test_what_is_no_picture_of_these_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(RefusedFileError) as refused:
        small_png(data, ACROSS, MOST)
    assert refused.value.reason is reason
