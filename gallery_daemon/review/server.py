"""The server of the review: one process, one port of this machine, until nobody uses it.

uvicorn takes what a browser sends apart, within limits: heads of so many bytes, so many
`connections` at once. What ends it is ours: a signal ends it at once, an open page or not.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from gallery_daemon.config.settings import Limits
from gallery_daemon.daemon.configuration import read_configuration
from gallery_daemon.daemon.wiring import pictures_of
from gallery_daemon.errors import GalleryError
from gallery_daemon.review.connections import MOST, YieldingConnection
from gallery_daemon.review.door import Door
from gallery_daemon.review.lifetime import Lifetime
from gallery_daemon.review.one_thread import OneThread
from gallery_daemon.review.opened import Opened
from gallery_daemon.review.pictures_shown import PicturesShown
from gallery_daemon.review.web_app import make_web_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from gallery_daemon.clock import Clock

_HOST: Final = "127.0.0.1"
_HEAD_BYTES: Final = 16 * 1024
_KEEP_ALIVE_S: Final = 30
_END_WITHIN_S: Final = 2


class _OurServer(uvicorn.Server):
    """uvicorn, ended by us alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: the loop has our own."""
        yield


def serve(
    file: Path, clock: Clock, *, port: int, idle_s: float, started: Callable[[str], None]
) -> None:
    """Serve the review of the configuration in `file` until it is stopped, or unused for so long.

    `port` 0 is a free one. `started` is told the first address once it answers.

    Raises:
        GalleryError: the port is taken.
    """
    with contextlib.closing(listening_at(port)) as listening:
        asyncio.run(_serve(file, clock, listening, idle_s, started))


async def _serve(
    file: Path,
    clock: Clock,
    listening: socket.socket,
    idle_s: float,
    started: Callable[[str], None],
) -> None:
    lifetime, door = Lifetime(clock, idle_s), Door(listening.getsockname()[1])
    thread = OneThread(lambda: Opened(file, clock))
    pictures = PicturesShown(pictures_of(_limits(file), clock))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lifetime.end)
    app = make_web_app(file, thread, door, lifetime, pictures=pictures)
    async with serving(app, listening, thread, pictures):
        started(door.address)
        await lifetime.wait()


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp, listening: socket.socket, thread: OneThread[Opened], pictures: PicturesShown
) -> AsyncIterator[None]:
    """The application answers at that socket; in the end what it uses is closed."""
    server = _OurServer(_settings(app))
    task = asyncio.create_task(server.serve([listening]))
    # While the browser starts: the first look at a large journal takes its time.
    warming = asyncio.create_task(_warm(thread))
    try:
        yield
    finally:
        server.should_exit = True
        pictures.close()
        await asyncio.gather(task, warming)
        await thread.close()


async def _warm(thread: OneThread[Opened]) -> None:
    """The queue is known; what is wrong is told to the page that asks for it."""
    with contextlib.suppress(GalleryError):
        await thread.ask(lambda opened: opened.queues.now())


def _limits(file: Path) -> Limits:
    """The configuration's, or, while it is wrong, everybody's."""
    try:
        return read_configuration(file).limits
    except GalleryError:
        return Limits()


def _settings(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=YieldingConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=MOST,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_END_WITHIN_S,
    )


def listening_at(port: int) -> socket.socket:
    """A socket that hears this machine alone.

    Raises:
        GalleryError: the port is taken.
    """
    # With the protocol named: else asyncio leaves Nagle on, and each answer waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        # So that a browser that is started with the address finds it answering.
        listening.listen()
    except OSError as error:
        listening.close()
        raise GalleryError(
            f"the review cannot use port {port}: {(error.strerror or '').lower()}",
            hint="give another --port, or none: then a free one is taken",
        ) from error
    return listening
