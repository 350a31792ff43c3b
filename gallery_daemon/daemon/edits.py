"""Whether somebody has edited the configuration: one stat of its file every two seconds.

Editors write beside and rename, or empty the file and write it; a link may be pointed elsewhere. So
what a stat says is compared, through links, and the file is read only once nobody has changed it
for half a second. A file that is away is one that is being replaced. What counts in the end is the
text: a touch changes nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gallery_daemon.config.load import digest_of_file

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_EVERY_S = 2.0
_SETTLE_S = 0.5


class Edits:
    """A chore of the loop that asks for a reload when the file's text is another one."""

    def __init__(
        self,
        file: str,
        digest: str,
        ask: Callable[[], None],
        read: Callable[[str], str | None] = digest_of_file,
    ) -> None:
        """`digest` is that of the configuration in force; `read` gives that of the file."""
        self._file, self._ask, self._digest_of = file, ask, read
        self._digest: str | None = digest
        self._seen: tuple[int, ...] | None = None
        self._is_settling = self._is_asked = False
        self._next = float("-inf")

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def turn(self, now: float) -> None:
        """One look, if it is due."""
        if now < self._next:
            return
        found = _stat(self._file)
        if found != self._seen:
            if self._is_asked:
                # The reload may have read another text than was noted here.
                self._digest = None
            self._is_asked = False
            self._seen, self._is_settling = found, True
            self._next = now + _SETTLE_S
            return
        self._is_asked = False
        self._next = now + _LOOK_EVERY_S
        if found is not None and self._is_settling:
            self._is_settling = False
            self._read(now)

    def _read(self, now: float) -> None:
        """One that cannot be read is asked for too, once: the reload says why."""
        digest = self._digest_of(self._file)
        if digest != self._digest:
            self._digest, self._is_asked = digest, True
            # Looked at again right after the reload, which may have come upon the next edit.
            self._next = now
            self._ask()


def _stat(file: str) -> tuple[int, ...] | None:
    """What changes with every edit; None: there is no such file now."""
    try:
        found = os.stat(file)  # noqa: PTH116 - a path as it came, of whatever bytes
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
