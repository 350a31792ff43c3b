"""When the daemon learns by itself, or says that it is time to: turn by turn, with no process."""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.oneshot import default_config
from gallery_daemon.config.settings import LearnSettings, LearnWhen
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.daemon.idle_learning import IdleLearning
from gallery_daemon.daemon.learner_process import LearnerProcess, LearnerResult
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.logs.model_events import LearningFailed, LearningPossible, ModelRefused
from gallery_daemon.photo import Identity
from tests.logs.captured import CapturedLog
from tests.model.learned import learned, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2025, 3, 1, tzinfo=UTC)
MINUTE = 60.0


class Process:
    """A learner that ends when the test says so."""

    def __init__(self) -> None:
        self.found: LearnerResult | None = None
        self.is_ended = False

    def result(self) -> LearnerResult | None:
        """As the test says."""
        return self.found

    def end(self) -> None:
        """It is noted."""
        self.is_ended = True


class Room:
    """A daemon's learning, with what it looks at."""

    def __init__(self, tmp_path: Path, journal: Journal, when: LearnWhen) -> None:
        library = os.fspath(tmp_path / "library")
        config = default_config((os.fspath(tmp_path / "in"),), library, knows_precision=True)
        config = replace(config, file="c.yaml", learn=LearnSettings(when, 20))
        self.journal, self.library, self.log = journal, library, CapturedLog()
        self.versions = versions_of("default", library)
        self.processes: list[Process] = []
        self.is_busy, self.now, self._given = False, 0.0, 0
        self.task = IdleLearning(
            config,
            self.versions,
            journal,
            self.log,
            model="default@1",
            is_busy=lambda: self.is_busy,
            start=self._started,
        )

    def _started(self, file: str) -> LearnerProcess:
        assert file == "c.yaml"
        self.processes.append(Process())
        return self.processes[-1]  # type: ignore[return-value]

    def give(self, count: int, when: datetime = START) -> None:
        """So many more lessons."""
        numbers = range(self._given, self._given + count)
        self._given += count
        kind = LessonKind.LABEL
        lessons = (
            NewLesson(self.library, f"/p/{n}.jpg", Identity(1, n + 1, n, n), kind, "x")
            for n in numbers
        )
        self.journal.lessons.give(lessons, when)

    def is_at_work(self) -> bool:
        """Whether it learns now."""
        return self.task.process is not None

    def after(self, seconds: float) -> None:
        """The loop turns every five seconds."""
        end = self.now + seconds
        while self.now < end:
            self.now += 5.0
            self.task.run_due(self.now)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    """An empty one, in a state folder of the test's."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    with closing(Journal(tmp_path / "state" / "gallery-daemon" / "journal.sqlite3")) as journal:
        yield journal


def said(**values: object) -> LearnerResult:
    """A process that ended and said this."""
    return LearnerResult(0, json.dumps(values), "")


def test_it_asks_once_and_again_when_as_many_more_have_come(
    tmp_path: Path, journal: Journal
) -> None:
    """A line of the log for each twenty lessons; no process is started."""
    room = Room(tmp_path, journal, LearnWhen.ASK)
    counts = []
    for more in (19, 1, 10, 10):
        room.give(more)
        room.after(3 * MINUTE)
        counts.append(len(room.log.events))

    assert [0, 1, 1, 2] == counts
    told = [event for event in room.log.events if isinstance(event, LearningPossible)]
    assert [20, 40] == [event.lessons for event in told]
    assert [] == room.processes


def test_it_learns_only_when_nothing_waits(tmp_path: Path, journal: Journal) -> None:
    """After a quiet minute, one process at a time; what it adopted is no news here."""
    room = Room(tmp_path, journal, LearnWhen.IDLE)
    room.give(20)
    room.is_busy = True
    room.after(5 * MINUTE)
    assert [] == room.processes
    room.is_busy = False
    room.after(0.8 * MINUTE)
    assert [] == room.processes
    room.after(5 * MINUTE)
    (process,) = room.processes
    assert room.is_at_work()

    write(room.versions)  # at noon of that day, after the lessons
    process.found = said(result="adopted")
    room.after(10 * MINUTE)

    assert not room.is_at_work()
    assert [process] == room.processes
    assert [] == room.log.events
    room.give(20, START + timedelta(days=1))
    room.after(2 * MINUTE)
    assert 2 == len(room.processes)


def test_a_refusal_is_told_and_more_lessons_are_waited_for(
    tmp_path: Path, journal: Journal
) -> None:
    """With its reasons, and how many more are wanted."""
    room = Room(tmp_path, journal, LearnWhen.IDLE)
    room.give(20)
    room.after(2 * MINUTE)
    write(room.versions)
    room.processes[0].found = said(
        result="refused", lessons=20, reasons=["no better", "forgets trees"], wanted_more=7
    )
    room.after(100 * MINUTE)

    refused = ModelRefused(room.library, "default@1", 20, "no better; forgets trees", 7)
    assert [refused] == room.log.events
    assert 1 == len(room.processes)


@pytest.mark.parametrize(
    ("found", "reason", "hint"),
    [
        (LearnerResult(2, "", "error: the disk is full\n  hint: make room\n"),
         "the disk is full", "make room"),
        (LearnerResult(-9, "", ""), "it was ended by signal 9", None),
        (LearnerResult(70, "", "Traceback:\n  x\nValueError: 7\n"), "ValueError: 7", None),
        (LearnerResult(1, "no JSON", ""), "exit status 1", None),
    ],
)  # fmt: skip
def test_a_failure_is_told_and_tried_again_after_an_hour(
    tmp_path: Path, journal: Journal, found: LearnerResult, reason: str, hint: str | None
) -> None:
    """In the words of the process; a disk that is full stays so for a while."""
    room = Room(tmp_path, journal, LearnWhen.IDLE)
    room.give(20)
    room.after(2 * MINUTE)
    room.processes[0].found = found
    room.after(50 * MINUTE)

    assert [LearningFailed(room.library, reason, hint)] == room.log.events
    assert 1 == len(room.processes)
    room.after(20 * MINUTE)
    assert 2 == len(room.processes)


def test_lessons_that_taught_nothing_are_not_tried_again_at_once(
    tmp_path: Path, journal: Journal
) -> None:
    """Their photos may be on a disk that is not mounted."""
    room = Room(tmp_path, journal, LearnWhen.IDLE)
    room.give(20)
    room.after(2 * MINUTE)
    room.processes[0].found = said(result="known")
    room.after(50 * MINUTE)

    assert (1, []) == (len(room.processes), room.log.events)


def test_with_the_session_the_process_ends(tmp_path: Path, journal: Journal) -> None:
    """What it had not done is done by the next."""
    room = Room(tmp_path, journal, LearnWhen.IDLE)
    room.give(20)
    room.after(2 * MINUTE)

    room.task.close()

    assert room.processes[0].is_ended
    assert not room.is_at_work()


def test_never_means_never(tmp_path: Path, journal: Journal) -> None:
    """Nothing is counted, nothing told."""
    config = default_config((os.fspath(tmp_path / "in"),), "/library", knows_precision=True)
    for when, is_there in zip(LearnWhen, (True, True, False), strict=True):
        changed = replace(config, learn=LearnSettings(when))
        task = IdleLearning.of(changed, journal, CapturedLog(), model="m", is_busy=lambda: False)
        assert is_there is (task is not None)


def test_lessons_before_the_last_candidate_do_not_count(tmp_path: Path, journal: Journal) -> None:
    """It was learned from those, whatever the gate said."""
    room = Room(tmp_path, journal, LearnWhen.ASK)
    record = learned(room.versions)
    room.give(30, record.created_at - timedelta(hours=1))
    write(room.versions)
    room.give(19, record.created_at + timedelta(hours=1))
    room.after(5 * MINUTE)
    assert (19, []) == (room.task.new_lessons, room.log.events)
    room.give(1, record.created_at + timedelta(hours=2))
    room.after(2 * MINUTE)
    assert 1 == len(room.log.events)
