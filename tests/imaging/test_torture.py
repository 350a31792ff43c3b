"""Files that break readers: each is read or refused with a reason, soon, and nothing else."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.look import look
from gallery_daemon.photo import LookKind
from tests.imaging.pictures import identity_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.data

LONGEST_S = 3.0
# Some are merely odd, and must be read.
VALID = (
    "mx__basn0g04.png",
    "mx__basi6a16.png",
    "mx__PngSuite.png",
    "mx__rgb24.bmp",
    "mx__pal8os2v2.bmp",
    "mx__BigTIFF.tif",
    "mx__Animation Lossless.webp",
    "mx__HTC Desire.webp",
    "pillow__frozenpond.mpo",
    "pillow__hopper.avif",
    "pillow__rot3mir1.avif",
    "pillow__transparent.gif",
    # It lacks nothing but the last byte of its end marker.
    "pillow__truncated_jpeg.jpg",
    # With wrong check sums of chunks that nobody needs.
    "mx__5e2b64196b9e014e0ed0a27873cafdb3.png",
    "mx__m1-66ac49ef3f48ac9482049e1ab57a53e9.png",
    "mx__m1-e0f25ec3373dfdca79ba7bcc3ad366f3.png",
    "pillow__invalid-exif.jpg",
    "pillow__exif_gps_typeerror.jpg",
    "pillow__multiple_exif.jpg",
    "pillow__sugarshack_bad_mpo_header.jpg",
    "pillow__16bit.MM.cropped.tif",
)
REFUSED = {
    "mx__3cc4a7fc6481ea3681138da4643f3d16.jpg": "the JPEG data end early (truncated file)",
    "pillow__truncated_end_chunk.png": "the PNG data end early (truncated file)",
    "mx__BigTIFFMotorolaLongStrips.tif": "a TIFF picture in the form of a big-endian BigTIFF, "
    "which is not supported",
    "pillow__zero_bb.eps": "an EPS drawing, which is not supported",
    "pillow__rgba.psd": "a Photoshop file, which is not supported",
    "pillow__decompression_bomb.ico": "a Windows icon, which is not supported",
    "mx__reallybig.bmp": "3000000 x 2000000 pixels are more than the limit of 250 million",
}


def outcome_of(path: Path) -> str:
    """`read`, or the reason of the refusal."""
    limits = {"max_bytes": Limits.photo_bytes, "max_pixels": Limits.photo_pixels}
    try:
        seen = look(str(path), identity_of(path), **limits, want_hash=False, kind=LookKind.FULL)
    except (BadPhoto, NotAPhoto) as error:
        return error.reason
    assert (224, 224, 3) == seen.picture.shape
    return "read"


def test_nothing_crashes_and_nothing_hangs(shared_data: Path) -> None:
    """Every file has an outcome within seconds; no warning and no other exception escapes."""
    counts: Counter[str] = Counter()
    for path in sorted((shared_data / "torture").iterdir()):
        start = time.monotonic()

        outcome = outcome_of(path)

        assert time.monotonic() - start < LONGEST_S, path.name
        assert outcome.isprintable(), path.name
        counts["read" if outcome == "read" else "refused"] += 1

    assert 456 == counts.total()
    # Newer decoders may know better; a great change would be ours.
    assert counts["read"] == pytest.approx(239, abs=15)


@pytest.mark.parametrize("name", VALID)
def test_an_odd_but_valid_file_is_read(shared_data: Path, name: str) -> None:
    """Odd modes, odd headers and broken metadata do not make a picture unreadable."""
    assert "read" == outcome_of(shared_data / "torture" / name)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(shared_data: Path, name: str) -> None:
    """The reason tells a person what is wrong."""
    assert REFUSED[name] == outcome_of(shared_data / "torture" / name)
