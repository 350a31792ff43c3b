"""The bits of a picture: nearly the same for its copies, others for others, none for plain ones."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from gallery_daemon.config.settings import Limits
from gallery_daemon.imaging.decode import SIDE, read_picture
from gallery_daemon.imaging.look import dhash, look
from gallery_daemon.photo import PLAIN
from gallery_daemon.rules.conditions.similar import BURST_BITS, NEAR_BITS
from tests.imaging.camera import shot
from tests.imaging.pictures import drawn, identity_of, written

if TYPE_CHECKING:
    from pathlib import Path

# Two of one camera, and a screenshot; each is a picture of its own.
PHOTOS = ("florida_beach.jpg", "HTC Desire.jpg", "Screenshot 2019-05-21 at 10.45.52.png")


def bits_of(data: bytes) -> int:
    """Of the picture in a file's bytes."""
    return int(dhash(read_picture(data, max_pixels=Limits.photo_pixels).pixels), 16)


def apart(one: bytes, other: bytes) -> int:
    """In how many bits two files' pictures differ."""
    return (bits_of(one) ^ bits_of(other)).bit_count()


def opened(data: bytes) -> Image.Image:
    """The picture, upright."""
    return ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB")


@pytest.mark.parametrize("name", PHOTOS)
def test_a_copy_differs_in_few_bits(shared_data: Path, name: str) -> None:
    """Saved again, made smaller, another format, a little brighter."""
    data = (shared_data / "phone" / name).read_bytes()
    image = opened(data)
    copies = (
        written(image, "jpeg", quality=50),
        written(image.resize((image.width // 2, image.height // 2)), "jpeg", quality=80),
        written(image, "webp", quality=60),
        written(ImageEnhance.Brightness(image).enhance(0.9), "jpeg", quality=80),
    )

    assert NEAR_BITS >= max(apart(data, copy) for copy in copies)


def test_pictures_of_other_things_differ_in_many(shared_data: Path) -> None:
    """More than two photos of one burst may."""
    first, second, third = ((shared_data / "phone" / name).read_bytes() for name in PHOTOS)

    assert BURST_BITS < min(apart(first, second), apart(first, third), apart(second, third))


def test_a_preview_has_nearly_the_bits_of_the_whole_picture() -> None:
    """Which of the two was decoded makes no difference to who is alike."""
    image = drawn(1600, 1200).rotate(30)
    by_preview = shot(image, image.resize((400, 300)))

    assert 3 >= apart(by_preview, written(image, "jpeg", quality=95))


def noise(spread: int) -> np.ndarray:
    """A grey wall, with grain."""
    grain = np.random.default_rng(1).integers(-spread, spread + 1, (SIDE, SIDE, 1))
    return np.broadcast_to(100 + grain, (SIDE, SIDE, 3)).astype(np.uint8)


def sky() -> np.ndarray:
    """It grows darker from top to bottom, and is the same from left to right."""
    rows = np.linspace(0, 255, SIDE).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, None], (SIDE, SIDE, 3)))


@pytest.mark.parametrize(
    "pixels", [noise(0) * 0, noise(0), noise(0) * 2 + 55, noise(9), noise(40), sky()]
)
def test_a_plain_picture_has_none(pixels: np.ndarray) -> None:
    """Black frames, walls and skies are not one another's copies."""
    assert PLAIN == dhash(pixels)


def test_a_look_has_the_bits(tmp_path: Path) -> None:
    """Of a black photo, that it is plain."""
    black = Image.new("RGB", (400, 300))
    told = []
    for image in (drawn(), black):
        path = tmp_path / "x.jpg"
        path.write_bytes(written(image, "jpeg"))
        seen = look(
            str(path),
            identity_of(path),
            max_bytes=Limits.photo_bytes,
            max_pixels=Limits.photo_pixels,
            want_hash=False,
        )
        told.append(seen.facts.dhash)

    assert [f"{bits_of(written(drawn(), 'jpeg')):032x}", PLAIN] == told
