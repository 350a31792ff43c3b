"""What the folders of a library stand for, on its disk: some disks do not tell cases apart."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from gallery_daemon.rules.places import FolderPlace, NoPlace

if TYPE_CHECKING:
    from gallery_daemon.rules.places import ClassPlaces


class LibraryPlaces:
    """What the folders of one library stand for, on its disk."""

    def __init__(self, library: str, places: ClassPlaces) -> None:
        self._root, self._places = library.rstrip("/"), places
        self._last: tuple[tuple[str, ...], FolderPlace] = ((), NoPlace())

    def of_folder(self, folder: tuple[str, ...]) -> FolderPlace:
        """What the folder stands for; in any case where the disk does not tell cases apart."""
        if folder != self._last[0]:
            self._last = folder, self._of_folder(folder)
        return self._last[1]

    def of_path(self, path: str) -> FolderPlace:
        """What the folder of the file at the absolute path stands for; any outside: no place."""
        below = path.removeprefix(f"{self._root}/")
        return NoPlace() if below == path else self.of_folder(tuple(below.split("/")[:-1]))

    def _of_folder(self, folder: tuple[str, ...]) -> FolderPlace:
        exact = self._places.of_folder(folder)
        if not isinstance(exact, NoPlace):
            return exact
        alike = self._places.of_folder(folder, any_case=True)
        path = "/".join((self._root, *folder))
        return alike if not isinstance(alike, NoPlace) and _is_blind_to_case(path) else exact


def _is_blind_to_case(path: str) -> bool:
    """Whether the folder is found in the other case as well, though no such name is listed.

    By its inode it would not be known: FUSE may give each name of a folder a number of its own.
    """
    above, _, name = path.rpartition("/")
    other = name.swapcase()
    with suppress(OSError):
        os.lstat(f"{above}/{other}")
        return other not in os.listdir(above)  # noqa: PTH208 - names, broken UTF-8 included
    return False
