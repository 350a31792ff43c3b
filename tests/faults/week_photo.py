"""One photo of the week as the person has it, and what must stay the same of its file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.decision import Outcome

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamp:
    """What must stay the same of a file: its bytes, its mtime in ns, its permissions."""

    digest: str
    mtime_ns: int
    mode: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """That of the file as it is now."""
        found = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(digest, found.st_mtime_ns, found.st_mode)


@dataclass(slots=True)
class PlayedPhoto:
    """One photo as the person has it.

    `origin` is the file that is copied into the watch folder, as `name`; `truth` what it shows.
    `home` is where the program filed it, `path` where it is in the library now, or was when the
    person deleted it; `says` the class and kind of the lesson that the person means it to be.
    `has_left`: its filing took it out of the watch folder, whatever became of it since.
    """

    name: str
    origin: Path
    truth: str
    source: str
    stamp: Stamp | None = None
    home: Path | None = None
    path: Path | None = None
    outcome: str | None = None
    called: str | None = None
    says: tuple[str, str] | None = None
    is_deleted: bool = False
    has_left: bool = False

    @property
    def place(self) -> Path:
        """Where it is in the library; it was filed."""
        assert self.path is not None, f"{self.name} was not filed"
        return self.path

    @property
    def is_wrong(self) -> bool:
        """Whether it was filed as another class than it shows."""
        return self.outcome == Outcome.RULE and self.called != self.truth
