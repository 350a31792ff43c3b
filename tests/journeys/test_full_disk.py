"""Real full disks, made of small file systems in memory: said once, nothing lost, tried again."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Daemon, photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "small", os.fspath(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no permission to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", os.fspath(folder)], check=True)


def fill(disk: Path) -> Path:
    """Not a byte is free; gives the file that takes them."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_a_full_library_loses_nothing_and_is_filled_later(small_disk: Path, tmp_path: Path) -> None:
    """`photo_failed` with the reason, no half-written file; filed at a start with room."""
    daemon = Daemon(tmp_path, action="move")
    daemon.config.write_text(
        daemon.config.read_text().replace(str(daemon.library), str(small_disk / "library"))
    )
    ballast = fill(small_disk)
    content = photo_bytes(tmp_path, 10)
    (daemon.watch / "a.jpg").write_bytes(content)

    daemon.start()
    failed = daemon.wait_for_photo("a.jpg")
    daemon.stop()
    kept = (daemon.watch / "a.jpg").read_bytes()
    left_over = [path for path in small_disk.rglob("*") if path.is_file() and path != ballast]
    ballast.unlink()
    told = len(daemon.events)
    daemon.start()
    filed = daemon.wait_for_photo("a.jpg", told)
    daemon.stop()

    assert ("photo_failed", "photo_filed") == (failed["event"], filed["event"])
    assert "no space is left" in failed["reason"]
    assert (content, []) == (kept, left_over)
    assert content == next((small_disk / "library").rglob("a.jpg")).read_bytes()
    assert not (daemon.watch / "a.jpg").exists()


def test_a_full_disk_under_the_journal_files_nothing_unwritten(
    small_disk: Path, tmp_path: Path
) -> None:
    """No act without its intent on disk: the photo stays, the daemon lives and says why."""
    daemon = Daemon(tmp_path, action="move")
    daemon.environ["XDG_STATE_HOME"] = str(small_disk / "state")
    daemon.start()
    ballast = fill(small_disk)
    content = photo_bytes(tmp_path, 20)
    (daemon.watch / "b.jpg").write_bytes(content)

    failed = daemon.wait_for_photo("b.jpg")
    kept = (daemon.watch / "b.jpg").read_bytes()
    ballast.unlink()
    (daemon.watch / "c.jpg").write_bytes(photo_bytes(tmp_path, 30))
    alive = daemon.wait_for_photo("c.jpg")
    daemon.stop()

    assert ("photo_failed", "photo_filed") == (failed["event"], alive["event"])
    assert content == kept
