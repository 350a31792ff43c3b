"""How many files came to which end: what `sort` sums up and `systemctl status` shows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts of files by their end; a sidecar that travelled with its photo counts as filed.

    `known` are those that came to an end in an earlier pass, and are passed over.
    """

    filed: int = 0
    left: int = 0
    quarantined: int = 0
    failed: int = 0
    known: int = 0
    by_folder: dict[str, int] = field(default_factory=dict)

    @property
    def files(self) -> int:
        """All files that came to an end."""
        return self.filed + self.left + self.quarantined + self.failed

    def file_into(self, folder: str, files: int) -> None:
        """One photo, with its sidecars `files` files, lies in `folder` of the library."""
        self.filed += files
        self.by_folder[folder] = self.by_folder.get(folder, 0) + files

    def __str__(self) -> str:
        return (
            f"{self.filed} filed, {self.left} left, "
            f"{self.quarantined} quarantined, {self.failed} failed"
        )
