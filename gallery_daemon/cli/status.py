"""`status`: what the daemons of this user are doing, and which photos wait or could not be read."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.history import public
from gallery_daemon.cli.render import print_error, shown
from gallery_daemon.errors import GalleryError
from gallery_daemon.filing.journal import Journal
from gallery_daemon.filing.query import Query
from gallery_daemon.filing.record import Row, State
from gallery_daemon.service.journals import journal_path
from gallery_daemon.service.sole import ask, running

_SHOWN = 20


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what the daemon does, which photos wait to be tried again, which cannot be read.

    Example: gallery-daemon status
    """
    daemons = _daemons()
    try:
        failed, quarantined = _in_trouble(State.FAILED), _in_trouble(State.QUARANTINED)
    except GalleryError as error:
        print_error(error)
        failed, quarantined = [], []
    if as_json:
        found = {
            "daemons": daemons,
            "failed": [public(row) for row in failed],
            "quarantined": [public(row) for row in quarantined],
        }
        print(json.dumps(found))
        return
    console = Console(highlight=False, markup=False)
    if not daemons:
        console.print("no daemon is running")
    for daemon in daemons:
        _print_daemon(console, daemon)
    told = {each["photo"] for daemon in daemons for each in daemon.get("waiting", ())}
    others = [row for row in failed if row.path not in told]
    _print_rows(console, "could not be filed yet", others)
    _print_rows(console, "cannot be read (quarantined)", quarantined)


def _daemons() -> list[dict[str, Any]]:
    """Each running daemon's own words; of one that watches several folders, once."""
    found: dict[int, dict[str, Any]] = {}
    for name in running():
        try:
            pid, words = ask(name)
        except OSError:
            continue  # it has ended meanwhile
        try:
            found.setdefault(pid, json.loads(words))
        except ValueError:  # it said nothing, or not all
            found.setdefault(pid, {"pid": pid, "busy": True})
    return list(found.values())


def _in_trouble(state: State) -> list[Row]:
    """The rows in that state whose photo has not come to another end since, the newest first."""
    path = journal_path()
    if not path.exists():
        return []
    with contextlib.closing(Journal(path, read_only=True)) as journal:
        rows = journal.find(Query(states=(state,)))
        latest = [journal.latest_of(row.path, row.library) for row in rows]
        present = zip(rows, latest, strict=True)
        return [
            row
            for row, last in present
            if last is not None and last.id == row.id and Path(row.path).exists()
        ]


def _print_daemon(console: Console, daemon: dict[str, Any]) -> None:
    if daemon.get("busy"):
        console.print(f"the daemon (process {daemon['pid']}) is too busy to answer")
        return
    ends = ", ".join(f"{count} {end}" for end, count in daemon["since_start"].items())
    console.print(f"running as process {daemon['pid']}, {shown(str(daemon['config'] or ''))}")
    for folder in daemon["watch"]:
        state = "watched" if folder["watched"] else "not there, nothing is filed from it"
        console.print(shown(f"  {folder['source']}: {folder['path']} ({state})"))
    console.print(shown(f"  library: {daemon['library']}"))
    console.print(f"  since its start: {ends}; {daemon['on_their_way']} on their way")
    if daemon["paused_because"]:
        console.print(shown(f"  paused: {daemon['paused_because']}"))
    _print_waiting(console, daemon)


def _print_waiting(console: Console, daemon: dict[str, Any]) -> None:
    if not daemon["waiting"]:
        return
    table = Table("waits", "why", "tried", "again")
    for each in daemon["waiting"][:_SHOWN]:
        retry = each["retry_in_s"]
        again = "when it changes" if retry is None else f"in {retry:.0f} s"
        table.add_row(shown(each["photo"]), shown(each["reason"]), str(each["attempts"]), again)
    console.print(table)
    more = daemon["waiting_in_all"] - min(_SHOWN, len(daemon["waiting"]))
    if more:
        console.print(f"and {more} more")


def _print_rows(console: Console, title: str, rows: list[Row]) -> None:
    if not rows:
        return
    table = Table("id", title, "why")
    for row in rows[:_SHOWN]:
        table.add_row(str(row.id), shown(row.path), shown(row.reason or ""))
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"and {len(rows) - _SHOWN} more; see gallery-daemon history")
