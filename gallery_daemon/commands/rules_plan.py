"""The plan of a change: which photos another text of the rules would put elsewhere.

What is filed is judged by both configurations, by what the journal remembers of each photo, as
`refile` judges it; what waits in the watch folders as `plan --was` compares it. Nothing is looked
at anew unless it is wanted, so a plan of a hundred thousand photos takes as long as reading them in
the journal; those that nobody remembers are counted. Only of a photo that goes elsewhere the disk
is asked whether it is still there.

It holds counts and the first photos of each way, however many photos there are.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from gallery_daemon.commands.dry_run import PlannedFile, Preview, described
from gallery_daemon.commands.inspection import Inspection
from gallery_daemon.commands.plan import Change, changes, forecast, goes_elsewhere, scopes_of
from gallery_daemon.commands.refile import FiledPhoto, RefileCandidates
from gallery_daemon.commands.ways import way_of
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import relocation_step
from gallery_daemon.filing.steps import would_be_tried
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State
from gallery_daemon.journey.judge import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.plan import Forecast
    from gallery_daemon.commands.sort import ProgressDisplay
    from gallery_daemon.config.settings import Config
    from gallery_daemon.decision import Destination
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.record import Row
    from gallery_daemon.journey.examined import Examined
    from gallery_daemon.photo import Photo

SHOWN = 12
"""So many photos of a way are kept to be shown; the others are counted."""
# Of so many ways photos are shown: a template with dates may have hundreds.
_WAYS = 100
_HANDFUL = 500
_OTHER_LIBRARY = "the library before"
_TOLD_EVERY = 100


@dataclass(frozen=True, slots=True)
class ReplannedPhoto:
    """A photo that goes elsewhere: `row` is its filing, or None for one that waits.

    `path` is where it lies now. `was` and `now` are its plans, by the rules before and after.
    """

    row: int | None
    path: str
    was: PlannedFile | None
    now: PlannedFile | None


@dataclass(slots=True)
class ChangedWay:
    """From where to where, as a person says it: how many photos, and the first of them."""

    was: str
    now: str
    filed: int = 0
    waiting: int = 0
    photos: list[ReplannedPhoto] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RulesPlan:
    """What a change would do.

    `ways` are those that photos would go, the most photos first. Of all photos that were `judged`,
    `unplaced` lie in the library and stay, for the new rules have no place for them. `unjudged`
    were not looked at before, and were not now; `changed` a person has moved or edited since.
    `elsewhere` lie in the library of the rules before, which is another.
    """

    ways: tuple[ChangedWay, ...]
    judged: int
    unplaced: int
    unjudged: int
    changed: int
    elsewhere: int
    warning: str | None

    @property
    def filed(self) -> int:
        """How many photos of the library would go elsewhere."""
        return sum(way.filed for way in self.ways)

    @property
    def waiting(self) -> int:
        """How many of those that wait would."""
        return sum(way.waiting for way in self.ways)


def plan_change(
    was: Config, now: Config, clock: Clock, display: ProgressDisplay, *, looks: bool = False
) -> RulesPlan:
    """What would become of all photos by `now` that `was` would not do with them.

    `display` hears of the progress; what it raises ends the plan. `looks`: photos that are not
    remembered are classified.

    Raises:
        GalleryError: the journal or the classifier process cannot be used.
    """
    ways = _Ways(now.library if was.library == now.library else None)
    with contextlib.closing(open_to_plan()) as journal:
        filed = _FiledPhotos(was, now, journal, clock, display)
        for photo in filed.elsewhere(looks=looks):
            ways.add(photo)
    before = _forecast(was, clock, display, looks=looks)
    after = _forecast(now, clock, display, looks=looks)
    unjudged = frozenset((*before.unjudged, *after.unjudged))
    for change in changes(before, after):
        if change.photo not in unjudged and _is_told(change):
            ways.add(ReplannedPhoto(None, change.photo, change.was, change.now))
    waiting = {each.photo for each in (*before.files, *after.files)} - unjudged
    return RulesPlan(
        ways.most_first(),
        judged=filed.judged + len(waiting),
        unplaced=filed.unplaced,
        unjudged=filed.unjudged + len(unjudged),
        changed=filed.changed,
        elsewhere=filed.in_other_library,
        warning=after.warning,
    )


def _forecast(config: Config, clock: Clock, display: ProgressDisplay, *, looks: bool) -> Forecast:
    return forecast(config, scopes_of(config), clock, display, is_compared=True, looks=looks)


def _is_told(change: Change) -> bool:
    """Whether it goes anywhere, and not with its photo, which is told already."""
    plans = [each for each in (change.was, change.now) if each is not None]
    is_sidecar = all(each.sidecar_of is not None for each in plans)
    return not is_sidecar and any(each.wanted is not None for each in plans)


class _Ways:
    """Counts photos by where from and where to."""

    def __init__(self, library: str | None) -> None:
        """`library` is None where the two configurations have two."""
        self._library = library
        self._ways: dict[tuple[str, str], ChangedWay] = {}

    def add(self, photo: ReplannedPhoto) -> None:
        """The photo counts."""
        was, now = way_of(Change(photo.path, photo.was, photo.now), self._library)
        if photo.was is None and self._library is None:
            was = _OTHER_LIBRARY
        way = self._ways.setdefault((was, now), ChangedWay(was, now))
        if photo.row is None:
            way.waiting += 1
        else:
            way.filed += 1
        if len(way.photos) < SHOWN and len(self._ways) <= _WAYS:
            way.photos.append(photo)

    def most_first(self) -> tuple[ChangedWay, ...]:
        """The ways, those of most photos first."""
        ways = self._ways.values()
        return tuple(sorted(ways, key=lambda way: (-way.filed - way.waiting, way.was, way.now)))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A photo's plan by one configuration; `to` is None where that has no place for it."""

    planned: PlannedFile
    to: Destination | None


class _Judge:
    """Judges filed photos by one configuration."""

    def __init__(
        self, config: Config, journal: Journal, clock: Clock, display: ProgressDisplay
    ) -> None:
        self.inspection = Inspection(config, journal, clock, display)
        self._preview = Preview(config, journal, None)

    def of(self, row: Row, photo: Photo, there: Photo) -> _Placed | None:
        """Where the photo belongs, by what is remembered of it; None: nothing is.

        `photo` is as it came from its watch folder, `there` as it lies in the library.
        """
        examined = self.inspection.recall(photo) or self.inspection.recall(there)
        return None if examined is None else self.of_examined(row, photo, there, examined)

    def of_examined(self, row: Row, photo: Photo, there: Photo, examined: Examined) -> _Placed:
        """Where the photo belongs, which was examined."""
        examined = replace(examined, photo=photo)
        verdict = self._preview.verdict_on(examined)
        planned = described(examined, verdict)
        if not isinstance(verdict, File):
            return _Placed(planned, None)
        to = verdict.destination
        placed = self._preview.relocated(planned, relocation_step(there, to), None)
        # How it came into the library stays as it was, and nothing of ours is in its way.
        return _Placed(replace(placed, action=row.action, conflict=None), to)


class _FiledPhotos:
    """The photos of the library, by both configurations; counts them by what becomes of them."""

    def __init__(
        self, was: Config, now: Config, journal: Journal, clock: Clock, display: ProgressDisplay
    ) -> None:
        self._journal, self._display, self._library = journal, display, now.library
        self._was = _Judge(was, journal, clock, display)
        self._now = _Judge(now, journal, clock, display)
        self._candidates = RefileCandidates(journal, Disk(), now.library, clock)
        self.judged = self.unplaced = self.unjudged = self.changed = self.in_other_library = 0
        self._is_moving = was.library != now.library

    def elsewhere(self, *, looks: bool) -> Iterator[ReplannedPhoto]:
        """Those that go elsewhere and are still there."""
        unjudged: list[int] = []
        for row in self._rows():
            photo, there = self._candidates.as_remembered(row)
            now = self._now.of(row, photo, there)
            was = self._was.of(row, photo, there)
            if now is None or was is None:
                unjudged.append(row.id)
                continue
            self.judged += 1
            yield from self._replanned(row, was, now)
        if looks:
            yield from self._looked_at(unjudged)
        else:
            self.unjudged = len(unjudged)

    def _rows(self) -> Iterator[Row]:
        """The photos in the library, the newest first, while the display hears of it."""
        newest = 0
        for place, row in enumerate(
            self._journal.each(Query(states=(State.FILED,), is_photo=True))
        ):
            newest = newest or row.id
            if place % _TOLD_EVERY == 0:
                self._display.update(newest - row.id, newest)
            if row.library == self._library:
                yield row
            elif self._is_moving:
                self.in_other_library += 1

    def _looked_at(self, ids: list[int]) -> Iterator[ReplannedPhoto]:
        """Those among the rows that go elsewhere, looked at now."""
        rest = iter(ids)
        while handful := list(islice(rest, _HANDFUL)):
            waiting: dict[Photo, FiledPhoto] = {}
            for number in handful:
                found = self._candidates.as_filed(self._journal.existing_row(number))
                if isinstance(found, FiledPhoto):
                    waiting[found.to_examine] = found
                else:
                    self.changed += 1
            for examined in self._now.inspection.classify(list(waiting)):
                self.judged += 1
                yield from self._of_examined(waiting[examined.photo], examined)

    def _of_examined(self, found: FiledPhoto, examined: Examined) -> Iterator[ReplannedPhoto]:
        row, photo, there = found.row, found.photo, found.to_examine
        now = self._now.of_examined(row, photo, there, examined)
        # By another model nothing is known of it: then what counts is where it lies.
        was = self._was.of(row, photo, there) or _Placed(_as_it_lies(row), None)
        yield from self._replanned(row, was, now)

    def _replanned(self, row: Row, was: _Placed, now: _Placed) -> Iterator[ReplannedPhoto]:
        """The photo, if it goes elsewhere from where it lies."""
        assert row.name is not None
        if not goes_elsewhere(was.planned, now.planned):
            return
        if now.to is None:
            self.unplaced += 1
            return
        if row.folder == now.to.folder and would_be_tried(row.name, now.to.name):
            return
        if not isinstance(self._candidates.as_filed(row), FiledPhoto):
            self.changed += 1
            return
        assert row.destination is not None
        yield ReplannedPhoto(row.id, row.destination, _as_it_lies(row), now.planned)


def _as_it_lies(row: Row) -> PlannedFile:
    """Where it lies, as if it were planned so."""
    return PlannedFile(
        row.path,
        State.FILED,
        outcome=row.outcome,
        rule=row.rule,
        top_class=row.top_class,
        confidence=row.confidence,
        action=row.action,
        wanted=row.destination,
        destination=row.destination,
    )
