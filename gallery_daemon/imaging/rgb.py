"""Colours of every kind to RGB on white paper, in two steps around the resize.

Before it: values that can be averaged, so no palette, no single bits, no transparent colour key.
After it, with 224x224 pixels left: to RGB, which is where the dear conversions are (CMYK, LAB,
16 bits, alpha).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIXTEEN_BITS = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_AVERAGEABLE_AS = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}
_WITH_ALPHA = frozenset({"LA", "RGBA"})
_KEYED = frozenset({"1", "L", "P", "RGB"})


def to_averageable(image: Image.Image) -> Image.Image:
    """The loaded picture in a mode whose values can be averaged."""
    if image.mode in _KEYED and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I")
    mode = _AVERAGEABLE_AS.get(image.mode)
    return image.convert(mode) if mode else image


def to_rgb(image: Image.Image, original_mode: str) -> Image.Image:
    """The small picture as RGB, on white where it is transparent.

    Args:
        image: as `to_averageable` and a resize gave it.
        original_mode: the mode it had in the file, which says what the numbers mean.
    """
    if image.mode in _WITH_ALPHA:
        return _on_white(image.convert("RGBA"))
    if original_mode in _SIXTEEN_BITS:
        return Image.fromarray(_of_sixteen_bits(np.asarray(image))).convert("RGB")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretched(np.asarray(image, np.float64))).convert("RGB")
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _of_sixteen_bits(values: NDArray[np.int32]) -> NDArray[np.uint8]:
    """0..65535 as 0..255."""
    return (values.clip(0, 65535) >> 8).astype(np.uint8)


def _stretched(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Values of any range as 0..255, by their smallest and largest; what is no number is black.

    Measurements (heights, temperatures) come so, and no rule says what white is.
    """
    numbers = values[np.isfinite(values)]
    low, high = (numbers.min(), numbers.max()) if numbers.size else (0.0, 0.0)
    with np.errstate(all="ignore"):
        scaled = (values - low) * (255.0 / (high - low) if high > low else 0.0)
    tame = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
    return tame.clip(0, 255).round().astype(np.uint8)
