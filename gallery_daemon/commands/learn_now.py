"""`learn` as a process of its own, begun and read by a page: its memory is gone with it.

It is the very command that a person types, without `--yes`: what it makes is kept as a version, and
serves only if somebody says so afterwards (`model_choice`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping  # noqa: TC003 - the codec reads annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.daemon.learner_process import LearnerProcess, why_failed
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ClassLessons:
    """Of so many lessons of a class those that are called right: by the base, and by this one."""

    lessons: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class LearnedNow:
    """What came of it, under the names that `learn --json` prints.

    `result` is `candidate` where it may serve, `refused` by the gate, or `known` where the version
    that serves has learned from the same lessons; `version` is its number. `wanted_more`: about so
    many more lessons could change a refusal.
    """

    result: str
    model: str
    before: str
    version: int | None
    lessons: int
    by_class: Mapping[str, ClassLessons]
    confidence_before: float
    confidence: float
    reasons: tuple[str, ...]
    wanted_more: int | None

    @property
    def may_serve(self) -> bool:
        """Whether it is for the person to say if it serves."""
        return self.result == "candidate"

    @property
    def right(self) -> tuple[int, int]:
        """How many lessons are called right: by the base, and by this one."""
        scores = self.by_class.values()
        return sum(each.before for each in scores), sum(each.after for each in scores)

    def sentences(self) -> Iterator[str]:
        """The result in words."""
        if self.result == "known":
            yield f"{self.before} has learned from these very lessons, and serves."
            return
        base, this = self.right
        lessons = "1 lesson" if self.lessons == 1 else f"{self.lessons:,} lessons"
        yield (
            f"It learned from {lessons}. Of those that it was not shown it calls {this} right,"
            f" the model as it came {base}."
        )
        was, now = self.confidence_before, self.confidence
        yield f"Its mean confidence on them is {now:.2f}; that of the model as it came {was:.2f}."
        if self.may_serve:
            yield f"It passes the gate, and may serve instead of {self.before}."
            return
        yield f"The gate refuses it, and {self.before} goes on serving:"
        yield from self.reasons
        if self.wanted_more is not None:
            yield f"About {self.wanted_more} more lessons like these could change that."


class LearningNow:
    """A `learn` under way, for one thread at a time."""

    def __init__(self, path: Path, start: Callable[..., LearnerProcess] = LearnerProcess) -> None:
        """It is begun for the configuration in the file.

        Raises:
            GalleryError: it cannot be.
        """
        try:
            self._process = start(os.fspath(path), adopts=False)
        except OSError as error:
            raise GalleryError(
                f"no process can be started: {(error.strerror or str(error)).lower()}"
            ) from error
        self._found: LearnedNow | GalleryError | None = None

    def outcome(self) -> LearnedNow | None:
        """What came of it; None: it is still at work.

        Raises:
            GalleryError: nothing could be learned.
        """
        if self._found is None:
            self._found = self._read()
        if isinstance(self._found, GalleryError):
            raise self._found
        return self._found

    def end(self) -> None:
        """It is gone; what it had not done is done the next time."""
        if self._found is None:
            self._process.end()
            self._found = GalleryError("learning was ended before it was done")

    def _read(self) -> LearnedNow | GalleryError | None:
        ended = self._process.result()
        if ended is None:
            return None
        try:
            said: LearnedNow = value_of(LearnedNow, object_of(ended.said), "learn", exact=False)
        except CodecError:
            return GalleryError(*why_failed(ended))
        return said
