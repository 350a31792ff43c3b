"""Pictures of photos for a page: asked for by ids and two sizes, made by the classifier process.

A page that is scrolled through asks for more than it will show, and gives up what is out of sight:
so only a few are made at once, and what nobody waits for any more is not begun.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol

from starlette.responses import Response

from gallery_daemon.review.asking import BadRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from gallery_daemon.photo import Identity

SIDES: Final = (320, 640, 1600)
"""The longest side of a picture in a grid, in one of a screen with twice the pixels, and alone."""
_KINDS: Final = {"webp": "image/webp", "jpeg": "image/jpeg"}
_AT_ONCE: Final = 4
_GONE_AWAY: Final = 499
# What lies under an id may be edited; an hour is as long as a sitting.
_CACHING: Final = "private, max-age=3600"


class PagePicture(Protocol):
    """A picture's bytes, and what they are: `webp` or `jpeg`."""

    @property
    def data(self) -> bytes:
        """The bytes."""
        ...

    @property
    def kind(self) -> str:
        """What they are."""
        ...


class MakesPictures(Protocol):
    """Makes pictures; any thread may ask."""

    def thumbnail(self, path: str, identity: Identity, side: int) -> PagePicture:
        """The photo within a square of `side` pixels.

        Raises:
            GalleryError: there is none.
        """
        ...

    def close(self) -> None:
        """All its processes have ended."""
        ...


class PicturesShown:
    """The pictures of a review; for one event loop."""

    def __init__(self, source: MakesPictures) -> None:
        self._source = source
        self._threads = ThreadPoolExecutor(_AT_ONCE, "pictures")
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def answer(
        self, request: Request, find: Callable[[], Awaitable[tuple[str, Identity]]]
    ) -> Response:
        """The picture, of the side that the address asks for, of the file that `find` finds.

        Raises:
            GalleryError: there is none, with why.
        """
        side = request.path_params["side"]
        if side not in SIDES:
            raise BadRequest(f"pictures have {', '.join(map(str, SIDES))} pixels")
        async with self._turns:
            if await request.is_disconnected():
                return Response(status_code=_GONE_AWAY)
            path, identity = await find()
            loop = asyncio.get_running_loop()
            made = await loop.run_in_executor(
                self._threads, self._source.thumbnail, path, identity, side
            )
        headers = {"cache-control": _CACHING}
        return Response(made.data, media_type=_KINDS[made.kind], headers=headers)

    def close(self) -> None:
        """What is being made is given up."""
        self._source.close()
        self._threads.shutdown(cancel_futures=True)
