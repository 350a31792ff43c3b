"""`undo`: put filed photos back where they came from."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import library_of
from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.moments import HOW, MOST, moment_of
from gallery_daemon.cli.options import LAST, ConfigOfLibrary
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.undo import Undoing, UndoResult
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.relocate import clear_up
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State

if TYPE_CHECKING:
    from collections.abc import Iterable

_moment = moment_of(SystemClock().wall)


def undo(
    ids: Annotated[
        list[int] | None,
        typer.Argument(
            metavar="ID", min=1, max=MOST, help="Numbers from `history`.", show_default=False
        ),
    ] = None,
    *,
    last: Annotated[
        int | None,
        typer.Option(*LAST, min=1, max=MOST, metavar="N", help="The last N photos filed."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    config: ConfigOfLibrary = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Put filed photos and their sidecars back where they came from, the newest first.

    Nothing is overwritten, and what you have moved or edited since is not touched. An undone photo
    is not filed again until it changes, or you say `sort --again`. Undo an undo by its own number.

    Examples:
        gallery-daemon undo --last 3

        gallery-daemon undo 41 42

        gallery-daemon undo --since 2h --dry-run
    """
    path, library = journal_path(), library_of(config)
    if not path.exists():
        raise GalleryError("nothing was filed yet, so there is nothing to undo")
    with contextlib.closing(Journal(path)) as journal:
        rows = _chosen(journal, ids or [], last, since, library)
        if dry_run:
            for row in rows:
                _print_would(row, as_json=as_json)
            return
        disk = Disk()
        clear_up(journal, disk)
        outcomes = Undoing(journal, disk, SystemClock()).run(rows)
        if not _print_undone(outcomes, as_json=as_json):
            raise typer.Exit(exits.SOME)


def _chosen(
    journal: Journal,
    ids: list[int],
    last: int | None,
    since: datetime | None,
    library: str | None,
) -> list[Row]:
    """The rows that the options choose, the newest first."""
    if sum((bool(ids), last is not None, since is not None)) != 1:
        raise GalleryError(
            "say which: numbers from `gallery-daemon history`, --last N, or --since TIME",
            hint="gallery-daemon undo --last 1",
        )
    if not ids:
        filed = Query(since, states=(State.FILED,), is_photo=True, library=library, limit=last)
        return journal.find(filed)
    found = {number: journal.row(number) for number in ids}
    missing = [number for number, row in found.items() if row is None]
    if missing:
        raise GalleryError(
            f"the journal has no #{missing[0]}", hint="gallery-daemon history shows the numbers"
        )
    rows = [row for row in found.values() if row is not None]
    for row in rows:
        # An undo's own row is of the watch folder that the photo went back to.
        before = None if row.undoes is None else journal.row(row.undoes)
        if library not in {None, row.library, before and before.library}:
            raise GalleryError(
                f"#{row.id} is of another library, {row.library}",
                hint="leave --config out to undo in all libraries",
            )
    return sorted(rows, key=lambda row: row.id, reverse=True)


def _print_would(row: Row, *, as_json: bool) -> None:
    if as_json:
        public.print_json(public.of_row(row))
    else:
        print(_would(row))


def _would(row: Row) -> str:
    if row.state is State.FILED:
        return sentence(f"#{row.id} {row.destination} would go back to {row.path}")
    if row.state is State.UNDO:
        return sentence(f"#{row.id} {row.destination} would be filed again as {row.path}")
    return sentence(f"#{row.id} {row.path} was {row.state}; there is nothing to undo")


def _print_undone(outcomes: Iterable[UndoResult], *, as_json: bool) -> bool:
    """Print each filing as soon as it is done; return whether all could be undone."""
    count = problems = 0
    for outcome in outcomes:
        count += 1
        problems += outcome.error is not None
        if as_json:
            public.print_json(public.of_undone(outcome))
        else:
            print(_line(outcome), flush=True)
    if not count:
        typer.echo("there is nothing to undo", err=True)
    return not problems


def _line(outcome: UndoResult) -> str:
    if outcome.error is not None:
        hint = f" (hint: {outcome.error.hint})" if outcome.error.hint else ""
        return sentence(f"#{outcome.asked.id} not undone: {outcome.error.sentence}{hint}")
    assert outcome.done is not None
    what = "filed again at" if outcome.done.state is not State.UNDO else "back at"
    begin, end = f"#{outcome.asked.id} {what} ", f" (#{outcome.done.id})"
    return path_line(outcome.done.destination or "", 0, before=begin, after=end)
