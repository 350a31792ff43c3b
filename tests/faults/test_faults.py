"""Photos, processes and journals that break while the daemon runs: what is seen, what is done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import QuickDaemon, photo_bytes
from tests.faults.conftest import is_filed, status, wait_until
from tests.filing.conftest import read_files

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("change", ["vanishes", "is rewritten"])
def test_a_photo_that_changes_while_it_is_classified(
    daemon: QuickDaemon, tmp_path: Path, change: str
) -> None:
    """Vanished: told, not waited for. Rewritten: only the new version is filed."""
    photo = daemon.watch / "gated.jpg"
    photo.write_bytes(photo_bytes(tmp_path, 1))
    newer = photo_bytes(tmp_path, 2)
    daemon.start()
    wait_until((daemon.watch / ".reached").exists)
    photo.unlink()
    if change == "is rewritten":
        photo.write_bytes(newer)
    (daemon.watch / ".open").touch()

    event = daemon.wait_for_photo("gated.jpg")
    waiting = status(daemon)["waiting"]
    daemon.stop()

    assert [] == waiting
    if change == "vanishes":
        assert ("photo_failed", {}) == (event["event"], read_files(daemon.library))
    else:
        assert "photo_filed" == event["event"]
        assert [newer] == list(read_files(daemon.library).values())


def test_an_end_in_the_middle_of_a_batch_loses_nothing(daemon: QuickDaemon, tmp_path: Path) -> None:
    """SIGTERM while photos are with the classifier: prompt, and filed once after the next start."""
    names = ["gated.jpg", *(f"{number}.jpg" for number in range(30))]
    for number, name in enumerate(names):
        (daemon.watch / name).write_bytes(photo_bytes(tmp_path, number))
    daemon.start()
    wait_until((daemon.watch / ".reached").exists)
    daemon.stop()
    told = len(daemon.events)
    (daemon.watch / ".open").touch()

    daemon.start()
    for name in names:
        daemon.wait_for(is_filed(name))
    daemon.stop()

    lines = [event["photo"] for event in daemon.events[told:] if "photo" in event]
    placed = [path.name for path in daemon.library.rglob("*.jpg")]
    assert sorted(names) == sorted(placed)
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("is_running", [False, True], ids=["at the start", "while it runs"])
def test_a_damaged_journal_files_nothing_twice(
    daemon: QuickDaemon, tmp_path: Path, is_running: bool
) -> None:
    """It is set aside and told of; what lies in the library is known, what is new is filed."""
    daemon.config.write_text(
        daemon.config.read_text().replace("{action: move}", "{action: copy, on_conflict: rename}")
    )
    for number in range(3):
        (daemon.watch / f"{number}.jpg").write_bytes(photo_bytes(tmp_path, number))
    daemon.start()
    for number in range(3):
        daemon.wait_for_photo(f"{number}.jpg")
    if not is_running:
        daemon.stop()
    journal = Path(daemon.environ["XDG_STATE_HOME"]) / "gallery-daemon/journal.sqlite3"
    for part in ("-wal", "-shm", ""):
        damaged = journal.with_name(journal.name + part)
        if damaged.exists():
            damaged.write_bytes(b"\xff" * damaged.stat().st_size)
    if not is_running:
        daemon.start()
    (daemon.watch / "new.jpg").write_bytes(photo_bytes(tmp_path, 9))

    daemon.wait_for(is_filed("new.jpg"))
    daemon.stop()

    (rebuilt,) = [event for event in daemon.events if event["event"] == "journal_rebuilt"]
    assert 3 == rebuilt["photos"]
    assert Path(rebuilt["damaged"]).exists()
    assert ["0.jpg", "1.jpg", "2.jpg", "new.jpg"] == sorted(
        path.name for path in daemon.library.rglob("*.jpg")
    )


def test_a_second_daemon_is_refused(daemon: QuickDaemon, tmp_path: Path) -> None:
    """Even with a configuration and a journal of its own: it says who has the folder, and ends."""
    daemon.start()
    (tmp_path / "other").mkdir()
    words = ["--watch", os.fspath(daemon.watch), "--library", os.fspath(tmp_path / "other")]

    second = subprocess.run(
        [*daemon.program, "run", *words],
        env=daemon.environ | {"XDG_STATE_HOME": os.fspath(tmp_path / "other/state")},
        capture_output=True,
        text=True,
        check=False,
    )
    (daemon.watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 1))
    event = daemon.wait_for_photo("a.jpg")
    daemon.stop()

    assert 2 == second.returncode
    assert f"is watched already, by process {daemon.process.pid}: " in second.stderr
    assert "photo_filed" == event["event"]


def test_an_input_output_error_is_passed_over(daemon: QuickDaemon, tmp_path: Path) -> None:
    """The kernel refuses the rename once: told, and filed at the next try, once."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    traced = ("strace", "-qq", "-o", "/dev/null", "-e", "trace=renameat2")
    inject = ("-e", "inject=renameat2:error=EIO:when=1")
    daemon.program = (*traced, *inject, *daemon.program)
    (daemon.watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 1))
    daemon.start()

    failed = daemon.wait_for_photo("a.jpg")
    daemon.wait_for(is_filed("a.jpg"))
    # strace passes no signal on: its child is told by itself.
    (child,) = (
        Path(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/children").read_text().split()
    )
    os.kill(int(child), signal.SIGTERM)
    daemon.process.wait(30)

    assert "photo_failed" == failed["event"]
    assert "input/output errors" in failed["reason"]
    assert ["a.jpg"] == [path.name for path in daemon.library.rglob("*.jpg")]
