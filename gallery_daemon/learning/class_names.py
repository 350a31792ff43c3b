"""What a class may be called, and how many photos a new one needs; without what learns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_OF_NEW_CLASS = 15
"""With fewer photos a new class is found too seldom (`python -m tests.benchmarks.learning`)."""


# A rule names a class, and a template makes a folder of it.
_CLASS_NAME = re.compile(r"[^\s/.,:{}\[\]#&*!|>'\"%@`-][^/,:{}\[\]#'\"\x00-\x1f\x7f]{0,59}")


def refuse_class_name(name: str, classes: Sequence[str]) -> None:
    """A new class may be called so.

    Raises:
        GalleryError: it may not.
    """
    if name in classes:
        raise GalleryError(
            f"{name} is a class already",
            hint="drag photos to its folder, or: gallery-daemon label FILE... " + name,
        )
    if not _CLASS_NAME.fullmatch(name):
        raise GalleryError(
            f"a class cannot be called {name!r}", hint="letters and digits, as in pet_photos"
        )
