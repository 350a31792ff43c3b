"""From names to settled photos, on real files with a clock of our own."""

from __future__ import annotations

import errno
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

import pytest
from PIL import Image

from gallery_daemon.intake import arrivals
from gallery_daemon.intake.arrivals import Arrival, Arrivals, Denied, NoFile
from gallery_daemon.intake.scan import open_below
from gallery_daemon.photo import Candidate

if TYPE_CHECKING:
    from pathlib import Path

SETTLE_S = 5.0


class Stage:
    """A watch folder, its arrivals, and a monotonic clock that the test turns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arrivals = Arrivals({"phone": SETTLE_S}, patience_s=30.0)
        self.now = 1000.0

    def saw(self, name: str) -> NoFile | None:
        candidate = Candidate("phone", os.fspath(self.folder), name)
        # A wall clock behind every ctime: nothing counts as quiet before it was seen.
        return self.arrivals.saw(candidate, self.now, datetime.fromtimestamp(0, UTC))

    def take(self, after_s: float) -> list[Arrival | Denied | NoFile]:
        self.now += after_s
        return self.arrivals.take(self.now, datetime.fromtimestamp(1, UTC))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An empty stage."""
    return Stage(tmp_path)


def jpeg(folder: Path, name: str = "x.jpg") -> bytes:
    """A small JPEG, written."""
    Image.new("RGB", (64, 64), "red").save(folder / name)
    return (folder / name).read_bytes()


def test_a_whole_quiet_file_arrives_once(stage: Stage) -> None:
    """After the settle time, with its identity and its kind; then never again by itself."""
    jpeg(stage.folder)
    stage.saw("x.jpg")

    early, due, later = stage.take(4.9), stage.take(0.2), stage.take(100)

    assert ([], []) == (early, later)
    (arrival,) = due
    assert isinstance(arrival, Arrival)
    assert "jpeg" == arrival.kind.name
    assert (stage.folder / "x.jpg").stat().st_ino == arrival.photo.identity.inode


def test_a_growing_file_waits_until_it_stops(stage: Stage) -> None:
    """Written in pieces with pauses shorter than the settle time, it arrives after the last."""
    whole = jpeg(stage.folder)
    for end in range(100, len(whole), 100):
        (stage.folder / "x.jpg").write_bytes(whole[:end])
        stage.saw("x.jpg")
        assert [] == stage.take(3)
    (stage.folder / "x.jpg").write_bytes(whole)

    assert [] == stage.take(2.1)  # noticed without an event, by the look at the window's end
    assert 1 == len(stage.take(SETTLE_S))


def test_a_cut_file_waits_longer_and_arrives_all_the_same(stage: Stage) -> None:
    """Quiet but without its end: not after the settle time, but when patience has run out."""
    whole = jpeg(stage.folder)
    (stage.folder / "x.jpg").write_bytes(whole[: len(whole) // 2])
    stage.saw("x.jpg")

    taken = [len(stage.take(1)) for _ in range(60)]

    assert 1 == sum(taken)
    assert 30 <= taken.index(1) + 1 <= 36


def test_a_file_that_is_gone_is_forgotten(stage: Stage) -> None:
    """Nothing arrives, nothing waits."""
    jpeg(stage.folder)
    stage.saw("x.jpg")
    (stage.folder / "x.jpg").unlink()

    assert [] == stage.take(10)
    assert 0 == len(stage.arrivals)


def test_what_lies_behind_a_link_is_refused_and_never_opened(stage: Stage) -> None:
    """A folder that became a link to elsewhere: its photo is no photo of the watch folder."""
    (stage.folder / "outside").mkdir()
    jpeg(stage.folder / "outside")
    (stage.folder / "watch/a").mkdir(parents=True)
    jpeg(stage.folder / "watch/a")
    stage.folder /= "watch"
    stage.saw("a/x.jpg")
    (stage.folder / "a").rename(stage.folder / "b")
    (stage.folder / "a").symlink_to("../outside")

    taken = [*stage.take(SETTLE_S + 1), *stage.take(SETTLE_S + 1)]

    (refused,) = taken
    assert isinstance(refused, NoFile)
    assert "behind a symbolic link, which is not followed" == refused.reason
    assert 0 == len(stage.arrivals)


def test_a_file_that_is_swapped_at_the_last_moment_settles_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is opened is not what was seen: nothing arrives until it has been quiet itself."""
    jpeg(stage.folder)
    jpeg(stage.folder, "other.jpg")
    stage.saw("x.jpg")

    def swap_and_open(root: str, relative: str) -> BinaryIO:
        monkeypatch.undo()
        (stage.folder / "other.jpg").rename(stage.folder / "x.jpg")
        return open_below(root, relative)

    monkeypatch.setattr(arrivals, "open_below", swap_and_open)
    early = stage.take(SETTLE_S + 1)
    (arrival,) = [*stage.take(SETTLE_S + 1), *stage.take(SETTLE_S + 1)]

    assert [] == early
    assert isinstance(arrival, Arrival)
    assert (stage.folder / "x.jpg").stat().st_ino == arrival.photo.identity.inode


def test_what_is_no_regular_file_is_refused_and_never_opened(stage: Stage) -> None:
    """A FIFO, a socket, a link, a folder and a device, all named like photos: a reason each."""
    os.mkfifo(stage.folder / "fifo.jpg")
    (stage.folder / "folder.jpg").mkdir()
    (stage.folder / "link.jpg").symlink_to("/etc/hostname")
    (stage.folder / "loop.jpg").symlink_to("loop.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.fspath(stage.folder / "socket.jpg"))

        reasons = {
            name: refused.reason
            for name in ("fifo", "folder", "link", "loop", "socket")
            if (refused := stage.saw(f"{name}.jpg")) is not None
        }

    assert {
        "fifo": "a named pipe",
        "folder": "a folder",
        "link": "a symbolic link, which is not followed",
        "loop": "a symbolic link, which is not followed",
        "socket": "a socket",
    } == reasons


def test_a_file_that_may_not_be_opened_is_reported_and_forgotten(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that cannot be read now: the system's word for it, and it waits no longer here."""
    jpeg(stage.folder)
    stage.saw("x.jpg")

    def refuse(root: str, relative: str) -> BinaryIO:
        raise PermissionError(errno.EACCES, "Permission denied", f"{root}/{relative}")

    monkeypatch.setattr(arrivals, "open_below", refuse)
    (denied,) = stage.take(SETTLE_S + 1)

    assert isinstance(denied, Denied)
    assert ("x.jpg", "Permission denied") == (denied.photo.name, denied.reason)
    assert 0 == len(stage.arrivals)


def test_what_is_no_photo_arrives_with_its_kind(stage: Stage) -> None:
    """Intake does not choose: texts, documents and empty files are the pipeline's to judge."""
    for name, content in (("a.txt", b"hello"), ("b.jpg", b"%PDF-1.7"), ("c.jpg", b"\0\0")):
        (stage.folder / name).write_bytes(content)
        stage.saw(name)

    taken = stage.take(SETTLE_S + 1)

    assert {"a.txt": "text", "b.jpg": "pdf", "c.jpg": "zeros"} == {
        arrival.photo.name: arrival.kind.name for arrival in taken if isinstance(arrival, Arrival)
    }


def test_a_burst_is_handed_out_in_parts(stage: Stage) -> None:
    """Hundred photos that settle at once do not hold up the main loop: some now, the rest next."""
    for number in range(100):
        (stage.folder / f"{number:03}.txt").write_bytes(b"text")
        stage.saw(f"{number:03}.txt")

    first = stage.take(SETTLE_S + 1)
    second = stage.take(0)

    assert (64, 36) == (len(first), len(second))
    assert stage.arrivals.next_deadline() is None


def test_a_candidate_waits_from_being_seen_until_it_is_handed_out(stage: Stage) -> None:
    """The loop sleeps until the end of its wait, and asks whether a name is on its way."""
    jpeg(stage.folder)
    candidate = Candidate("phone", os.fspath(stage.folder), "x.jpg")
    before = candidate in stage.arrivals

    stage.saw("x.jpg")
    during = (candidate in stage.arrivals, stage.arrivals.next_deadline())
    stage.take(SETTLE_S + 1)

    assert not before
    assert (True, 1000.0 + SETTLE_S) == during
    assert candidate not in stage.arrivals
