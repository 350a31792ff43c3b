"""Waits between attempts at what fails: each twice the one before, up to a longest.

A fault that lasts (a missing model, a full disk) then costs a few attempts an hour, and one that is
mended is noticed within the longest wait.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# More doublings than any wait needs, and few enough not to overflow.
_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits in seconds: `first_s` after the first failure, then twice that, and so on.

    `first_s` inf means never again, 0 at once.
    """

    first_s: float
    longest_s: float

    def wait_s(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row (1 or more)."""
        if self.first_s == math.inf:
            return math.inf
        return min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, _DOUBLINGS))
