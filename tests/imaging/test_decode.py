"""Bytes to a 224x224 RGB picture."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.decode import DecodedPhoto, read_picture
from tests.imaging.pictures import (
    FORMATS,
    difference,
    drawn,
    drawn_as,
    exif_of,
    held,
    squashed,
    written,
)

WITH_EXIF = ("jpeg", "png", "webp", "tiff", "heic", "avif")


def read(data: bytes) -> DecodedPhoto:
    """The picture in these bytes, under the usual limit."""
    return read_picture(data, max_pixels=Limits.photo_pixels)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read(form: str) -> None:
    """The picture comes back from each format, squashed to the square, within its losses."""
    picture = read(drawn_as(form))

    assert (form, (320, 240), 1) == (picture.kind.name, picture.size, picture.orientation)
    assert (224, 224, 3) == picture.pixels.shape
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert picture.pixels.flags.writeable
    assert difference(squashed(drawn()), picture.pixels) < (12 if form == "gif" else 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", WITH_EXIF)
def test_a_picture_stands_upright(form: str, orientation: int) -> None:
    """However the camera was held, the picture is turned exactly once."""
    stored = held(drawn(), orientation)

    picture = read(written(stored, form, exif=exif_of(orientation)))

    assert (320, 240) == picture.size
    assert difference(squashed(drawn()), picture.pixels) < 3


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"compression": "jpeg"}])
def test_a_tiffs_plugin_turns_it_by_itself(options: dict[str, str]) -> None:
    """With libtiff or without, a lying TIFF stands upright and tells how it was held."""
    stored = held(drawn(), 6)

    picture = read(written(stored, "tiff", exif=exif_of(6), **options))

    assert (picture.size, picture.orientation) == ((320, 240), 6)
    assert difference(squashed(drawn()), picture.pixels) < 3


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_nonsense_orientation_is_upright(orientation: int) -> None:
    """A Huawei writes 0."""
    picture = read(written(drawn(), "jpeg", exif=exif_of(orientation)))

    assert (picture.size, picture.orientation) == ((320, 240), 1)


def test_a_large_jpeg_is_decoded_small_and_looks_the_same() -> None:
    """The scaled decode is within a grey level of the whole one."""
    large = drawn(2000, 1500)

    picture = read(written(large, "jpeg", quality=90))

    assert (2000, 1500) == picture.size
    assert difference(squashed(large), picture.pixels) < 1.5


def test_a_heics_thumbnail_is_taken() -> None:
    """The embedded thumbnail is enough, and the size is the whole picture's."""
    large = drawn(640, 480)

    picture = read(written(large, "heic", thumbnails=[320]))

    assert (640, 480) == picture.size
    assert difference(squashed(large), picture.pixels) < 3


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (223, 225)])
def test_any_shape_is_read(size: tuple[int, int]) -> None:
    """Pictures of one pixel, of one row, and a little smaller than the square."""
    picture = read(written(drawn(*size), "jpeg"))

    assert size == picture.size


MODES = {
    "1": ("png", "tiff", "bmp", "gif"),
    "L": ("jpeg", "png", "tiff", "webp", "avif"),
    "LA": ("png", "tiff", "webp"),
    "P": ("png", "tiff", "bmp", "gif"),
    "RGBA": ("png", "tiff", "webp", "avif", "heic", "gif"),
    "CMYK": ("jpeg", "tiff"),
    "YCbCr": ("jpeg", "tiff"),
    "LAB": ("tiff",),
    "I;16": ("png", "tiff"),
    "I": ("tiff",),
    "F": ("tiff",),
}


@pytest.mark.parametrize(("mode", "form"), [(mode, form) for mode in MODES for form in MODES[mode]])
def test_every_mode_is_read(mode: str, form: str) -> None:
    """What a picture is made of does not matter: a grey one stays that grey."""
    if mode == "LAB":
        image = Image.new("LAB", (300, 300), (136, 128, 128))
    elif mode in {"I", "F", "I;16"}:
        image = Image.new(mode, (300, 300), 0x8000)
    elif mode == "1":
        image = Image.new("1", (300, 300), 1)
    else:
        image = Image.new("RGB", (300, 300), (128, 128, 128)).convert(mode)

    pixels = read(written(image, form)).pixels

    expected = {"1": 255, "I": 0, "F": 0}.get(mode, 128)
    assert [expected] * 3 == pytest.approx(pixels[112, 112].tolist(), abs=3)


def test_transparency_is_white_paper() -> None:
    """What one sees through is white, and its hidden colour does not bleed into its edge."""
    image = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 150, 300))

    pixels = read(written(image, "png")).pixels

    assert [0, 0, 255] == pixels[10, 10].tolist()
    assert [255, 255, 255] == pixels[10, 200].tolist()
    # Between blue and white there is never less blue, nor more red than white brings.
    assert pixels[:, :, 2].min() >= 254


def test_an_adobe_cmyk_is_not_a_negative() -> None:
    """Adobe writes CMYK the other way round, and so does Pillow."""
    image = Image.new("CMYK", (300, 300), (0, 255, 255, 0))

    pixels = read(written(image, "jpeg")).pixels

    assert pytest.approx(pixels[112, 112].tolist(), abs=6) == [255, 0, 0]


@pytest.mark.parametrize("form", ["gif", "png", "webp", "tiff", "avif", "heic"])
def test_of_an_animation_the_first_picture_counts(form: str) -> None:
    """Later frames are not looked at."""
    first, second = Image.new("RGB", (300, 300), "red"), Image.new("RGB", (300, 300), "blue")
    data = written(first, form, save_all=True, append_images=[second])

    red, green, blue = read(data).pixels[112, 112].tolist()

    assert red > 240
    assert max(green, blue) < 15


def test_of_a_multi_picture_jpeg_the_first_counts() -> None:
    """An MPO, as phones write for a gain map, is a JPEG with another behind."""
    data = written(drawn(), "mpo", save_all=True, append_images=[Image.new("RGB", (9, 9))])

    picture = read(data)

    assert (picture.kind.name, picture.size) == ("jpeg", (320, 240))


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is large and has no pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_too_many_pixels_are_refused_before_decoding() -> None:
    """The limit holds for what the header says, and the sentence names it."""
    with pytest.raises(BadPhoto, match="60000 x 50000 pixels are more than the limit of 250 mil"):
        read(bomb(60000, 50000))


def test_the_limit_is_the_callers() -> None:
    """Exactly the limit is allowed, one pixel more is not."""
    read_picture(drawn_as("jpeg"), max_pixels=320 * 240)

    with pytest.raises(BadPhoto, match="limit"):
        read_picture(drawn_as("jpeg"), max_pixels=320 * 240 - 1)


def test_a_gif_cannot_ask_for_gigabytes() -> None:
    """A frame far larger than its canvas is refused, although Pillow makes room at once."""
    frame = struct.pack("<BHHHHB", 0x2C, 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\0;"
    control = b"!\xf9\x04\x08\0\0\0\0"
    data = b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + control + frame

    with pytest.raises(BadPhoto):
        read(data)


def test_what_is_no_photo_is_not_decoded() -> None:
    """An EPS never reaches the plugin that would start Ghostscript."""
    with pytest.raises(NotAPhoto, match="EPS drawing, which is not supported"):
        read(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")


@given(st.sampled_from([form for form in FORMATS if form != "gif"]), st.data())
def test_a_cut_photo_is_refused(form: str, data: st.DataObject) -> None:
    """A photo that lost its second half never becomes a picture with a grey half."""
    whole = drawn_as(form)
    place = data.draw(st.integers(0, len(whole) // 2))

    with pytest.raises((BadPhoto, NotAPhoto)):
        read(whole[:place])


@pytest.mark.parametrize("form", FORMATS)
def test_the_reason_of_a_cut_photo_says_so(form: str) -> None:
    """The sentence names the format and that its end is missing."""
    whole = drawn_as(form)

    with pytest.raises(BadPhoto, match=rf"(?i)the {form} data end early \(truncated"):
        read(whole[: len(whole) * 2 // 3])


def test_a_cut_heic_is_refused_although_its_decoder_would_not() -> None:
    """Of a picture in tiles, as phones write it, libheif makes grey ones without an error."""
    whole = written(drawn(640, 480), "heic", tile_size=256)

    assert (640, 480) == read(whole).size
    for share in (0.3, 0.5, 0.9, 0.999):
        with pytest.raises(BadPhoto, match="the HEIC data end early"):
            read(whole[: int(len(whole) * share)])


@given(st.sampled_from(FORMATS), st.integers(0, 2000), st.binary(min_size=1, max_size=30))
def test_a_damaged_photo_is_read_or_refused(form: str, place: int, other: bytes) -> None:
    """Whatever the damage, the answer is a picture, BadPhoto or NotAPhoto."""
    whole = drawn_as(form)

    try:
        picture = read(whole[:place] + other + whole[place + len(other) :])
    except (BadPhoto, NotAPhoto) as error:
        outcome = error.reason
    else:
        outcome = str(picture.pixels.shape)

    assert outcome.isprintable()
    assert outcome == outcome.strip()


@given(st.binary(max_size=300), st.sampled_from(FORMATS))
def test_random_bytes_are_refused(tail: bytes, form: str) -> None:
    """Random bytes are refused, and nothing worse happens."""
    with pytest.raises((BadPhoto, NotAPhoto)):
        read(drawn_as(form)[: len(tail) % 41] + tail)


def test_several_threads_decode_at_once() -> None:
    """Each thread gets its own picture, the same as alone."""
    forms = list(FORMATS) * 6

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda form: read(drawn_as(form)).pixels, forms))

    for form, pixels in zip(forms, together, strict=True):
        assert np.array_equal(read(drawn_as(form)).pixels, pixels)
