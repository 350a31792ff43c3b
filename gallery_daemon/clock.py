"""The only place that reads a clock, so that every waiting can be tested without waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Two clocks: one that never jumps, for waiting; one on the wall, for dates."""

    def monotonic(self) -> float:
        """Seconds since some start; never runs backwards."""
        ...

    def wall(self) -> datetime:
        """The date and time of the place, with its offset."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """Seconds since the machine's start."""
        return time.monotonic()

    def wall(self) -> datetime:
        """Now, in the machine's time zone."""
        return datetime.now(UTC).astimezone()
