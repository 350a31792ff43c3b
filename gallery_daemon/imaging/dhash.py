"""A picture as 128 bits, which are nearly the same for every copy of it.

Sixty-four times it is asked whether the picture is brighter to the right, and as often whether it
is brighter below. To make it smaller, brighter, or to save it anew changes few of the answers, so
how many bits differ says how far two pictures are apart. It is a fingerprint of how light is spread
and of nothing else.

The first half alone is the well-known dHash of 64 bits. It takes chats of one messenger for one
another, and other pictures too: at 5 of 64 bits, one pair in 36,000, which is too many where each
photo may be taken for any of 100,000. `python -m tests.benchmarks.alike` has the figures of both.

Source: N. Krawetz, "Kind of Like That", hackerfactor.com, 2013 (dHash, gradients of 9x8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.photo import PLAIN

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import Pixels

_MORE, _SIDE = 9, 8
# In grey levels of means of some 700 pixels each. Where a screen is all white, less is the noise of
# saving: asking for this much misses a fifth of the copies of half the size that asking for more
# than nothing does.
_BRIGHTER = 0.5
_STRONG = 2.0
# Of 64, in each direction: with fewer most bits would be the same for all black frames. Of the
# 8,377 pictures in ../shared/data/gallery 16 are so plain.
_LEAST_STRONG = 16


def dhash(pixels: Pixels) -> str:
    """The bits as 32 hexadecimal digits, or `PLAIN` where most of them would be noise.

    Args:
        pixels: uint8 (rows, columns, 3), RGB, upright.
    """
    grey = Image.fromarray(pixels).convert("F")
    wide = np.asarray(grey.resize((_MORE, _SIDE), Image.Resampling.BOX))  # (8, 9)
    high = np.asarray(grey.resize((_SIDE, _MORE), Image.Resampling.BOX))  # (9, 8)
    gradients = np.stack((np.diff(wide, axis=1), np.diff(high, axis=0)))  # (2, 8, 8)
    strong = np.count_nonzero(np.abs(gradients) >= _STRONG, axis=(1, 2))  # (2,)
    if strong.min() < _LEAST_STRONG:
        return PLAIN
    return np.packbits(gradients > _BRIGHTER).tobytes().hex()
