"""What was asked for, mostly by signals; their handlers only note it and wake the loop."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Orders:
    """Orders to stop and to reload; `wake` is the present loop's."""

    def __init__(self) -> None:
        self._stop: str | None = None
        self._reload = False
        self.wake: Callable[[], None] = nobody

    @contextmanager
    def from_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT stop, SIGHUP reloads; the former handlers come back."""
        handlers = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
        }
        former = {number: signal.signal(number, does) for number, does in handlers.items()}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def stop_reason(self) -> str | None:
        """The signal that said stop, if one did."""
        return self._stop

    def is_waiting(self) -> bool:
        """Whether there is an order that the loop has not carried out."""
        return self._reload or self._stop is not None

    def reload(self) -> None:
        """The configuration shall be read again."""
        self._reload = True

    def take_reload(self) -> None:
        """The configuration is about to be read again."""
        self._reload = False

    def wake_up(self) -> None:
        """The loop, if there is one, looks around now; any thread may call this."""
        self.wake()

    def _on_stop(self, number: int, _frame: object) -> None:
        self._stop = signal.Signals(number).name
        self.wake()

    def _on_reload(self, _number: int, _frame: object) -> None:
        self.reload()
        self.wake()


def nobody() -> None:
    """There is no loop to wake."""
