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
    from collections.abc import Iterator, Sequence

    from gallery_daemon.journal.record import Row


def blocks(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of all rows, each beginning with its number, which `undo` takes."""
    width = max((len(str(row.id)) for row in rows), default=0)
    indent = width + 3
    for row in rows:
        yield f" {row.id:{width}}  {sentence(_became(row), indent)[indent:]}"
        yield path_line(row.relative, indent)
        if row.state in {State.FILED, State.UNDO} and row.destination is not None:
            yield path_line(row.destination, indent, before="-> ")
        elif row.reason:
            yield sentence(row.reason, indent)


def _became(row: Row) -> str:
    """When it became what, and why."""
    became = row.state if row.undoes is None else f"{row.state} (undid {row.undoes})"
    sure = "" if row.confidence is None else f" {row.confidence:.2f}"
    why = f"rule {row.rule}" if row.rule else row.outcome
    whole = ", ".join(part for part in (became, f"{row.top_class or ''}{sure}", why) if part)
    return f"{to_the_second(row.decided_at)}  {whole}"
