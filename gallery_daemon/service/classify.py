"""Classify some files and nothing else: no rules, no journal, no filing.

The files go through the same process as the daemon's photos, so a file that crashes a decoder ends
as an error of its own here, too.
"""

from __future__ import annotations

import contextlib
import os
import queue
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import ClassifierHost
from gallery_daemon.classifier.reports import Classified, ClassifierFailed, Refused, Report
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.classifier.child import Arrival
    from gallery_daemon.classifier.messages import Setup
    from gallery_daemon.service.clock import Clock


@dataclass(frozen=True, slots=True)
class Classification:
    """What a file came to: a prediction, or why there is none; `facts` as far as it was read."""

    path: str
    prediction: Prediction | None
    error: str | None
    facts: Facts | None = None


class FileClassifier:
    """Classifies the files of one command, in the order of its arguments."""

    def __init__(self, setup: Setup, clock: Clock, *, want_hash: bool = False) -> None:
        """`want_hash`: the facts have the content's hash, for which a whole file is read."""
        self._want_hash = want_hash
        self._inbox: queue.SimpleQueue[Arrival] = queue.SimpleQueue()
        self._host = ClassifierHost(setup, self._inbox.put)
        self._clock = clock
        self._done: dict[int, Classification] = {}

    def run(self, paths: Sequence[str]) -> Iterator[Classification]:
        """One Classification for each path, as soon as those before it are there.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        submitted = told = 0
        try:
            while told < len(paths):
                while submitted < len(paths) and self._host.has_room:
                    self._submit(submitted, paths[submitted])
                    submitted += 1
                for report in self._host.tick(self._clock.monotonic()):
                    self._note(report, paths)
                while told in self._done:
                    yield self._done.pop(told)
                    told += 1
                if self._host.outstanding:
                    self._wait()
        finally:
            self._host.close()

    def _submit(self, place: int, path: str) -> None:
        try:
            now = os.lstat(path)
        except OSError as error:
            self._done[place] = Classification(path, None, error.strerror or "cannot be read")
            return
        folder, _, name = os.fspath(Path(path).absolute()).rpartition("/")
        identity = Identity(now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)
        # The place stands where a watch folder's name would, and leads the report back to it.
        candidate = Candidate(str(place), folder or "/", name)
        photo = Photo(candidate, identity, self._clock.wall())
        self._host.submit(photo, want_hash=self._want_hash)

    def _note(self, report: Report, paths: Sequence[str]) -> None:
        match report:
            case Classified(photo, facts, prediction):
                place = int(photo.candidate.source)
                self._done[place] = Classification(paths[place], prediction, None, facts)
            case Refused(photo, _, reason, facts):
                place = int(photo.candidate.source)
                self._done[place] = Classification(paths[place], None, reason, facts)
            case ClassifierFailed(error, is_lost=True):
                raise error
            case _:
                pass  # the process's own life is no news to who waits for an answer

    def _wait(self) -> None:
        """Sleep until the process says something or the host wants to be called."""
        now = self._clock.monotonic()
        deadline = self._host.next_deadline()
        timeout = None if deadline is None else max(0.0, deadline - now)
        with contextlib.suppress(queue.Empty):
            self._host.received(self._inbox.get(timeout=timeout), self._clock.monotonic())
            while True:
                self._host.received(self._inbox.get_nowait(), self._clock.monotonic())
