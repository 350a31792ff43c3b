"""`status` as it is printed, of daemons of today and of those that an update left running."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

from gallery_daemon.daemon.instance import InstanceLock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# What version 0.1.0 said before it told of its backlog.
OLD = {
    "pid": os.getpid(),
    "version": "0.0.9",
    "config": "/home/old.yaml",
    "library": "/home/library",
    "watch": [{"source": "phone", "path": "/in", "watched": True}],
    "on_their_way": 3,
    "since_start": {"filed": 7, "left": 0},
    "classifier_pid": None,
    "waiting": [],
    "waiting_in_all": 0,
    "paused_because": None,
}


@contextlib.contextmanager
def answering(folder: Path, told: Mapping[str, object]) -> Iterator[None]:
    """This process, holding the folder as a daemon does, and answering so."""
    knocked, is_over = Event(), Event()
    holdings = InstanceLock(knocked.set)
    holdings.hold([str(folder)])

    def answer() -> None:
        while not is_over.is_set():
            knocked.wait(0.05)
            holdings.answer(lambda: json.dumps(told))

    thread = Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        holdings.close()


def status(state: Path) -> str:
    """What `status` says to a person whose journal is there."""
    done = subprocess.run(
        [sys.executable, "-m", "gallery_daemon", "status"],
        capture_output=True,
        text=True,
        env=os.environ | {"XDG_STATE_HOME": str(state), "COLUMNS": "200"},
        timeout=50,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_a_daemon_from_before_an_update_is_shown(tmp_path: Path) -> None:
    """With all that it says, and without what it does not."""
    with answering(tmp_path, OLD):
        said = status(tmp_path)

    assert "version 0.0.9" in said
    assert "configuration: /home/old.yaml\n" in said
    assert "on their way: 3\n" in said


def test_a_daemon_of_another_journal_is_a_line(tmp_path: Path) -> None:
    """One that a test has started, or somebody for a trial: it is not the one that is meant."""
    with answering(tmp_path, OLD | {"journal": "/elsewhere/journal.sqlite3"}):
        # A daemon of another test that is too busy to say whose it is may be this journal's.
        answers = (status(tmp_path) for _ in range(10))
        said = next((each for each in answers if "too busy" not in each), "all are busy")

    # Other tests, or a person's own daemon, may have lines as well.
    first, *others = said.splitlines()
    assert "no daemon is running with your journal" == first
    who = f"process {os.getpid()} is a daemon with another journal"
    assert f"{who}: /elsewhere/journal.sqlite3" in others
    assert "/home/library" not in said


MODEL = {
    "id": "default@12345678",
    "version": 3,
    "learned": "2026-05-01T12:00:00+00:00",
    "lessons": 120,
    "lessons_since": 14,
    "is_learning": True,
    "trouble": "version 4 does not serve: it is cut; default@12345678 does",
    "drift": {
        "photos": 80,
        "confidence": 0.61,
        "confidence_before": 0.9,
        "familiarity": 0.2,
        "familiarity_before": 0.6,
        "folder": "Review",
    },
}


def test_the_model_and_what_it_learned_are_told(tmp_path: Path) -> None:
    """Its version, the lessons since, what is damaged, and where to look when it drifts."""
    with answering(tmp_path, OLD | {"model": MODEL}):
        said = " ".join(status(tmp_path / "state").split())

    assert (
        "model: default@12345678, version 3, learned 2026-05-01 12:00:00+00:00 from 120 lessons,"
        " 14 lessons since, learning now" in said
    )
    assert "its versions: version 4 does not serve: it is cut" in said
    assert "confidence 0.90 -> 0.61, familiarity 0.60 -> 0.20; look at Review" in said
