"""A person's review without a server: requests go to the application in this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from gallery_daemon.clock import SystemClock
from gallery_daemon.review.door import Door
from gallery_daemon.review.lifetime import Lifetime
from gallery_daemon.review.one_thread import OneThread
from gallery_daemon.review.opened import Opened
from gallery_daemon.review.web_app import make_web_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
"""What a browser sends along when our own page asks."""
CONFIG = """\
version: 1
watch: {{path: {home}/watch, settle: 1s}}
library: {home}/library
rules:
  - {{name: cars, when: {{class: cars}}, to: Cars/}}
  - {{name: memes, when: {{class: memes}}, to: Memes/}}
uncertain: Review/{{class}}/
"""


@dataclass
class Kernel:
    """Says whose a connection is, and remembers of which it was asked."""

    asked_of: list[tuple[tuple[str, int], int]] = field(default_factory=list)
    is_of_this_user: bool = True

    def belongs(self, client: tuple[str, int], port: int) -> bool:
        """As it was set."""
        self.asked_of.append((client, port))
        return self.is_of_this_user


@dataclass
class Visit:
    """The review's application, and a client that is no browser yet."""

    home: Path
    client: TestClient
    door: Door
    lifetime: Lifetime
    kernel: Kernel

    def enter(self) -> None:
        """The first address was opened, so the browser has the cookie."""
        assert self.client.get(f"/?token={self.door.token}").status_code == 303

    def send(self, path: str, sent: object, **headers: str) -> Response:
        """What our page sends."""
        return self.client.post(path, json=sent, headers=OURS | headers)


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """A review of an empty library; nobody has entered."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "watch").mkdir()
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG.format(home=tmp_path))
    clock = SystemClock()
    door, lifetime = Door(PORT), Lifetime(clock, 60.0)
    thread = OneThread(lambda: Opened(file, clock))

    kernel = Kernel()
    app = make_web_app(file, thread, door, lifetime, kernel.belongs)
    with TestClient(
        app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield Visit(tmp_path, client, door, lifetime, kernel)
        assert client.portal is not None
        client.portal.call(thread.close)
