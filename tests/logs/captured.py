"""A log that keeps what is written, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.logs.events import Log

if TYPE_CHECKING:
    from gallery_daemon.logs.events import Event


class CapturedLog(Log):
    """Keeps its events."""

    def __init__(self) -> None:
        super().__init__(None)
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        """One more event."""
        self.events.append(event)
