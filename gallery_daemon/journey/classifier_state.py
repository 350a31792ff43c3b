"""What the classifier process says of itself: does it run, by which engine, why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted, ClassifierStopped


@dataclass(slots=True)
class ClassifierState:
    """The classifier process by its events; `started` is when it was last ready.

    `stopped_because` is why the last one ended, `trouble` why none can be started now.
    """

    starts: int = 0
    is_ready: bool = False
    model: str | None = None
    engine: str | None = None
    started: datetime | None = None
    stopped_because: str | None = None
    trouble: str | None = None

    def note_start(self, report: ClassifierStarted, when: datetime) -> None:
        """The process is ready."""
        self.starts += 1
        self.is_ready, self.started = True, when
        self.model, self.engine = report.model, report.engine
        self.stopped_because = self.trouble = None

    def note_stop(self, report: ClassifierStopped) -> None:
        """The process has ended."""
        self.is_ready, self.stopped_because = False, report.reason

    def note_failure(self, report: ClassifierFailed) -> None:
        """The process cannot be started."""
        self.is_ready, self.trouble = False, report.error.sentence

    def word(self, pid: int | None) -> str:
        """`running`, `starting`, `failing`, or `idle`: none is needed."""
        if self.is_ready:
            return "running"
        if self.trouble is not None:
            return "failing"
        return "idle" if pid is None else "starting"
