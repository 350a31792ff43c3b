"""Watch folders as the daemon has them: each is watched, and listed for what events cannot tell.

`Watching` keeps the watches up: it starts them, looks at them on every beat, and starts them again
when they died. `Listing` lists a folder a few hundred names at a time, between other turns of
the loop: when a watch starts, when events were lost, and every `rescan`. It passes over files that
are known, and pauses while many files are on their way, so a hundred thousand new photos cost no
more memory than a few thousand.

A listing may have passed the place where an event was lost. So one that is asked for while another
is under way begins after it, never in its place: in a flood that loses events all the time, no
listing would ever end.
"""

from __future__ import annotations

import logging
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.daemon.beat import next_beat
from gallery_daemon.intake.scan import Listed, Unlisted, scan
from gallery_daemon.intake.watch import OverflowListener
from gallery_daemon.logs.events import FolderSkipped, RescanFinished, WatchStarted
from gallery_daemon.photo import Identity, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gallery_daemon.classifier.child import ChildEvent
    from gallery_daemon.clock import Clock
    from gallery_daemon.daemon.loop import Inbox
    from gallery_daemon.intake.candidate import WatchRoot
    from gallery_daemon.intake.watch import Watch
    from gallery_daemon.journey.pipeline import Pipeline
    from gallery_daemon.logs.events import Log

# Names listed in one turn of the loop.
_BATCH = 500
# Enough to fill every batch; a candidate takes about a kilobyte. More than the limit for events in
# `loop`, so that a listing goes on however many events there are.
_LOAD_LIMIT = 5_000


class Watching:
    """The watches of the daemon, each with its listing."""

    def __init__(
        self, pairs: tuple[tuple[Watch, Listing], ...], inbox: Inbox[ChildEvent], log: Log
    ) -> None:
        self._pairs = pairs
        self._inbox = inbox
        self._log = log
        self._next = float("-inf")
        self._was_lost = False
        self._overflows = OverflowListener()
        logging.getLogger("watchdog").addHandler(self._overflows)

    @property
    def listings(self) -> tuple[Listing, ...]:
        """One for each watch."""
        return tuple(listing for _, listing in self._pairs)

    @property
    def folders(self) -> tuple[tuple[WatchRoot, bool], ...]:
        """The watch folders, and whether each is there and watched."""
        return tuple((watch.root, watch.is_up) for watch, _ in self._pairs)

    def next_deadline(self) -> float | None:
        """When the next look is due, in monotonic seconds."""
        return self._next

    def run_due(self, now: float) -> None:
        """Every watch that can be started is; what they may have missed is listed."""
        dropped, is_lost = self._inbox.take_overflow(), self._overflows.take()
        # watchdog reports an overflow before its watches are back, so list again at the next look.
        self._was_lost = self._was_lost or is_lost
        is_look = now >= self._next
        for watch, listing in self._pairs:
            if is_lost or (is_look and self._was_lost) or watch.root.source in dropped:
                listing.ask()
        if not is_look:
            return
        self._was_lost = is_lost
        self._next = next_beat(now)
        for watch, listing in self._pairs:
            self._mend(watch, listing)

    def stop(self) -> None:
        """No more events come."""
        for watch, _ in self._pairs:
            watch.stop()
        logging.getLogger("watchdog").removeHandler(self._overflows)

    def _mend(self, watch: Watch, listing: Listing) -> None:
        change = watch.mend()
        if change is None:
            return
        if isinstance(change, WatchStarted):
            # First the watch and then the listing, so that nothing falls in between.
            listing.ask()
        else:
            listing.hold()
        self._log.write(change)


class Listing:
    """Lists one watch folder again and again.

    `known` counts the files of all listings that an identity made known; `ignored` those files and
    folders of the last one that were passed over by their names.
    """

    def __init__(
        self,
        root: WatchRoot,
        rescan_s: float | None,
        pipeline: Pipeline,
        log: Log,
        clock: Clock,
        *,
        on_ignored: Callable[[Unlisted], None] | None = None,
    ) -> None:
        """`rescan_s` seconds after a listing the next one begins; None: only when asked for.

        `on_ignored` is called with every file and visible folder that is passed over by its name.
        """
        self._root = root
        self._rescan_s = rescan_s
        self._pipeline = pipeline
        self._log = log
        self._clock = clock
        self._names: Iterator[Listed | Unlisted] | None = None
        self._is_asked_again = False
        self._next: float | None = None
        self._began = 0.0
        self._seen = self._fresh = self._skipped = self._ignored = 0
        self._on_ignored = on_ignored
        self.known = 0
        self.ignored = 0

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
        """When `run_due` is wanted, in monotonic seconds."""
        if self._names is None:
            return self._next
        return self._began if self._pipeline.load < _LOAD_LIMIT else None

    def run_due(self, now: float) -> None:
        """A batch of names is listed, if any are wanted now."""
        if self._names is None and self._next is not None and now >= self._next:
            self.ask()
        if self._names is None or self._pipeline.load >= _LOAD_LIMIT:
            return
        batch = list(islice(self._names, _BATCH))
        for name in batch:
            if isinstance(name, Unlisted):
                self._skip(name)
        self._take([name for name in batch if isinstance(name, Listed)])
        if len(batch) < _BATCH:
            self._finish()

    def _begin(self) -> None:
        self._names, self._is_asked_again = scan(self._root), False
        self._began = self._clock.monotonic()
        self._seen = self._fresh = self._skipped = self._ignored = 0

    def _skip(self, name: Unlisted) -> None:
        if name.is_folder_error:
            self._skipped += 1
            self._log.write(FolderSkipped(name.path, name.reason))
            return
        self._ignored += 1
        if self._on_ignored is not None and not name.is_hidden_folder:
            self._on_ignored(name)

    def _take(self, files: list[Listed]) -> None:
        """Those that are not known begin their journey; one question to the journal for all."""
        wall = self._clock.wall()
        photos = [Photo(each.candidate, Identity.of(each.stat), wall) for each in files]
        fresh = self._pipeline.listed(photos)
        self._seen += len(photos)
        self._fresh += fresh
        self.known += len(photos) - fresh

    def _finish(self) -> None:
        now = self._clock.monotonic()
        self._names, self.ignored = None, self._ignored
        self._next = None if self._rescan_s is None else now + self._rescan_s
        self._log.write(
            RescanFinished(
                source=self._root.source,
                seen=self._seen,
                new=self._fresh,
                skipped=self._skipped,
                ignored=self._ignored,
                ms=round((now - self._began) * 1000, 1),
            )
        )
        if self._is_asked_again:
            self._begin()
