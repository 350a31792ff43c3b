"""What a class may be called, and how many photos a new one needs; without what learns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST_OF_NEW_CLASS = 15
"""With fewer photos a new class is found too seldom (`python -m tests.benchmarks.learning`)."""


# A rule names a class, and a template makes a folder of it. Never what controls a terminal, turns
# the words around it, or is no text.
_NEVER = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_CLASS_NAME = re.compile(
    rf"[^\s/.,:{{}}\[\]#&*!|>'\"%@`{_NEVER}-][^/,:{{}}\[\]#'\"{_NEVER}]{{0,59}}"
)


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
