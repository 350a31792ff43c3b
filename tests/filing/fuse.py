"""Twins of the disk and the journal that stop the world, or refuse, before the n-th effect."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from tests.journal.empty import lay_empty_journal

if TYPE_CHECKING:
    from pathlib import Path

_EFFECTS = ("link", "symlink", "rename", "unlink", "sync", "_make_folder", "remove_folder", "_pour")
_WRITES = ("record_each", "unfinished", "copied", "close_intents")


class CrashError(BaseException):
    """The power is cut."""


class Fuse:
    """Counts effects down; the one that finds none left does not happen."""

    def __init__(self, effects: int) -> None:
        self.left = effects

    @property
    def has_blown(self) -> bool:
        """Whether an effect found none left."""
        return self.left < 0

    def burn(self) -> None:
        """One effect less."""
        self.left -= 1
        if self.left < 0:
            # And none after it: also what tidies up in the program that died does nothing.
            raise CrashError


class BadSector(Fuse):
    """The n-th effect is refused with an input/output error, and those after it happen."""

    def burn(self) -> None:
        self.left -= 1
        if self.left == -1:
            raise OSError(errno.EIO, "Input/output error")


def disk_on(fuse: Fuse) -> Disk:
    """A disk whose effects burn the fuse."""
    return fused_disk(Disk, fuse)


def fused_disk(kind: type[Disk], fuse: Fuse) -> Disk:
    """A disk of that kind whose effects burn the fuse."""
    disk: Disk = _fused(kind, _EFFECTS, fuse)()
    return disk


def journal_on(fuse: Fuse, path: Path) -> Journal:
    """A journal whose writes burn the fuse; new, unless one lies there."""
    if not path.exists():
        lay_empty_journal(path)
    journal: Journal = _fused(Journal, _WRITES, fuse)(path)
    return journal


def _fused(kind: type[Any], names: tuple[str, ...], fuse: Fuse) -> type[Any]:
    def guarded(name: str) -> Any:
        # Looked up now: a name that is gone would be a point where no crash is tried any more.
        effect = getattr(kind, name)

        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            fuse.burn()
            return effect(self, *args, **kwargs)

        return method

    return type(kind.__name__, (kind,), {name: guarded(name) for name in names})
