"""One daemon for each folder: real sockets, a real second process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from queue import SimpleQueue
from threading import Event, Timer
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon import instance
from gallery_daemon.daemon.instance import InstanceLock, ask, name_of, running
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLD = """
import sys
from gallery_daemon.daemon.instance import InstanceLock
lock = InstanceLock(lambda: None)
lock.hold([sys.argv[1]])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def wakes() -> SimpleQueue[None]:
    """Each time somebody waits for an answer, there is one more."""
    return SimpleQueue()


@pytest.fixture
def lock(wakes: SimpleQueue[None]) -> Iterator[InstanceLock]:
    """Nothing is held yet, and nothing any more after the test."""
    lock = InstanceLock(lambda: wakes.put(None))
    yield lock
    lock.close()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, os.fspath(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        yield process
        process.kill()


def test_a_second_daemon_learns_who_holds_the_folder(
    lock: InstanceLock, another: subprocess.Popen[str], tmp_path: Path
) -> None:
    """By number and command line, also by another path; killed, it holds nothing any more."""
    (tmp_path / "link").symlink_to(tmp_path)
    free = tmp_path / "free"

    with pytest.raises(GalleryError, match=f"process {another.pid}: .*python.* -c "):
        lock.hold([os.fspath(free), os.fspath(tmp_path / "link")])
    assert name_of(os.fspath(free)) not in running()

    another.kill()
    another.wait(10)
    lock.hold([os.fspath(tmp_path)])
    assert name_of(os.fspath(tmp_path)) in running()


def test_a_new_configuration_holds_its_own_folders(lock: InstanceLock, tmp_path: Path) -> None:
    """What is no longer watched is free, what still is stays held all the time."""
    first, second, third = (os.fspath(tmp_path / name) for name in "abc")
    lock.hold([first, second])

    lock.hold([second, third])

    held = running()
    assert [False, True, True] == [name_of(folder) in held for folder in (first, second, third)]


def test_who_asks_gets_an_answer_and_the_holder_s_number(
    lock: InstanceLock, wakes: SimpleQueue[None], tmp_path: Path
) -> None:
    """The snapshot is made when the main loop comes to it, and sent whole."""
    lock.hold([os.fspath(tmp_path)])
    script = (
        "import sys; from gallery_daemon.daemon.instance import ask; "
        "print(*ask(sys.argv[1]), sep='|')"
    )
    asking = subprocess.Popen(
        [sys.executable, "-c", script, name_of(os.fspath(tmp_path))],
        stdout=subprocess.PIPE,
        text=True,
    )
    wakes.get(timeout=30)

    lock.answer(lambda: "all is well " * 9999)

    answer, _ = asking.communicate(timeout=30)
    assert f"{os.getpid()}|{'all is well ' * 9999}\n" == answer


def test_a_folder_that_no_daemon_holds_is_free(tmp_path: Path) -> None:
    """Asking where no daemon is, is an error at once."""
    with pytest.raises(ConnectionRefusedError):
        ask(name_of(os.fspath(tmp_path)))


def test_a_client_that_comes_while_it_closes_is_closed_as_well(
    lock: InstanceLock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was accepted, and is not among those that wait when the closing begins."""
    is_accepted, is_known = Event(), Event()
    who = instance._who

    def late(peer: socket.socket) -> tuple[int, int]:
        is_accepted.set()
        assert is_known.wait(30)
        return who(peer)

    monkeypatch.setattr(instance, "_who", late)
    lock.hold([os.fspath(tmp_path)])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10)
        client.connect(f"\0{name_of(os.fspath(tmp_path))}")
        assert is_accepted.wait(30)
        timer = Timer(0.2, is_known.set)
        timer.start()

        lock.close()

        assert b"" == client.recv(1)
        timer.join()
