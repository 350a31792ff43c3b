"""A bounded queue between the readers and the network that knows whether more is on its way.

A plain queue cannot tell a pause from an end, so whoever fills a batch from it must wait the whole
time even for a lone photo. Here each item is announced when its request comes in, and then either
given or withdrawn (the photo could not be read); once nothing is announced any more, `take` returns
at once. So a lone photo is classified without waiting, and a backlog in full batches.
"""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Handover(Generic[Item]):
    """At most `limit` items wait in it; any thread may call any method."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[Item] = deque()
        self._announced = 0
        self._changed = Condition()

    def announce(self) -> None:
        """One more item is on its way."""
        with self._changed:
            self._announced += 1

    def give(self, item: Item) -> None:
        """An announced item is here. Waits while the queue is full, to hold the readers back."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._limit)
            self._items.append(item)
            self._announced -= 1
            self._changed.notify_all()

    def withdraw(self) -> None:
        """An announced item will not come after all."""
        with self._changed:
            self._announced -= 1
            self._changed.notify_all()

    def take(self, timeout_s: float | None) -> Item | None:
        """The next item, in the order given.

        None after `timeout_s` seconds, or at once if none is on its way; a timeout of None waits
        for ever.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_vain(timeout_s), timeout_s)
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def _is_vain(self, timeout_s: float | None) -> bool:
        return timeout_s is not None and self._announced == 0
