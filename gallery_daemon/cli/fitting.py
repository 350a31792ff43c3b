"""Paths and sentences fitted to the terminal behind standard output.

In a pipe nothing is shortened or broken. Without rich and typer: the daemon's start imports it.
"""

from __future__ import annotations

import sys

from gallery_daemon.cli.plain import fitted, shown
from gallery_daemon.logs.width import columns_of, shorten, width_of, with_tilde

_ARROW = "-> "
_LEAST_ROOM = 28


def path_line(path: str, indent: int, *, before: str = "", after: str = "") -> str:
    """A path in one line of the terminal, between other words."""
    columns = columns_of(sys.stdout)
    room = None if columns is None else columns - indent - len(before) - len(after)
    return " " * indent + before + shorten(shown(path), room) + after


def has_room(used: int) -> bool:
    """Whether `used` columns leave enough of the terminal's line for a `way`."""
    columns = columns_of(sys.stdout)
    return columns is None or columns - used - len(f" {_ARROW}") >= _LEAST_ROOM


def way(photo: str, place: str, used: int) -> str:
    """From where to where, in what `used` columns leave of the terminal's line.

    Where that is not enough, the folder stands for the place of a photo that keeps its name.
    """
    columns, photo, place = columns_of(sys.stdout), homely(photo), homely(place)
    left = None if columns is None else columns - used - len(f" {_ARROW}")
    if left is not None and width_of(photo + place) > left:
        room = max(left, _LEAST_ROOM)
        name, (folder, _, new_name) = photo.rpartition("/")[2], place.rpartition("/")
        place = f"{folder}/" if folder and name == new_name else place
        # The photo's name before all, then the end of its place.
        last = place.rstrip("/").rpartition("/")[2]
        least = min(width_of(last) + len("…//"), room // 2)
        place = shorten(place, max(room - width_of(name) - len("…/"), least))
        photo = shorten(photo, room - width_of(place))
    return f"{photo} {_ARROW}{place}"


def homely(words: str) -> str:
    """Words that any terminal takes; a terminal shows the home folder in them as `~`."""
    return shown(words) if columns_of(sys.stdout) is None else with_tilde(shown(words))


def sentence(words: str, indent: int = 0) -> str:
    """A sentence in as many lines as the terminal needs."""
    begin = " " * indent
    return "\n".join(fitted(shown(words), columns_of(sys.stdout), begin, begin))
