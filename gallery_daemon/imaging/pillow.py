"""Pillow within bounds: its settings while photos are decoded, and its errors as one sentence.

Apart from `decode`, because this is about the process and not about a picture. Pillow warns of odd
metadata, but a photo is either readable or not. Its own limit of pixels would refuse a
200-megapixel phone photo, and would let a hostile GIF ask for 4 GB. The limit and the warnings are
settings of the whole process, while several threads decode at once: the first thread to begin
changes them, and the last one to end restores them (`warnings.catch_warnings` alone is not safe in
threads).

A decoder may raise nearly anything on a hostile file; all of it becomes `BadPhoto`, or `NotAPhoto`
of a picture that is coded in a way which no decoder here knows. The bytes are in memory, so there
are no real I/O errors here, and a failing disk is never called a broken photo.
"""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from PIL import Image, PngImagePlugin

from gallery_daemon.errors import BadPhoto, NotAPhoto
from gallery_daemon.imaging.ending import ending
from gallery_daemon.imaging.png import TEXT_BYTES_LIMIT, TEXTS_BYTES_LIMIT
from gallery_daemon.imaging.unsupported import what_is_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BytesIO

    from gallery_daemon.imaging.formats import FileKind

# A little above ours, so that Pillow never refuses a file for its texts.
_TEXT_LIMITS = {"MAX_TEXT_CHUNK": 2 * TEXT_BYTES_LIMIT, "MAX_TEXT_MEMORY": 2 * TEXTS_BYTES_LIMIT}
_REASON_LIMIT = 120
# Names out of Pillow's code, which say nothing to a person.
_INNER = re.compile(r"[A-Z]{3,}_[A-Z]{3,}|\wPlugin\b|\bPIL\b|\bDOS\b")
_SAYS_CUT = re.compile(r"truncated|end of file", re.IGNORECASE)


class _Settings:
    """How many threads decode now, and what to restore after the last one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoding = 0
        self._before = ExitStack()

    def hold(self, max_pixels: int) -> None:
        """One more thread decodes."""
        # Pillow refuses what has more than twice this, and warns above it.
        half = (max_pixels + 1) // 2
        with self._lock:
            if self._decoding == 0:
                self._set(half)
            self._decoding += 1
            Image.MAX_IMAGE_PIXELS = max(half, Image.MAX_IMAGE_PIXELS or 0)

    def release(self) -> None:
        """One thread fewer decodes."""
        with self._lock:
            self._decoding -= 1
            if self._decoding == 0:
                self._before.close()

    def _set(self, half: int) -> None:
        self._before.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
        # Never less for an instant: another thread may open a picture of its own just then.
        Image.MAX_IMAGE_PIXELS = half
        for name, limit in _TEXT_LIMITS.items():
            self._before.callback(setattr, PngImagePlugin, name, getattr(PngImagePlugin, name))
            setattr(PngImagePlugin, name, limit)
        self._before.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")


_SETTINGS = _Settings()


@contextmanager
def decoding(max_pixels: int) -> Iterator[None]:
    """In this block no warning escapes, and Pillow's limit of pixels is `max_pixels`.

    Of several threads' limits the largest holds; each thread checks its own picture as well.
    """
    _SETTINGS.hold(max_pixels)
    try:
        yield
    finally:
        _SETTINGS.release()


@contextmanager
def as_bad_photo(kind: FileKind, file: BytesIO) -> Iterator[None]:
    """In this block every exception becomes a BadPhoto, or a NotAPhoto if it is not supported."""
    try:
        yield
    except BadPhoto:
        raise
    except MemoryError as error:
        raise BadPhoto(f"the {_label(kind)} needs more memory than there is") from error
    except Exception as error:  # nearly anything: SyntaxError, struct.error, OSError, KeyError ...
        is_whole = ending(file, kind).whole
        unsupported = what_is_unsupported(kind, file, error) if is_whole else None
        if unsupported is not None:
            raise NotAPhoto(unsupported) from error
        if not is_whole or _SAYS_CUT.search(str(error)):
            raise truncated(kind) from error
        raise BadPhoto(f"the {_label(kind)} data are broken{_why(error)}") from error


def truncated(kind: FileKind) -> BadPhoto:
    """The error for a photo whose end is missing."""
    return BadPhoto(f"the {_label(kind)} data end early (truncated file)")


def _label(kind: FileKind) -> str:
    """The format's usual name: `JPEG` of "a JPEG photo"."""
    return kind.words.split()[1]


def _why(error: Exception) -> str:
    line = _first_line(error)
    return "" if _INNER.search(line) else f" ({line})"


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return "".join(letter for letter in line if letter.isprintable())[:_REASON_LIMIT]
