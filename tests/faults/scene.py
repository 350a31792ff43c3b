"""A world to be killed in: a watch folder with photos, a library with a stranger, a journal.

Library and watch folder may lie on exFAT by FUSE, which has no call that gives a whole file its
name without replacing another, so there a copy is made under its final name.

The stranger lay in the library before and is the nastiest that one can think of: it has the name of
a photo, its size and its mtime, but other bytes. The rules go by names and the folders are fixed,
so it is known beforehand where each file must come to lie, whoever classifies.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from tests.disks import CannotMountError, exfat_by_fuse
from tests.faults.material import FILM, LARGE, LIVE, NAMESAKE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A file system of its own on nearly every Linux.
ELSEWHERE = Path("/dev/shm")

_CONFIG = """\
version: 1
watch: {{name: phone, path: {watch}, settle: 0s}}
library: {library}
defaults: {{action: {action}}}
rules:
  - name: live photos
    when: {{name: "LIVE_*"}}
    to: Live/Pairs/
  - name: everything
    to: Photos/
"""
# The last two are those that `anew` files into.
_FOLDERS = ("Photos", "Live", "Live/Pairs", "Anew", "Anew/Pairs")
_MTIME_NS = 1_700_000_000_123_456_789


@dataclass(frozen=True, slots=True)
class Original:
    """A file that shall be filed: its path below the watch folder, and the one below the library.

    `photo` is the photo that a sidecar belongs to.
    """

    relative: str
    destination: str
    photo: str | None = None


ORIGINALS = (
    Original(LIVE, "Live/Pairs/LIVE_0001.HEIC"),
    Original(FILM, "Live/Pairs/LIVE_0001.MOV", photo=LIVE),
    Original(LARGE, "Photos/ultraHDR.jpg"),
    Original(NAMESAKE, "Photos/fin de journée (2).jpg"),
)
STRANGER = f"Photos/{NAMESAKE}"


class Where(StrEnum):
    """On which file systems the watch folder and the library lie."""

    NEAR = "near"
    FAR = "far"
    INTO_EXFAT = "into-exfat"
    FROM_EXFAT = "from-exfat"
    IN_EXFAT = "in-exfat"


WORDS = {
    Where.NEAR: "same disk",
    Where.FAR: "another disk",
    Where.INTO_EXFAT: "into exFAT",
    Where.FROM_EXFAT: "from exFAT",
    Where.IN_EXFAT: "within exFAT",
}
ON_EXFAT = frozenset({Where.INTO_EXFAT, Where.FROM_EXFAT, Where.IN_EXFAT})


@dataclass(frozen=True, slots=True)
class Case:
    """What is done with the photos, and where the library is."""

    action: Action
    where: Where

    def __str__(self) -> str:
        return f"{self.action}, {WORDS[self.where]}"


# A symbolic link knows nothing of file systems, so there is no far one, and exFAT has none.
CASES = (
    *(Case(Action.MOVE, where) for where in Where),
    Case(Action.COPY, Where.NEAR),
    Case(Action.COPY, Where.FAR),
    Case(Action.COPY, Where.INTO_EXFAT),
    Case(Action.HARDLINK, Where.NEAR),
    Case(Action.HARDLINK, Where.FAR),
    Case(Action.HARDLINK, Where.IN_EXFAT),
    Case(Action.SYMLINK, Where.NEAR),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the program touches, and what it was made of."""

    home: Path
    watch: Path
    library: Path
    action: Action
    material: Mapping[str, bytes]

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.home / "config.yaml"

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.home / "state" / "gallery-daemon" / "journal.sqlite3"

    @property
    def scratch(self) -> Path:
        """Where the program tries out what the machine can do; nothing of anybody's lies there."""
        return self.home / "scratch"

    @property
    def environ(self) -> dict[str, str]:
        """Where the program finds its own folders."""
        return {
            "XDG_STATE_HOME": os.fspath(self.home / "state"),
            "XDG_CONFIG_HOME": os.fspath(self.home / "settings"),
            "TMPDIR": os.fspath(self.scratch),
        }

    @property
    def made_into(self) -> tuple[Path, ...]:
        """The files and folders that files are made in or as: those of the library, the journal."""
        journals = [self.journal.with_name(self.journal.name + end) for end in _JOURNAL_ENDS]
        return (*journals, *(self.library / folder for folder in _FOLDERS))

    @property
    def stranger(self) -> bytes:
        """The bytes of the file that lay in the library before."""
        return bytes(byte ^ 0xFF for byte in self.material[NAMESAKE])

    def make(self) -> None:
        """The photos lie in the watch folder, the stranger in the library, nothing is filed."""
        for relative, content in self.material.items():
            _write(self.watch / relative, content)
        _write(self.library / STRANGER, self.stranger)
        self.scratch.mkdir()
        self.config.write_text(
            _CONFIG.format(watch=self.watch, library=self.library, action=self.action)
        )


# SQLite's files, and the one that says whose intents are whose.
_JOURNAL_ENDS = ("", "-journal", "-wal", "-shm", "-owners")


@contextmanager
def made(case: Case, material: Mapping[str, bytes]) -> Iterator[Scene]:
    """A scene for the case, gone afterwards."""
    with ExitStack() as stack:
        # Links resolved: strace compares paths as the kernel has them.
        def folder(where: Path | None) -> Path:
            return Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-", dir=where))
            ).resolve()

        home = folder(None)
        other = home if case.where is Where.NEAR else folder(_disk_of(case.where))
        watch = other if case.where in {Where.FROM_EXFAT, Where.IN_EXFAT} else home
        library = home if case.where is Where.FROM_EXFAT else other
        scene = Scene(home, watch / "watch", library / "library", case.action, material)
        scene.make()
        yield scene


def why_not_there(where: Where) -> str | None:
    """Why no scene can be made there; None if one can."""
    if where is Where.FAR:
        near = Path(tempfile.gettempdir()).stat().st_dev
        if not ELSEWHERE.is_dir() or ELSEWHERE.stat().st_dev == near:
            return f"{ELSEWHERE} is not another file system"
    if where in ON_EXFAT:
        try:
            _exfat()
        except CannotMountError as error:
            return f"{error}"
    return None


def _disk_of(where: Where) -> Path:
    return _exfat() if where in ON_EXFAT else ELSEWHERE


@cache
def _exfat() -> Path:
    """An exFAT by FUSE, until this program ends."""
    mounted = ExitStack()
    folder = mounted.enter_context(exfat_by_fuse())
    atexit.register(mounted.close)
    return folder


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(_MTIME_NS, _MTIME_NS))
