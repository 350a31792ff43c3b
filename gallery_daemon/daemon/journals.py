"""The journal of this user: where it is, and what happens to one that is damaged or was cut short.

A damaged journal is set aside, and a new one is made of what is on disk.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.errors import GalleryError, JournalDamaged
from gallery_daemon.filing.rebuild import damaged_beside, rebuild, set_aside
from gallery_daemon.filing.relocate import clear_up
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.journal.journal import Journal
from gallery_daemon.logs.events import JournalRebuilt
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.filing.disk import Disk
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.logs.events import Log


def state_folder() -> Path:
    """The folder of the journal: XDG_STATE_HOME/gallery-daemon."""
    return platformdirs.user_state_path("gallery-daemon")


def journal_path() -> Path:
    """The journal of this user."""
    return state_folder() / "journal.sqlite3"


def open_to_plan() -> Journal:
    """The journal for a command that files nothing, and only remembers what the model saw.

    Raises:
        GalleryError: it cannot be opened or made, or a new one must take a damaged one's place.
    """
    path = journal_path()
    if not path.exists() and damaged_beside(path) is not None:
        # An empty one in its place would know of no filing, and everything would be filed again.
        raise GalleryError(
            "the journal was damaged and there is no new one yet",
            hint="`run` and `sort` make one of what lies on disk",
        )
    return Journal(path)


def set_aside_damaged(error: JournalDamaged, disk: Disk, clock: Clock) -> None:
    """The damaged journal is set aside; whoever opens the journal next makes a new one.

    Raises:
        GalleryError: that cannot be done.
    """
    path = journal_path()
    try:
        set_aside(path, disk, clock.wall())
    except OSError as refused:
        raise GalleryError(
            f"{error.sentence}, and it cannot be set aside: {refused.strerror}",
            hint=f"see that {path.parent} can be written",
        ) from refused


class JournalOpener:
    """Opens the journal for one configuration."""

    def __init__(
        self, disk: Disk, library: str, roots: tuple[WatchRoot, ...], log: Log, clock: Clock
    ) -> None:
        self._disk, self._library, self._roots = disk, library, roots
        self._log, self._clock = log, clock

    def open(self) -> Journal:
        """The journal, undamaged, with what a crash cut short cleared up.

        Raises:
            GalleryError: it cannot be opened or made.
        """
        try:
            return self._recovered()
        except JournalDamaged as error:
            set_aside_damaged(error, self._disk, self._clock)
            return self._recovered()

    def _recovered(self) -> Journal:
        path = journal_path()
        damaged = damaged_beside(path)
        if damaged is not None and not path.exists():
            self._rebuild(path, damaged)
        journal = Journal(path)
        try:
            for recovered in clear_up(journal, self._disk):
                self._log.write(recovered)
        except BaseException:
            journal.close()
            raise
        return journal

    def _rebuild(self, path: Path, damaged: Path) -> None:
        try:
            known = rebuild(
                path,
                damaged,
                self._disk,
                library=self._library,
                photos=self._photos(),
                when=self._clock.wall(),
            )
        except FileExistsError:
            return  # another program has made it meanwhile
        except OSError as error:
            raise GalleryError(
                f"a new journal cannot be made: {error.strerror}",
                hint=f"see that {path.parent} can be written",
            ) from error
        self._log.write(JournalRebuilt(os.fspath(damaged), photos=known))

    def _photos(self) -> Iterator[Photo]:
        """Every file in the watch folders that may have been filed, as it is now."""
        for root in self._roots:
            for name in scan(root):
                if isinstance(name, Listed):
                    yield Photo(name.candidate, Identity.of(name.stat), self._clock.wall())
