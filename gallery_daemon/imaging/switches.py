"""Pillow's and Python's process-wide switches, set while photos are decoded and then set back.

Pillow warns of odd metadata, and a warning is for programmers: a photo is readable or it is not.
Its own limit of pixels would refuse a 200-megapixel phone photo, and allow a hostile GIF to ask for
4 GB. Both switches belong to the whole process, while several threads decode at once, so the first
thread in sets them and the last one out sets them back (`warnings.catch_warnings` alone is not
safe in threads).
"""

from __future__ import annotations

import threading
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Switches:
    """How many threads decode now, and what to set back after the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoding = 0
        self._before = ExitStack()

    def hold(self, max_pixels: int) -> None:
        """One more thread decodes."""
        with self._lock:
            if self._decoding == 0:
                self._set()
            self._decoding += 1
            # Pillow refuses what has more than twice this, and warns above it.
            half = (max_pixels + 1) // 2
            Image.MAX_IMAGE_PIXELS = max(half, Image.MAX_IMAGE_PIXELS or 0)

    def release(self) -> None:
        """One thread less decodes."""
        with self._lock:
            self._decoding -= 1
            if self._decoding == 0:
                self._before.close()

    def _set(self) -> None:
        self._before.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
        Image.MAX_IMAGE_PIXELS = 0
        self._before.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")


_SWITCHES = _Switches()


@contextmanager
def decoding(max_pixels: int) -> Iterator[None]:
    """Within this no warning escapes, and Pillow's limit of pixels is ours.

    Of several threads' limits the largest holds; each checks its own picture besides.
    """
    _SWITCHES.hold(max_pixels)
    try:
        yield
    finally:
        _SWITCHES.release()
