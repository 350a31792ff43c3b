"""`logs`: the journal as it grows, one line a photo; with or without a daemon."""

from __future__ import annotations

import os
import select
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from gallery_daemon.cli import public
from gallery_daemon.cli.fitting import has_room, way
from gallery_daemon.cli.moments import HOW, MOST, moment_of, to_the_second
from gallery_daemon.cli.options import LAST, ClassName, RuleName
from gallery_daemon.cli.plain import shown
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.follow import Follower
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from gallery_daemon.logs.width import columns_of, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_moment = moment_of(SystemClock().wall)
_EVERY_MS = 500
_BELOW = " " * 4
_COLOURS = {
    State.FILED: "green",
    State.IDENTICAL: "green",
    State.UNDO: "cyan",
    State.UNDONE: "cyan",
    State.REFILED: "cyan",
    State.QUARANTINED: "yellow",
    State.FAILED: "bold red",
    State.ABANDONED: "bold red",
}
_AtLeast = Annotated[
    float | None, typer.Option(min=0.0, max=1.0, help="Only what the model is so sure of.")
]
_AtMost = Annotated[
    float | None, typer.Option(min=0.0, max=1.0, help="Only what the model is no surer of.")
]
_Last = Annotated[
    int | None,
    typer.Option(
        *LAST,
        min=0,
        max=MOST,
        metavar="N",
        help="The last N to begin with; 20, or all since TIME.",
    ),
]
_Since = Annotated[datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)]


def logs(
    *,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    top_class: ClassName = None,
    rule: RuleName = None,
    min_confidence: _AtLeast = None,
    max_confidence: _AtMost = None,
    since: _Since = None,
    last: _Last = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per photo.")
    ] = False,
) -> None:
    """Show what became of the latest photos, a line each; with -f, also of those to come.

    Examples:
        gallery-daemon logs -f

        gallery-daemon logs -f --class memes --max-confidence 0.9

        gallery-daemon logs --since 2h --rule outdoors --json
    """
    query = Query(
        since=since,
        top_class=top_class,
        rule=rule,
        min_confidence=min_confidence,
        max_confidence=max_confidence,
        is_photo=True,
        limit=last if last is not None or since is not None else 20,
    )
    console = _Console(highlight=False, markup=False)
    try:
        with Follower(journal_path(), query) as follower:
            _print_rows(console, follower.latest(), as_json=as_json)
            while follow and not _has_lost_reader(_EVERY_MS):
                _print_rows(console, follower.fresh(), as_json=as_json)
    except BrokenPipeError:
        # The reader has gone, so what Python still holds of the output goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Console(Console):
    """A console that raises when its reader has gone; rich's own ends the program with status 1."""

    def on_broken_pipe(self) -> None:
        """Raise it again."""
        raise BrokenPipeError


def _has_lost_reader(wait_ms: int) -> bool:
    """Wait; return whether the reader of a pipe, or the terminal, has gone meanwhile."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return bool(poll.poll(wait_ms))


def _print_rows(console: Console, rows: Iterable[Row], *, as_json: bool) -> None:
    for row in rows:
        if as_json:
            public.print_json(public.of_row(row))
        else:
            for line in _folded(_line(row), console):
                console.print(line, soft_wrap=True)
    sys.stdout.flush()


def _folded(line: Text, console: Console) -> Iterator[Text]:
    """The line, or in a narrower terminal as many as it needs, none of them ending in a word."""
    columns = columns_of(sys.stdout)
    if columns is None or line.cell_len <= columns:
        yield line
        return
    first, *others = line.wrap(console, columns)
    first.rstrip()
    yield first
    rest = Text(" ").join(others)
    for part in rest.wrap(console, columns - len(_BELOW)):
        part.rstrip()
        yield Text(_BELOW) + part


def _line(row: Row) -> Text:
    """Time, class and confidence, rule or outcome, name, and where it went or why not.

    Where the terminal has too little room for where it went, the rule is left out.
    """
    colour = _COLOURS.get(row.state, "dim")
    sure = "" if row.confidence is None else f" {row.confidence:.2f}"
    line = Text()
    line.append(to_the_second(row.decided_at), "dim")
    line.append(f"  {shown(row.top_class or '-')}{sure}")
    why = f"  {shown(row.rule or row.outcome or '-')}"
    if has_room(line.cell_len + width_of(why) + 2):
        line.append(why, "dim")
    if row.state is State.FILED and row.destination is not None:
        place = row.destination.removeprefix(row.library.rstrip("/") + "/")
        photo, arrow, place = way(row.relative, place, line.cell_len + 2).partition(" -> ")
        line.append(f"  {photo}", "bold")
        line.append(f"{arrow}{place}", colour)
    else:
        line.append(f"  {shown(row.relative)}", "bold")
        reason = f": {shown(row.reason)}" if row.reason else ""
        line.append(f"  {row.state}{reason}", colour)
    return line
