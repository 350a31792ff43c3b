"""What a person has on disk: photos in the watch folder, files in the library, each made once.

Every photo has bytes that no other has, so whatever happens one can say where it is, and whether it
is there twice or not at all.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from pathlib import Path

from PIL import Image

from tests.filing.conftest import read_files
from tests.imaging.pictures import FILM


def _small_jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


_JPEG = _small_jpeg()


class Belongings:
    """`owned` are the library's files that the person has made or touched, with their bytes."""

    def __init__(self, watch: Path, library: Path) -> None:
        self._watch, self._library = watch, library
        self._made = 0
        self.owned: dict[str, bytes] = {}

    def everything(self) -> set[bytes]:
        """All bytes that lie anywhere."""
        folders = (self._watch, self._library)
        return {content for folder in folders for content in read_files(folder).values()}

    def in_library(self) -> Counter[bytes]:
        """The bytes in the library that are not in files of the person's own, and how often."""
        mine = {os.path.relpath(path, self._library) for path in self.owned}
        found = read_files(self._library)
        return Counter(content for name, content in found.items() if name not in mine)

    def library_files(self) -> set[str]:
        """The paths of all files in the library."""
        return {os.fspath(self._library / name) for name in read_files(self._library)}

    def photo(self) -> bytes:
        """A whole JPEG that there is only once: its number is in a comment."""
        comment = self._number()
        length = (len(comment) + 2).to_bytes(2, "big")
        return _JPEG[:2] + b"\xff\xfe" + length + comment + _JPEG[2:]

    def film(self) -> bytes:
        """A whole film that there is only once."""
        return FILM + b"\0\0\0\x14free" + self._number()

    def put(self, name: str, content: bytes) -> None:
        """A file is renamed into the watch folder, as Syncthing does, over what was there."""
        path = self.place(name)
        temporary = path.with_name(f".syncthing.{path.name}.tmp")
        temporary.write_bytes(content)
        temporary.rename(path)

    def place(self, name: str) -> Path:
        """The path of a name in the watch folder, whose folder is there."""
        path = self._watch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def edit(self, name: str) -> None:
        """A file in the watch folder is written anew, and so under its other name as well."""
        path = self._watch / name
        if path.exists():
            path.write_bytes(self.photo())
            # What was the person's in the library and is the same file, is what it is now.
            self.owned = {each: Path(each).read_bytes() for each in self.owned}

    def own(self, path: Path, content: bytes) -> None:
        """The person makes a file in the library."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.owned[os.fspath(path)] = content

    def tidy(self, how: str, which: int) -> None:
        """A file in the library is deleted, moved or replaced, and is the person's then."""
        files = sorted(self.library_files())
        if not files:
            return
        path = Path(files[which % len(files)])
        self.owned.pop(os.fspath(path), None)
        content = path.read_bytes()
        path.unlink()
        if how == "move":
            self.own(path.with_name(f"mine {self._number().decode()}.jpg"), content)
        elif how == "replace":
            self.own(path, self.photo())

    def _number(self) -> bytes:
        self._made += 1
        return b"%012d" % self._made
