"""Which files a pass left where they are, and why: by reason, with a few names of each.

What a person is told in the end. However many files stay, what is kept has a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gallery_daemon.journal.record import State

_NAMES_LIMIT = 3
# Reasons may have figures of the file in them. What is beyond this is counted by its end alone.
_REASONS_LIMIT = 100
_MORE = "other reasons, which the log has"


@dataclass(slots=True)
class StayedGroup:
    """`files` files came to that end for that reason; `first` are the paths of the first."""

    end: State
    reason: str
    files: int
    first: list[str]


class StayedFiles:
    """The files of a pass that are not in the library."""

    def __init__(self) -> None:
        self._groups: dict[tuple[State, str], StayedGroup] = {}

    def note(self, end: State, path: str, reason: str) -> None:
        """The file came to that end."""
        if (end, reason) not in self._groups and len(self._groups) >= _REASONS_LIMIT:
            reason = _MORE
        group = self._groups.setdefault((end, reason), StayedGroup(end, reason, 0, []))
        group.files += 1
        if len(group.first) < _NAMES_LIMIT:
            group.first.append(path)

    def groups(self, end: State) -> list[StayedGroup]:
        """Those of that end, the largest first."""
        found = [group for group in self._groups.values() if group.end is end]
        return sorted(found, key=lambda group: (-group.files, group.reason))
