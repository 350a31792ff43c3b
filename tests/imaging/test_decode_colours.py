"""Colours of every kind to RGB."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.imaging.decode import to_averageable, to_rgb


def rgb_of(image: Image.Image) -> tuple[int, int, int]:
    """The first pixel as the two steps give it."""
    pixel = to_rgb(to_averageable(image), image.mode).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return (int(pixel[0]), int(pixel[1]), int(pixel[2]))


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 100, (100, 100, 100)),
        ("LA", (100, 255), (100, 100, 100)),
        ("LA", (100, 0), (255, 255, 255)),
        ("La", (100, 255), (100, 100, 100)),
        ("RGB", (10, 20, 30), (10, 20, 30)),
        ("RGBX", (10, 20, 30, 40), (10, 20, 30)),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("RGBA", (10, 20, 30, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("RGBa", (10, 20, 30, 255), (10, 20, 30)),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("YCbCr", (76, 85, 255), (254, 0, 0)),
        ("HSV", (0, 255, 255), (255, 0, 0)),
        ("LAB", (255, 128, 128), (255, 255, 255)),
        ("I;16", 0x8000, (128, 128, 128)),
        ("I;16B", 0xFF00, (255, 255, 255)),
    ],
)
def test_every_mode_becomes_rgb(
    mode: str, colour: int | tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    """Greys, inks and video colours become what a person sees; transparency becomes white."""
    image = Image.new(mode, (4, 4), colour)

    assert expected == pytest.approx(rgb_of(image), abs=2)


def test_a_palette_becomes_its_colours() -> None:
    """Indexes are looked up before anything is averaged."""
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])

    assert (200, 100, 50) == rgb_of(image)


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_a_transparent_colour_becomes_white(mode: str) -> None:
    """One colour may be named transparent, in a GIF or a PNG."""
    image = Image.new(mode, (4, 4), 0)
    image.info["transparency"] = (0, 0, 0) if mode == "RGB" else 0

    assert (255, 255, 255) == rgb_of(image)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_measurements_are_stretched(mode: str) -> None:
    """Heights and temperatures have no white of their own: the smallest is black."""
    image = Image.fromarray(np.array([[-50, 0], [25, 50]], {"I": np.int32, "F": np.float32}[mode]))

    pixels = np.asarray(to_rgb(to_averageable(image), mode))[:, :, 0]

    assert pytest.approx(pixels.ravel().tolist(), abs=1) == [0, 127, 191, 255]


def test_numbers_that_are_none_are_black() -> None:
    """NaN and infinities do not spoil the rest."""
    values = np.array([[np.nan, np.inf], [-np.inf, 7]], np.float32)

    pixels = np.asarray(to_rgb(Image.fromarray(values), "F"))[:, :, 0]

    assert (pixels * np.isfinite(values)).tolist() == [[0, 0], [0, 0]]
    assert 0 == pixels[0, 0]
