"""`history`: what became of the files, from the journal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.blocks import blocks
from gallery_daemon.cli.moments import HOW, moment_of
from gallery_daemon.cli.options import ClassName, Last, RuleName
from gallery_daemon.clock import SystemClock
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from gallery_daemon.journal.record import Row

_moment = moment_of(SystemClock().wall)


def history(
    *,
    last: Last = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    top_class: ClassName = None,
    rule: RuleName = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help='Photos of this name, "IMG_*" for many; repeatable.'),
    ] = None,
    state: Annotated[
        list[State] | None,
        typer.Option(metavar="STATE", help="Only files in this state; repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Show what became of the latest files, with the numbers that `undo` takes.

    Examples:
        gallery-daemon history --last 100

        gallery-daemon history --since 2h --class memes --state filed
    """
    query = Query(
        since=since,
        before=before,
        top_class=top_class,
        rule=rule,
        names=tuple(name or ()),
        states=tuple(state or ()),
        limit=20 if last is None else last,
    )
    rows, reverted = _rows(query, journal_path())
    if as_json:
        for row in rows:
            public.print_json(public.of_row(row))
        return
    for line in blocks(rows, reverted):
        print(line)


def _rows(query: Query, path: Path) -> tuple[list[Row], dict[int, Row]]:
    """The rows, and by their numbers those that they reverted or refiled."""
    if not path.exists():
        typer.echo("nothing was filed yet", err=True)
        return [], {}
    journal = Journal(path, read_only=True)
    try:
        rows = journal.find(query)
        before = (journal.row(row.undoes) for row in rows if row.undoes is not None)
        return rows, {row.id: row for row in before if row is not None}
    finally:
        journal.close()
