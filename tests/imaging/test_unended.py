"""A JPEG that lacks nothing but its end marker is read; one that ends early is not."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.decode import read_picture
from tests.imaging.pictures import drawn, exif_of, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MANNERS: Mapping[str, dict[str, object]] = {
    "baseline": {},
    "coarse": {"quality": 20},
    "without subsampling": {"subsampling": 0},
    "with restart markers": {"restart_marker_rows": 1},
    "optimised": {"optimize": True},
    "progressive": {"progressive": True},
    "with EXIF": {"exif": exif_of(6)},
}


def sky() -> Image.Image:
    """A picture that ends with a plain half, of which the coded data have next to nothing."""
    image = Image.new("RGB", (320, 240), (190, 210, 255))
    ImageDraw.Draw(image).rectangle((0, 0, 319, 119), (20, 60, 10))
    return image


PICTURES = {
    "drawn": drawn(),
    "noise": Image.effect_noise((320, 240), 60).convert("RGB"),
    "sky": sky(),
    "odd": drawn(123, 77),
    "grey": drawn().convert("L"),
    "ink": drawn().convert("CMYK"),
}
GARBAGE = np.random.default_rng(0).integers(0, 255, 5000, "uint8").tobytes()
LACKING: dict[str, Callable[[bytes], bytes]] = {
    "the end marker": lambda body: body,
    "half of it": lambda body: body + b"\xff",
    "padded with a zero": lambda body: body + b"\0",
    "padded with zeros": lambda body: body + bytes(5000),
}
CUT: dict[str, Callable[[bytes], bytes]] = {
    "20 bytes more": lambda body: body[:-20],
    "100 bytes more": lambda body: body[:-100],
    "half": lambda body: body[: len(body) // 2],
    "half, padded with zeros": lambda body: body[: len(body) // 2] + bytes(len(body)),
    "half, then something else": lambda body: (
        body[: len(body) // 2] + GARBAGE.replace(b"\xff", b"\0")
    ),
    "all but the header": lambda body: body[: body.index(b"\xff\xda") + 20],
}


def body_of(picture: str, manner: str) -> bytes:
    """The JPEG without its last two bytes."""
    whole = written(PICTURES[picture], "jpeg", **MANNERS[manner])
    assert whole.endswith(b"\xff\xd9")
    return whole[:-2]


@pytest.mark.parametrize("lacking", LACKING)
@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("picture", PICTURES)
def test_a_jpeg_without_its_end_marker_is_read_and_told(
    picture: str, manner: str, lacking: str
) -> None:
    """It is the very picture that it would be with the marker, orientation and all."""
    body = body_of(picture, manner)
    whole = read_picture(body + b"\xff\xd9", max_pixels=10**6)

    found = read_picture(LACKING[lacking](body), max_pixels=10**6)

    assert np.array_equal(whole.pixels, found.pixels)
    assert (whole.size, whole.orientation) == (found.size, found.orientation)
    assert "its end marker is missing, but all of the picture is there" == found.remark
    assert whole.remark is None


@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("picture", PICTURES)
def test_a_jpeg_that_ends_early_is_refused(picture: str, manner: str, cut: str) -> None:
    """A download that was given its whole size before its bytes is one, too."""
    with pytest.raises(BadPhoto, match="end early"):
        read_picture(CUT[cut](body_of(picture, manner)), max_pixels=10**6)


@pytest.mark.parametrize("behind", [False, True])
def test_a_jpeg_cut_at_a_restart_marker_is_refused(behind: bool) -> None:
    """There the decoder needs no bit more to finish what it has begun."""
    body = body_of("noise", "with restart markers")
    marks = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", body)]
    for mark in (marks[0], marks[len(marks) // 2], marks[-1]):
        with pytest.raises(BadPhoto, match="end early"):
            read_picture(body[: mark + 2 * behind], max_pixels=10**6)


def test_a_progressive_jpeg_that_lacks_a_scan_is_refused() -> None:
    """It shows everything, but coarsely: the scans that are there are whole."""
    body = body_of("noise", "progressive")
    scans = [found.start() for found in re.finditer(rb"\xff\xda", body)]
    assert len(scans) > 3
    for scan in scans[1:]:
        with pytest.raises(BadPhoto, match="end early"):
            read_picture(body[:scan], max_pixels=10**6)


def test_a_progressive_jpeg_with_restart_markers_is_not_judged() -> None:
    """A missing part would leave no trace in it, so it counts as cut."""
    whole = written(drawn(), "jpeg", progressive=True, restart_marker_rows=1)

    with pytest.raises(BadPhoto, match="end early"):
        read_picture(whole[:-2], max_pixels=10**6)


def test_its_size_is_limited_all_the_same() -> None:
    """Nothing is decoded before."""
    with pytest.raises(BadPhoto, match="more than the limit"):
        read_picture(body_of("drawn", "baseline"), max_pixels=1000)


def test_a_further_picture_that_is_cut_is_no_matter() -> None:
    """Of a multi-picture JPEG the first counts, and it is whole."""
    file = BytesIO()
    drawn().save(file, "MPO", save_all=True, append_images=[drawn()])

    found = read_picture(file.getvalue()[:-300], max_pixels=10**6)

    assert found.remark is not None
    assert "the picture is whole, but a further picture" in found.remark
