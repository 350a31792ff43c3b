"""How long the host waits for what, and how it spaces its attempts to start the process.

A model that cannot be loaded will not load a moment later: each wait is twice the one before, so a
broken set-up costs a few starts an hour and mends itself when its cause is mended.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gallery_daemon.backoff import Backoff

# After that many failed starts in a row the process counts as lost.
_LOST_AFTER = 3


@dataclass(frozen=True, slots=True)
class Patience:
    """The host's waits, in seconds.

    `photo_s`: for one photo, from the first look at its bytes. `idle_s`: before it ends a process
    with nothing to do. `start_s`: for the model to load (from a cold NAS disk it takes a minute).
    `retry_s`: after a failed start, doubled each time up to `longest_retry_s`.
    """

    photo_s: float = 30.0
    idle_s: float = 300.0
    start_s: float = 180.0
    retry_s: float = 1.0
    longest_retry_s: float = 300.0


class Attempts:
    """The failed starts since the last success, and when the next one is due."""

    def __init__(self, patience: Patience) -> None:
        self._backoff = Backoff(patience.retry_s, patience.longest_retry_s)
        self._failures = 0
        self.next_at = -math.inf

    @property
    def are_lost(self) -> bool:
        """Whether so many failed in a row that a command should give up."""
        return self._failures >= _LOST_AFTER

    def failed(self, now: float) -> float:
        """Nothing came of the last one; the seconds until the next."""
        self._failures += 1
        wait_s = self._backoff.wait_s(self._failures)
        self.next_at = now + wait_s
        return wait_s

    def succeeded(self) -> None:
        """The process did its work."""
        self._failures = 0
