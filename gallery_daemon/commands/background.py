"""Something that takes its time, in a thread of its own, while a page asks how far it is.

One object is one act. It is ended by being told so: the act hears of it the next time it says how
far it is, and whatever it has open is closed as by any error.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.commands.sort import ProgressDisplay

Result = TypeVar("Result")


class Cancelled(GalleryError):
    """Somebody does not want to know any more."""

    def __init__(self) -> None:
        super().__init__("it was ended before it was done")


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far an act is: `done` of what is `expected`, 0 where that is not known."""

    done: int = 0
    expected: int = 0


class Background(Generic[Result]):
    """An act under way, or done."""

    def __init__(self, act: Callable[[ProgressDisplay], Result]) -> None:
        """It begins now; `act` says to the display how far it is."""
        self._act, self._is_cancelled = act, threading.Event()
        self._result: Result | None = None
        self._error: BaseException | None = None
        self.progress = HowFar()
        # A page that is closed must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it has come to an end, however it was."""
        return not self._thread.is_alive()

    def result(self) -> Result:
        """What came of an act that is done.

        Raises:
            GalleryError: it could not be done, or was ended.
        """
        assert self.is_done
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def cancel(self) -> None:
        """It ends soon, if it has not."""
        self._is_cancelled.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether it has ended within the time."""
        self._thread.join(timeout_s)
        return self.is_done

    def update(self, done: int, expected: int, waits_for: str = "") -> None:  # noqa: ARG002 - as a display has it
        """The act says how far it is.

        Raises:
            Cancelled: it is to end.
        """
        if self._is_cancelled.is_set():
            raise Cancelled
        self.progress = HowFar(done, expected)

    def _run(self) -> None:
        try:
            self._result = self._act(self)
        except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
            self._error = error
