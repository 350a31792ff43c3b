"""What the page of the model is about between two requests: learning that is under way.

One at a time, whatever tab asked for it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gallery_daemon.commands.learn_now import LearningNow
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gallery_daemon.commands.learn_now import LearnedNow


class ModelRoom:
    """Learning under way, or what came of it last; any thread may ask."""

    def __init__(self, file: Path, start: Callable[[Path], LearningNow] = LearningNow) -> None:
        self._file, self._start = file, start
        self._lock = threading.Lock()
        self._learning: LearningNow | None = None

    def begin(self) -> None:
        """Learning is under way; if it was already, it goes on.

        Raises:
            GalleryError: no process can be started.
        """
        with self._lock:
            if self._learning is None or self._is_over(self._learning):
                self._learning = self._start(self._file)

    def outcome(self) -> LearnedNow | None:
        """What came of it; None: it is at work.

        Raises:
            GalleryError: nothing could be learned, or nobody asked for it.
        """
        with self._lock:
            if self._learning is None:
                raise GalleryError("nothing is being learned", hint="ask for it on this page")
            return self._learning.outcome()

    @property
    def is_at_work(self) -> bool:
        """Whether it is."""
        with self._lock:
            return self._learning is not None and not self._is_over(self._learning)

    def end(self) -> None:
        """Nothing is under way."""
        with self._lock:
            if self._learning is not None:
                self._learning.end()

    def forget(self) -> None:
        """What came of it has been dealt with."""
        with self._lock:
            if self._learning is not None and self._is_over(self._learning):
                self._learning = None

    def _is_over(self, learning: LearningNow) -> bool:
        try:
            return learning.outcome() is not None
        except GalleryError:
            return True
