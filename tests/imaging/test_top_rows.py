"""Edits of a picture that left its preview as it was, and what is no edit.

The picture is drawn, with a sensor's noise, so that the part of it that is read is its top alone.
`python -m tests.benchmarks.edits` does the same with pictures of `../shared/data`.
"""

from __future__ import annotations

from functools import cache, partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import read_preview
from gallery_daemon.imaging.ending import ending, scan_start
from gallery_daemon.imaging.formats import JPEG, sniff
from gallery_daemon.imaging.preview import bytes_for_preview, find_preview
from gallery_daemon.imaging.top_rows import Top, bytes_of_top, compare_tops
from gallery_daemon.photo import LookKind
from tests.imaging.camera import camera_exif, small, with_preview
from tests.imaging.edits import CAMERAS, EDITS, PREVIEW, painted, with_bars
from tests.imaging.pictures import drawn, grainy, written
from tests.imaging.test_preview_needed import Counting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT = 1600, 1200


@cache
def scene() -> Image.Image:
    """Hills of many colours under a sky with clouds, with no symmetry."""
    random = np.random.default_rng(3)
    coarse = random.integers(40, 216, (12, 16, 3), np.uint8)
    return Image.blend(
        Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC),
        drawn(WIDTH, HEIGHT),
        0.4,
    )


@cache
def preview() -> Image.Image:
    """As the camera made it."""
    return scene().resize(PREVIEW, Image.Resampling.BOX)


def photo(picture: Image.Image, shown: Image.Image, **options: Any) -> bytes:
    """A large JPEG of the picture, with all the EXIF of a camera, and that preview."""
    block = with_preview(camera_exif(picture.size), small(shown))
    return written(grainy(picture), "jpeg", exif=block, **{"quality": 92, **options})


def is_taken(data: bytes) -> bool:
    """Whether a quick look is shown the preview."""
    part = bytes_for_preview(BytesIO(data), JPEG)
    assert part is not None
    return read_preview(part, JPEG, max_pixels=Limits.photo_pixels, look=LookKind.QUICK) is not None


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_picture_is_looked_at_itself(edit: str) -> None:
    """Its EXIF with the old preview was copied whole, and its size is the same."""
    assert not is_taken(photo(EDITS[edit](scene()), preview()))


def test_an_edit_further_down_is_not_found() -> None:
    """Only the top is read: a known gap, as `preview` says."""
    assert is_taken(photo(painted(0.7, 0.2)(scene()), preview()))


@pytest.mark.parametrize("camera", CAMERAS)
def test_a_cameras_way_to_make_a_preview_is_no_edit(camera: str) -> None:
    """Also where it is not quite the picture made smaller."""
    assert is_taken(photo(scene(), CAMERAS[camera](scene())))


PREVIEWS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "of another picture": lambda image: drawn(*image.size),
    "with black bars": with_bars,
    "turned by a half": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "black": lambda image: Image.new("RGB", image.size),
    "grey": lambda image: ImageOps.grayscale(image).convert("RGB"),
}


@pytest.mark.parametrize("kind", PREVIEWS)
def test_a_preview_that_shows_something_else_is_not_taken(kind: str) -> None:
    """Whatever the signs in the header say."""
    assert not is_taken(photo(scene(), PREVIEWS[kind](preview())))


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}]
)
def test_rows_that_come_one_by_one_are_asked_for(options: dict[str, Any]) -> None:
    """A progressive picture has none before its last scan; restarts do not matter."""
    assert is_taken(photo(scene(), preview(), **options)) is not options.get("progressive", False)


def test_other_markers_among_the_rows_are_for_a_whole_decode() -> None:
    """Of a second scan, say, behind a first one that was cut short."""
    data = bytearray(photo(scene(), preview()))
    place = data.index(b"\xff\xda") + 20_000
    data[place : place + 2] = b"\xff\xda"

    assert not is_taken(bytes(data))


def test_a_top_of_one_colour_says_nothing() -> None:
    """A white page with the same white as another."""
    white = scene().copy()
    ImageDraw.Draw(white).rectangle((0, 0, WIDTH, HEIGHT // 2), fill="white")

    assert not is_taken(photo(white, white.resize(PREVIEW)))


def under_a_sky(height: int) -> Image.Image:
    """The scene with one colour at its top."""
    picture = scene().copy()
    ImageDraw.Draw(picture).rectangle((0, 0, WIDTH, height), fill=(135, 180, 230))
    return picture


def is_taken_by_more(data: bytes) -> bool:
    """As `is_taken`, where more is read of a picture whose first rows are plain."""
    file = BytesIO(data)
    part, pixels = bytes_for_preview(file, JPEG), Limits.photo_pixels
    assert part is not None
    more = partial(bytes_for_preview, file, JPEG, is_plain=True)
    found = read_preview(part, JPEG, max_pixels=pixels, look=LookKind.QUICK, more=more)
    return found is not None


def test_more_rows_are_read_below_a_plain_sky() -> None:
    """A quarter of the bytes goes well below it."""
    picture = under_a_sky(HEIGHT // 8)
    data = photo(picture, picture.resize(PREVIEW, Image.Resampling.BOX))

    assert not is_taken(data)
    assert is_taken_by_more(data)


def test_an_edit_below_a_plain_sky_is_seen() -> None:
    """The rows that are read then must be the preview's as well, and not only the sky."""
    picture = under_a_sky(HEIGHT // 8)
    data = photo(ImageOps.mirror(picture), picture.resize(PREVIEW, Image.Resampling.BOX))

    assert not is_taken_by_more(data)


def test_another_sky_needs_no_more_rows() -> None:
    """The tops differ, and it does not matter that they are plain."""
    dark = ImageDraw.Draw(other := under_a_sky(HEIGHT // 8))
    dark.rectangle((0, 0, WIDTH, HEIGHT // 8), fill=(20, 20, 60))
    data = photo(other, under_a_sky(HEIGHT // 8).resize(PREVIEW, Image.Resampling.BOX))
    part = bytes_for_preview(BytesIO(data), JPEG)
    assert part is not None

    def more() -> bytes | None:
        raise AssertionError("nothing more is asked for")

    pixels = Limits.photo_pixels
    assert read_preview(part, JPEG, max_pixels=pixels, look=LookKind.QUICK, more=more) is None


def test_too_few_rows_say_nothing() -> None:
    """Of a picture of noise a hundred bytes are less than a row."""
    data = photo(scene(), preview())
    header, shown = scan_start(BytesIO(data), 0), preview()
    assert header is not None

    assert compare_tops(shown, data[: header + (64 << 10)]) is Top.SAME
    assert compare_tops(shown, data[: header + 100]) is not Top.SAME
    assert compare_tops(shown, data[:header]) is not Top.SAME


def test_a_quick_look_reads_a_fifteenth() -> None:
    """Header, first rows and end of a photo of 4 MB, with the largest block of EXIF."""
    assert 4_000_000 / 15 > bytes_of_top(4_000_000) + 0xFFFF + 4096 + 4096

    noise = np.random.default_rng(0).integers(0, 256, (1680, 2240, 3), np.uint8)
    picture = Image.blend(Image.fromarray(noise), drawn(2240, 1680), 0.5)
    block = with_preview(camera_exif(picture.size), small(picture.resize(PREVIEW)))
    file = Counting(written(picture, "jpeg", quality=97, exif=block))
    size = len(file.getvalue())

    assert bytes_for_preview(file, sniff(file))
    assert ending(file, JPEG).whole
    assert 3_500_000 < size
    assert file.count < size / 15


@pytest.mark.data
def test_no_phones_photo_is_called_edited(phone: Path) -> None:
    """Each shows at its top what its preview shows, also those that Photoshop wrote in one scan."""
    same: set[str] = set()
    others: set[str] = set()
    for path in sorted(phone.glob("*.[jJ][pP]*[gG]")):
        data = path.read_bytes()
        try:
            found = find_preview(data, 112)
            if found:
                found[0].load()
                part = bytes_for_preview(BytesIO(data), JPEG) or data
                (same if compare_tops(found[0], part) is Top.SAME else others).add(path.name)
        except (OSError, SyntaxError):
            continue

    assert 11 < len(same)
    assert NOT_THE_SAME == others


NOT_THE_SAME = {
    # Their previews have black bars.
    "45-gps_ifd.jpg", "User Comment Encoding.jpg",
    # Progressive.
    "20220514_102409.jpg", "IMG_1234 (2).JPEG", "IMG_1234_HEVC.JPEG", "IMG_E4120.JPG",
    "panorama360.jpg",
    # Most of the picture was taken out of the file.
    "pixel-motion-photo-jfif-segment-shortened.jpg", "ss-motion-photo-shortened.jpg",
}  # fmt: skip
