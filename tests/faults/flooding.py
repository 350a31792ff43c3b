"""A flood's photos: tiny, whole, each with its own bytes, so that every one can be accounted for.

The number of a photo stands in a comment of its JPEG and not only in its name: whatever name it has
in the library, and whether it was linked, copied or moved, it is known by its bytes.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")
_NUMBER = re.compile(rb"photo (\d+)\.")


def _one_pixel() -> bytes:
    kept = io.BytesIO()
    Image.new("L", (1, 1)).save(kept, "jpeg")
    return kept.getvalue()


_WHOLE = _one_pixel()


def photo(number: int) -> bytes:
    """A JPEG that says which one it is."""
    words = b"photo %d." % number
    comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words
    return _WHOLE[:2] + comment + _WHOLE[2:]


def pour(
    folder: Path, numbers: Iterable[int], *, each: int = 1000, is_renamed: bool = False
) -> None:
    """The photos lie below `folder`, `each` to a folder.

    They are written under their final names, or, `is_renamed`, as Syncthing does.
    """
    for number in numbers:
        home = folder / f"{number // each:05}"
        home.mkdir(parents=True, exist_ok=True)
        name = f"IMG_{number:06}.jpg"
        written = home / (f".syncthing.{name}.tmp" if is_renamed else name)
        written.write_bytes(photo(number))
        if is_renamed:
            written.rename(home / name)


@dataclass(frozen=True)
class Account:
    """Which photos a library has, compared with those that it should have."""

    missed: tuple[int, ...]
    doubled: tuple[int, ...]


def account(library: Path, numbers: Iterable[int]) -> Account:
    """Every file of the library is looked into."""
    found: Counter[int] = Counter()
    for path in library.rglob("*"):
        if path.is_file():
            said = _NUMBER.search(path.read_bytes())
            assert said is not None, path
            found[int(said[1])] += 1
    return Account(
        missed=tuple(number for number in numbers if not found[number]),
        doubled=tuple(number for number, times in found.items() if times > 1),
    )


@contextmanager
def queue_of(events: int) -> Iterator[None]:
    """Inotify instances made meanwhile hold so few events; the kernel asks when one is made."""
    former = _QUEUE.read_text()
    try:
        _QUEUE.write_text(str(events))
    except PermissionError:
        pytest.skip("no permission to change a sysctl")
    try:
        yield
    finally:
        _QUEUE.write_text(former)
