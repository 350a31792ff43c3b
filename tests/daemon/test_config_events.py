"""What the kernel tells of the configuration's file, with real observers on real folders."""

from __future__ import annotations

import errno
import os
import queue
from typing import TYPE_CHECKING

import pytest
from watchdog.observers.inotify import InotifyObserver

from gallery_daemon.daemon import config_events
from gallery_daemon.daemon.config_events import ConfigEvents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Events come at once; on a machine that others keep busy they may take a while.
DEADLINE_S = 50


class Followed:
    """A file that is followed, and the wakes that it made."""

    def __init__(self, file: Path) -> None:
        self.wakes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.events = ConfigEvents(os.fspath(file), lambda: self.wakes.put(None))
        self.events.follow()

    def is_told(self) -> bool:
        """The loop is woken within the deadline; whether it finds a change then."""
        self.wakes.get(timeout=DEADLINE_S)
        return self.events.take()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """In a folder of its own, as in `~/.config`."""
    folder = tmp_path / "gallery-daemon"
    folder.mkdir()
    (folder / "config.yaml").write_text("old")
    return folder / "config.yaml"


@pytest.fixture
def followed(file: Path) -> Iterator[Followed]:
    """Followed until the end of the test."""
    made = Followed(file)
    yield made
    made.events.close()


def test_a_written_and_a_replaced_file_are_told(followed: Followed, file: Path) -> None:
    """As one kind of editor does, and as the other."""
    assert (True, False) == (followed.events.are_heard, followed.events.take())

    file.write_text("new")
    assert followed.is_told()
    assert not followed.events.take()
    (file.parent / "beside").write_text("newer")
    (file.parent / "beside").rename(file)
    assert followed.is_told()


def test_other_files_of_the_folder_are_not(followed: Followed, file: Path) -> None:
    """A configuration may lie where much is written: the loop sleeps on."""
    for name in ("config.yaml~", "photo.jpg", "beside"):
        (file.parent / name).write_text("x")
    (file.parent / "beside").rename(file)

    assert followed.is_told()
    assert followed.wakes.empty()


def test_a_link_and_what_is_behind_it_are_told(file: Path, tmp_path: Path) -> None:
    """A configuration under version control: edited there, or the link made anew here."""
    behind = tmp_path / "dotfiles" / "gallery.yaml"
    behind.parent.mkdir()
    file.rename(behind)
    file.symlink_to(behind)
    followed = Followed(file)

    behind.write_text("new")
    assert followed.is_told()
    (file.parent / "fresh").symlink_to(tmp_path / "elsewhere.yaml")
    (file.parent / "fresh").rename(file)
    assert followed.is_told()
    followed.events.close()


def test_a_folder_that_is_another_is_followed_anew(followed: Followed, file: Path) -> None:
    """Renamed away and made again, as a backup is restored."""
    file.parent.rename(file.parent.with_name("former"))
    file.parent.mkdir()
    followed.events.follow()
    file.write_text("new")

    assert followed.is_told()


def test_a_folder_that_is_gone_tells_nothing(followed: Followed, file: Path) -> None:
    """Then somebody must look; and once it is back and followed, nobody has to."""
    file.unlink()
    file.parent.rmdir()
    followed.events.follow()
    assert not followed.events.are_heard
    file.parent.mkdir()
    followed.events.follow()

    assert followed.events.are_heard


@pytest.mark.parametrize("refused", [errno.ENOSPC, errno.EMFILE])
def test_a_kernel_that_refuses_is_not_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    """No watches are left, or no instances: other programs have them."""

    class Refusing(InotifyObserver):
        """Raises where watchdog does."""

        def __init__(self) -> None:
            if refused == errno.EMFILE:
                raise OSError(refused, "inotify instance limit reached")
            super().__init__()

        def start(self) -> None:
            """Not begun."""
            raise OSError(refused, "inotify watch limit reached")

    monkeypatch.setattr(config_events, "InotifyObserver", Refusing)

    assert not Followed(file).events.are_heard


def test_a_share_is_not_relied_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's edit gives no event here."""
    share = f"36 35 98:0 / {file.parent} rw - nfs4 server:/home rw\n"
    monkeypatch.setattr(config_events, "read_mountinfo", lambda: share)

    assert not Followed(file).events.are_heard


def test_closed_is_quiet(followed: Followed, file: Path) -> None:
    """No thread is left that could wake a loop which has ended."""
    followed.events.close()
    file.write_text("new")

    assert (False, False) == (followed.events.are_heard, followed.events.take())
