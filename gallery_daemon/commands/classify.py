"""Classify some files and nothing else: no rules, no journal, no filing.

The files go through the same process as the daemon's photos, so a file that crashes a decoder ends
as an error of its own here, too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.classifier.host import Classified, Refused
from gallery_daemon.commands.answers import Answers
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.classifier.messages import Setup
    from gallery_daemon.clock import Clock


@dataclass(frozen=True, slots=True)
class Classification:
    """What a file came to: a prediction, or why there is none; `facts` as far as it was read.

    `identity` is what the file was when it was asked for; None: it could not be.
    """

    path: str
    prediction: Prediction | None
    error: str | None
    facts: Facts | None = None
    identity: Identity | None = None


class FileClassifier:
    """Classifies the files of one command, in the order of its arguments."""

    def __init__(self, setup: Setup, clock: Clock, *, want_hash: bool = False) -> None:
        """`want_hash`: the facts have the content's hash, for which a whole file is read."""
        self._want_hash = want_hash
        self._answers = Answers(setup, clock)
        self._clock = clock
        self._done: dict[int, Classification] = {}

    def run(self, paths: Sequence[str]) -> Iterator[Classification]:
        """One Classification for each path, as soon as those before it are there.

        Raises:
            ClassifierLost: the classifier process cannot be started.
        """
        told = 0
        for report in self._answers.of(self._photos(paths), want_hash=self._want_hash):
            place = int(report.photo.candidate.source)
            self._done[place] = _classification(report, paths[place])
            while told in self._done:
                yield self._done.pop(told)
                told += 1
        # What could not even be asked for, behind the last that could.
        yield from (self._done.pop(place) for place in sorted(self._done))

    def _photos(self, paths: Sequence[str]) -> Iterator[Photo]:
        """What can be asked for; the others are done already."""
        for place, path in enumerate(paths):
            try:
                now = os.lstat(path)
            except OSError as error:
                self._done[place] = Classification(path, None, error.strerror or "cannot be read")
                continue
            folder, _, name = os.fspath(Path(path).absolute()).rpartition("/")
            identity = Identity.of(now)
            # The place stands where a watch folder's name would, and leads the report back to it.
            candidate = Candidate(str(place), folder or "/", name)
            yield Photo(candidate, identity, self._clock.wall())


def _classification(report: Classified | Refused, path: str) -> Classification:
    match report:
        case Classified(photo, facts, prediction):
            return Classification(path, prediction, None, facts, photo.identity)
        case Refused(photo, _, reason, facts):
            return Classification(path, None, reason, facts, photo.identity)
