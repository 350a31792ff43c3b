"""When what failed is tried again: sooner at first, then less and less often.

Two questions, both pure; times are monotonic seconds. `Retries`: which photo is due again? A fault
that may pass is tried again with a wait that doubles; one that lasts waits until the file changes
or the daemon starts anew. `CircuitBreaker`: may another photo be begun at all? While the library
is full or away every photo would fail alike, so the breaker is open: one photo at a time goes ahead
as a probe and the rest wait, which spares the network, the disk and the log.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.backoff import Backoff

if TYPE_CHECKING:
    from gallery_daemon.photo import Candidate, Identity

FIRST_S = 5.0
# A disk that is mended is noticed within a quarter of an hour.
LONGEST_S = 900.0


@dataclass(slots=True)
class FailedPhoto:
    """A photo that failed, why and how often.

    It is due at `due` (inf: not before it changes), or `is_tried` again just now.
    """

    identity: Identity
    reason: str
    failures: int
    due: float
    is_tried: bool = False


class Retries:
    """The photos that failed and have not come to an end since."""

    def __init__(self, first_s: float = FIRST_S) -> None:
        """In a single pass (`first_s` inf) nothing is tried again."""
        self._backoff = Backoff(first_s, LONGEST_S)
        self._waiting: dict[Candidate, FailedPhoto] = {}
        self._earliest = math.inf  # or before it: that photo may have come to an end

    def __len__(self) -> int:
        return len(self._waiting)

    def failed(
        self,
        candidate: Candidate,
        identity: Identity,
        reason: str,
        now: float,
        *,
        is_transient: bool,
    ) -> float | None:
        """The photo waits; the seconds until it is tried again, None: until it changes."""
        before = self._waiting.get(candidate)
        failures = before.failures + 1 if before and before.identity == identity else 1
        wait = self._backoff.wait_s(failures) if is_transient else math.inf
        self._waiting[candidate] = FailedPhoto(identity, reason, failures, now + wait)
        self._earliest = min(self._earliest, now + wait)
        return None if wait == math.inf else wait

    def is_waiting(self, candidate: Candidate, identity: Identity) -> bool:
        """Whether this very file failed before and is not tried again yet."""
        waiting = self._waiting.get(candidate)
        return waiting is not None and waiting.identity == identity and not waiting.is_tried

    def ended(self, candidate: Candidate) -> None:
        """The photo came to an end, or is gone."""
        self._waiting.pop(candidate, None)

    @property
    def has_due(self) -> bool:
        """Whether any photo is tried again some time, though it does not change."""
        return any(waiting.due < math.inf for waiting in self._waiting.values())

    def hasten(self, now: float) -> None:
        """What kept photos from being filed is over: all that would be tried again are due."""
        for waiting in self._waiting.values():
            if waiting.due < math.inf:
                waiting.due = now
        self._earliest = now

    def next_deadline(self) -> float | None:
        """When `take_due` is wanted; None: nothing is ever due."""
        return None if self._earliest == math.inf else self._earliest

    def take_due(self, now: float) -> list[Candidate]:
        """Those that are due, and are tried from now on."""
        if now < self._earliest:
            return []
        due = [candidate for candidate, each in self._waiting.items() if each.due <= now]
        for candidate in due:
            self._waiting[candidate].due, self._waiting[candidate].is_tried = math.inf, True
        self._earliest = min((each.due for each in self._waiting.values()), default=math.inf)
        return due

    def oldest(self, most: int) -> list[tuple[Candidate, FailedPhoto]]:
        """The first `most` of those that failed."""
        return list(self._waiting.items())[:most]


class CircuitBreaker:
    """Whether photos may be begun: open, none but probes, for the library cannot take any.

    `reason` is why it is open; None: it is closed.
    """

    def __init__(self, first_s: float = FIRST_S) -> None:
        """In a single pass (`first_s` 0) each probe follows at once on the one before."""
        self._backoff = Backoff(first_s, LONGEST_S)
        self._failures = 0
        self._probe_at = -math.inf
        self.reason: str | None = None

    def failed(self, reason: str, now: float) -> None:
        """The library could not take a photo; of many that were on their way, the first counts."""
        if now >= self._probe_at:
            self._failures += 1
            self._probe_at = now + self._backoff.wait_s(self._failures)
        self.reason = reason

    def succeeded(self) -> None:
        """The library took a photo."""
        self._failures, self._probe_at, self.reason = 0, -math.inf, None

    def lets_begin(self, now: float, under_way: int) -> bool:
        """Whether another photo may be begun, `under_way` being begun already."""
        return self.reason is None or (now >= self._probe_at and not under_way)

    def next_deadline(self, under_way: int) -> float | None:
        """When a photo may be begun, -inf: at once; None: after those `under_way`."""
        return None if self.reason is not None and under_way else self._probe_at
