"""What photos resemble, for the pages that ask: found one after the other, and kept for a sitting.

Each is found by a command in a process of its own, because the server has no numpy, and no model.
It ends when nobody waits for it any more: somebody who leafs through photos starts many.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from gallery_daemon.commands.resemble_now import ResemblingNow
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable
    from pathlib import Path

    from gallery_daemon.learning.resembled import Resemblance

_WITHIN_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.1
_MOST_KEPT: Final = 1000


class Resemblances:
    """Those that were found; for one event loop."""

    def __init__(
        self,
        file: Path,
        start: Callable[[Path, str], ResemblingNow] = ResemblingNow,
        within_s: float = _WITHIN_S,
    ) -> None:
        """`file` is the configuration; `start` begins with the path of a photo."""
        self._file, self._start, self._within_s = file, start, within_s
        self._kept: dict[Hashable, Resemblance] = {}
        self._turn = asyncio.Lock()

    async def of(
        self, mark: Hashable, photo: str, is_wanted: Callable[[], Awaitable[bool]]
    ) -> Resemblance | None:
        """What the photo at that path resembles; None: nobody wants to know any more.

        `mark` is another one where the answer may be.

        Raises:
            GalleryError: it cannot be said, or took too long.
        """
        if mark in self._kept:
            return self._kept[mark]
        async with self._turn:
            if mark not in self._kept and (found := await self._found(photo, is_wanted)):
                if len(self._kept) == _MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[mark] = found
        return self._kept.get(mark)

    async def _found(
        self, photo: str, is_wanted: Callable[[], Awaitable[bool]]
    ) -> Resemblance | None:
        if not await is_wanted():
            return None
        process = self._start(self._file, photo)
        try:
            async with asyncio.timeout(self._within_s):
                while (found := process.outcome()) is None and await is_wanted():  # noqa: ASYNC110 - a process is asked
                    await asyncio.sleep(_LOOK_EVERY_S)
        except TimeoutError as error:
            raise GalleryError(
                f"it took longer than {self._within_s:g} s", hint="look again in a while"
            ) from error
        finally:
            # Also where the server ends meanwhile.
            process.end()
        return found
