"""Who can fetch the figures where, and for how long they can be fetched."""

from __future__ import annotations

import http.client
import os
import socket
import stat
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.kinds.local import Listen
from gallery_daemon.daemon.exporter import Exporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[[Listen], Exporter]

LOOPBACK = Listen("127.0.0.1", 0)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts exporters, and ends them after the test."""
    started: list[Exporter] = []

    def one(listen: Listen) -> Exporter:
        started.append(Exporter(listen))
        started[-1].text = "gallery_daemon_paused 0\n"
        return started[-1]

    yield one
    for exporter in started:
        exporter.close()


def fetch(
    exporter: Exporter, path: str = "/metrics", host: str = "127.0.0.1"
) -> tuple[int, str | None, str]:
    """Status, content type and body, from a loopback port."""
    connection = http.client.HTTPConnection(host, exporter.port, timeout=10)
    connection.request("GET", path)
    reply = connection.getresponse()
    found = reply.status, reply.headers["Content-Type"], reply.read().decode()
    connection.close()
    return found


def fetch_from(path: Path) -> bytes:
    """The whole answer on a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(10)
        asking.connect(str(path))
        asking.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        heard = b""
        while part := asking.recv(4096):
            heard += part
    return heard


def test_figures_are_fetched_from_a_port(start: Start) -> None:
    """As Prometheus wants them, again and again; anywhere else there is nothing."""
    exporter = start(LOOPBACK)

    first, (status, *_) = fetch(exporter, "/metrics?x=1"), fetch(exporter, "/")
    exporter.text = "gallery_daemon_paused 1\n"

    assert (200, "text/plain; version=0.0.4; charset=utf-8") == first[:2]
    assert ("gallery_daemon_paused 0\n", 404) == (first[2], status)
    assert "gallery_daemon_paused 1\n" == fetch(exporter)[2]


def test_who_is_silent_keeps_nobody_for_long(start: Start) -> None:
    """One who connects and says nothing, one who speaks no HTTP: the next is answered."""
    exporter = start(LOOPBACK)
    with (
        socket.create_connection(("127.0.0.1", exporter.port)),
        socket.create_connection(("127.0.0.1", exporter.port)) as babbling,
    ):
        babbling.sendall(b"\xff" * 100 + b"\r\n\r\n")

        assert 200 == fetch(exporter)[0]


def test_figures_are_fetched_from_a_socket(start: Start, tmp_path: Path) -> None:
    """Its owner's alone; gone when it is closed; taken over when a daemon was killed."""
    path = tmp_path / "m.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))
    exporter = start(Listen(path=str(path)))

    heard, mode = fetch_from(path), path.stat().st_mode
    with pytest.raises(OSError, match="in use"):
        Exporter(Listen(path=str(path)))
    exporter.close()

    assert heard.startswith(b"HTTP/1.0 200 ")
    assert heard.endswith(b"gallery_daemon_paused 0\n")
    assert 0o600 == stat.S_IMODE(mode)
    assert not os.path.lexists(path)


def test_a_file_in_the_socket_s_place_stays(tmp_path: Path) -> None:
    """Only an abandoned socket is taken over."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"a photo")

    with pytest.raises(OSError, match="another file lies there"):
        Exporter(Listen(path=str(path)))

    assert b"a photo" == path.read_bytes()


def test_a_port_is_free_again_once_it_is_closed(start: Start) -> None:
    """Until then it is taken; afterwards whoever asks is refused at once."""
    exporter = start(LOOPBACK)
    port = exporter.port
    with pytest.raises(OSError, match="in use"):
        Exporter(Listen("127.0.0.1", port))

    exporter.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
    assert port == start(Listen("127.0.0.1", port)).port


def test_the_other_loopback_address_is_listened_at(start: Start) -> None:
    """That of IPv6, which is another family of sockets."""
    try:
        exporter = start(Listen("::1", 0))
    except OSError:
        pytest.skip("needs IPv6")

    assert 200 == fetch(exporter, host="::1")[0]
    with pytest.raises(ConnectionRefusedError):
        fetch(exporter)
