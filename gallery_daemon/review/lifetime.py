"""How long the server lives: until it is told to stop, or nobody has used it for a while.

A page that is open keeps it alive, and so does a request; a time is handed in, never read here.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock


class Lifetime:
    """When the server ends; for one event loop."""

    def __init__(self, clock: Clock, idle_s: float) -> None:
        self._clock, self._idle_s = clock, idle_s
        self._used_at = clock.monotonic()
        self._open_pages = 0
        self._over = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether the server is to end now."""
        return self._over.is_set()

    @property
    def open_pages(self) -> int:
        """How many pages listen for news."""
        return self._open_pages

    def touch(self) -> None:
        """Somebody has used it."""
        self._used_at = self._clock.monotonic()

    def end(self) -> None:
        """It is to end, now."""
        self._over.set()

    @contextmanager
    def page(self) -> Iterator[None]:
        """A page is open meanwhile."""
        self._open_pages += 1
        try:
            yield
        finally:
            self._open_pages -= 1
            self.touch()

    def left_s(self) -> float:
        """Seconds until it ends by itself; an open page sets them back."""
        if self._open_pages:
            self.touch()
        return self._used_at + self._idle_s - self._clock.monotonic()

    async def wait(self) -> None:
        """Until it is over: ended, or unused for so long."""
        while not self.is_over:
            left = self.left_s()
            if left <= 0:
                self.end()
                return
            await self.pause(left)

    async def pause(self, seconds: float) -> None:
        """So many seconds, or less if it is over."""
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return
