"""The notify protocol, spoken to a real socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.systemd import Notifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """A service manager's notification socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def test_every_word_arrives_as_one_datagram(manager: socket.socket) -> None:
    """READY, STATUS, WATCHDOG, RELOADING and STOPPING reach the manager as in sd_notify(3)."""
    notifier = Notifier(manager.getsockname())

    notifier.ready()
    notifier.status("3 filed")
    notifier.alive()
    notifier.reloading(1.5)
    notifier.stopping()

    expected = [
        b"READY=1",
        b"STATUS=3 filed",
        b"WATCHDOG=1",
        b"RELOADING=1\nMONOTONIC_USEC=1500000",
        b"STOPPING=1",
    ]
    assert expected == [manager.recv(4096) for _ in expected]


def test_an_abstract_socket_is_understood() -> None:
    """An address that begins with @ is in the abstract name space."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0gallery-daemon-test")
        listening.settimeout(5)

        Notifier("@gallery-daemon-test").ready()

        assert listening.recv(4096) == b"READY=1"


def test_a_status_cannot_smuggle_a_second_word(manager: socket.socket) -> None:
    """A photo's name with a newline in the status does not become a command to the manager."""
    Notifier(manager.getsockname()).status("a\nSTOPPING=1")

    assert manager.recv(4096) == b"STATUS=a"


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    """No address, and an address without a listener: neither is an error."""
    Notifier(None).ready()
    Notifier(str(tmp_path / "nobody")).ready()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_twice_in_its_patience(
    environ: dict[str, str], expected: float | None
) -> None:
    """Half of WATCHDOG_USEC, unless it is off or meant for another process."""
    assert expected == Notifier.of_environment(environ, pid=7).watchdog_s
