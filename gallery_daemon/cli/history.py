"""`history`: what became of the files, from the journal."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.moments import HOW, MOST, moment_of, to_the_second
from gallery_daemon.cli.plain import shown
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
    limit: Annotated[
        int, typer.Option(min=1, max=MOST, help="How many files, the newest first.")
    ] = 20,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    top_class: Annotated[str | None, typer.Option("--class", help="Of this class.")] = None,
    rule: Annotated[str | None, typer.Option(help="Filed by the rule of this name.")] = None,
    name: Annotated[
        list[str] | None, typer.Option(help='Photos of this name, "IMG_*" for many; repeatable.')
    ] = None,
    state: Annotated[
        list[State] | None, typer.Option(help="Only files in this state; repeatable.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Show what became of the latest files, with the numbers that `undo` takes.

    Examples:
        gallery-daemon history --limit 100

        gallery-daemon history --since 2h --class memes --state filed
    """
    query = Query(
        since=since,
        before=before,
        top_class=top_class,
        rule=rule,
        names=tuple(name or ()),
        states=tuple(state or ()),
        limit=limit,
    )
    rows = _rows(query, journal_path())
    if as_json:
        for row in rows:
            public.print_json(public.of_row(row))
        return
    _print(rows)


def _rows(query: Query, path: Path) -> list[Row]:
    if not path.exists():
        typer.echo("nothing was filed yet", err=True)
        return []
    journal = Journal(path, read_only=True)
    try:
        return journal.find(query)
    finally:
        journal.close()


def _print(rows: list[Row]) -> None:
    """Print a block of lines for each row; a path is never broken, so it can be copied."""
    width = max((len(str(row.id)) for row in rows), default=0)
    for row in rows:
        first, *more = map(shown, _lines(row))
        print(f" {row.id:{width}}  {first}", *more, sep="\n" + " " * (width + 3))


def _lines(row: Row) -> list[str]:
    """When it became what and why; the photo; where it is now, or the reason."""
    became = row.state if row.undoes is None else f"{row.state} (undid {row.undoes})"
    sure = "" if row.confidence is None else f" {row.confidence:.2f}"
    why = f"rule {row.rule}" if row.rule else row.outcome
    whole = ", ".join(part for part in (became, f"{row.top_class or ''}{sure}", why) if part)
    is_there = row.state in {State.FILED, State.UNDO}
    where = f"-> {row.destination}" if is_there else row.reason
    lines = [f"{to_the_second(row.decided_at)}  {whole}", row.relative]
    return [*lines, where] if where else lines
