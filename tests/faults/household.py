"""A whole daemon in one process: real files, real journal, a clock that is set by hand.

Only three things are stood in for: the clock, the classifier process (`Oracle`, which answers at
once, by the photo's name), and, when a fuse is given, the disk and the journal, which then stop the
world before the n-th effect.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, cast

from gallery_daemon.classifier.results import Classified
from gallery_daemon.config.load import check_text
from gallery_daemon.daemon.wiring import build, wire
from gallery_daemon.filing.disk import Disk
from gallery_daemon.intake.scan import Listed, scan
from gallery_daemon.logs.setup import LogFormat, make_log
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import Facts, Prediction
from tests.filing.fuse import Fuse, disk_on, journal_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.classifier.host import ClassifierHost, HostEvent
    from gallery_daemon.config.settings import Config
    from gallery_daemon.daemon.wiring import Runtime
    from gallery_daemon.photo import Photo

CLASSES = ("cars", "memes", "other")
# The one that the configuration means, so that what the oracle saw is found again.
MODEL = read_manifest(find_bundle(DEFAULT_BUNDLE)).model_id
_CONFIG = """
version: 1
watch: {{name: phone, path: {watch}, settle: 1s}}
library: {library}
defaults: {{action: {action}, on_conflict: {on_conflict}, identical: {identical}}}
rules:
  - {{name: keep, when: {{name: "{keep}"}}, leave: true}}
  - {{name: all, to: "{to}/{{class}}/", as: "{called}"}}
"""


class HandClock:
    """Stands still until it is moved; the wall clock may be set back, the other never."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.date = datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def wall(self) -> datetime:
        """The date."""
        return self.date

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds
        self.date += timedelta(seconds=seconds)


class Oracle:
    """The classifier host that answers at once; the class is in the photo's name."""

    has_room = True
    pid = None  # there is no process
    has_untold = False

    def __init__(self) -> None:
        self._waiting: list[Photo] = []

    @property
    def outstanding(self) -> int:
        """Photos without an answer."""
        return len(self._waiting)

    def submit(self, photo: Photo, *, want_hash: bool = False) -> None:
        """It is answered at the next tick."""
        del want_hash
        self._waiting.append(photo)

    def next_deadline(self) -> float | None:
        """At once, if there is anything to answer."""
        return -math.inf if self._waiting else None

    def tick(self, now: float) -> tuple[HostEvent, ...]:
        """All answers."""
        del now
        waiting, self._waiting = self._waiting, []
        facts = Facts.unread(datetime(2024, 1, 1, tzinfo=UTC))
        return tuple(
            Classified(photo, facts, Prediction(sure_of(photo.name), MODEL), 1, 1.0)
            for photo in waiting
        )

    def close(self) -> tuple[HostEvent, ...]:
        """Nothing has to be ended."""
        return ()


class AtOnce:
    """The oracle, for who only looks."""

    def __init__(self, *_: object) -> None:
        """It needs no setup, clock or patience."""

    def of(self, photos: Sequence[Photo], *, want_hash: bool = False) -> Iterator[HostEvent]:
        """All answers."""
        oracle = Oracle()
        for photo in photos:
            oracle.submit(photo, want_hash=want_hash)
        yield from oracle.tick(0.0)


def sure_of(name: str) -> dict[str, float]:
    """What the oracle says of a photo called so."""
    top = next((each for each in CLASSES if each in name), "other")
    return {each: 0.98 if each == top else 0.01 for each in CLASSES}


@dataclass
class Manner:
    """What the configuration says now."""

    action: str = "hardlink"
    on_conflict: str = "dedupe"
    identical: str = "merge"
    to: str = "All"
    called: str = "{name}"
    keep: str = "keep*"


class Household:
    """Watch folder, library and state below `home`, and the daemon that lives on them, or not."""

    def __init__(self, home: Path, library: Path) -> None:
        self.home, self.watch, self.library = home, home / "watch", library
        self.watch.mkdir()
        self.clock, self.manner, self.log = HandClock(), Manner(), StringIO()
        self._house: Runtime | None = None

    @property
    def present(self) -> Runtime:
        """The daemon that lives there now."""
        assert self._house is not None
        return self._house

    def config(self) -> Config:
        """The configuration as it would be read."""
        text = _CONFIG.format(watch=self.watch, library=self.library, **self.manner.__dict__)
        return check_text(text, "config.yaml", lambda _: CLASSES)

    def start(self, fuse: Fuse | None = None, *, again: bool = False) -> None:
        """The daemon has started and has recovered what lay open."""
        os.environ["XDG_STATE_HOME"] = os.fspath(self.home / "state")
        log = make_log(LogFormat.JSON, stream=self.log)
        house = build(self.config(), log, self.clock, again=again)
        journal, disk = house.journal, Disk()
        if fuse is not None:
            journal.close()
            journal = journal_on(fuse, self.home / "state/gallery-daemon/journal.sqlite3")
            disk = disk_on(fuse)
        self._house = wire(
            house.config,
            log,
            self.clock,
            inbox=house.inbox,
            journal=journal,
            disk=disk,
            host=cast("ClassifierHost", Oracle()),
            roots=house.roots,
            stop=house.stop,
            again=again,
        )

    def stop(self) -> None:
        """The daemon is gone, however it was."""
        house, self._house = self._house, None
        if house is not None:
            house.journal.close()

    def rescan(self, seconds: float = 5.0) -> None:
        """The watch folder is listed, and for some time everything that is due is done."""
        pipeline, (root,) = self.present.pipeline, self.present.roots
        for name in scan(root):
            if isinstance(name, Listed):
                pipeline.saw(name.candidate)
        self.turn_for(seconds)

    def turn_for(self, seconds: float) -> None:
        """For some time everything that is due is done."""
        pipeline, end = self.present.pipeline, self.clock.now + seconds
        while (deadline := pipeline.next_deadline()) is not None and deadline <= end:
            self.clock.wait(max(0.0, deadline - self.clock.now))
            pipeline.turn()
        self.clock.wait(max(0.0, end - self.clock.now))
