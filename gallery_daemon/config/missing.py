"""What to do about a folder that is not there: a name was mistyped, or a disk is away.

A daemon waits for the folders of its configuration, as their disks may come; one that was just
typed on the command line was mistyped.
"""

from __future__ import annotations

import contextlib
import os
from itertools import islice
from pathlib import Path

from gallery_daemon.config.kinds.local import absolute, path_elsewhere
from gallery_daemon.config.mistakes import nearest
from gallery_daemon.errors import GalleryError

# Names in one folder that are compared with the one that was typed.
_NAMES = 1_000


def advice_on_missing(folder: str) -> str:
    """The folder that was most likely meant, if one is there, and what helps in any case."""
    meant = _meant(folder)
    begin = "" if meant is None else f"did you mean {meant}? if not, "
    return f"{begin}make it, mount its disk, or mend the path; once it is there, it is watched"


def refuse_missing(typed: str) -> None:
    """The folder that was typed on the command line is there.

    Raises:
        GalleryError: it is not; names the one that was most likely meant.
    """
    if os.path.isdir(typed):  # noqa: PTH112 - a path as it was typed
        return
    refuse_elsewhere(typed)
    if os.path.lexists(typed):
        raise GalleryError(f"{typed} is not a folder", hint="give folders of photos")
    meant = _meant(absolute(typed, str(Path.cwd())))
    advice = "make it, mount its disk, or mend the path"
    raise GalleryError(
        f"there is no folder {typed}", advice if meant is None else f"did you mean {meant}?"
    )


def refuse_elsewhere(typed: str) -> None:
    """The path that was typed on the command line is one of this machine.

    Raises:
        GalleryError: it is one of Windows, or an address.
    """
    elsewhere = path_elsewhere(typed)
    if elsewhere is not None:
        sentence, hint = elsewhere
        raise GalleryError(f"{typed} is {sentence}", hint)


def _meant(folder: str) -> str | None:
    """A folder that is there and is called nearly so, at the first name that is not there."""
    above, below = folder.rstrip("/"), ""
    while above and not os.path.isdir(above):  # noqa: PTH112 - a path as it came
        above, _, name = above.rpartition("/")
        below = f"/{name}{below}"
    name, _, rest = below.removeprefix("/").partition("/")
    names: list[str] = []
    with contextlib.suppress(OSError), os.scandir(above or "/") as entries:
        names = [each.name for each in islice(entries, _NAMES) if each.is_dir()]
    near = nearest(name, tuple(names))
    if near is None:
        return None
    whole = f"{above}/{near}/{rest}".rstrip("/")
    return whole if os.path.isdir(whole) else None  # noqa: PTH112 - the same
