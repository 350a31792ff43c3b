"""The attack list: what strangers send to the real server, over the wire, and what each gets.

Each row of `ATTACKS` is a request and the status of its answer. After every one the person's own
page answers, no photo has moved, and nothing that only the person may see was in the answer.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journey.foretold import Scene
from tests.review.conftest import CONFIG
from tests.review.photos import RULES, let_wait, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(120)

DEADLINE_S = 50
SECRET = "not-for-strangers"
"""In the name of every photo, so that an answer that has it tells of one."""
FAR = 2**80
COMMAND = (sys.executable, "-m", "gallery_daemon", "review", "--no-browser", "--config")


@dataclass(frozen=True)
class Sent:
    """A request as a stranger writes it; `{port}` and such are the server's.

    Without `hosts` it is the right one, `cookie` is the right one unless it is told.
    """

    line: str
    hosts: tuple[str, ...] = ("127.0.0.1:{port}",)
    cookie: str | None = "{cookie}"
    headers: tuple[str, ...] = ()
    body: str = ""

    def bytes_for(self, told: dict[str, str]) -> bytes:
        """As it goes over the wire; the connection ends with the answer."""
        lines = [self.line + " HTTP/1.1", *(f"Host: {each}" for each in self.hosts)]
        lines += [] if self.cookie is None else [f"Cookie: {self.cookie}"]
        lines += [*self.headers, "Connection: close"]
        lines += [f"Content-Length: {len(self.body.encode())}"] if self.body else []
        for name, value in told.items():
            lines = [line.replace("{" + name + "}", value) for line in lines]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode("utf-8", "surrogateescape")


OURS = ("Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin")
JSON = "Content-Type: application/json"


def look(path: str = "/review", *headers: str, **more: object) -> Sent:
    """Somebody looks."""
    return Sent(f"GET {path}", headers=headers, **more)  # type: ignore[arg-type]


def act(*headers: str, path: str = "/review/file", body: str | None = None) -> Sent:
    """Somebody files the first photo as cars, or does something else."""
    told = '{"ids": [1], "class": "cars"}' if body is None else body
    return Sent(f"POST {path}", headers=(JSON, *headers), body=told)


def hosted(*hosts: str) -> Sent:
    """Somebody looks under another name of this machine."""
    return look(hosts=hosts)


FOREIGN: dict[str, tuple[Sent, int]] = {
    "foreign origin acts": (act("Origin: http://evil.example"), 403),
    "foreign origin acts, says it is ours": (
        act("Origin: http://evil.example", "Sec-Fetch-Site: same-origin"), 403),
    "origin null acts": (act("Origin: null"), 403),
    "origin null looks": (look("/review", "Origin: null"), 403),
    "no origin acts": (act(), 403),
    "another port's page acts": (
        act("Origin: http://127.0.0.1:1", "Sec-Fetch-Site: same-site"), 403),
    "https origin acts": (act("Origin: https://127.0.0.1:{port}"), 403),
    "localhost's page acts at 127.0.0.1": (act("Origin: http://localhost:{port}"), 403),
    "two origins act": (act(*OURS, "Origin: http://evil.example"), 403),
    "cross-site acts": (act(OURS[0], "Sec-Fetch-Site: cross-site"), 403),
    "cross-site looks": (look("/review", "Sec-Fetch-Site: cross-site"), 403),
    "cross-site picture": (look("/picture/1/320", "Sec-Fetch-Site: cross-site"), 403),
    "cross-site news": (look("/news", "Sec-Fetch-Site: cross-site"), 403),
    "cross-site script": (
        look("/static/x/main.js", "Sec-Fetch-Site: cross-site"), 403),
    "a form of text": (
        Sent("POST /review/file", headers=(*OURS, "Content-Type: text/plain"), body="{}"), 400),
}  # fmt: skip
HOSTS: dict[str, tuple[Sent, int]] = {
    "no host": (hosted(), 400),
    "empty host": (hosted(""), 421),
    "a name that points here": (hosted("evil.example"), 421),
    "a name that points here, with port": (hosted("evil.example:{port}"), 421),
    "no port": (hosted("127.0.0.1"), 421),
    "another port": (hosted("127.0.0.1:1"), 421),
    "IPv6": (hosted("[::1]:{port}"), 421),
    "IPv4 in IPv6": (hosted("[::ffff:127.0.0.1]:{port}"), 421),
    "upper case": (hosted("LOCALHOST:{port}"), 421),
    "trailing dot": (hosted("localhost.:{port}"), 421),
    "decimal address": (hosted("2130706433:{port}"), 421),
    "short address": (hosted("127.1:{port}"), 421),
    "every address": (hosted("0.0.0.0:{port}"), 421),
    "zeros before the port": (hosted("127.0.0.1:0{port}"), 421),
    "user in the host": (hosted("evil@127.0.0.1:{port}"), 421),
    "ours before another": (hosted("127.0.0.1:{port}.evil.example"), 421),
    "two hosts": (hosted("127.0.0.1:{port}", "evil.example"), 400),
    "ours twice": (hosted("127.0.0.1:{port}", "127.0.0.1:{port}"), 400),
    "forwarded host": (
        Sent("GET /review", ("evil.example",), headers=("X-Forwarded-Host: 127.0.0.1:{port}",)),
        421),
    "an address as path": (Sent("GET http://127.0.0.1:{port}/review", ("evil.example",)), 421),
}  # fmt: skip
SECRETS: dict[str, tuple[Sent, int]] = {
    "no token": (look(cookie=None), 403),
    "wrong token": (look("/?token=" + "x" * 43, cookie=None), 403),
    "empty token": (look("/?token=", cookie=None), 403),
    "token twice": (look("/?token={token}&token=x", cookie=None), 403),
    "token of another page": (look("/review?token={token}", cookie=None), 403),
    "token as cookie": (look(cookie="gallery_daemon_review_{port}={token}"), 403),
    "cookie of another server": (look(cookie="gallery_daemon_review_1={key}"), 403),
    "cookie of another start": (look(cookie="gallery_daemon_review_{port}=" + "k" * 43), 403),
    "half a cookie": (look(cookie="{cookie}x"), 403),
    "cookie with zero": (look(cookie="{cookie}\\000"), 403),
    "broken cookie": (look(cookie='gallery_daemon_review_{port}="'), 403),
    "cookie in raw bytes": (look(cookie="gallery_daemon_review_{port}=\udcff"), 403),
    "token by HEAD": (Sent("HEAD /?token={token}", cookie=None), 403),
    "token from elsewhere": (look("/?token=" + "%00" * 43, cookie=None), 403),
}
IDS = (
    "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e%2f", "..%5c..%5c", "....//",
    "-1", "0", "+1", "1e5", "1.0", "0x1", "1%00", "%00", "%D9%A1", "%EF%BC%91", "1%20", "%201",
    "1%0a", str(2**63 - 1), str(2**63), str(FAR), "9" * 400, "9" * 5000, "1,2", "1;2", "null",
    "%FF", "'%20OR%201=1", "1_0",
)  # fmt: skip
PARAMETERS: dict[str, tuple[Sent, int]] = {
    f"{where} {number[:24]}": (look(path.format(number)), 0)
    for number in IDS
    for where, path in {
        "picture": "/picture/{}/320",
        "side": "/picture/1/{}",
        "lesson": "/model/lesson/{}/320",
        "plan": "/rules/plan/{}/320",
        "queue": "/review/{}/photos",
        "from": "/review/x/photos?from={}",
        "before": "/library/photos?before={}",
        "older": "/today/older?before={}",
        "like": "/library/like?from={}",
        "class": "/library/photos?class={}",
        "month": "/library/photos?month={}",
        "static": "/static/{}/page.css",
        "static name": "/static/x/{}",
        "page": "/{}",
    }.items()
}  # fmt: skip
BODIES: dict[str, tuple[Sent, int]] = {
    f"{path} {body[:30]}": (act(*OURS, path=path, body=body), 0)
    for path in (
        "/review/file", "/review/new-class", "/review/take-back", "/library/settle",
        "/library/unsettle", "/model/take-back", "/model/use", "/rules/check", "/rules/plan",
        "/rules/save",
    )
    for body in (
        "[", "[]", "null", "1e999", "{}", '{"ids": []}', '{"ids": [0]}', '{"ids": [-1]}',
        '{"ids": [1e5], "class": "cars"}', '{"ids": ["1"], "class": "cars"}',
        '{"ids": [true], "class": "cars"}', '{"ids": [[1]], "class": "cars"}',
        f'{{"ids": [{FAR}], "class": "cars", "name": "x", "numbers": [{FAR}]}}',
        '{"ids": [999999], "class": "../../etc", "name": "../../etc", "numbers": [999999]}',
        '{"ids": [1], "class": "\\u0000", "name": "\\u0000", "text": "\\u0000"}',
        '{"ids": [1], "class": "\\ud800", "name": "\\ud800", "text": "\\ud800"}',
        '{"ids": [1], "class": "<script>", "name": "<script>", "version": "../../x"}',
        '{"ids": [1], "class": "a\\nb", "name": "a\\nb", "version": "\\ud800"}',
        '{"ids": [1], "class": "' + "x" * 5000 + '", "name": "' + "x" * 5000 + '"}',
        "[" * 100_000, '{"ids": NaN}', "9" * 100_000,
    )
}  # fmt: skip
METHODS: dict[str, tuple[Sent, int]] = {
    "HEAD": (Sent("HEAD /review"), 200),
    "HEAD of what acts": (Sent("HEAD /review/file"), 405),
    "GET of what acts": (look("/review/file", *OURS), 405),
    "OPTIONS from elsewhere": (
        Sent("OPTIONS /review/file", headers=("Origin: http://evil.example",)), 403),
    "OPTIONS": (Sent("OPTIONS /review", headers=OURS), 405),
    "TRACE": (Sent("TRACE /review", headers=OURS), 405),
    "TRACE from elsewhere": (Sent("TRACE /review"), 403),
    "PUT": (Sent("PUT /review", headers=OURS), 405),
    "DELETE": (Sent("DELETE /picture/1/320", headers=OURS), 405),
    "PATCH": (Sent("PATCH /rules/save", headers=OURS), 405),
    "CONNECT": (Sent("CONNECT evil.example:443"), 403),
    "a method of its own": (Sent("GALLERY /review", headers=OURS), 405),
    "POST said over": (look("/review/file", "X-HTTP-Method-Override: POST"), 405),
    "a part": (look("/picture/1/320", "Range: bytes=0-9"), 200),
    "parts without end": (look("/picture/1/320", "Range: bytes=" + "0-1," * 3000), 200),
    "if none match": (look("/picture/1/320", "If-None-Match: *"), 200),
    "if none match a page": (look("/review", "If-None-Match: *"), 200),
    "web socket": (
        look("/review", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
             "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 200),
    "HTTP/2 by word": (look("/review", "Upgrade: h2c", "HTTP2-Settings: AAAA"), 200),
}  # fmt: skip


@dataclass
class Besieged:
    """The server, and what the person who started it knows."""

    scene: Scene
    process: subprocess.Popen[bytes]
    port: int
    token: str
    cookie: str = ""
    told: dict[str, str] = field(default_factory=dict)

    def send(self, sent: bytes) -> bytes:
        """The whole answer."""
        with socket.create_connection(("127.0.0.1", self.port), DEADLINE_S) as stranger:
            stranger.sendall(sent)
            return b"".join(iter(lambda: stranger.recv(1 << 16), b""))

    def ask(self, sent: Sent) -> tuple[int, bytes]:
        """Status and the whole answer."""
        answer = self.send(sent.bytes_for(self.told))
        return int(answer.split(maxsplit=2)[1]), answer

    def photos(self) -> set[str]:
        """Where they lie."""
        library = self.scene.library
        return {str(path.relative_to(library)) for path in library.rglob("*.jpg")}

    def enter(self) -> None:
        """The person has opened the address."""
        self.told = {"port": str(self.port), "token": self.token}
        _, answer = self.ask(look("/?token={token}", cookie=None))
        at = answer.decode("latin-1").lower().index("set-cookie: ") + len("set-cookie: ")
        self.cookie = answer.decode("latin-1")[at:].partition(";")[0]
        self.told |= {"cookie": self.cookie, "key": self.cookie.partition("=")[2]}


def besieged_at(home: Path, patch: pytest.MonkeyPatch) -> Besieged:
    """A review of three photos that wait, in a process of its own."""
    for name in ("STATE", "CACHE", "DATA"):
        patch.setenv(f"XDG_{name}_HOME", os.fspath(home / name.lower()))
    scene = Scene(home, home / "library")
    let_wait(scene, 0, tuple(f"{SECRET}-{number}.jpg" for number in range(3)))
    file = home / "config.yaml"
    file.write_text(CONFIG.format(home=home) + RULES)
    process = subprocess.Popen([*COMMAND, file], stdout=subprocess.PIPE)
    assert process.stdout is not None
    address = process.stdout.readline().decode().strip()
    port = int(address.split(":")[2].split("/")[0])
    found = Besieged(scene, process, port, address.rpartition("=")[2])
    found.enter()
    return found


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """A review for the whole list."""
    with pytest.MonkeyPatch.context() as patch:
        found = besieged_at(tmp_path_factory.mktemp("besieged"), patch)
        yield found
        found.process.kill()
        found.process.communicate()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(*each, id=name)
        for table in (FOREIGN, HOSTS, SECRETS, METHODS)
        for name, each in table.items()
    ],
)
def test_each_attack_gets_what_the_table_says(besieged: Besieged, sent: Sent, status: int) -> None:
    """And the person's own page goes on."""
    before = besieged.photos()

    got, answer = besieged.ask(sent)

    assert got == status or (status == 0 and 400 <= got < 500)
    if got >= 400:
        assert SECRET.encode() not in answer
        assert b"set-cookie" not in answer.lower()
        assert b"Traceback" not in answer
    assert b"access-control-allow" not in answer.lower()
    assert before == besieged.photos()
    assert besieged.ask(look())[0] == 200


def test_no_number_or_name_in_an_address_is_more_than_one(besieged: Besieged) -> None:
    """Whatever it is, it is answered, and a refusal tells of no photo and of no file."""
    for name, (sent, _) in PARAMETERS.items():
        got, answer = besieged.ask(sent)
        assert got < 500, name
        assert got < 400 or SECRET.encode() not in answer, name
        assert b"root:" not in answer, name
    assert besieged.ask(look())[0] == 200


def test_no_body_is_more_than_what_a_page_sends(besieged: Besieged) -> None:
    """What makes no sense is refused, and no photo moves."""
    before = besieged.photos()

    for name, (sent, _) in BODIES.items():
        got, _ = besieged.ask(sent)
        assert got < 500, name

    assert before == besieged.photos()
    assert besieged.ask(look())[0] == 200


@pytest.mark.parametrize("kind", ["link", "folder link", "pipe", "socket", "folder", "another"])
def test_what_took_a_photo_s_place_is_not_shown(besieged: Besieged, kind: str) -> None:
    """No other file is opened, and nothing waits for a pipe."""
    library, outside = besieged.scene.library, besieged.scene.home / "outside"
    photo = next((library / "Review").rglob(f"{SECRET}-1.jpg"))
    number = 2
    folder = photo.parent
    outside.mkdir(exist_ok=True)
    (outside / photo.name).write_bytes(picture("secret", 99))
    besieged.ask(look())
    aside = folder.rename(library / "aside")
    try:
        if kind == "folder link":
            folder.symlink_to(outside)
        else:
            folder.mkdir()
            put_instead(photo, kind, outside / photo.name)
        answers = [besieged.ask(look(f"/picture/{number}/{side}")) for side in (320, 1600)]
        assert [status for status, _ in answers] == [409, 409]
    finally:
        if kind == "folder link":
            folder.unlink()
        else:
            photo.rmdir() if photo.is_dir() else photo.unlink(missing_ok=True)
            folder.rmdir()
        aside.rename(folder)
    assert besieged.ask(look(f"/picture/{number}/320"))[0] == 200


def put_instead(photo: Path, kind: str, other: Path) -> None:
    """Something else has the photo's name."""
    match kind:
        case "link":
            photo.symlink_to(other)
        case "pipe":
            os.mkfifo(photo)
        case "socket":
            with socket.socket(socket.AF_UNIX) as there:
                there.bind(os.path.relpath(photo))
        case "folder":
            photo.mkdir()
        case _:
            photo.write_bytes(b"no picture at all")


def test_connections_that_ask_for_nothing_keep_nobody_out(besieged: Besieged) -> None:
    """Not two hundred of them, nor as many that never end what they began to ask."""
    address = ("127.0.0.1", besieged.port)
    for begun in (b"", b"GET /review HTTP/1.1\r\nX-Slow: "):
        with ExitStack() as stack:
            for _ in range(200):
                stranger = stack.enter_context(socket.create_connection(address, DEADLINE_S))
                stranger.sendall(begun)
            assert besieged.ask(look())[0] == 200
            assert files_of(besieged) < 130
    assert besieged.ask(look())[0] == 200


def test_pages_that_are_open_by_the_hundred_cost_no_file_when_they_are_gone(
    besieged: Besieged,
) -> None:
    """Each has a stream of news."""
    before, tick = files_of(besieged), threading.Event()
    with ExitStack() as stack:
        for _ in range(90):
            page = socket.create_connection(("127.0.0.1", besieged.port), DEADLINE_S)
            stack.enter_context(page)
            page.sendall(look("/news").bytes_for(besieged.told))
            assert b"200" in page.recv(1 << 16).splitlines()[0]
        assert besieged.ask(look())[0] == 200
    end = time.monotonic() + DEADLINE_S
    while files_of(besieged) > before + 1:
        assert time.monotonic() < end
        tick.wait(0.1)


def files_of(besieged: Besieged) -> int:
    """How many the server has open."""
    return sum(1 for _ in Path(f"/proc/{besieged.process.pid}/fd").iterdir())
