"""The queues that open pages show: each as it was when its page was opened.

A page asks for its photos by their places in the queue, a hundred at a time, while photos leave it;
so the order must not change under it. What has left it meanwhile, or come, it asks for when it is
told that the journal has changed.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gallery_daemon.commands.review import ReviewQueue, Waiting

_KEPT: Final = 8
"""So many pages can be open at once; one more makes the oldest begin anew."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a queue: the ids that wait no more, and those that came."""

    gone: tuple[int, ...]
    new: tuple[int, ...]


class Queues:
    """The queues of open pages by name; for the journal's thread."""

    def __init__(self, ask: Callable[[], ReviewQueue], version: Callable[[], object]) -> None:
        """`ask` makes the queue as it is now; `version` changes when another would be made."""
        self._ask, self._version = ask, version
        self._kept: OrderedDict[str, ReviewQueue] = OrderedDict()
        self._latest: tuple[object, ReviewQueue] | None = None

    def now(self) -> ReviewQueue:
        """The queue as it is now."""
        version = self._version()
        if self._latest is None or self._latest[0] != version:
            self._latest = version, self._ask()
        return self._latest[1]

    def begin(self) -> tuple[str, ReviewQueue]:
        """The queue as it is now, under a name of its own."""
        name, queue = secrets.token_hex(8), self.now()
        self._kept[name] = queue
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return name, queue

    def part(self, name: str, start: int, count: int) -> Mapping[int, Waiting] | None:
        """The photos there are from `start`, by place; None: no such queue is kept."""
        queue = self._queue(name)
        if queue is None:
            return None
        ids = queue.ids[start : start + count]
        places = {number: start + place for place, number in enumerate(ids)}
        return {places[photo.id]: photo for photo in queue.of(ids)}

    def changes(self, name: str) -> Changes | None:
        """What became of that queue since; None: no such queue is kept."""
        queue = self._queue(name)
        if queue is None:
            return None
        ids = self.now().ids
        was, now = set(queue.ids), set(ids)
        gone = tuple(each for each in queue.ids if each not in now)
        return Changes(gone, tuple(each for each in ids if each not in was))

    def _queue(self, name: str) -> ReviewQueue | None:
        if name in self._kept:
            self._kept.move_to_end(name)
        return self._kept.get(name)
