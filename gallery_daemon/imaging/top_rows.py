"""The top of a JPEG, from its first bytes, and whether its preview shows the same there.

A program that filters, crops, mirrors or turns a picture and copies its EXIF whole leaves the old
preview, and no tag tells. The picture does: baseline JPEG comes row by row from the top, so the
first part of the coded data gives the first rows, by libjpeg's scaled decode in a millisecond or
two. Their colours, as means over cells of some 8 by 2 pixels of a camera's small preview, must be
those of the preview's first rows.

Cameras sharpen previews, make them by leaving out pixels, or shifted by one, and code them roughly.
So they may differ by more where there is more contrast between the cells; a cast or a shade over
all of them may only be small.

What is not found: what was painted below the rows that were read, and what leaves the top as it
was, such as mirroring a plain sky. A top without any contrast says too little to count: of such a
picture a quarter is read, and compared again. Where the rows cannot be had so cheaply, it does not
count either: a progressive picture has none before its last scan, and one with other markers than
restarts among its coded data is for a whole decode.

Measured by `python -m tests.benchmarks.edits`, which says what is found of which edit.
"""

from __future__ import annotations

import contextlib
from enum import Enum, auto
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from gallery_daemon.imaging.ending import scan_start
from gallery_daemon.imaging.unended import MARKER

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of a photo of 4 MB some 4 of its preview's 120 rows; of one of 40 MB as many.
_LEAST_BYTES, _SHARE = 64 << 10, 32
# Where these are plain: a sky, a page, a wall. Decoded in 10 ms of 40 (12 megapixels).
_SHARE_OF_PLAIN = 4
# libjpeg gives an eighth of the size, or as much more as the cells need.
_LEAST_SIDE, _SMALLEST = 160, 8
# Cells across, and down if all of the picture is there.
_ACROSS, _DOWN = 20, 60
# Where the decoder wrote nothing. A row that begins with this very colour is taken for such.
_PAPER = (1, 254, 3, 252)
_END = b"\xff\xd9"
# Luminance and the two colours, in levels of 0 to 255: the most that all cells may differ together;
# the most that they may differ each (root of the mean square), and how much more of the contrast.
# Of 20 unchanged photos of phones the most is (2.3, 0.9, 0.7), and (2.4, 1.6, 2.1) without
# contrast; aliasing adds up to a quarter of it (`tests.imaging.test_top_rows`).
_TOGETHER = np.array((6.0, 4.0, 4.0))
_EACH = np.array((4.0, 3.0, 3.0))
_OF_CONTRAST = 0.3
# In luminance: noise of a white wall is below, the shade of a plain sky above.
_LEAST_CONTRAST = 1.0

Cells = NDArray[np.float64]


class Top(Enum):
    """What a preview's first rows and the picture's say of each other; `PLAIN`: nothing."""

    SAME = auto()
    OTHER = auto()
    PLAIN = auto()


class _FirstRows(NamedTuple):
    """The first rows of a picture, scaled down, and which share of it they are."""

    image: Image.Image
    share: float


def bytes_of_top(size: int, *, is_plain: bool = False) -> int:
    """How much of the coded data is read of a file of that size."""
    return max(_LEAST_BYTES, size // (_SHARE_OF_PLAIN if is_plain else _SHARE))


def compare_tops(preview: Image.Image, data: bytes) -> Top:
    """Whether the preview's first rows are those of the picture.

    Args:
        preview: loaded, and of the picture's shape.
        data: the JPEG, or so many bytes behind its header as `bytes_of_top` says.

    Raises:
        Exception: nearly any, as from every decoder; nothing is known then.
    """
    top = _top(data)
    rows = int(preview.height * top.share) if top else 0
    if top is None or not rows:
        return Top.OTHER
    down = max(1, int(_DOWN * rows / preview.height))
    shown = _cells(preview, (0, 0, preview.width, rows), down)
    height = top.image.height * rows / (preview.height * top.share)
    there = _cells(top.image, (0, 0, top.image.width, height), down)
    return _compared(shown, there)


def _compared(shown: Cells, there: Cells) -> Top:
    across_all, differences = (0, 1), shown - there
    contrast = there.std(across_all)
    together = np.abs(differences.mean(across_all))
    each = np.sqrt(np.square(differences).mean(across_all))
    if (together > _TOGETHER).any() or (each > _EACH + _OF_CONTRAST * contrast).any():
        return Top.OTHER
    return Top.SAME if contrast[0] >= _LEAST_CONTRAST else Top.PLAIN


def _cells(image: Image.Image, box: tuple[float, float, float, float], down: int) -> Cells:
    """The means of so many rows of cells: (down, across, 3), luminance and two colours."""
    small = image.convert("RGB").resize((_ACROSS, down), Image.Resampling.BOX, box=box)
    return np.asarray(small.convert("YCbCr"), np.float64)


def _top(data: bytes) -> _FirstRows | None:
    start = scan_start(BytesIO(data), 0)
    if start is None:
        return None
    coded, end, _ = data[start:].partition(_END)
    if MARKER.search(coded):
        return None
    image = JpegImageFile(BytesIO(data[:start] + coded + end))
    if image.info.get("progressive"):
        return None
    image.draft(image.mode, _scaled_down(image.size))
    image.im = Image.new(image.mode, image.size, _PAPER[: len(image.getbands())]).im
    with contextlib.suppress(OSError):  # the rest is missing, as it must be
        image.load()
    # What was not decoded is not asked for again.
    image.tile = []
    rows = _written_rows(image)
    part = image.crop((0, 0, image.width, rows))
    return _FirstRows(part, rows / image.height) if rows else None


def _scaled_down(size: Sequence[int]) -> tuple[int, int]:
    return (
        max(size[0] // _SMALLEST, min(size[0], _LEAST_SIDE)),
        max(size[1] // _SMALLEST, min(size[1], _LEAST_SIDE)),
    )


def _written_rows(image: Image.Image) -> int:
    """The number of rows down to the last whose first pixel is not paper."""
    first = np.asarray(image.crop((0, 0, 1, image.height))).reshape(image.height, -1)
    is_written = (first != _PAPER[: first.shape[1]]).any(axis=1)
    return int(np.flatnonzero(is_written).max(initial=-1)) + 1
