"""The preview in a JPEG's EXIF: when it is taken for the picture, and when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.decode import DecodedPhoto, read_picture, read_preview
from gallery_daemon.imaging.formats import JPEG
from gallery_daemon.photo import LookKind
from tests.imaging.camera import camera_exif, shot, small, with_preview
from tests.imaging.pictures import difference, drawn, held, squashed, written

if TYPE_CHECKING:
    from collections.abc import Callable

LARGE = drawn(2000, 1500)
SMALL = drawn()
BLUE = Image.new("RGB", (320, 240), "blue")


def read(data: bytes) -> DecodedPhoto:
    """The picture in these bytes, under the usual limit."""
    return read_picture(data, max_pixels=Limits.photo_pixels)


def is_taken(data: bytes, look: LookKind = LookKind.FULL) -> bool:
    """Whether the preview is what the look shows."""
    return read_preview(data, JPEG, max_pixels=Limits.photo_pixels, look=look) is not None


@pytest.mark.parametrize("size", [(320, 240), (512, 384), (400, 300), (1024, 768), (2000, 1500)])
def test_a_large_enough_preview_of_the_same_shape_is_taken(size: tuple[int, int]) -> None:
    """The facts stay those of the picture itself."""
    data = shot(LARGE, SMALL.resize(size))
    picture = read(data)

    assert is_taken(data)
    assert ((2000, 1500), 1) == (picture.size, picture.orientation)
    assert difference(squashed(LARGE), picture.pixels) < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_preview_lies_as_the_picture_does(orientation: int) -> None:
    """However the camera was held, what one sees is upright."""
    stored, preview = held(LARGE, orientation), held(SMALL, orientation)
    data = shot(stored, preview, orientation)
    picture = read(data)

    assert is_taken(data)
    assert ((2000, 1500), orientation) == (picture.size, picture.orientation)
    assert difference(squashed(drawn()), picture.pixels) < 3


@pytest.mark.parametrize("size", [(160, 120), (318, 239), (320, 180), (240, 320), (240, 240)])
def test_a_preview_that_is_too_small_or_of_another_shape_is_not(size: tuple[int, int]) -> None:
    """The usual thumbnail has too little in it; a wide one was letterboxed, a high one turned."""
    assert not is_taken(shot(LARGE, SMALL.resize(size)))


@pytest.mark.parametrize("size", [(401, 300), (400, 301), (399, 300), (400, 299)])
def test_a_pixel_of_rounding_is_no_other_shape(size: tuple[int, int]) -> None:
    """Cameras round up and down."""
    assert is_taken(shot(LARGE, SMALL.resize(size)))


def test_a_preview_larger_than_its_picture_is_not_taken() -> None:
    """Somebody made the picture smaller and left the preview."""
    assert not is_taken(shot(drawn(240, 180), SMALL))


def test_a_picture_that_was_changed_later_is_looked_at_itself() -> None:
    """A program that says so may have left the old preview."""
    assert not is_taken(shot(LARGE, SMALL, changed="2024:05:06 07:08:10"))


def test_a_picture_of_another_size_than_its_exif_tells_is_looked_at_itself() -> None:
    """A program that copied EXIF to a picture made smaller copied the preview, too."""
    exif = with_preview(camera_exif((4000, 3000)), small(SMALL))

    assert not is_taken(written(LARGE, "jpeg", exif=exif))


def test_a_picture_whose_exif_tells_no_dates_is_looked_at_itself() -> None:
    """Nothing says that it is as the camera wrote it."""
    assert not is_taken(written(LARGE, "jpeg", exif=with_preview(Image.Exif(), small(SMALL))))


def test_a_preview_that_was_turned_alone_is_not_taken() -> None:
    """Half a turn changes no shape, but the orientations differ."""
    assert not is_taken(shot(LARGE, SMALL, 3, own_orientation=1))
    assert is_taken(shot(LARGE, SMALL, 3, own_orientation=3))


def test_a_grey_preview_of_a_coloured_picture_is_not_taken() -> None:
    """It shows less than the picture does."""
    data = shot(LARGE, SMALL.convert("L"))

    assert not is_taken(data)
    assert difference(squashed(LARGE), read(data).pixels) < 3


HOSTILE: dict[str, Callable[[], bytes]] = {
    "behind the block": lambda: shot(LARGE, SMALL, offset=60_000),
    "far behind it": lambda: shot(LARGE, SMALL, offset=0xFFFFFFFF),
    "longer than the block": lambda: shot(LARGE, SMALL, length=60_000),
    "of 4 GB": lambda: shot(LARGE, SMALL, length=0xFFFFFFFF),
    "of no bytes": lambda: shot(LARGE, SMALL, length=0),
    "in the header": lambda: shot(LARGE, SMALL, offset=0, length=600),
    "cut": lambda: shot(LARGE, SMALL, length=1000),
    "a directory that is its own next": lambda: shot(LARGE, SMALL, next=8),
    "a directory behind the block": lambda: shot(LARGE, SMALL, next=0xFFFFFFF0),
    "no JPEG": lambda: _with(b"\x89PNG\r\n\x1a\n" + bytes(500)),
    "noise": lambda: _with(bytes(range(256)) * 4),
    "wide in its header alone": lambda: _with(_of_size(small(SMALL), 65_500, 65_500)),
    "a picture with a preview itself": lambda: _with(shot(drawn(140, 105), BLUE)),
}


def _with(preview: bytes) -> bytes:
    return written(LARGE, "jpeg", exif=with_preview(camera_exif(LARGE.size), preview))


def _of_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size in its frame header."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + jpeg[at + 4 :]


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_unusable_preview_costs_nothing(kind: str) -> None:
    """The picture itself is decoded, and seen as without a preview."""
    data = HOSTILE[kind]()
    picture = read(data)

    assert not is_taken(data, LookKind.QUICK)
    assert (2000, 1500) == picture.size
    assert difference(squashed(LARGE), picture.pixels) < 3


def test_a_preview_does_not_hide_a_missing_end() -> None:
    """A cut photo is refused, however well its preview shows what was in it."""
    whole = shot(LARGE, SMALL)

    with pytest.raises(BadPhoto, match="the JPEG data end early"):
        read(whole[: len(whole) * 2 // 3])


def test_the_limit_of_pixels_is_the_pictures() -> None:
    """A preview is no way around it."""
    with pytest.raises(BadPhoto, match="2000 x 1500 pixels are more than the limit"):
        read_picture(shot(LARGE, SMALL), max_pixels=2_999_999)


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=30))
def test_a_damaged_block_is_read_or_the_picture_is(place: int, other: bytes) -> None:
    """Whatever stands in the EXIF block, the answer is one of both, or a refusal in words."""
    whole = shot(drawn(400, 300), SMALL)
    place += 20  # behind the markers

    try:
        shape = read(whole[:place] + other + whole[place + len(other) :]).pixels.shape
    except BadPhoto:
        shape = (224, 224, 3)

    assert (224, 224, 3) == shape
