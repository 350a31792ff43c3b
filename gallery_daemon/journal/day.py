"""What the journal has of one day: how many photos came to which end, and of which class."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from gallery_daemon.journal.record import State
from gallery_daemon.logs.events import DailySummary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gallery_daemon.journal.record import Row

_LEFT = frozenset({State.IDENTICAL, State.SKIPPED, State.LEFT})


def day_of(newest_first: Iterable[Row], day: date) -> DailySummary | None:
    """The day by the journal's own dates, which are those of the place; None if nothing happened.

    Reads no further back than to the day before.
    """
    wanted = day.isoformat()
    ends: Counter[State] = Counter()
    outcomes: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    copied_bytes = 0
    for row in newest_first:
        date_of_row = row.decided_at[: len(wanted)]
        if date_of_row < wanted:
            break
        if date_of_row > wanted:
            continue
        is_filed = row.state is State.FILED
        if is_filed and row.action == Action.COPY:
            copied_bytes += row.identity.size_bytes
        if row.parent is not None:
            continue
        ends[row.state] += 1
        if is_filed:
            outcomes[row.outcome or ""] += 1
            classes[row.top_class or ""] += 1
    if not ends:
        return None
    return DailySummary(
        day=wanted,
        filed=ends[State.FILED],
        left=sum(ends[state] for state in _LEFT),
        quarantined=ends[State.QUARANTINED],
        failed=ends[State.FAILED] + ends[State.ABANDONED],
        undone=ends[State.UNDONE],
        outcomes=_known(outcomes),
        classes=_known(classes),
        copied_bytes=copied_bytes,
    )


def _known(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first; what has no name is not counted."""
    return {name: count for name, count in counts.most_common() if name}
