"""What others take of the machine while something is timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.engines import trial
from gallery_daemon.model.engines.trial import Stopwatch, share_of_others

if TYPE_CHECKING:
    from pathlib import Path


def test_the_work_of_another_program_counts_and_our_own_does_not() -> None:
    """A neighbour burns half a second of a core; then we do, and it shows as ours."""
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    stopwatch = Stopwatch.start()
    subprocess.run((sys.executable, "-S", "-c", burn), check=True)
    theirs = stopwatch.others_share() * _core_seconds(stopwatch)

    stopwatch, began = Stopwatch.start(), time.process_time()
    while time.process_time() < began + 0.5:
        pass
    now = Stopwatch.start()
    assert stopwatch.work_s is not None
    assert now.work_s is not None

    assert theirs > 0.45
    assert now.own_s - stopwatch.own_s >= 0.5
    assert now.work_s - stopwatch.work_s > 0.45


def test_a_look_sees_a_neighbour_at_work() -> None:
    """A program that burns a core until it is killed takes its share of them all."""
    with subprocess.Popen((sys.executable, "-S", "-c", "while True: pass")) as neighbour:
        try:
            share = max(share_of_others() for _ in range(5))
        finally:
            neighbour.kill()

    assert share > 0.5 / (os.cpu_count() or 1)


@pytest.mark.parametrize("text", ["", "cpu 1 2 three", "cpu 1 2", "cow 1 2 3 4 5 6 7 8"])
def test_where_no_kernel_tells_nobody_is_there(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container may hide the file, or another system not have it."""
    (tmp_path / "stat").write_text(text)
    for path in (tmp_path / "stat", tmp_path / "none"):
        monkeypatch.setattr(trial, "_STAT", path)
        stopwatch = Stopwatch.start()

        assert stopwatch.work_s is None
        assert stopwatch.others_share() == 0.0


def test_a_share_is_between_none_and_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's ticks are coarse, and may add up to more than there was or to less than ours."""
    monkeypatch.setattr(trial, "_STAT", tmp_path / "stat")
    shares = []
    for before, after in ((0, 10**9), (10**9, 0)):
        (tmp_path / "stat").write_text(f"cpu {before} 0 0 0 0 0 0 0\n")
        stopwatch = Stopwatch.start()
        (tmp_path / "stat").write_text(f"cpu {after} 0 0 0 0 0 0 0\n")
        shares.append(stopwatch.others_share())

    assert [1.0, 0.0] == shares


def _core_seconds(stopwatch: Stopwatch) -> float:
    """What all processors together could have worked since."""
    return (time.perf_counter() - stopwatch.wall_s) * (os.cpu_count() or 1)
