"""Learning as a process of its own: what came of it, in words; a real one once."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.learn_now import LearnedNow, LearningNow
from gallery_daemon.daemon import learner_process
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.daemon.learner_process import LearnerProcess, LearnerResult
from gallery_daemon.errors import GalleryError
from tests.learning.given import KINDS, give, wrong_calls

if TYPE_CHECKING:
    from gallery_daemon.model.model_versions import ModelVersions

SAID = {
    "result": "candidate",
    "model": "default@2",
    "before": "default@1",
    "version": 1,
    "lessons": 12,
    "unread": [],
    "by_class": {"cars": {"lessons": 12, "before": 3, "after": 11}},
    "confidence_before": 0.5,
    "confidence": 0.9,
    "reasons": [],
    "wanted_more": None,
}


class Ended:
    """A process that has ended."""

    def __init__(self, found: LearnerResult | None) -> None:
        self.found, self.is_ended = found, False

    def result(self) -> LearnerResult | None:
        """As the test says."""
        return self.found

    def end(self) -> None:
        """It is noted."""
        self.is_ended = True


def learning(path: Path, ended: Ended) -> LearningNow:
    """One whose process is that."""
    return LearningNow(path, lambda _file, *, adopts: ended if not adopts else None)  # type: ignore[arg-type, return-value]


def said(**values: object) -> LearnedNow:
    """What was read of it."""
    ended = Ended(LearnerResult(1, json.dumps(SAID | values), ""))
    found = learning(Path("rules.yaml"), ended).outcome()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("values", "words", "may_serve"),
    [
        ({}, "it calls 11 right, the model as it came 3.", True),
        ({"result": "refused", "reasons": ["it forgets cars"], "wanted_more": 9},
         "it forgets cars|About 9 more lessons like these could change that.", False),
        ({"result": "known"}, "default@1 has learned from these very lessons", False),
    ],
)  # fmt: skip
def test_what_came_of_it_is_said_in_words(
    values: dict[str, object], words: str, *, may_serve: bool
) -> None:
    """It may serve, the gate refuses it and why, or it is nothing new."""
    found = said(**values)

    assert words in "|".join(found.sentences())
    assert may_serve is found.may_serve


@pytest.mark.parametrize(
    ("ended", "why", "hint"),
    [
        (LearnerResult(2, "", "error: there are no lessons\n  hint: drag one\n"),
         "there are no lessons", "drag one"),
        (LearnerResult(-9, "", ""), "ended by signal 9", None),
        (LearnerResult(0, '{"result": 3}', "warning: odd\n"), "warning: odd", None),
    ],
)  # fmt: skip
def test_why_nothing_could_be_learned_is_told(
    tmp_path: Path, ended: LearnerResult, why: str, hint: str | None
) -> None:
    """As the command says it, each time that somebody asks."""
    now = learning(tmp_path, Ended(ended))

    for _ in range(2):
        with pytest.raises(GalleryError, match=why) as failed:
            now.outcome()
        assert hint == failed.value.hint


def test_one_that_is_ended_leaves_no_process(tmp_path: Path) -> None:
    """A page that is closed ends it, once; it says so."""
    ended = Ended(None)
    now = learning(tmp_path, ended)

    assert now.outcome() is None
    now.end()

    assert ended.is_ended
    with pytest.raises(GalleryError, match="ended before it was done"):
        now.outcome()


def test_a_process_that_cannot_be_started_is_a_sentence(tmp_path: Path) -> None:
    """Too many processes, no memory."""

    def refused(_file: str, *, adopts: bool) -> LearnerProcess:
        raise OSError(12, "Cannot allocate memory", adopts)

    with pytest.raises(GalleryError, match="no process can be started: cannot allocate memory"):
        LearningNow(tmp_path, refused)


def test_a_process_that_says_a_lot_ends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand photos that could not be read are more than a pipe holds; nobody reads it yet."""
    code = "import sys; sys.stdout.write('x' * 1_000_000); sys.stderr.write('y' * 1_000_000)"
    monkeypatch.setattr(learner_process, "LEARNER", (sys.executable, "-c", code))

    process = LearnerProcess(os.fspath(tmp_path))
    found, deadline = None, time.monotonic() + 20
    while found is None and time.monotonic() < deadline:
        found = process.result()

    assert found is not None
    assert (0, 1_000_000, 1_000_000) == (found.status, len(found.said), len(found.errors))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration, and the program with a stand-in for the classifier."""
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
    (tmp_path / "state/gallery-daemon").mkdir(parents=True)
    quick = (sys.executable, "-m", "tests.faults.quick_daemon")
    monkeypatch.setattr(learner_process, "LEARNER", quick)
    monkeypatch.setattr(learner_process, "_NICENESS", 0)
    path = tmp_path / "rules.yaml"
    path.write_text(
        f"version: 1\nwatch: {tmp_path}/watch\nlibrary: {tmp_path}/library\n"
        "rules:\n  - {name: all, to: All/}\n"
    )
    return path


def taught(file: Path, tmp_path: Path) -> ModelVersions:
    """Thirty-six lessons that the base does not know."""
    config = read_configuration(file)
    versions = versions_of(config.model.bundle, config.library)
    names = [f"{kind}-{number}" for kind in KINDS for number in range(12)]
    journal = tmp_path / "state/gallery-daemon/journal.sqlite3"
    give(journal, tmp_path / "library", names, wrong_calls(versions))
    return versions


@pytest.mark.timeout(180)
def test_a_real_one_makes_a_version_that_waits_for_a_word(file: Path, tmp_path: Path) -> None:
    """It is kept, and the base goes on serving."""
    versions = taught(file, tmp_path)
    now = LearningNow(file)
    found, deadline, tick = None, time.monotonic() + 150, threading.Event()
    while found is None and time.monotonic() < deadline:
        tick.wait(0.05)
        found = now.outcome()

    assert found is not None
    assert (True, 1, 36) == (found.may_serve, found.version, found.lessons)
    assert 0 == versions.serving().version.number
    assert versions.read(1).manifest.model_id == found.model
