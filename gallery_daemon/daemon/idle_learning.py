"""Lessons have grown: the daemon says so, or learns from them when nothing waits.

Learning is a process of its own, `gallery-daemon learn --yes --json` (`learner_process`). What it
adopted is taken up like any other version (`version_watch`); here only a refusal and a failure are
told.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of
from gallery_daemon.config.settings import LearnWhen
from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.daemon.learner_process import LearnerProcess, why_failed
from gallery_daemon.errors import BundleError, JournalError
from gallery_daemon.logs.model_events import LearningFailed, LearningPossible, ModelRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson
    from gallery_daemon.logs.events import Log
    from gallery_daemon.model.model_versions import ModelVersions
    from gallery_daemon.model.version_files import LearnedRecord

# Lessons come one by one; a person who drags is not at the end after a minute.
_QUIET_S = 60.0
# After a failure, which may last: a full disk, photos that are on an unmounted one.
_AGAIN_S = 3600.0


class IdleLearning:
    """A periodic task that learns when nothing waits, or says that it is time to.

    `process` is at work, if there is one; `new_lessons` were given since the newest candidate, as
    counted last.
    """

    def __init__(
        self,
        config: Config,
        versions: ModelVersions,
        journal: Journal,
        log: Log,
        *,
        model: str,
        is_busy: Callable[[], bool],
        start: Callable[[str], LearnerProcess] = LearnerProcess,
    ) -> None:
        """`model` is the session's `model_id`; `is_busy`: photos wait, or folders are listed."""
        self._config, self._versions, self._journal = config, versions, journal
        self._log, self._model, self._is_busy = log, model, is_busy
        self._start = start
        self.process: LearnerProcess | None = None
        self._quiet_since: float | None = None
        self._told = 0
        self._next = self._not_before = float("-inf")
        self.new_lessons = 0

    @classmethod
    def of(
        cls, config: Config, journal: Journal, log: Log, *, model: str, is_busy: Callable[[], bool]
    ) -> IdleLearning | None:
        """The task for a session; None where nothing is to be learned, or cannot be."""
        if config.learn.when is LearnWhen.NEVER:
            return None
        with contextlib.suppress(BundleError):
            versions = versions_of(config.model.bundle, config.library)
            if versions.base.head_sha256 is not None and versions.base.bank_sha256 is not None:
                return cls(config, versions, journal, log, model=model, is_busy=is_busy)
        return None

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def run_due(self, now: float) -> None:
        """One look, if it is due: has the process ended, is it time for one."""
        if now < self._next:
            return
        self._next = next_beat(now)
        if self.process is not None:
            self._look_at(self.process, now)
            return
        if self._is_busy():
            self._quiet_since = None
            return
        if self._quiet_since is None:
            self._quiet_since = now
        if now < max(self._quiet_since + _QUIET_S, self._not_before):
            return
        # Asked once in each quiet time of a minute: it reads all lessons.
        self._quiet_since = now
        self._ask(now)

    def close(self) -> None:
        """No process is at work."""
        if self.process is not None:
            self.process.end()
            self.process = None

    def _ask(self, now: float) -> None:
        with contextlib.suppress(JournalError):
            self.new_lessons = self._count()
        if self.new_lessons < self._config.learn.after:
            self._told = 0
        elif self._config.learn.when is LearnWhen.IDLE and self._config.file is not None:
            self._begin(self._config.file, now)
        elif self.new_lessons >= self._told + self._config.learn.after:
            # Once, and again when as many more have come.
            self._told = self.new_lessons
            hint = "gallery-daemon learn shows what they would bring"
            self._log.write(LearningPossible(self._config.library, self.new_lessons, hint))

    def _count(self) -> int:
        lessons = self._journal.lessons.active(self._config.library)
        return lessons_since(self._versions.latest(), lessons)

    def _begin(self, file: str, now: float) -> None:
        try:
            self.process = self._start(file)
        except OSError as error:
            self._failed(f"no process can be started: {error.strerror or error}", None, now)

    def _look_at(self, process: LearnerProcess, now: float) -> None:
        found = process.result()
        if found is None:
            return
        self.process, self._quiet_since = None, None
        try:
            said = object_of(found.said)
        except CodecError:
            sentence, hint = why_failed(found)
            self._failed(sentence, hint, now)
            return
        match said.get("result"):
            case "adopted":
                pass  # it is taken up, and told then
            case "refused":
                self._refused(said)
            case _:
                # The photos of the new lessons cannot be read, so they taught nothing.
                self._not_before = now + _AGAIN_S

    def _refused(self, said: dict[str, object]) -> None:
        reasons, wanted, lessons = (said.get(key) for key in ("reasons", "wanted_more", "lessons"))
        self._log.write(
            ModelRefused(
                self._config.library,
                self._model,
                lessons if isinstance(lessons, int) else 0,
                "; ".join(map(str, reasons)) if isinstance(reasons, list) else "",
                wanted if isinstance(wanted, int) else None,
            )
        )

    def _failed(self, reason: str, hint: str | None, now: float) -> None:
        self._not_before = now + _AGAIN_S
        self._log.write(LearningFailed(self._config.library, reason, hint))


def lessons_since(latest: LearnedRecord | None, lessons: Sequence[Lesson]) -> int:
    """How many lessons were given since those of the newest candidate were read."""
    if latest is None:
        return len(lessons)
    return sum(lesson.given_at > latest.created_at for lesson in lessons)
