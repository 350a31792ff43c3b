"""The library takes nothing, is away, is barred: what is seen, and what the photo does."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import QuickDaemon, photo_bytes
from tests.faults.conftest import is_filed, mounted, status, wait_until
from tests.faults.quick_daemon import RETRY_S
from tests.filing.conftest import read_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.faults


def fill(disk: Path) -> Callable[[], object]:
    """Not a byte is free; gives what makes room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast.unlink


def make_read_only(disk: Path) -> Callable[[], object]:
    """The disk takes nothing; gives what makes it take again."""
    for_reading = ["mount", "-o", "remount,ro", os.fspath(disk)]
    for_writing = ["mount", "-o", "remount,rw", os.fspath(disk)]
    subprocess.run(for_reading, check=True)
    return lambda: subprocess.run(for_writing, check=True)


def on_small_disk(daemon: QuickDaemon, disk: Path) -> None:
    """The library shall lie on the disk."""
    disk.mkdir()
    text = daemon.config.read_text()
    daemon.config.write_text(text.replace(str(daemon.library), str(disk / "library")))
    daemon.library = disk / "library"


@pytest.mark.parametrize(
    ("break_it", "words"),
    [(fill, "no space is left"), (make_read_only, "is read-only")],
    ids=["full", "read-only"],
)
def test_a_library_that_takes_nothing_is_tried_again(
    daemon: QuickDaemon,
    tmp_path: Path,
    break_it: Callable[[Path], Callable[[], object]],
    words: str,
) -> None:
    """The photo stays whole where it is; once the library is mended it is filed by itself."""
    content = photo_bytes(tmp_path, 1)
    on_small_disk(daemon, tmp_path / "disk")
    with mounted("tmpfs", "small", tmp_path / "disk", "size=1m"):
        daemon.library.mkdir()
        mend = break_it(tmp_path / "disk")
        (daemon.watch / "a.jpg").write_bytes(content)
        daemon.start()
        failed = daemon.wait_for_photo("a.jpg")
        again = daemon.wait_for_photo("a.jpg", daemon.events.index(failed) + 1)
        kept = read_files(daemon.watch)
        mend()
        daemon.wait_for(is_filed("a.jpg"))
        daemon.stop()
        placed = read_files(daemon.library)

    waits = [(event["event"], event["retry_in_s"]) for event in (failed, again)]
    assert [("photo_failed", RETRY_S), ("photo_failed", 2 * RETRY_S)] == waits
    assert words in failed["reason"]
    assert {"a.jpg": content} == kept
    assert [content] == list(placed.values())
    assert {} == read_files(daemon.watch)


def test_while_the_library_takes_nothing_one_photo_is_tried(
    daemon: QuickDaemon, tmp_path: Path
) -> None:
    """The others are not looked at and not told of, and `status` says why; later all are filed."""
    names = [f"{number}.jpg" for number in range(8)]
    daemon.environ["RETRY_S"] = "800"
    on_small_disk(daemon, tmp_path / "disk")
    with mounted("tmpfs", "small", tmp_path / "disk", "size=1m"):
        daemon.library.mkdir()
        mend = fill(tmp_path / "disk")
        (daemon.watch / names[0]).write_bytes(photo_bytes(tmp_path, 0))
        daemon.start()
        daemon.wait_for_photo(names[0])
        for number, name in enumerate(names[1:], 1):
            (daemon.watch / name).write_bytes(photo_bytes(tmp_path, number))
        wait_until(lambda: status(daemon)["on_their_way"] == len(names) - 1)
        told = status(daemon)
        mend()
        daemon.process.send_signal(signal.SIGHUP)
        for name in names:
            daemon.wait_for(is_filed(name))
        daemon.stop()

    failed = [event["photo"] for event in daemon.events if event["event"] == "photo_failed"]
    assert [str(daemon.watch / names[0])] == failed
    assert failed == [each["photo"] for each in told["waiting"]]
    assert "no space is left" in told["paused_because"]


def test_a_library_that_is_unmounted_is_not_replaced(daemon: QuickDaemon, tmp_path: Path) -> None:
    """Nothing is filed into the empty folder below; mounted again, the photo joins the others."""
    (tmp_path / "real").mkdir()
    daemon.library.mkdir()
    (daemon.watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 1))
    with mounted("none", os.fspath(tmp_path / "real"), daemon.library, "bind"):
        daemon.start()
        daemon.wait_for_photo("a.jpg")
    (daemon.watch / "b.jpg").write_bytes(photo_bytes(tmp_path, 2))

    failed = daemon.wait_for_photo("b.jpg")
    below = list(daemon.library.iterdir())
    with mounted("none", os.fspath(tmp_path / "real"), daemon.library, "bind"):
        daemon.wait_for(is_filed("b.jpg"))
        daemon.stop()

    assert "is empty, though photos were filed there" in failed["reason"]
    assert [] == below
    assert {"a.jpg", "b.jpg"} == {path.name for path in (tmp_path / "real").rglob("*.jpg")}


def test_a_fault_that_lasts_waits_for_the_person(daemon: QuickDaemon, tmp_path: Path) -> None:
    """A link among the library's folders: said once, not tried again, until the rules change."""
    (tmp_path / "outside").mkdir()
    daemon.library.mkdir()
    (daemon.library / "All").symlink_to(tmp_path / "outside")
    (daemon.watch / "a.jpg").write_bytes(photo_bytes(tmp_path, 1))
    daemon.start()

    failed = daemon.wait_for_photo("a.jpg")
    waiting = status(daemon)["waiting"]
    (daemon.watch / "WA-b.jpg").write_bytes(photo_bytes(tmp_path, 2))
    other = daemon.wait_for_photo("WA-b.jpg")
    daemon.config.write_text(daemon.config.read_text().replace("All/", "Every/"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(is_filed("a.jpg"))
    daemon.stop()

    assert ("photo_failed", None) == (failed["event"], failed.get("retry_in_s"))
    assert [(str(daemon.watch / "a.jpg"), None)] == [
        (each["photo"], each["retry_in_s"]) for each in waiting
    ]
    assert "photo_filed" == other["event"]
    assert [] == list((tmp_path / "outside").iterdir())


def test_permission_lost_midway_keeps_one_photo_and_not_the_others(
    daemon: QuickDaemon, tmp_path: Path
) -> None:
    """A class folder that takes nothing any more: its photos wait, others are filed."""
    folder = daemon.library / "WhatsApp"
    folder.mkdir(parents=True)
    daemon.start()
    if subprocess.run(["chattr", "+i", os.fspath(folder)], check=False).returncode:
        pytest.skip("no permission to make a folder immutable here")
    try:
        (daemon.watch / "WA-a.jpg").write_bytes(photo_bytes(tmp_path, 1))
        failed = daemon.wait_for_photo("WA-a.jpg")
        (daemon.watch / "b.jpg").write_bytes(photo_bytes(tmp_path, 2))
        other = daemon.wait_for_photo("b.jpg")
    finally:
        subprocess.run(["chattr", "-i", os.fspath(folder)], check=True)
    daemon.wait_for(is_filed("WA-a.jpg"))
    daemon.stop()

    assert ("photo_failed", RETRY_S) == (failed["event"], failed["retry_in_s"])
    assert "photo_filed" == other["event"]


def test_a_full_disk_under_the_journal_files_nothing_unwritten(
    daemon: QuickDaemon, tmp_path: Path
) -> None:
    """No act without its intent on disk: the photo stays, and is filed once there is room."""
    (tmp_path / "disk").mkdir()
    with mounted("tmpfs", "small", tmp_path / "disk", "size=1m"):
        daemon.environ["XDG_STATE_HOME"] = str(tmp_path / "disk/state")
        daemon.start()
        mend = fill(tmp_path / "disk")
        content = photo_bytes(tmp_path, 20)
        (daemon.watch / "b.jpg").write_bytes(content)
        failed = daemon.wait_for_photo("b.jpg")
        kept, placed = read_files(daemon.watch), read_files(daemon.library)
        mend()
        daemon.wait_for(is_filed("b.jpg"))
        daemon.stop()

    assert "photo_failed" == failed["event"]
    assert "journal" in failed["reason"]
    assert ({"b.jpg": content}, {}) == (kept, placed)
