"""A question to the journal: which rows somebody wants to see, or to undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.journal.record import OPEN_STATES
from gallery_daemon.rules.glob import name_matches

if TYPE_CHECKING:
    from datetime import datetime

    from gallery_daemon.journal.record import Row, State


@dataclass(frozen=True, slots=True)
class Query:
    """What all rows have that are wanted; None or nothing: whatever it is.

    `since` and `before` bound the time of the decision (the first belongs to it, the second does
    not); `names` are globs on the photo's name, upper or lower case. `since_number` is a row's
    number from which on rows are wanted, and the numbers of some before it. No `limit` means all.
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
    limit: int | None = None

    def where(self) -> tuple[str, tuple[object, ...]]:
        """The SQL clause and its values: all but the names, for which SQLite has no glob."""
        # julianday, for the times are written with the offset of the day.
        asked: dict[str, object] = {
            "julianday(decided_at) >= julianday(?)": self.since.isoformat() if self.since else None,
            "julianday(decided_at) < julianday(?)": self.before.isoformat()
            if self.before
            else None,
            "class = ?": self.top_class,
            "rule = ?": self.rule,
            "confidence >= ?": self.min_confidence,
            "confidence <= ?": self.max_confidence,
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
        """Whether the row's photo has one of the names."""
        name = row.candidate.name
        return not self.names or any(name_matches(pattern, name) for pattern in self.names)
