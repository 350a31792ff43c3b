"""Questions to the journal: which rows a person wants to see or undo, and what became of a day."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.journal.record import OPEN_STATES, State
from gallery_daemon.logs.events import DailySummary
from gallery_daemon.rules.glob import name_matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gallery_daemon.journal.record import Row

_LEFT = frozenset({State.IDENTICAL, State.SKIPPED, State.LEFT})


@dataclass(frozen=True, slots=True)
class Query:
    """What the wanted rows have in common; None or empty: anything.

    `top_class` is what a photo was filed as: a person's word goes before the model's.
    `since` (inclusive) and `before` (exclusive) bound the time of the decision; `names` are globs
    on the photo's name, in any case. `since_number` is the id of the first wanted row, and the ids
    of single rows before it. Without `states` every row is wanted that is not open.
    """

    since: datetime | None = None
    before: datetime | None = None
    top_class: str | None = None
    rule: str | None = None
    min_confidence: float | None = None
    max_confidence: float | None = None
    since_number: tuple[int, tuple[int, ...]] | None = None
    names: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    is_photo: bool = False
    library: str | None = None
    limit: int | None = None

    def where(self) -> tuple[str, tuple[object, ...]]:
        """The SQL clause and its values: all but the names, because SQLite has no such glob."""
        # julianday, because the times are written with the offset of their day.
        asked: dict[str, object] = {
            "julianday(decided_at) >= julianday(?)": self.since.isoformat() if self.since else None,
            "julianday(decided_at) < julianday(?)": self.before.isoformat()
            if self.before
            else None,
            "coalesce(said, class) = ?": self.top_class,
            "rule = ?": self.rule,
            "confidence >= ?": self.min_confidence,
            "confidence <= ?": self.max_confidence,
            "library = ?": None if self.library is None else os.fsencode(self.library),
        }
        clauses = [clause for clause, value in asked.items() if value is not None]
        if self.states:
            clauses.append(f"state IN ({', '.join('?' * len(self.states))})")
        else:
            clauses += [f"state != '{state}'" for state in OPEN_STATES]
        if self.is_photo:
            clauses.append("parent IS NULL")
        values = [value for value in asked.values() if value is not None]
        values += self.states
        if self.since_number is not None:
            first, others = self.since_number
            clauses.append(f"(id >= ? OR id IN ({', '.join('?' * len(others))}))")
            values += (first, *others)
        return f"WHERE {' AND '.join(clauses)}", tuple(values)

    def fits(self, row: Row) -> bool:
        """Whether the photo's name matches one of the globs."""
        name = row.candidate.name
        return not self.names or any(name_matches(pattern, name) for pattern in self.names)


def day_of(newest_first: Iterable[Row], day: date) -> DailySummary | None:
    """The counts of `day`; None if nothing happened.

    A row's day is that of the date as it was written, whatever its offset. A photo that failed and
    was filed later counts by its last end; `copied_bytes` counts what takes space of its own in the
    library, sidecars too. Rows are read back to the day before.
    """
    wanted = day.isoformat()
    since = takewhile(lambda row: row.decided_at[: len(wanted)] >= wanted, newest_first)
    rows = [row for row in since if row.decided_at.startswith(wanted)]
    photos = [row for row in rows if row.parent is None]
    if not photos:
        return None
    ends = Counter(row.state for row in photos)
    filed = [row for row in photos if row.state is State.FILED]
    copies = [row for row in rows if row.state is State.FILED and row.action == Action.COPY]
    return DailySummary(
        day=wanted,
        filed=ends[State.FILED],
        left=sum(ends[state] for state in _LEFT),
        quarantined=ends[State.QUARANTINED],
        failed=ends[State.FAILED] + ends[State.ABANDONED],
        undone=ends[State.UNDONE],
        outcomes=_counted(row.outcome for row in filed),
        classes=_counted(row.filed_as for row in filed),
        copied_bytes=sum(row.identity.size_bytes for row in copies),
    )


def _counted(names: Iterable[str | None]) -> dict[str, int]:
    """How often each name occurs, the most frequent first; None is not counted."""
    return dict(Counter(filter(None, names)).most_common())
