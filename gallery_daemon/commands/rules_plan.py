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
from gallery_daemon.journey.examined import Predicted, examined_of
from gallery_daemon.journey.inference_cache import InferenceCache
from gallery_daemon.journey.judge import File
from gallery_daemon.journey.persons_word import PersonsWord

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
    from gallery_daemon.journey.judge import AnswerVerdict
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


class _Judge:
    """Judges filed photos by one configuration."""

    def __init__(self, config: Config, journal: Journal) -> None:
        self._remembered = InferenceCache.of(config, journal)
        self._preview = Preview(config, journal, None)

    def recall(self, photo: Photo, there: Photo) -> Examined | None:
        """What is remembered of a photo, as it came from its watch folder or as it lies."""
        report = self._remembered.answer(photo) or self._remembered.answer(there)
        return None if report is None else replace(examined_of(report), photo=photo)

    def verdict_on(self, examined: Examined) -> AnswerVerdict:
        """What becomes of it by the rules."""
        return self._preview.verdict_on(examined)

    def plan(self, row: Row, there: Photo, examined: Examined) -> PlannedFile:
        """The verdict written down, of a photo that lies `there`."""
        verdict = self.verdict_on(examined)
        planned = described(examined, verdict)
        if not isinstance(verdict, File):
            return planned
        step = relocation_step(there, verdict.destination)
        placed = self._preview.relocated(planned, step, None)
        # How it came into the library stays as it was, and nothing of ours is in its way.
        return replace(placed, action=row.action, conflict=None)


class _FiledPhotos:
    """The photos of the library, by both configurations; counts them by what becomes of them."""

    def __init__(
        self, was: Config, now: Config, journal: Journal, clock: Clock, display: ProgressDisplay
    ) -> None:
        self._journal, self._display, self._library = journal, display, now.library
        self._was, self._now = _Judge(was, journal), _Judge(now, journal)
        self._inspection = Inspection(now, journal, clock, display)
        self._candidates = RefileCandidates(journal, Disk(), now.library, clock)
        self._word = PersonsWord(journal, now.library)
        self.judged = self.unplaced = self.unjudged = self.changed = self.in_other_library = 0
        self._is_moving = was.library != now.library

    def elsewhere(self, *, looks: bool) -> Iterator[ReplannedPhoto]:
        """Those that go elsewhere and are still there."""
        unjudged: list[int] = []
        for row in self._rows():
            photo, there = self._candidates.as_remembered(row)
            examined = self._now.recall(photo, there)
            if examined is None:
                unjudged.append(row.id)
            else:
                yield from self._replanned(row, there, examined)
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
                photo = self._candidates.as_filed(self._journal.existing_row(number))
                if isinstance(photo, FiledPhoto):
                    waiting[photo.to_examine] = photo
                else:
                    self.changed += 1
            for examined in self._inspection.classify(list(waiting)):
                found = waiting[examined.photo]
                here = replace(examined, photo=found.photo)
                yield from self._replanned(found.row, found.in_library, here)

    def _replanned(self, row: Row, there: Photo, examined: Examined) -> Iterator[ReplannedPhoto]:
        """The photo, if it goes elsewhere from where it lies."""
        self.judged += 1
        said = self._word.on(there, row.id)
        examined = _as_said(examined, said)
        verdict = self._now.verdict_on(examined)
        if isinstance(verdict, File) and _lies_there(row, verdict.destination):
            return  # nearly all
        now = self._now.plan(row, there, examined)
        known = self._was.recall(examined.photo, there)
        # By another model nothing is known of it: then what counts is where it lies.
        was = _as_it_lies(row)
        if known is not None:
            was = self._was.plan(row, there, _as_said(known, said))
        if not goes_elsewhere(was, now):
            return
        if now.wanted is None:
            self.unplaced += 1
        elif isinstance(self._candidates.as_filed(row), FiledPhoto):
            yield ReplannedPhoto(row.id, row.destination or row.path, _as_it_lies(row), now)
        else:
            self.changed += 1


def _as_said(examined: Examined, said: str | None) -> Examined:
    """What is known of the photo, with what a person said of it."""
    if said is None or not isinstance(examined, Predicted):
        return examined
    return replace(examined, said=said)


def _lies_there(row: Row, to: Destination) -> bool:
    assert row.name is not None
    return row.folder == to.folder and would_be_tried(row.name, to.name)


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
