"""The journal's SQL, where a statement takes more than a line."""

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
COPIED: Final = """
UPDATE filings SET made_inode = :inode, unfinished = NULL, mode = :mode, uid = :uid, gid = :gid
WHERE id = :id
"""
UNFINISHED: Final = "UPDATE filings SET unfinished = ?, made_inode = ? WHERE id = ?"
CLOSE: Final = f"""
UPDATE filings SET state = ?, action = coalesce(?, action), name = ?, reason = ?,
content_hash = coalesce(?, content_hash), unfinished = NULL WHERE id = ? AND state IN ({OPEN})
"""  # noqa: S608 - our own words
# A filing that is moved within the library is refiled, not undone.
REVERT: Final = """
UPDATE filings
SET state = CASE WHEN state = 'filed' AND ? = 'filed' THEN 'refiled' ELSE 'undone' END
WHERE id = (SELECT undoes FROM filings WHERE id = ?)
"""
# The undo of a refiling: the filing before it holds again.
RESTORE_FILED: Final = """
UPDATE filings SET state = 'filed' WHERE state = 'refiled' AND id = (
    SELECT undoes FROM filings WHERE id = (SELECT undoes FROM filings WHERE id = ?)
)
"""
# A refiling keeps the identity of the file in the watch folder: a copy has another inode.
KEEP_IDENTITY: Final = """
UPDATE filings SET (device, inode, size_bytes, mtime_ns, content_hash) = (
    SELECT device, inode, size_bytes, mtime_ns, content_hash FROM filings AS before
    WHERE before.id = filings.undoes
) WHERE id = ? AND state = 'refiling'
"""
# Leaves out a refiling that was undone: there the filing before it holds again.
NOT_REVERTED: Final = """
NOT (state = 'undone' AND EXISTS (
    SELECT 1 FROM filings AS before WHERE before.id = filings.undoes AND before.path = filings.path
))
"""
ORPHAN_SIDECARS: Final = """
SELECT sidecar.* FROM filings AS photo JOIN filings AS sidecar ON sidecar.parent = photo.id
WHERE photo.state = 'refiled' AND sidecar.state = 'filed' ORDER BY sidecar.id
"""
# An undo that is itself undone is in another state. CROSS JOIN keeps the order, which has indexes.
LEFT_BEHIND: Final = """
SELECT sidecar.id AS sidecar, undo.id AS undo FROM filings AS undo
CROSS JOIN filings AS photo ON photo.id = undo.undoes
CROSS JOIN filings AS sidecar ON sidecar.parent = photo.id
WHERE undo.state = 'undo' AND photo.state = 'undone' AND sidecar.state = 'filed'
ORDER BY sidecar.id DESC
"""
FILED_BY_RULE: Final = """
SELECT rule, count(*) FROM filings
WHERE library = ? AND state = 'filed' AND parent IS NULL AND rule IS NOT NULL
GROUP BY rule ORDER BY count(*) DESC, rule
"""
LIBRARIES: Final = "SELECT DISTINCT library FROM filings WHERE state = 'filed' ORDER BY library"
FORGET: Final = f"DELETE FROM filings WHERE id = ? AND state IN ({OPEN})"  # noqa: S608 - our own words
UPDATE_INODE: Final = """
UPDATE filings SET device = ?, inode = ? WHERE id = ? AND size_bytes = ? AND mtime_ns = ?
"""
# Redoing what an undo reverted is no new decision.
_DECIDED = (
    "outcome, rule, trace, class, confidence, probabilities, precision, familiarity, look,"
    " model, taken, taken_from, said"
)
COPY_DECISION: Final = f"""
UPDATE filings SET ({_DECIDED}) = (
    SELECT {_DECIDED} FROM filings WHERE id = (SELECT undoes FROM filings WHERE id = ?)
) WHERE id = ?
"""  # noqa: S608 - our own names


def insert(columns: Collection[str], otherwise: str = "", table: str = "filings") -> str:
    """SQL for a new row of these columns; `otherwise` says what to do where its id is taken."""
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    return f"INSERT {otherwise} INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own names
