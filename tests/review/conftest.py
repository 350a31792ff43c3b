"""A person's review without a server: requests go to the application in this process."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from gallery_daemon.clock import SystemClock
from gallery_daemon.errors import GalleryError
from gallery_daemon.review.door import Door
from gallery_daemon.review.lifetime import Lifetime
from gallery_daemon.review.one_thread import OneThread
from gallery_daemon.review.opened import Opened
from gallery_daemon.review.pictures_shown import PicturesShown
from gallery_daemon.review.web_app import make_web_app
from tests.commands.conftest import scene, tmp_path
from tests.review.photos import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response
    from playwright.sync_api import Browser

    from gallery_daemon.photo import Identity
    from tests.journey.foretold import Scene

__all__ = ["scene", "tmp_path"]

PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
"""What a browser sends along when our own page asks."""
CHROMIUM_FLAGS = [
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]  # fmt: skip
CONFIG = """\
version: 1
watch: {{name: phone, path: {home}/watch, settle: 1s, ignore: ["ignored/**"]}}
library: {home}/library
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


@dataclass(frozen=True)
class Painted:
    """A picture that is none."""

    data: bytes
    kind: str = "webp"


@dataclass
class Painter:
    """Makes pictures at once; of a file whose name has `bad` there is none."""

    asked_for: list[tuple[str, int]] = field(default_factory=list)

    def thumbnail(self, path: str, identity: Identity, side: int) -> Painted:
        """Some bytes."""
        del identity
        self.asked_for.append((path, side))
        if "bad" in path:
            raise GalleryError("it is no picture")
        return Painted(f"{side} of {path}".encode())

    def close(self) -> None:
        """Nothing has to be ended."""


@dataclass
class Visit:
    """The review's application, and a client that is no browser yet; the photos are a scene's."""

    home: Path
    scene: Scene
    client: TestClient
    door: Door
    lifetime: Lifetime
    kernel: Kernel
    painter: Painter

    def enter(self) -> None:
        """The first address was opened, so the browser has the cookie."""
        assert self.client.get(f"/?token={self.door.token}").status_code == 303

    def send(self, path: str, sent: object, **headers: str) -> Response:
        """What our page sends."""
        return self.client.post(path, json=sent, headers=OURS | headers)


@pytest.fixture
def visit(scene: Scene) -> Iterator[Visit]:
    """A review of an empty library; nobody has entered."""
    file = scene.home / "config.yaml"
    file.write_text(CONFIG.format(home=scene.home) + RULES)
    clock = SystemClock()
    door, lifetime = Door(PORT), Lifetime(clock, 60.0)
    thread = OneThread(lambda: Opened(file, clock))

    kernel, painter = Kernel(), Painter()
    app = make_web_app(
        file, thread, door, lifetime, pictures=PicturesShown(painter), belongs=kernel.belongs
    )
    with TestClient(
        app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield Visit(scene.home, scene, client, door, lifetime, kernel, painter)
        assert client.portal is not None
        client.portal.call(thread.close)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, one for the tests of a file.

    Not for all of a process: while playwright runs, an event loop does, and no other test may have
    one; and it can be started only once, so no file has a fixture of its own.
    """
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
