"""The library: is it there, and can it be written?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.doctor.finding import bad, well

if TYPE_CHECKING:
    from gallery_daemon.doctor.finding import Finding

ABOUT = "library"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The library as it was found; `was_used` says that photos were filed into it before.

    `problem` is why it, or where it is not there the folder it would be made in, cannot be written.
    """

    path: str
    is_there: bool
    problem: str | None
    was_used: bool


def look_at_library(path: str, *, was_used: bool) -> Shelf:
    """The library; a file without a name is made in it and gone at once."""
    place = Path(path)
    if not os.path.lexists(place):
        refusal, is_there = _refusal(nearest_folder(place)), False
    else:
        refusal, is_there = _refusal(place) if place.is_dir() else "it is not a folder", True
    return Shelf(path, is_there, refusal, was_used)


def judge_library(seen: Shelf) -> Finding:
    """One line; a library that was used and is gone is a disk that is not mounted."""
    if not seen.is_there and seen.was_used:
        what = f"{seen.path} is not there, and photos were filed into it"
        return bad(ABOUT, what, "mount its disk; or make the folder, if it shall be empty")
    if seen.problem is not None:
        where = seen.path if seen.is_there else f"{seen.path} cannot be made"
        return bad(ABOUT, f"{where}: {seen.problem}", "see who owns it, or choose another library:")
    if not seen.is_there:
        return well(ABOUT, f"{seen.path} will be made when the daemon starts")
    return well(ABOUT, f"{seen.path} can be written")


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
