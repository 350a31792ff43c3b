"""What the journal says to SQLite, where it takes more than a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gallery_daemon.journal.record import FINAL_STATES, KEPT_STATES, OPEN_STATES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gallery_daemon.journal.record import State


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
# What a filing is filed anew from is no undo.
TAKEN_BACK: Final = """
UPDATE filings
SET state = CASE WHEN state = 'filed' AND ? = 'filed' THEN 'refiled' ELSE 'undone' END
WHERE id = (SELECT undoes FROM filings WHERE id = ?)
"""
# A filing anew that is undone: what was before it, is again.
FILED_AS_BEFORE: Final = """
UPDATE filings SET state = 'filed' WHERE state = 'refiled' AND id = (
    SELECT undoes FROM filings WHERE id = (SELECT undoes FROM filings WHERE id = ?)
)
"""
# In the watch folder it is known by what it is there: a copy in the library has another inode.
KNOWN_AS_BEFORE: Final = """
UPDATE filings SET (device, inode, size_bytes, mtime_ns) = (
    SELECT device, inode, size_bytes, mtime_ns FROM filings AS before
    WHERE before.id = filings.undoes
) WHERE id = ? AND state = 'refiling'
"""
# Where a filing anew was undone, the filing before it has the word.
NOT_REVERTED: Final = """
NOT (state = 'undone' AND EXISTS (
    SELECT 1 FROM filings AS before WHERE before.id = filings.undoes AND before.path = filings.path
))
"""
LEFT_BEHIND: Final = """
SELECT sidecar.* FROM filings AS photo JOIN filings AS sidecar ON sidecar.parent = photo.id
WHERE photo.state = 'refiled' AND sidecar.state = 'filed' ORDER BY sidecar.id
"""
FORGET: Final = f"DELETE FROM filings WHERE id = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
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


def insert(columns: Collection[str], otherwise: str = "") -> str:
    """A new row of these columns, by their names; `otherwise` is for one that is there already."""
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    return f"INSERT {otherwise} INTO filings ({names}) VALUES ({marks})"  # noqa: S608 - our own names
