"""Rows of the journal as blocks of lines: `history` and `status` print them.

In a pipe a path is never broken nor shortened, so it can be copied. In a terminal one that is wider
loses its middle, and a sentence goes on in the next line; `--json` has both whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.moments import to_the_second
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gallery_daemon.journal.record import Row


def blocks(rows: Sequence[Row], before: Mapping[int, Row]) -> Iterator[str]:
    """The lines of all rows, each beginning with its number, which `undo` takes.

    `before` has, by their numbers, the rows that those reverted or refiled.
    """
    width = max((len(str(row.id)) for row in rows), default=0)
    indent = width + 3
    for row in rows:
        yield f" {row.id:{width}}  {sentence(_became(row, before), indent)[indent:]}"
        yield path_line(row.relative, indent)
        if row.state in {State.FILED, State.UNDO} and row.destination is not None:
            yield path_line(row.destination, indent, before="-> ")
        elif row.reason:
            yield sentence(row.reason, indent)


def _became(row: Row, before: Mapping[int, Row]) -> str:
    """When it became what, and why."""
    became = f"{row.state}{_after(row, before)}"
    sure = "" if row.confidence is None else f" {row.confidence:.2f}"
    why = f"rule {row.rule}" if row.rule else row.outcome
    said = f"said to be {row.said}" if row.said else ""
    whole = ", ".join(part for part in (became, f"{row.top_class or ''}{sure}", said, why) if part)
    return f"{to_the_second(row.decided_at)}  {whole}"


def _after(row: Row, before: Mapping[int, Row]) -> str:
    """What the row reverted, or which filing it took to another place; nothing for most."""
    if row.undoes is None:
        return ""
    reverted = before.get(row.undoes)
    # An undo comes from where the other led; a refiling is, as that, of the watch folder's file.
    if reverted is None or row.root == reverted.library:
        return f" (undid {row.undoes})"
    is_done = row.state in {State.FILED, State.REFILED, State.UNDONE}
    return f" ({'refiled from' if is_done else 'refiling of'} {row.undoes})"
