"""Real observers on real folders, natively and by polling."""

from __future__ import annotations

import errno
import logging
import os
import queue
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake import watch as watching
from gallery_daemon.intake.candidate import WatchRoot
from gallery_daemon.intake.watch import OverflowListener, Watch
from gallery_daemon.logs.events import WatchLost, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.photo import Candidate

# Events come at once; on a machine that others keep busy they may take a while.
DEADLINE_S = 50
# Source: inotify(7), sys/inotify.h.
_IN_ACCESS, _IN_CLOSE_NOWRITE, _IN_OPEN = 0x1, 0x10, 0x20


class Watched:
    """A watched folder and what it delivers."""

    def __init__(self, root: Path, mode: WatchMode, **options: object) -> None:
        self.root = root
        self.delivered: queue.SimpleQueue[Candidate] = queue.SimpleQueue()
        self.watch = Watch(
            WatchRoot("phone", os.fspath(root), **options),  # type: ignore[arg-type]
            mode=mode,
            poll_every_s=0.1,
            deliver=self.delivered.put,
        )

    def wait_for(self, *names: str) -> set[str]:
        """Every name was delivered within the deadline; all that were."""
        found: set[str] = set()
        deadline = time.monotonic() + DEADLINE_S
        while set(names) - found:
            try:
                found.add(self.delivered.get(timeout=deadline - time.monotonic()).relative)
            except (queue.Empty, ValueError):
                pytest.fail(f"{set(names) - found} did not come")
        return found


@pytest.fixture(params=[WatchMode.INOTIFY, WatchMode.POLL])
def watched(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """An empty folder, watched."""
    (tmp_path / "watch").mkdir()
    watched = Watched(tmp_path / "watch", request.param, skipped=(f"{tmp_path}/watch/library",))
    assert isinstance(watched.watch.mend(), WatchStarted)
    yield watched
    watched.watch.stop()


def test_every_way_of_writing_is_seen(watched: Watched, tmp_path: Path) -> None:
    """Written, renamed into place, renamed inside, in a folder that arrives full, made deep."""
    (watched.root / "written.jpg").write_bytes(b"x")
    (watched.root / ".syncthing.moved.jpg.tmp").write_bytes(b"x")
    (watched.root / ".syncthing.moved.jpg.tmp").rename(watched.root / "moved.jpg")
    (tmp_path / "full/deep").mkdir(parents=True)
    (tmp_path / "full/deep/inside.jpg").write_bytes(b"x")
    (tmp_path / "full").rename(watched.root / "full")

    found = watched.wait_for("written.jpg", "moved.jpg", "full/deep/inside.jpg")

    assert not [name for name in found if ".syncthing" in name]


def test_no_link_is_followed_and_none_stops_the_watch(watched: Watched, tmp_path: Path) -> None:
    """Links round in circles and out of the folder are names and nothing behind them is seen."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.jpg").write_bytes(b"x")
    for name in ("one", "two"):  # followed, these would be 2 to the power of 40 folders
        (watched.root / name).symlink_to(".")
    (watched.root / "out").symlink_to(tmp_path / "outside")
    (watched.root / "first.jpg").write_bytes(b"x")
    found = watched.wait_for("first.jpg", "one", "two", "out")
    (tmp_path / "outside/later.jpg").write_bytes(b"x")
    (watched.root / "last.jpg").write_bytes(b"x")

    found |= watched.wait_for("last.jpg")

    assert {"first.jpg", "one", "two", "out", "last.jpg"} == found


def test_what_is_ignored_is_not_delivered(watched: Watched) -> None:
    """Temporary names and the library's own folder stay silent; a photo after them is heard."""
    (watched.root / "library/cars").mkdir(parents=True)
    (watched.root / "library/cars/filed.jpg").write_bytes(b"x")
    (watched.root / "x.jpg.part").write_bytes(b"x")
    (watched.root / "heard.jpg").write_bytes(b"x")

    assert {"heard.jpg"} == watched.wait_for("heard.jpg")


def test_a_watch_that_lost_its_root_mends_itself(watched: Watched) -> None:
    """Gone is told once; made again, or replaced behind our back, it is watched again."""
    shutil.rmtree(watched.root)
    assert isinstance(watched.watch.mend(), WatchLost)
    assert watched.watch.mend() is None
    watched.root.mkdir()
    assert isinstance(watched.watch.mend(), WatchStarted)
    (watched.root / "again.jpg").write_bytes(b"x")
    watched.wait_for("again.jpg")

    watched.root.rename(watched.root.with_name("away"))
    watched.root.mkdir()
    assert isinstance(watched.watch.mend(), WatchStarted)
    (watched.root / "anew.jpg").write_bytes(b"x")
    watched.wait_for("anew.jpg")


def test_an_observer_whose_threads_died_is_replaced(watched: Watched) -> None:
    """It says that it is alive; the next look starts another all the same, and says so."""
    observer = watched.watch._observer
    assert observer is not None
    for emitter in observer.emitters:
        emitter.stop()
        emitter.join(DEADLINE_S)
    claimed = observer.is_alive()

    change = watched.watch.mend()
    (watched.root / "after.jpg").write_bytes(b"x")

    assert claimed
    assert isinstance(change, WatchStarted)
    watched.wait_for("after.jpg")
    assert watched.watch.mend() is None


@pytest.mark.parametrize("mode", [WatchMode.INOTIFY, WatchMode.POLL])
def test_a_watch_folder_may_be_a_link_itself(tmp_path: Path, mode: WatchMode) -> None:
    """What comes into the folder behind it is heard of, under the link's name."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    watched = Watched(tmp_path / "link", mode)
    watched.watch.mend()

    (tmp_path / "real/sub").mkdir()
    (tmp_path / "real/sub/x.jpg").write_bytes(b"x")

    watched.wait_for("sub/x.jpg")
    watched.watch.stop()


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """Lost at first, started when it appears; a file in its place is not a folder."""
    watched = Watched(tmp_path / "later", WatchMode.AUTO)
    assert isinstance(watched.watch.mend(), WatchLost)
    (tmp_path / "later").write_bytes(b"")
    assert watched.watch.mend() is None
    (tmp_path / "later").unlink()
    (tmp_path / "later").mkdir()

    started = watched.watch.mend()
    watched.watch.stop()

    assert isinstance(started, WatchStarted)
    assert started.why


@pytest.mark.parametrize("watched", [WatchMode.INOTIFY], indirect=True)
def test_who_only_reads_a_photo_does_not_wake_the_daemon(watched: Watched) -> None:
    """The kernel is not asked to tell who opened, read or closed one without writing."""
    inside = watched.root.stat().st_ino
    masks = [
        int(line.partition(" mask:")[2].split()[0], 16)
        for descriptor in Path("/proc/self/fdinfo").iterdir()
        if descriptor.exists()
        for line in descriptor.read_text().splitlines()
        if line.startswith("inotify") and f"ino:{inside:x} " in line
    ]

    assert 1 == len(masks)
    assert 0 == masks[0] & (_IN_ACCESS | _IN_OPEN | _IN_CLOSE_NOWRITE)


@pytest.mark.parametrize(
    ("code", "word"), [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances")]
)
def test_without_watches_of_the_kernel_a_folder_is_polled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, word: str
) -> None:
    """The kernel refuses one more: the folder is polled, and the reason names the sysctl."""
    monkeypatch.setattr(watching, "why_no_more_watches", lambda: OSError(code, "refused"))
    watched = Watched(tmp_path, WatchMode.AUTO)

    started = watched.watch.mend()
    (tmp_path / "polled.jpg").write_bytes(b"x")

    assert isinstance(started, WatchStarted)
    assert (WatchMode.POLL, True) == (started.mode, started.is_fallback)
    assert word in started.why
    watched.wait_for("polled.jpg")
    watched.watch.stop()


def test_a_new_folder_beyond_the_limit_turns_the_watch_to_polling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """watchdog passes over such a folder in silence; the next look at the watch notices."""
    watched = Watched(tmp_path, WatchMode.INOTIFY)
    assert isinstance(watched.watch.mend(), WatchStarted)
    (tmp_path / "new").mkdir()
    (tmp_path / "new/first.jpg").write_bytes(b"x")
    watched.wait_for("new/first.jpg")
    monkeypatch.setattr(watching, "why_no_more_watches", lambda: OSError(errno.ENOSPC, "full"))

    change = watched.watch.mend()
    (tmp_path / "new/second.jpg").write_bytes(b"x")

    assert isinstance(change, WatchStarted)
    assert change.is_fallback
    watched.wait_for("new/second.jpg")
    watched.watch.stop()


def test_a_stopped_watch_delivers_nothing(watched: Watched) -> None:
    """After the stop files come and go unheard; a watch that never started stops as well."""
    watched.watch.stop()
    (watched.root / "late.jpg").write_bytes(b"x")

    with pytest.raises(queue.Empty):
        watched.delivered.get(timeout=0.5)
    assert not watched.watch.is_up
    watched.watch.stop()


def test_an_overflow_is_noticed_once() -> None:
    """watchdog's line about the kernel's full queue counts; its other warnings do not."""
    logger, listener = logging.getLogger("test_overflow"), OverflowListener()
    logger.propagate = False
    logger.addHandler(listener)

    logger.warning("something else")
    before = listener.take()
    logger.warning("inotify queue overflow")

    assert [False, True, False] == [before, listener.take(), listener.take()]
