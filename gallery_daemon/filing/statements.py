"""What the journal says to SQLite, where it takes more than a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gallery_daemon.filing.record import FINAL_STATES, KEPT_STATES, OPEN_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.filing.record import State


def _words(states: Iterable[State]) -> str:
    return ", ".join(f"'{state}'" for state in states)


FINAL: Final = _words(FINAL_STATES)
KEPT: Final = _words(KEPT_STATES)
OPEN: Final = _words(OPEN_STATES)

SELECT: Final = "SELECT * FROM filings "
FORGET_FAILURES: Final = """
DELETE FROM filings WHERE path = ? AND library = ? AND state IN ('failed', 'abandoned')
"""
MAKING: Final = "UPDATE filings SET made_inode = ? WHERE id = ?"
CLOSE: Final = f"""
UPDATE filings SET state = ?, action = coalesce(?, action), name = ?, reason = ?
WHERE id = ? AND state IN ({OPEN})
"""  # noqa: S608 - our own words
UNDONE: Final = """
UPDATE filings SET state = 'undone' WHERE id = (SELECT undoes FROM filings WHERE id = ?)
"""
MOVED: Final = """
UPDATE filings SET device = ?, inode = ? WHERE id = ? AND size_bytes = ? AND mtime_ns = ?
"""
# Filing again what an undo took back is no new decision.
_DECIDED = "outcome, rule, trace, class, confidence, probabilities, model, taken, taken_from"
DECIDED_AS_BEFORE: Final = f"""
UPDATE filings SET ({_DECIDED}) = (
    SELECT {_DECIDED} FROM filings WHERE id = (SELECT undoes FROM filings WHERE id = ?)
) WHERE id = ?
"""  # noqa: S608 - our own names
