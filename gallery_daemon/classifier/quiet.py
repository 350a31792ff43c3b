"""Engines are measured when nothing waits in the classifier process.

Photos count from the request to the answer. When some were answered and none has come for a while,
a measurement may begin; what ends it at the next photo is an event. Apart from `worker`, which is
never imported.
"""

from __future__ import annotations

from threading import Condition, Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.model.engines.measured import Measurement

# A phone sends its photos one by one, some seconds apart. After each attempt in vain the pause is
# twice as long; all of them fit into the time after which the host ends an idle process.
QUIET_S = 10.0
_ATTEMPTS = 4


class PhotosInside:
    """The photos that were asked about and are not answered. Any thread may call any method."""

    def __init__(self) -> None:
        self.are_some = Event()
        """Set while there is one."""
        self._count = 0
        self._changed = Condition()
        self._any_left = False

    def came(self) -> None:
        """One more was asked about."""
        with self._changed:
            self._count += 1
            self.are_some.set()
            self._changed.notify_all()

    def left(self) -> None:
        """One was answered."""
        with self._changed:
            self._count -= 1
            self._any_left = True
            if not self._count:
                self.are_some.clear()
            self._changed.notify_all()

    def wait_for_quiet(self, quiet_s: float) -> None:
        """Returns when photos have been answered, and none has been here for `quiet_s` seconds."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._any_left and not self._count)
                if not self._changed.wait_for(lambda: self._count, quiet_s):
                    return


def when_quiet(
    inside: PhotosInside, measure: Callable[[], Measurement | None], quiet_s: float = QUIET_S
) -> Iterator[Measurement]:
    """What is found out, until it is settled or was tried often enough.

    Args:
        inside: the photos that go before.
        measure: gives None where it could not be done now.
        quiet_s: for so long no photo must have come.
    """
    for attempt in range(_ATTEMPTS):
        inside.wait_for_quiet(quiet_s * 2**attempt)
        found = measure()
        if found is not None:
            yield found
            if found.is_settled:
                return
