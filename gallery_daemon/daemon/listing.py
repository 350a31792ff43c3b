"""Listing a watch folder a few hundred names at a time, between the loop's other turns.

A listing is asked for when a watch starts, when events were lost, and every `rescan`. It passes
over files that are known, and it holds while much is on its way, so a hundred thousand new photos
cost no more memory than a few thousand.

It may have passed the place where something was lost, so one that is asked for while another is
under way begins after it: never in its stead, or in a flood that loses events all the time, no
listing would ever come to its end.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.intake.scan import Listed, Unlisted, scan
from gallery_daemon.logs.events import FolderSkipped, RescanFinished
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.journey.pipeline import Pipeline
    from gallery_daemon.logs.events import Log

_HANDFUL = 500
# Enough to fill every batch; a candidate takes about a kilobyte. Above what events may bring in
# (`loop.py`), so that a listing goes on however many events there are.
_LOAD_LIMIT = 5_000


class Listing:
    """Lists one watch folder again and again."""

    def __init__(
        self,
        ground: WatchRoot,
        rescan_s: float | None,
        pipeline: Pipeline,
        log: Log,
        clock: Clock,
        *,
        tell_ignored: Callable[[Unlisted], None] | None = None,
    ) -> None:
        """`rescan_s` seconds after a listing the next one begins; None: only when asked for.

        `tell_ignored` hears of every file that is passed over by its name.
        """
        self._ground = ground
        self._rescan_s = rescan_s
        self._pipeline = pipeline
        self._log = log
        self._clock = clock
        self._names: Iterator[Listed | Unlisted] | None = None
        self._is_asked_again = False
        self._next: float | None = None
        self._began = 0.0
        self._seen = self._fresh = self._skipped = 0
        self._tell_ignored = tell_ignored
        self.known = 0

    @property
    def is_under_way(self) -> bool:
        """Whether a listing was asked for and is not finished."""
        return self._names is not None

    def ask(self) -> None:
        """A listing is wanted that begins from now on; if one is under way, after it."""
        if self._names is None:
            self._begin()
        else:
            self._is_asked_again = True

    def hold(self) -> None:
        """The folder is gone: no listing until it is asked for."""
        self._names, self._next, self._is_asked_again = None, None, False

    def next_deadline(self) -> float | None:
        """When `turn` is wanted, in monotonic seconds."""
        if self._names is None:
            return self._next
        return self._began if self._pipeline.load < _LOAD_LIMIT else None

    def turn(self, now: float) -> None:
        """A handful of names, if any are wanted now."""
        if self._names is None and self._next is not None and now >= self._next:
            self.ask()
        if self._names is None or self._pipeline.load >= _LOAD_LIMIT:
            return
        handful = list(islice(self._names, _HANDFUL))
        for name in handful:
            if isinstance(name, Unlisted):
                self._skip(name)
        self._take([name for name in handful if isinstance(name, Listed)])
        if len(handful) < _HANDFUL:
            self._finish()

    def _begin(self) -> None:
        self._names, self._is_asked_again = scan(self._ground), False
        self._began = self._clock.monotonic()
        self._seen = self._fresh = self._skipped = 0

    def _skip(self, name: Unlisted) -> None:
        if name.is_folder_error:
            self._skipped += 1
            self._log.write(FolderSkipped(name.path, name.reason))
        elif self._tell_ignored is not None:
            self._tell_ignored(name)

    def _take(self, files: list[Listed]) -> None:
        """Those that are not known are on their way; the journal is asked once for all of them."""
        wall = self._clock.wall()
        photos = [Photo(each.candidate, Identity.of(each.stat), wall) for each in files]
        fresh = self._pipeline.unknown(photos)
        self._seen += len(photos)
        self._fresh += len(fresh)
        self.known += len(photos) - len(fresh)
        for photo in fresh:
            self._pipeline.saw(photo.candidate)

    def _finish(self) -> None:
        now = self._clock.monotonic()
        self._names = None
        self._next = None if self._rescan_s is None else now + self._rescan_s
        self._log.write(
            RescanFinished(
                source=self._ground.source,
                seen=self._seen,
                new=self._fresh,
                skipped=self._skipped,
                ms=round((now - self._began) * 1000, 1),
            )
        )
        if self._is_asked_again:
            self._begin()
