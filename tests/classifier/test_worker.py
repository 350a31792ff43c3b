"""The real process, with a small bundle made for it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from gallery_daemon.classifier.host import WORKER, Timeouts
from gallery_daemon.classifier.results import Classified
from gallery_daemon.logs.events import ClassifierFailed, ClassifierStarted
from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.manifest import LookSettings, Manifest
from gallery_daemon.model.network import new_network
from gallery_daemon.photo import LookKind
from tests.classifier.contract import HostContract
from tests.classifier.loop import Loop, is_running, photo, running, until_true
from tests.classifier.parent import child_of_killed_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

# On a busy machine the process, which is a quiet guest, may take a minute to load torch.
pytestmark = pytest.mark.timeout(180)
PATIENT = Timeouts(photo_s=120)

CLASSES = ("cars", "memes", "trees")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that guesses, in a sixth of the time that a usual look takes."""
    folder = tmp_path_factory.mktemp("bundles") / "guess"
    torch.manual_seed(1)
    looks = {LookKind.FULL: LookSettings(size=96)}
    manifest = Manifest("guess", CLASSES, "0" * 64, looks=looks)
    save_bundle(folder, new_network(len(CLASSES)), manifest, {})
    return folder


@pytest.fixture(scope="module")
def loop(bundle: Path) -> Iterator[Loop]:
    """A host with the real process."""
    with running(str(bundle), PATIENT, WORKER, batch_size=4) as loop:
        yield loop


class TestRealWorker(HostContract):
    """The real process keeps the contract that the fake one keeps."""

    def test_it_says_what_it_loaded(self, loop: Loop, folder: Path) -> None:
        """The model with its hash, the engine, and how long it took."""
        loop.classify([folder / "good0.jpg"])

        started = loop.of(ClassifierStarted)[0]
        assert started.model.startswith("guess@")
        assert started.engine.startswith("torch cpu")
        assert started.load_ms > 0

    def test_a_backlog_is_classified_in_batches(self, loop: Loop, folder: Path) -> None:
        """Photos that come together go through the network together."""
        before = len(loop.answers)

        loop.classify([folder / f"good{number % 10}.jpg" for number in range(24)])

        batches = [
            report.batch or 0 for report in loop.answers[before:] if isinstance(report, Classified)
        ]
        assert 24 == len(batches)
        assert 4 == max(batches)

    def test_facts_come_with_the_prediction(self, loop: Loop, folder: Path) -> None:
        """The photo is read once; whoever reads it whole has its hash, asked for or not."""
        loop.host.submit(photo(folder / "good1.jpg"), want_hash=True)
        loop.host.submit(photo(folder / "good2.jpg"))
        before = len(loop.answers)
        loop.until(lambda: len(loop.answers) == before + 2)

        hashes = {}
        for report in loop.answers[before:]:
            assert isinstance(report, Classified)
            assert (320, 240) == (report.facts.width, report.facts.height)
            assert set(CLASSES) == set(report.prediction.probabilities)
            hashes[report.photo.name] = report.facts.content_hash
        assert hashes == {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("good1.jpg", "good2.jpg")
        }

    def test_it_is_a_quiet_guest(self, loop: Loop, folder: Path) -> None:
        """Behind other programs, without dumps of photos, deaf to Ctrl-C."""
        loop.classify([folder / "good0.jpg"])
        process = Path(f"/proc/{loop.of(ClassifierStarted)[-1].pid}")

        assert os.nice(0) + 5 <= int((process / "stat").read_text().rpartition(")")[2].split()[16])
        limits = (process / "limits").read_text().splitlines()
        core = next(line for line in limits if line.startswith("Max core file size"))
        assert ["0", "0"] == core.split()[4:6]
        ignored = next(
            line for line in (process / "status").read_text().splitlines() if "SigIgn" in line
        )
        assert 0b11 == int(ignored.split()[1], 16) & 0b11  # SIGHUP and SIGINT

    def test_it_dies_before_the_daemon_when_memory_runs_out(self, loop: Loop, folder: Path) -> None:
        """The kernel kills who has the highest score."""
        loop.classify([folder / "good0.jpg"])
        pid = loop.of(ClassifierStarted)[-1].pid

        ours, its = (int(Path(f"/proc/{of}/oom_score").read_text()) for of in ("self", pid))

        assert its > ours
        assert int(Path(f"/proc/{pid}/oom_score_adj").read_text()) >= 500

    def test_its_pipe_is_out_of_reach_for_libraries(self, loop: Loop, folder: Path) -> None:
        """What they print goes to standard error, and what they read is empty."""
        loop.classify([folder / "good0.jpg"])
        files = Path(f"/proc/{loop.of(ClassifierStarted)[-1].pid}/fd")

        assert (files / "2").readlink() == (files / "1").readlink()
        assert Path(os.devnull) == (files / "0").readlink()

    def test_killed_in_the_middle_it_loses_no_photo(self, loop: Loop, folder: Path) -> None:
        """Each photo that was out is answered once, by the process or by the next one."""
        before, starts = len(loop.answers), len(loop.of(ClassifierStarted))
        for number in range(10):
            loop.host.submit(photo(folder / f"good{number}.jpg"))
        loop.until(lambda: len(loop.answers) > before)

        os.kill(loop.of(ClassifierStarted)[-1].pid, signal.SIGKILL)
        loop.until(lambda: not loop.host.outstanding)

        answers = [report for report in loop.answers[before:] if isinstance(report, Classified)]
        assert [f"good{number}.jpg" for number in range(10)] == sorted(
            a.photo.name for a in answers
        )
        assert starts + 1 == len(loop.of(ClassifierStarted))


def test_a_missing_bundle_is_told_in_a_sentence(tmp_path: Path) -> None:
    """The process says what is wrong before it ends."""
    with running(str(tmp_path / "none"), command=WORKER) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.reports))

        failed = loop.reports[0]
        assert isinstance(failed, ClassifierFailed)
        assert failed.is_lost
        assert failed.error.sentence.startswith(f"cannot read the model bundle {tmp_path}/none")
        assert failed.error.hint


def test_no_module_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon may be started in a synced folder, where anyone can put a `torch.py`."""
    for module in ("numpy", "torch", "json"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)

    with running(str(tmp_path / "none"), command=WORKER) as loop:
        loop.host.submit(photo("/in/a.jpg"))
        loop.until(lambda: bool(loop.reports))

        (failed,) = loop.of(ClassifierFailed)
        assert failed.error.sentence.startswith("cannot read the model bundle")


def test_the_process_does_not_outlive_its_parent(bundle: Path) -> None:
    """Killed with -9, the daemon leaves no process behind, not even one that hangs."""
    pid = child_of_killed_parent(str(bundle), WORKER, stopped=True)

    until_true(lambda: not is_running(pid))


def test_the_daemons_side_imports_no_decoder() -> None:
    """Neither torch nor Pillow nor numpy comes into the parent with the host."""
    code = (
        "import sys; import gallery_daemon.classifier.host;"
        "print({'torch', 'PIL', 'numpy', 'pillow_heif'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert "set()\n" == done.stdout
