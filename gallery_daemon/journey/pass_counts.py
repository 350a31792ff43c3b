"""How many files came to which end: what `sort` sums up and `status` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from gallery_daemon.journey.stayed import StayedFiles


@dataclass(slots=True)
class PassCounts:
    """Counts of files by their end; a sidecar that travelled with its photo counts as filed.

    `known` are those that came to an end in an earlier pass, and are passed over. `stayed` says why
    files were not filed; a daemon, which runs for years, has none.
    """

    filed: int = 0
    left: int = 0
    quarantined: int = 0
    failed: int = 0
    known: int = 0
    by_folder: dict[str, int] = field(default_factory=dict)
    stayed: StayedFiles | None = None

    @property
    def files(self) -> int:
        """All files that came to an end."""
        return self.filed + self.left + self.quarantined + self.failed

    def file_into(self, folder: str, files: int) -> None:
        """One photo, with its sidecars `files` files, is in `folder` of the library."""
        self.filed += files
        self.by_folder[folder] = self.by_folder.get(folder, 0) + files

    def stay(self, end: State, path: str, reason: str) -> None:
        """A file was left, quarantined, or failed."""
        match end:
            case State.LEFT:
                self.left += 1
            case State.QUARANTINED:
                self.quarantined += 1
            case _:
                self.failed += 1
        if self.stayed is not None:
            self.stayed.note(end, path, reason)

    def __str__(self) -> str:
        return (
            f"{self.filed} filed, {self.left} left, "
            f"{self.quarantined} quarantined, {self.failed} failed"
        )
