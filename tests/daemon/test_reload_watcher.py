"""When an edit of the configuration is noticed, and when not; the time is the test's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import digest_of_file
from gallery_daemon.daemon.reload import ConfigWatcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Kernel:
    """What the kernel tells of the file, by the test's word."""

    def __init__(self, *, are_heard: bool = False) -> None:
        self.are_heard, self.told, self.follows = are_heard, False, 0

    def take(self) -> bool:
        """Whether it told of a change."""
        told, self.told = self.told, False
        return told

    def follow(self) -> None:
        """The path may lead elsewhere."""
        self.follows += 1


class Edited:
    """A file, and a task that counts how often a reload was asked for."""

    def __init__(self, path: Path, *, are_heard: bool = False) -> None:
        path.write_text("old")
        self.kernel, self.path_text = Kernel(are_heard=are_heard), os.fspath(path)
        self.path, self.asked, self.reads, self.now = path, 0, 0, 0.0
        self.watch(digest_of_file(self.path_text) or "", self._ask)
        self.wait(1)

    def watch(self, digest: str, ask: Callable[[], None]) -> None:
        """Another task begins, that of a session whose configuration has this digest."""
        self.watcher = ConfigWatcher(self.path_text, digest, ask, self._read, events=self.kernel)

    def _ask(self) -> None:
        self.asked += 1

    def _read(self, file: str) -> str | None:
        self.reads += 1
        return digest_of_file(file)

    def tell(self) -> int:
        """The kernel tells of a change, which wakes the loop; how often was asked so far."""
        self.kernel.told = True
        self.watcher.run_due(self.now)
        return self.asked

    def wait(self, seconds: float) -> int:
        """The task has its turns for so long; how often it has asked so far."""
        end = self.now + seconds
        while (due := self.watcher.next_deadline() or 0) <= end:
            self.now = max(self.now, due)
            self.watcher.run_due(self.now)
        self.now = end
        return self.asked


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """The file has been looked at, and nothing was asked for; the kernel tells nothing."""
    return Edited(tmp_path / "config.yaml")


@pytest.fixture
def heard(tmp_path: Path) -> Edited:
    """The same, but the kernel tells of changes."""
    return Edited(tmp_path / "config.yaml", are_heard=True)


def test_a_written_and_a_replaced_file_are_noticed(edited: Edited, tmp_path: Path) -> None:
    """Once each: written in place, renamed over, and with the same size and mtime."""
    assert 0 == edited.wait(10)
    edited.path.write_text("new")
    assert 1 == edited.wait(4)
    (tmp_path / "beside").write_text("newer")
    (tmp_path / "beside").rename(edited.path)
    assert 2 == edited.wait(4)
    times = edited.path.stat().st_mtime_ns
    edited.path.write_text("other")
    os.utime(edited.path, ns=(times, times))
    assert 3 == edited.wait(4)
    assert 3 == edited.wait(60)


def test_a_half_written_file_is_not_read(edited: Edited) -> None:
    """As long as it changes from look to look, it is not read."""
    for number in range(10):
        edited.path.write_text("half" * number)
        assert 0 == edited.wait(0.4)
    edited.path.write_text("whole")

    assert 1 == edited.wait(3)


def test_a_file_that_is_away_is_one_that_is_being_replaced(edited: Edited) -> None:
    """Nothing is asked for until it is back, and then only if it is another text."""
    edited.path.unlink()
    assert 0 == edited.wait(10)
    edited.path.write_text("old")
    assert 0 == edited.wait(4)
    edited.path.unlink()
    assert 0 == edited.wait(4)
    edited.path.write_text("new")

    assert 1 == edited.wait(4)


def test_an_edit_between_asking_and_reloading_counts(edited: Edited) -> None:
    """The reload reads that one, and rejects it; the text that was noted comes back, for good."""

    def ask_and_read_the_next() -> None:
        edited._ask()
        if edited.asked == 1:
            edited.path.write_text("wrong")

    edited.watch(digest_of_file(edited.path_text) or "", ask_and_read_the_next)
    edited.path.write_text("good")
    while not edited.asked:
        edited.wait(0.1)
    edited.path.write_text("good")

    assert 2 == edited.wait(4)
    assert 2 == edited.wait(60)


def test_a_touch_changes_nothing(edited: Edited) -> None:
    """What counts is the text."""
    os.utime(edited.path, ns=(1, 1))

    assert 0 == edited.wait(10)


def test_a_link_is_looked_through(edited: Edited, tmp_path: Path) -> None:
    """Edited behind it, or pointed elsewhere, as configurations under version control are."""
    edited.path.rename(tmp_path / "behind")
    edited.path.symlink_to("behind")
    assert 0 == edited.wait(4)
    (tmp_path / "behind").write_text("new")
    assert 1 == edited.wait(4)
    (tmp_path / "elsewhere").write_text("elsewhere")
    edited.path.unlink()
    edited.path.symlink_to("elsewhere")

    assert 2 == edited.wait(4)


def test_one_that_cannot_be_read_is_told_once(edited: Edited) -> None:
    """The reload that is asked for says why; one more such edit has nothing new to say."""
    edited.path.write_bytes(b"\xff")
    assert 1 == edited.wait(4)
    edited.path.write_bytes(b"\xff\xff")
    assert 1 == edited.wait(4)
    edited.path.write_text("old")

    assert 2 == edited.wait(4)


def test_an_edit_before_the_first_look_is_noticed(tmp_path: Path) -> None:
    """Between the reading of a configuration and the first look at it."""
    edited = Edited(tmp_path / "config.yaml")
    edited.watch("the digest of what was read", edited._ask)

    assert 1 == edited.wait(4)


def test_looking_is_seldom(edited: Edited) -> None:
    """One look in two seconds where the kernel tells nothing; the file is not read."""
    edited.wait(10)
    assert 1 == edited.reads
    first = edited.watcher.next_deadline() or 0
    edited.watcher.run_due(first)

    assert 2 == (edited.watcher.next_deadline() or 0) - first


def test_what_the_kernel_tells_is_noticed_at_once(heard: Edited) -> None:
    """It is read as soon as it was unchanged for half a second, long before the next beat."""
    heard.wait(0.1)
    heard.path.write_text("new")

    assert 0 == heard.tell()
    assert 1 == heard.wait(0.5)


def test_an_event_does_not_end_the_half_second(heard: Edited) -> None:
    """A program closes the file and goes on with it; what it wrote so far is not read."""
    heard.path.write_text("half")
    heard.tell()
    heard.wait(0.4)
    assert 0 == heard.tell()
    heard.path.write_text("whole")
    assert 0 == heard.wait(0.4)

    assert 1 == heard.wait(0.3)


def test_a_file_that_comes_back_is_noticed_at_once(heard: Edited) -> None:
    """Away for long, then told of by the kernel."""
    heard.path.unlink()
    heard.tell()
    heard.wait(60.1)
    heard.path.write_text("new")
    heard.tell()

    assert 1 == heard.wait(0.5)


def test_what_the_kernel_did_not_tell_is_noticed_on_a_beat(heard: Edited) -> None:
    """A folder on the way was renamed, or a link in it: one look in five seconds finds it."""
    heard.path.write_text("new")

    assert 1 == heard.wait(5.5)


def test_a_file_that_is_another_is_followed(heard: Edited) -> None:
    """The kernel is asked anew, for the path may lead elsewhere; not while nothing changes."""
    heard.wait(60)
    assert 1 == heard.kernel.follows
    heard.path.write_text("new")
    heard.wait(10)

    assert 2 == heard.kernel.follows


def test_with_the_kernels_help_looks_fall_on_the_beat(heard: Edited) -> None:
    """Whenever the last one was."""
    heard.now = 12.3
    heard.watcher.run_due(heard.now)

    assert 15.0 == heard.watcher.next_deadline()
