"""What others take of the machine while something is timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.engines import trial
from gallery_daemon.model.engines.torch import torch_kinds
from gallery_daemon.model.engines.trial import Stopwatch, share_of_others
from tests.classifier.loop import is_running, until_true

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


def test_a_trial_ends_with_who_started_it(tmp_path: Path) -> None:
    """Killed with -9 in the middle, the parent leaves no trial behind."""
    code = (
        "import subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from gallery_daemon.model.manifest import find_bundle\n"
        "words = (sys.executable, '-m', 'gallery_daemon.model.engines.trial')\n"
        "bundle = str(find_bundle('default'))\n"
        "words = (*words, bundle, 'torch', 'cpu', '1')\n"
        "trial = subprocess.Popen(words, stdout=subprocess.PIPE)\n"
        "trial.stdout.readline()\n"
        f"Path({os.fspath(tmp_path / 'pid')!r}).write_text(str(trial.pid))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        until_true(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
        pid = int((tmp_path / "pid").read_text())
        parent.kill()

    until_true(lambda: not is_running(pid))


def trial_of(*words: str) -> subprocess.CompletedProcess[str]:
    """A finished trial, with these arguments."""
    command = (sys.executable, "-P", "-m", "gallery_daemon.model.engines.trial", *words)
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_a_trial_times_each_way_in_which_a_library_runs_the_network(bundle: Path) -> None:
    """A line for each, with a speed above 0 and a share of the machine."""
    done = trial_of(os.fspath(bundle), "torch", "cpu", "1")

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [str(kind) for kind in torch_kinds("cpu")] == [each["kind"] for each in told]
    assert all(each["pictures_per_s"] > 0 and 0 <= each["others"] <= 1 for each in told)


def test_an_engine_that_fails_is_passed_over_and_says_why(bundle: Path) -> None:
    """A bundle without an 8-bit network: no line, no crash, one sentence for the log."""
    done = trial_of(os.fspath(bundle), "openvino", "auto", "0")

    assert (0, "") == (done.returncode, done.stdout)
    assert "openvino cpu int8 is not taken" in done.stderr


@pytest.mark.long
def test_a_device_that_is_not_there_ends_the_trial(bundle: Path) -> None:
    """With the sentence that a person would get."""
    done = trial_of(os.fspath(bundle), "torch", "warp", "0")

    assert (1, "") == (done.returncode, done.stdout)
    assert "there is no device 'warp'" in done.stderr
