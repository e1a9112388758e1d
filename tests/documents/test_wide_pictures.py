"""A picture for the start page: a wide band, light, and nothing in it but what one sees."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kreisportal.documents import wide_pictures
from kreisportal.documents.errors import FileTooLargeError, Reason, RefusedFileError
from kreisportal.documents.wide_pictures import MOST_BYTES, Cut, wide_webp
from tests.documents import samples

WHOLE = {kind: samples.image(kind, (1600, 900)) for kind in ("PNG", "JPEG", "WEBP")}


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def shaded(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((660, 330)).convert("RGB").save(stream, kind)
    return stream.getvalue()


SHADED = {kind: shaded(kind) for kind in WHOLE}


def noise(width: int, height: int) -> bytes:
    stream = io.BytesIO()
    pixels = random.Random(7).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("kind", WHOLE)
def test_each_kind_becomes_a_webp_that_pages_show(kind: str) -> None:
    content, width, height = wide_webp(WHOLE[kind])
    image = opened(content)
    assert (image.format, image.size) == ("WEBP", (1280, 640)) == ("WEBP", (width, height))
    red, green, blue = image.convert("RGB").crop((640, 320, 641, 321)).tobytes()
    assert abs(red - 10) < 8 and abs(green - 90) < 8 and abs(blue - 60) < 8
    # Bringing in again what was made changes nothing, not a byte.
    assert wide_webp(content) == (content, width, height)


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1000, 400), (1000, 400)),
        ((2600, 1000), (1280, 492)),
        ((1000, 1500), (1000, 500)),
        ((3000, 500), (1280, 427)),
    ],
)
def test_what_is_too_high_or_too_wide_is_cut_and_nothing_made_larger(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    assert wide_webp(samples.image("JPEG", size))[1:] == shown


def test_it_is_cut_alike_above_and_below() -> None:
    picture = Image.new("RGB", (1000, 1000), "white")
    picture.paste("black", (0, 240, 1000, 760))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    image = opened(wide_webp(stream.getvalue())[0]).convert("L")
    assert image.size == (1000, 500)
    assert image.crop((0, 12, 1000, 488)).getextrema()[1] < 40


@pytest.mark.parametrize("size", [(900, 900), (3600, 900)])
def test_what_stays_is_chosen(size: tuple[int, int]) -> None:
    picture = Image.linear_gradient("L").rotate(0 if size[0] == size[1] else 90).resize(size)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    ends = [
        opened(wide_webp(stream.getvalue(), cut)[0]).convert("L").getextrema()
        for cut in (Cut.START, Cut.MIDDLE, Cut.END)
    ]
    darkest, brightest = [low for low, _ in ends], [high for _, high in ends]
    assert darkest[0] < 10 and darkest == sorted(darkest) and darkest[2] > 50
    assert brightest[2] > 245 and brightest == sorted(brightest) and brightest[0] < 205


def test_a_phone_held_upright_tells_no_place_and_no_name() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Erika Geheim"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 43.0, 33.0)
    stream = io.BytesIO()
    turned = Image.new("RGB", (800, 1600), (1, 2, 3))
    turned.save(stream, "JPEG", exif=exif, comment=b"hidden words", icc_profile=b"hidden profile")
    source = stream.getvalue()
    assert b"Geheim" in source and b"hidden words" in source
    content, width, height = wide_webp(source + b"<script>behind it</script>")
    assert (width, height) == (1280, 640), "it stands upright"
    assert not opened(content).getexif() and opened(content).info.keys() <= {
        "loop",
        "background",
        "timestamp",
        "duration",
    }
    for hidden in (b"Geheim", b"hidden", b"EXIF", b"ICCP", b"XMP", b"script"):
        assert hidden not in content


def test_a_finished_picture_with_something_in_it_is_made_anew() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Erika Geheim"
    stream = io.BytesIO()
    Image.new("RGB", (1000, 400)).save(stream, "WEBP", exif=exif)
    assert b"Geheim" in stream.getvalue() and b"Geheim" not in wide_webp(stream.getvalue())[0]
    behind = wide_webp(WHOLE["PNG"])[0] + b"Geheim!!"
    assert b"Geheim" not in wide_webp(behind)[0]


def test_what_does_not_pack_well_becomes_small_enough() -> None:
    content, width, _ = wide_webp(noise(1400, 700))
    assert len(content) <= MOST_BYTES
    assert wide_webp(content)[0] == content
    assert width >= 160


def test_what_is_see_through_becomes_white() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (800, 400), (200, 10, 10, 0)).save(stream, "PNG")
    assert opened(wide_webp(stream.getvalue())[0]).convert("L").getextrema()[0] > 250


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16"])
def test_pictures_of_all_sorts_of_colours_are_taken(mode: str) -> None:
    stream = io.BytesIO()
    Image.new(mode, (800, 400)).save(stream, "JPEG" if mode == "CMYK" else "PNG")
    assert wide_webp(stream.getvalue())[1:] == (800, 400)


def test_a_photo_of_a_camera_is_taken_and_a_bomb_is_not() -> None:
    assert wide_webp(samples.image("JPEG", (6000, 4000)))[1:] == (1280, 640)
    for bomb in (
        samples.image("JPEG", (9000, 8000)),
        samples.image("PNG", (5000, 4000)),
        samples.image("JPEG", (30000, 1300)),
    ):
        with pytest.raises(RefusedFileError) as refused:
            wide_webp(bomb)
        assert refused.value.reason is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"GIF89a" + b"\0" * 40, Reason.KIND),
        (samples.image("GIF", (800, 400)), Reason.KIND),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Reason.KIND),
        (WHOLE["PNG"][:60], Reason.DAMAGED),
        (WHOLE["JPEG"][:900], Reason.DAMAGED),
        (samples.image("PNG", (639, 300)), Reason.TOO_FEW_PIXELS),
    ],
)
def test_what_is_no_picture_of_these_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(RefusedFileError) as refused:
        wide_webp(data)
    assert refused.value.reason is reason
    assert refused.value.sentence


def test_a_file_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_pictures, "LARGEST_UPLOAD", 100)
    with pytest.raises(FileTooLargeError):
        wide_webp(WHOLE["PNG"])


@given(
    kind=st.sampled_from(sorted(WHOLE)),
    place=st.floats(0, 1, exclude_max=True),
    change=st.binary(min_size=1, max_size=12),
    cut=st.booleans(),
)
def test_a_broken_picture_is_made_or_refused_and_nothing_else(
    kind: str, place: float, change: bytes, cut: bool
) -> None:
    whole = SHADED[kind]
    at = int(place * len(whole))
    broken = whole[:at] + change + (b"" if cut else whole[at + len(change) :])
    try:
        content, width, height = wide_webp(broken)
    except RefusedFileError as refused:
        assert refused.sentence
    else:
        assert opened(content).size == (width, height) and len(content) <= MOST_BYTES
