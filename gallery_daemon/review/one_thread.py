"""One thread that owns what only one thread may use: the journal, and who acts on it.

It is opened at the first question. After a fault of the journal it is closed, so that the next
question opens it again: a lock passes, a disk gets room, a damaged journal is replaced.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gallery_daemon.errors import JournalDamaged, JournalError

if TYPE_CHECKING:
    from collections.abc import Callable


class Closable(Protocol):
    """What can be closed, and says whether it is still what would be opened now."""

    def close(self) -> None:
        """It is not used any more."""
        ...

    def is_stale(self) -> bool:
        """Whether opening it again would give another one."""
        ...


Owned = TypeVar("Owned", bound=Closable)
Answer = TypeVar("Answer")


class OneThread(Generic[Owned]):
    """Asks in its thread what is opened there."""

    def __init__(self, open_it: Callable[[], Owned]) -> None:
        self._open = open_it
        self._owned: Owned | None = None
        self._thread = ThreadPoolExecutor(1, "journal")

    async def ask(self, question: Callable[[Owned], Answer]) -> Answer:
        """The answer, after all questions that were asked before.

        Raises:
            GalleryError: it cannot be opened, or the question's own.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._answer, question)

    async def close(self) -> None:
        """What was begun is done, and it is closed."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._let_go)
        self._thread.shutdown()

    def _answer(self, question: Callable[[Owned], Answer]) -> Answer:
        if self._owned is not None and self._owned.is_stale():
            self._let_go()
        if self._owned is None:
            self._owned = self._open()
        try:
            return question(self._owned)
        except (JournalError, JournalDamaged):
            self._let_go()
            raise

    def _let_go(self) -> None:
        owned, self._owned = self._owned, None
        if owned is not None:
            owned.close()
