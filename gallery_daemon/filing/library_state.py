"""Whether the library takes photos: asked before the first photo, by the daemon and by `doctor`.

Otherwise a library on a disk that is mounted read-only is found out by the first photo that fails.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LibraryTrouble:
    """Why no photo can be filed, in a sentence with the library's path, and what to do."""

    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class LibraryState:
    """The library as it was found; `was_used` says that photos were filed into it before.

    `problem` is why it, or where it is not there the folder it would be made in, cannot be written.
    """

    path: str
    is_there: bool
    problem: str | None
    was_used: bool

    @property
    def trouble(self) -> LibraryTrouble | None:
        """Why it takes no photos; None: it does, or can be made.

        One that was used and is missing is a disk that is not mounted.
        """
        if not self.is_there and self.was_used:
            return LibraryTrouble(
                f"{self.path} is not there, and photos were filed into it",
                "mount its disk; or make the folder, if it shall be empty",
            )
        if self.problem is None:
            return None
        where = self.path if self.is_there else f"{self.path} cannot be made"
        return LibraryTrouble(
            f"{where}: {self.problem}", "see who owns it, or choose another library:"
        )


def look_at_library(path: str, *, was_used: bool) -> LibraryState:
    """The library as it is; a file without a name is made in it, which is gone at once."""
    place = Path(path)
    if not os.path.lexists(place):
        refusal, is_there = _refusal(nearest_folder(place)), False
    else:
        refusal, is_there = _refusal(place) if place.is_dir() else "it is not a folder", True
    return LibraryState(path, is_there, refusal, was_used)


def nearest_folder(path: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next(each for each in (path, *path.parents) if each.is_dir())


def _refusal(folder: Path) -> str | None:
    """Why nothing can be written there; asked with a file that never has a name (open(2))."""
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except PermissionError:
        return "no permission to write"
    except OSError as error:
        if os.access(folder, os.W_OK | os.X_OK):
            return None  # a file system without nameless files
        return (error.strerror or "it cannot be written").lower()
    return None
