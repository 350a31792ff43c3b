"""Real observers on real folders, natively and by polling; and listings."""

from __future__ import annotations

import os
import queue
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import WatchMode
from gallery_daemon.intake.candidate import Ground
from gallery_daemon.intake.scan import Found, Skipped, scan
from gallery_daemon.intake.watch import Watch
from gallery_daemon.logs.events import WatchLost, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.photo import Candidate

DEADLINE_S = 20
# Source: inotify(7), sys/inotify.h.
_IN_ACCESS, _IN_CLOSE_NOWRITE, _IN_OPEN = 0x1, 0x10, 0x20


class Watched:
    """A watched folder and what it delivers."""

    def __init__(self, root: Path, mode: WatchMode, **ground: object) -> None:
        self.root = root
        self.delivered: queue.SimpleQueue[Candidate] = queue.SimpleQueue()
        self.watch = Watch(
            Ground("phone", os.fspath(root), **ground),  # type: ignore[arg-type]
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


def listed(ground: Ground) -> tuple[set[str], set[str]]:
    """Names found, and names skipped with the reason."""
    names = list(scan(ground))
    found = {name.candidate.relative for name in names if isinstance(name, Found)}
    return found, {
        f"{Path(name.path).name}: {name.reason}" for name in names if isinstance(name, Skipped)
    }


def test_a_listing_finds_files_and_says_what_it_passes_over(tmp_path: Path) -> None:
    """Deep files, links as names, ignored files with a reason; not what lies behind links."""
    for name in ("a.jpg", "b/c/d.jpg", ".hidden/e.jpg", "x.jpg.part", "library/f.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)

    found, skipped = listed(Ground("phone", os.fspath(tmp_path), skipped=(f"{tmp_path}/library",)))

    assert {"a.jpg", "b/c/d.jpg", "loop"} == found
    assert {
        "x.jpg.part: a download in progress (Firefox, KIO, Nextcloud's server) (*.part)"
    } == skipped


def test_a_folder_that_becomes_a_link_during_a_listing_is_not_followed(tmp_path: Path) -> None:
    """It waited for its turn as a folder; swapped meanwhile, it is told and passed over."""
    for name in ("watch/a.jpg", "watch/b/c.jpg", "outside/secret.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    listing = scan(Ground("phone", os.fspath(tmp_path / "watch")))
    names = [next(listing)]
    (tmp_path / "watch/b").rename(tmp_path / "b")
    (tmp_path / "watch/b").symlink_to(tmp_path / "outside")

    names += listing

    assert {"a.jpg"} == {name.candidate.relative for name in names if isinstance(name, Found)}
    (skipped,) = (name for name in names if isinstance(name, Skipped))
    assert (f"{tmp_path}/watch/b", True) == (skipped.path, skipped.is_folder_error)


def test_a_listing_has_one_order(tmp_path: Path) -> None:
    """A folder's own files by name, then the folders below it by name."""
    for name in ("b/2.jpg", "z.jpg", "b/1.jpg", "a/c/3.jpg", "a/9.jpg", "B.jpg", "c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    names = [
        name.candidate.relative
        for name in scan(Ground("phone", os.fspath(tmp_path)))
        if isinstance(name, Found)
    ]

    assert ["B.jpg", "c.jpg", "z.jpg", "a/9.jpg", "a/c/3.jpg", "b/1.jpg", "b/2.jpg"] == names


def test_only_and_ignore_narrow_a_listing(tmp_path: Path) -> None:
    """Globs on the name, or on the path where they hold a slash; and folders left out."""
    for name in ("a.jpg", "a.png", "trips/b.jpg", "trips/old/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    root = os.fspath(tmp_path)

    assert {"a.jpg", "trips/b.jpg"} == listed(
        Ground("phone", root, only=("*.jpg",), ignore=("trips/old/**",))
    )[0]
    assert {"a.jpg", "a.png"} == listed(Ground("phone", root, recursive=False))[0]


def test_a_folder_that_cannot_be_listed_does_not_end_the_listing(tmp_path: Path) -> None:
    """A missing root is told as a folder that could not be listed."""
    (name,) = scan(Ground("phone", os.fspath(tmp_path / "gone")))

    assert isinstance(name, Skipped)
    assert name.is_folder_error


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
