"""What a page is shown of a photo: upright, small, in a screen's colours, and no more."""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageCms

from gallery_daemon.errors import BadPhoto, NotAPhoto, PhotoChanged
from gallery_daemon.imaging.shown import MOST_BYTES, ScreenPicture, shown_picture
from tests.imaging.pictures import (
    FORMATS,
    drawn,
    drawn_as,
    exif_of,
    grainy,
    held,
    identity_of,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 160


def shown(folder: Path, content: bytes, side: int = SIDE, **limits: int) -> ScreenPicture:
    """What is shown of a file of that content."""
    path = folder / "photo"
    path.write_bytes(content)
    limits = {"max_bytes": 100_000_000, "max_pixels": 100_000_000} | limits
    return shown_picture(os.fspath(path), identity_of(path), side, **limits)


def pixels(picture: ScreenPicture) -> np.ndarray:
    """As a browser decodes it, which passes over a WebP's orientation."""
    with Image.open(BytesIO(picture.data)) as image:
        assert picture.kind == (image.format or "").lower()
        assert (picture.width, picture.height) == image.size
        return np.asarray(image.convert("RGB"))


def is_the_drawing(found: np.ndarray, most: float = 6.0) -> bool:
    """Red grows to the right, green downwards, one corner is blue."""
    height, width = found.shape[:2]
    wanted = np.asarray(drawn().resize((width, height), Image.Resampling.LANCZOS))
    return float(np.abs(found.astype(int) - wanted.astype(int)).mean()) < most


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_shown(tmp_path: Path, form: str) -> None:
    """Within the square, in its own shape."""
    picture = shown(tmp_path, drawn_as(form))

    assert (160, 120) == (picture.width, picture.height)
    assert is_the_drawing(pixels(picture), 12.0 if form == "gif" else 6.0)


@pytest.mark.parametrize("form", ["jpeg", "webp", "png", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_pixels_are_turned(tmp_path: Path, form: str, orientation: int) -> None:
    """However the camera was held, mirrored too; and nothing says so a second time."""
    content = written(held(drawn(), orientation), form, exif=exif_of(orientation))

    picture = shown(tmp_path, content)

    assert (160, 120) == (picture.width, picture.height)
    assert is_the_drawing(pixels(picture))
    with Image.open(BytesIO(picture.data)) as image:
        assert not image.getexif()


@pytest.mark.parametrize("side", [96, 1000])
def test_metadata_and_profiles_stay_behind(tmp_path: Path, side: int) -> None:
    """Where it was taken, by which camera; in both kinds of pictures."""
    exif = exif_of(1, Make="Secret Camera", Software="secret place")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = written(
        drawn(1000, 800), "jpeg", exif=exif, icc_profile=profile, comment=b"secret words"
    )

    picture = shown(tmp_path, content, side)

    assert b"secret" not in picture.data.lower()
    with Image.open(BytesIO(picture.data)) as image:
        assert not set(image.info) & {"exif", "icc_profile", "xmp", "comment", "photoshop"}


def test_a_thumbnail_in_a_heic_is_taken_only_where_it_is_good_enough(tmp_path: Path) -> None:
    """Another picture in the thumbnail's place shows which of the two was decoded."""
    content = written(drawn(640, 480), "heic", thumbnails=[320])

    assert is_the_drawing(pixels(shown(tmp_path, content, 320)))
    large = shown(tmp_path, content, 640)

    assert (640, 480) == (large.width, large.height)
    assert is_the_drawing(pixels(large))


MODES = {
    "1": "png", "L": "png", "LA": "png", "P": "png", "RGBA": "png", "I;16": "png",
    "CMYK": "jpeg", "F": "tiff", "LAB": "tiff",
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_shown(tmp_path: Path, mode: str) -> None:
    """16 bits, CMYK, palettes, measurements: as something like the picture."""
    if mode == "I;16":
        grey = np.asarray(drawn().convert("L"), np.uint16) * 257
        image = Image.fromarray(grey)
    elif mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        changed = ImageCms.profileToProfile(
            drawn(), ImageCms.createProfile("sRGB"), lab, outputMode="LAB"
        )
        assert changed is not None
        image = changed
    else:
        image = drawn().convert(mode)

    found = pixels(shown(tmp_path, written(image, MODES[mode])))

    # Brighter to the right and below than on the left above, where the blue corner is.
    assert found[-20:, -20:].mean() > found[40:60, :20].mean() + 20


def test_transparency_is_on_white(tmp_path: Path) -> None:
    """As people look at it."""
    image = Image.new("RGBA", (200, 100), (255, 0, 0, 0))

    assert 250 < pixels(shown(tmp_path, written(image, "png"))).mean()


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_of_an_animation_the_first_frame_is_shown(tmp_path: Path, form: str) -> None:
    """And it stands still."""
    frames = [Image.new("RGB", (200, 100), colour) for colour in ("red", "blue", "lime")]
    content = written(
        frames[0], form, save_all=True, append_images=frames[1:], duration=100, loop=0
    )

    picture = shown(tmp_path, content)

    assert (200, 0, 0) < tuple(pixels(picture)[50, 50])
    assert pixels(picture)[50, 50][2] < 50
    with Image.open(BytesIO(picture.data)) as image:
        assert 1 == getattr(image, "n_frames", 1)


def test_a_wide_gamut_becomes_a_screen_s(tmp_path: Path) -> None:
    """By its profile; one that is broken, or of another space, is passed over."""
    strange = _swapped_profile()
    plain = pixels(shown(tmp_path, written(drawn(), "jpeg")))

    changed = pixels(shown(tmp_path, written(drawn(), "jpeg", icc_profile=strange)))
    broken = pixels(shown(tmp_path, written(drawn(), "jpeg", icc_profile=strange[:200])))

    assert np.abs(plain.astype(int) - changed.astype(int)).mean() > 5
    assert np.array_equal(plain, broken)


def _swapped_profile() -> bytes:
    """sRGB's profile, with the colours of red and blue exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert b"rXYZ" in profile
    return profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (20, 10)])
def test_a_small_picture_is_not_enlarged(tmp_path: Path, size: tuple[int, int]) -> None:
    """And one of a single row has one."""
    picture = shown(tmp_path, written(drawn(*size), "png"))

    assert (min(size[0], SIDE), min(size[1], SIDE)) == (picture.width, picture.height)


def test_a_large_picture_is_made_smaller_until_it_fits(tmp_path: Path) -> None:
    """Noise cannot be packed, and a frame has its limit."""
    noise = np.random.default_rng(1).integers(0, 256, (3000, 3000, 3), np.uint8)

    picture = shown(tmp_path, written(Image.fromarray(noise), "jpeg", quality=90), 3000)

    assert len(picture.data) <= MOST_BYTES
    assert "jpeg" == picture.kind
    assert min(picture.width, picture.height) >= 700


def test_a_jpeg_is_decoded_small(tmp_path: Path) -> None:
    """And looks the same."""
    content = written(grainy(drawn(2400, 1800)), "jpeg", quality=90)

    assert is_the_drawing(pixels(shown(tmp_path, content)))


def test_a_jpeg_that_lacks_only_its_end_marker_is_shown(tmp_path: Path) -> None:
    """As it was classified."""
    assert is_the_drawing(pixels(shown(tmp_path, drawn_as("jpeg")[:-2])))


@pytest.mark.parametrize("form", FORMATS)
def test_half_a_file_is_refused(tmp_path: Path, form: str) -> None:
    """A HEIC's decoder would make grey tiles of it. A GIF's, a BMP's may be there above."""
    content = drawn_as(form)

    with pytest.raises((BadPhoto, NotAPhoto)):
        shown(tmp_path, content[: len(content) // 3])


def test_what_is_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """In bytes, and in pixels."""
    content = drawn_as("png")

    with pytest.raises(BadPhoto, match="pixels are more than the limit"):
        shown(tmp_path, content, max_pixels=320 * 240 - 1)
    with pytest.raises(BadPhoto, match="MB are more than the limit"):
        shown(tmp_path, content, max_bytes=len(content) - 1)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """And what is no photo, a link or a folder."""
    path = tmp_path / "photo"
    path.write_bytes(drawn_as("png"))
    was = identity_of(path)
    path.write_bytes(drawn_as("jpeg"))
    (tmp_path / "link").symlink_to(path)

    with pytest.raises(PhotoChanged):
        shown_picture(os.fspath(path), was, SIDE, max_bytes=10**8, max_pixels=10**8)
    with pytest.raises(NotAPhoto, match="a symbolic link"):
        shown_picture(os.fspath(tmp_path / "link"), was, SIDE, max_bytes=10**8, max_pixels=10**8)
    with pytest.raises(NotAPhoto):
        shown(tmp_path, b"notes, whatever the name says")
