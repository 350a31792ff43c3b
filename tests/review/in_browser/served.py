"""The review served from this process, to a browser on this machine.

Its server is the real one, in a thread. Stood in for are its pictures, which are the photos' own
bytes, and the end by signals.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.clock import SystemClock
from gallery_daemon.errors import GalleryError
from gallery_daemon.review import server
from gallery_daemon.review.door import Door
from gallery_daemon.review.lifetime import Lifetime
from gallery_daemon.review.one_thread import OneThread
from gallery_daemon.review.opened import Opened
from gallery_daemon.review.pictures_shown import PicturesShown
from gallery_daemon.review.web_app import make_web_app
from tests.review.conftest import CONFIG

if TYPE_CHECKING:
    from gallery_daemon.photo import Identity
    from tests.journey.foretold import Scene

_DEADLINE_S = 30.0


@dataclass(frozen=True)
class OwnBytes:
    """A photo as its own picture."""

    data: bytes
    kind: str = "jpeg"


class ShowsThemselves:
    """Photos of these tests are small."""

    def thumbnail(self, path: str, identity: Identity, side: int) -> OwnBytes:
        """The file as it is.

        Raises:
            GalleryError: it has gone since, as happens to a photo that is being filed.
        """
        del identity, side
        try:
            return OwnBytes(Path(path).read_bytes())
        except OSError as error:
            raise GalleryError("it is not where it was") from error

    def close(self) -> None:
        """Nothing has to be ended."""


class ServedReview:
    """The review of a scene, until it is stopped."""

    def __init__(self, scene: Scene) -> None:
        file = scene.home / "config.yaml"
        file.write_text(CONFIG.format(home=scene.home) + scene.rules)
        self._file = file
        self._started: Future[str] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifetime: Lifetime | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()
        self.address = self._started.result(_DEADLINE_S)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return self.address.partition("/?")[0]

    def stop(self) -> None:
        """It answers no more."""
        if self._thread.is_alive():
            assert self._loop is not None
            assert self._lifetime is not None
            self._loop.call_soon_threadsafe(self._lifetime.end)
            self._thread.join(_DEADLINE_S)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        clock, self._loop = SystemClock(), asyncio.get_running_loop()
        with closing(server.listening_at(0)) as listening:
            self._lifetime = lifetime = Lifetime(clock, 600.0)
            door = Door(listening.getsockname()[1])
            thread = OneThread(lambda: Opened(self._file, clock))
            pictures = PicturesShown(ShowsThemselves())
            app = make_web_app(self._file, thread, door, lifetime, pictures=pictures)
            async with server.serving(app, listening, thread, pictures):
                self._started.set_result(door.address)
                await lifetime.wait()
