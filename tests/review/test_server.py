"""The real server: how it starts, what it holds, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeAlias

import pytest

from gallery_daemon.review.server import listening_at
from tests.review.conftest import CONFIG
from tests.review.photos import RULES

DEADLINE_S = 50
LARGEST_MB = 120
COMMAND = (sys.executable, "-m", "gallery_daemon", "review")
HEAVY = ("numpy", "torch", "PIL", "openvino", "matplotlib")

Started: TypeAlias = Callable[..., "Served"]


class Served:
    """A review that serves in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process, self.address = process, process.stdout.readline().strip()
        self.port = int(self.address.split(":")[2].split("/")[0])
        self._token = self.address.rpartition("=")[2]
        self.cookie = ""

    def enter(self) -> None:
        """The first address was opened."""
        answer = self.ask("GET", f"/?token={self._token}")
        self.cookie = answer[1].partition(";")[0]

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, str, str]:
        """Status, cookie and body of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        connection.request(method, path, headers={"Cookie": self.cookie} | headers)
        answer = connection.getresponse()
        told = answer.status, answer.getheader("Set-Cookie") or "", answer.read().decode()
        connection.close()
        return told

    def end(self) -> None:
        """It is gone."""
        self.process.kill()
        self.process.communicate()

    def listen(self) -> socket.socket:
        """A page is open: its stream of news has begun."""
        stream = socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)
        host = f"Host: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}"
        stream.sendall(f"GET /news HTTP/1.1\r\n{host}\r\n\r\n".encode())
        told = b""
        while b"retry:" not in told:
            told += stream.recv(1 << 16)
        return stream


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Started]:
    """Starts reviews of an empty library, and ends those that are left."""
    running: list[Served] = []

    def started(*words: str) -> Served:
        running.append(served_at(tmp_path, *words))
        return running[-1]

    yield started
    for served in running:
        served.end()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A review of an empty library for many tests, which has been entered."""
    served = served_at(tmp_path_factory.mktemp("served"))
    served.enter()
    yield served
    served.end()


def served_at(home: Path, *words: str) -> Served:
    """A review of an empty library."""
    (home / "watch").mkdir()
    (home / "config.yaml").write_text(CONFIG.format(home=home) + RULES)
    process = subprocess.Popen(
        [*COMMAND, "--no-browser", "--config", home / "config.yaml", *words],
        env=os.environ | {"XDG_STATE_HOME": str(home / "state")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Served(process)


def test_it_starts_without_a_configuration_and_offers_one(tmp_path: Path) -> None:
    """The other pages say that there is none, and lead to where one is written."""
    (tmp_path / "config").mkdir()
    places = {
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    process = subprocess.Popen(
        [*COMMAND, "--no-browser"], env=os.environ | places, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    served = Served(process)
    try:
        served.enter()
        review, rules = served.ask("GET", "/review"), served.ask("GET", "/rules")
    finally:
        served.end()

    assert (409, 200) == (review[0], rules[0])
    assert "there is no such file" in review[2]
    assert 'href="/rules">Mend it in Rules' in review[2]
    assert f"{tmp_path}/config/gallery-daemon/config.yaml" in rules[2]
    assert "Write the example" in rules[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(start: Started, number: signal.Signals) -> None:
    """With status 0 and without a word, even while a page is open."""
    served = start()
    served.enter()
    with served.listen():
        served.process.send_signal(number)
        began = time.monotonic()
        out, err = served.process.communicate(timeout=DEADLINE_S)

    assert (served.process.returncode, out, err) == (0, "", "")
    assert time.monotonic() - began < 5


def test_it_ends_by_itself_when_no_page_is_open(start: Started) -> None:
    """An open page holds it longer than the time that was given."""
    served = start("--idle", "1s")
    served.enter()
    with served.listen():
        with pytest.raises(subprocess.TimeoutExpired):
            served.process.wait(3)
        assert served.ask("GET", "/review")[0] == 200
    out, err = served.process.communicate(timeout=DEADLINE_S)

    assert (served.process.returncode, out, err) == (0, "", "")


def test_it_holds_little_and_loads_no_network(start: Started) -> None:
    """Neither a decoder nor a number cruncher is in its memory."""
    served = start()
    served.enter()
    assert served.ask("GET", "/review")[0] == 200

    maps = Path(f"/proc/{served.process.pid}/maps").read_text()
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    held = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert held is not None
    assert int(held[1]) < LARGEST_MB * 1024
    assert not [name for name in HEAVY if f"/{name}/" in maps]


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """With what to do."""
    (tmp_path / "config.yaml").write_text(CONFIG.format(home=tmp_path) + RULES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ("--config", tmp_path / "config.yaml", "--port", str(taken.getsockname()[1]))
        process = subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)

    assert process.returncode == 2
    assert "cannot use port" in process.stderr
    assert "hint: give another --port" in process.stderr


def test_an_answer_does_not_wait_for_the_one_before() -> None:
    """asyncio turns Nagle's delay off only where a socket names its protocol."""
    with listening_at(0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_it_hears_this_machine_alone(served: Served) -> None:
    """No other machine reaches it, whatever it knows."""
    lines = Path("/proc/net/tcp").read_text().splitlines()

    (listening,) = {
        line.split()[1] for line in lines if f":{served.port:04X} 00000000:0000 0A" in line
    }
    assert listening.startswith(socket.inet_aton("127.0.0.1")[::-1].hex().upper())


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"GET /review HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /review HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\n\r\n",
    ],
    ids=["a huge head", "web socket", "TLS", "proxy", "two lengths", "zero byte"],
)
def test_what_is_no_request_of_a_page_is_refused(served: Served, sent: bytes) -> None:
    """And the next one is answered."""
    with socket.create_connection(("127.0.0.1", served.port), DEADLINE_S) as stranger:
        stranger.sendall(sent)
        status = int(stranger.recv(1 << 16).split()[1])

    assert 400 <= status < 500
    assert served.ask("GET", "/review")[0] == 200


def test_news_come_when_the_journal_changes(start: Started, tmp_path: Path) -> None:
    """By whatever program; nothing is said while nothing happens."""
    served = start()
    served.enter()
    with served.listen() as stream:
        other = sqlite3.connect(tmp_path / "state/gallery-daemon/journal.sqlite3")
        with other:
            other.execute("INSERT INTO made_folders VALUES (x'00', x'01', 3)")
        other.close()
        told = b""
        while b"\n\n" not in told.partition(b"event: changed")[2]:
            told += stream.recv(1 << 16)

    (data,) = re.findall(rb"event: changed\ndata: (.*)\n", told)
    assert set(json.loads(data)) == {"counts"}
