"""The only place that reads a clock, so that every wait can be tested without waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one that never jumps, for waits, and the wall clock, for dates."""

    def monotonic(self) -> float:
        """Seconds since some start; never decreasing."""
        ...

    def wall(self) -> datetime:
        """The local date and time, with its offset."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Seconds since the machine's start."""
        return time.monotonic()

    def wall(self) -> datetime:
        """Now, in the machine's time zone."""
        return datetime.now(UTC).astimezone()
