"""One pass over some folders: the daemon's own pipeline, without watches, until all is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gallery_daemon.daemon.journals import set_aside_damaged
from gallery_daemon.daemon.loop import Loop
from gallery_daemon.daemon.watching import Listing
from gallery_daemon.daemon.wiring import build
from gallery_daemon.errors import JournalDamaged
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journey.inference_cache import forget_gone

if TYPE_CHECKING:
    from gallery_daemon.clock import Clock
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.wiring import Runtime
    from gallery_daemon.journey.pass_counts import PassCounts
    from gallery_daemon.logs.events import Log


class ProgressDisplay(Protocol):
    """What a person is shown while the pass goes on."""

    def update(self, done: int, expected: int, waits_for: str = "") -> None:
        """`done` of the files `expected` so far have come to their end.

        `waits_for` says what the pass waits for, if it can do nothing else.
        """
        ...


def sort_once(
    config: Config, log: Log, clock: Clock, display: ProgressDisplay, *, again: bool = False
) -> PassCounts:
    """Every file in the watch folders of `config` has come to an end, once.

    `again`: those too that came to an end before and are not in the library.

    Raises:
        GalleryError: the journal, the library or the classifier process cannot be used.
    """
    try:
        return _sort(config, log, clock, display, again=again)
    except JournalDamaged as error:
        set_aside_damaged(error, Disk(), clock)
    return _sort(config, log, clock, display, again=again)


def _sort(
    config: Config, log: Log, clock: Clock, display: ProgressDisplay, *, again: bool
) -> PassCounts:
    runtime = build(config, log, clock, is_pass=True, again=again)
    try:
        _Pass(runtime, log, clock, display).run()
        forget_gone(runtime.journal)
    finally:
        runtime.close()
    return runtime.tally


class _Pass:
    """A single pass: list, then wait until nothing is on its way."""

    def __init__(self, runtime: Runtime, log: Log, clock: Clock, display: ProgressDisplay) -> None:
        self._runtime, self._display = runtime, display
        self._listings = tuple(
            Listing(root, None, runtime.pipeline, log, clock, on_ignored=runtime.photo_log.ignored)
            for root in runtime.roots
        )
        self._loop = Loop(runtime.pipeline, runtime.inbox, clock, self._listings)

    def run(self) -> None:
        """List everything and see it through."""
        for listing in self._listings:
            listing.ask()
        self._loop.run(until=self._is_over)
        # Sidecars whose photo never came to an end here, because it was filed before.
        self._runtime.pipeline.leave_waiting()
        self._runtime.tally.known += sum(listing.known for listing in self._listings)

    def _is_over(self) -> bool:
        runtime = self._runtime
        if runtime.photo_log.lost is not None:
            raise runtime.photo_log.lost
        done = runtime.tally.files
        self._display.update(done, done + runtime.pipeline.load, self._waits_for())
        return runtime.pipeline.load == 0 and not any(each.is_under_way for each in self._listings)

    def _waits_for(self) -> str:
        """What takes long now, as a person says it."""
        stages = self._runtime.pipeline.stages
        settling = stages["settling"]
        if settling and settling == sum(stages.values()):
            files = "a file" if settling == 1 else f"{settling} files"
            return f"for {files} to be complete"
        is_ready = self._runtime.photo_log.classifier.is_ready
        return "for the model to load" if stages["classifying"] and not is_ready else ""
