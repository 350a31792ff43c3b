"""What one thread has open for all pages: the configuration, the journal, and who acts on them."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from gallery_daemon.commands.review import Reviewing
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.errors import BundleError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import clear_up
from gallery_daemon.review.library_room import LibraryRoom
from gallery_daemon.review.queues import Queues

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.clock import Clock


class Opened:
    """The configuration as it is now, with the journal, until either is another one."""

    def __init__(self, file: Path, clock: Clock) -> None:
        """Read the configuration in `file` and open the journal.

        What a crash cut short is cleared up.

        Raises:
            GalleryError: the configuration is wrong, or the journal cannot be used.
        """
        self.file, self.clock, self.disk = file, clock, Disk()
        self._marks = _marks_of(file)
        self.config = read_configuration(file)
        self._versions = None
        with contextlib.suppress(BundleError):
            self._versions = versions_of(self.config.model.bundle, self.config.library)
        self._version_marks = self._marks_of_versions()
        self.journal = open_to_plan()
        try:
            clear_up(self.journal, self.disk)
        except BaseException:
            self.journal.close()
            raise
        self.reviewing = Reviewing(self.config, self.journal, self.disk, clock)
        self.queues = Queues(self.reviewing.queue, self.journal.version)
        self.library_room = LibraryRoom(self.config, self.journal, clock)

    def close(self) -> None:
        """The journal is closed."""
        self.library_room.close()
        self.journal.close()

    def is_stale(self) -> bool:
        """Whether the configuration was saved since, or another version of the model serves."""
        is_same = _marks_of(self.file) == self._marks
        return not is_same or self._marks_of_versions() != self._version_marks

    def _marks_of_versions(self) -> object:
        return None if self._versions is None else self._versions.marks()


def _marks_of(file: Path) -> tuple[int, ...] | None:
    """What changes when the file is saved; None: it cannot be looked at."""
    try:
        there = os.stat(file)  # noqa: PTH116 - as everywhere
    except OSError:
        return None
    return there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns
