"""What became of the photos that came: the newest, older ones by the page, and a day's sums.

An object is for one thread, as its journal is. Nothing here asks the disk.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.commands.review import shown
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gallery_daemon.clock import Clock
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.overview_rows import DayCount, RecentFilter
    from gallery_daemon.journal.record import Row

_DAY = len("2026-03-04")
_MINUTE = len("2026-03-04T05:06")


@dataclass(frozen=True, slots=True)
class RecentPhoto:
    """A photo and what became of it.

    `id` is its row's. `name` and `place` are text to show, without lone surrogates; the place is
    the folder below the library of what is filed, else the watch folder's name. `class_name` is
    that by which it was filed: a person's word if `is_said`, or else the model's, of which
    `confidence` is. `day` (`2026-03-04`) and `time` (`05:06`) are when it was decided.
    """

    id: int
    name: str
    place: str
    source: str
    state: State
    class_name: str | None
    is_said: bool
    confidence: float | None
    rule: str | None
    outcome: str | None
    reason: str | None
    day: str
    time: str


@dataclass(frozen=True, slots=True)
class NewerPhotos:
    """Photos that came to an end since, the newest first; ask for those after `seen_to` next.

    One may come a second time: what was under way meanwhile is asked for again.
    """

    photos: tuple[RecentPhoto, ...]
    seen_to: int


@dataclass(frozen=True, slots=True)
class DaySums:
    """What became of the photos of a day; `classes` are those of the filed, the most first."""

    filed: int
    left: int
    failed: int
    classes: Mapping[str, int]


class Recent:
    """The photos of one library as they came."""

    def __init__(self, journal: Journal, library: str, clock: Clock) -> None:
        self._rows, self._library, self._clock = journal.overview, library, clock
        self._journal = journal

    def today(self) -> str:
        """The date of today, as rows have it."""
        return self._clock.wall().isoformat()[:_DAY]

    def older(
        self, wanted: RecentFilter, limit: int, before: int | None = None
    ) -> tuple[RecentPhoto, ...]:
        """The newest wanted photos of lower ids than `before`, the newest first.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return tuple(map(recent_photo, self._rows.older(self._library, wanted, limit, before)))

    def newer(self, wanted: RecentFilter, limit: int, after: int) -> NewerPhotos:
        """What came since `after`, which is the `seen_to` of the last answer.

        Raises:
            JournalError: the journal cannot be read now.
        """
        # Before the rows, so that what ends between the two questions is asked for again.
        seen_to = self._rows.settled_to()
        rows = self._rows.newer(self._library, wanted, limit, after)
        return NewerPhotos(tuple(map(recent_photo, rows)), max(seen_to, after))

    def seen_to(self) -> int:
        """From where `newer` goes on, for whoever asks for the older ones after this.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return self._rows.settled_to()

    def of(self, ids: Iterable[int]) -> tuple[RecentPhoto, ...]:
        """The photos of those rows, in that order; those that the journal has lost are left out.

        Raises:
            JournalError: the journal cannot be read now.
        """
        rows = map(self._journal.row, ids)
        return tuple(recent_photo(row) for row in rows if row is not None)

    def rules(self) -> Sequence[str]:
        """The rules by which photos were filed, in order.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return self._rows.rules(self._library)

    def sums(self, day: str) -> DaySums:
        """What became of the photos since that day began.

        Raises:
            JournalError: the journal cannot be read now.
        """
        return sums_of(self._rows.day(self._library, day))


def sums_of(counts: Iterable[DayCount]) -> DaySums:
    """The sums of a day's counts. Pure."""
    ends: Counter[State] = Counter()
    classes: Counter[str] = Counter()
    for state, class_name, photos in counts:
        ends[state] += photos
        if state is State.FILED and class_name is not None:
            classes[class_name] += photos
    failed = (State.FAILED, State.ABANDONED, State.QUARANTINED)
    left = (State.LEFT, State.SKIPPED, State.IDENTICAL)
    return DaySums(
        filed=ends[State.FILED],
        left=sum(ends[state] for state in left),
        failed=sum(ends[state] for state in failed),
        classes=dict(sorted(classes.items(), key=lambda each: (-each[1], each[0]))),
    )


def recent_photo(row: Row) -> RecentPhoto:
    """The row as it is shown."""
    is_filed = row.state is State.FILED and row.name is not None
    return RecentPhoto(
        id=row.id,
        name=shown(row.name if is_filed and row.name else row.candidate.name),
        place=shown("/".join(row.folder)) if is_filed else row.source,
        source=row.source,
        state=row.state,
        class_name=row.filed_as,
        is_said=row.said is not None,
        confidence=row.confidence,
        rule=row.rule,
        outcome=row.outcome,
        reason=row.reason,
        day=row.decided_at[:_DAY],
        time=row.decided_at[_DAY + 1 : _MINUTE],
    )
