"""`status`: what the daemons of this user are doing, and which photos wait or could not be read."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gallery_daemon.cli import public
from gallery_daemon.cli.moments import to_the_second
from gallery_daemon.cli.plain import print_error, shown
from gallery_daemon.daemon.instance import ask, running
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.status import in_trouble
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 20
_LAST = 5


def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what the daemon does, what it filed last, which photos wait, which cannot be read.

    Example: gallery-daemon status
    """
    daemons, rows = _daemons(), _rows()
    if as_json:
        found = {key: [public.of_row(row) for row in each] for key, each in rows.items()}
        public.print_json({"daemons": daemons} | found)
        return
    console = Console(highlight=False, markup=False)
    if not daemons:
        console.print("no daemon is running")
    for daemon in daemons:
        _print_daemon(console, daemon)
    waiting = {each["photo"] for daemon in daemons for each in daemon.get("waiting", ())}
    others = [row for row in rows["failed"] if row.path not in waiting]
    _print_last(console, rows["last"])
    _print_rows(console, "could not be filed yet", others)
    _print_rows(console, "cannot be read (quarantined)", rows["quarantined"])


def _daemons() -> list[dict[str, Any]]:
    """What each running daemon answers; one that watches several folders counts once."""
    found: dict[int, dict[str, Any]] = {}
    for name in running():
        try:
            pid, words = ask(name)
        except OSError:
            continue  # it has ended meanwhile
        try:
            found.setdefault(pid, json.loads(words))
        except ValueError:  # the answer is empty or cut off
            found.setdefault(pid, {"pid": pid, "busy": True})
    return list(found.values())


def _rows() -> dict[str, list[Row]]:
    """The last filings and the photos in trouble, from the journal."""
    empty: dict[str, list[Row]] = {"last": [], "failed": [], "quarantined": []}
    path = journal_path()
    if not path.exists():
        return empty
    last = Query(states=(State.FILED,), is_photo=True, limit=_LAST)
    try:
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            return {
                "last": journal.find(last),
                "failed": in_trouble(journal, State.FAILED),
                "quarantined": in_trouble(journal, State.QUARANTINED),
            }
    except GalleryError as error:
        print_error(error)
        return empty


def _print_daemon(console: Console, daemon: dict[str, Any]) -> None:
    if daemon.get("busy"):
        console.print(f"the daemon (process {daemon['pid']}) is too busy to answer")
        return
    console.print(f"running as process {daemon['pid']}, version {daemon['version']}")
    for folder in daemon["watch"]:
        state = "watched" if folder["watched"] else "not there, nothing is filed from it"
        if folder["watched"] and folder.get("ignored"):
            state += f"; {folder['ignored']} names passed over, see gallery-daemon doctor"
        console.print(shown(f"  {folder['source']}: {folder['path']} ({state})"))
    for line in _lines(daemon):
        console.print(shown(f"  {line}"), soft_wrap=True)
    if daemon["paused_because"]:
        console.print(shown(f"  paused: {daemon['paused_because']}"))
    _print_waiting(console, daemon)


def _lines(daemon: dict[str, Any]) -> Iterator[str]:
    """The daemon's state; an older version that still runs reports less."""
    yield f"library: {daemon['library']}"
    config = daemon["config"] or "the command line"
    if "since" in daemon:
        config += f" ({daemon['digest']}), in force since {daemon['since'].replace('T', ' ')}"
    yield f"configuration: {config}"
    for each in daemon.get("rejected", ()):
        place = f"{each['place']}: " if each["place"] else ""
        yield f"its file was changed since and is rejected: {place}{each['error']}"
    yield "since then: " + _counts(daemon["since_start"])
    stages = f" ({_counts(daemon['backlog'])})" if "backlog" in daemon else ""
    yield f"on their way: {daemon['on_their_way']}{stages}"
    if "per_minute" in daemon:
        rates = [f"{rate:.3g} in {minutes}" for minutes, rate in daemon["per_minute"].items()]
        yield f"files a minute: {', '.join(rates)} minutes"
    if "classifier" in daemon:
        yield f"classifier: {_classifier(daemon['classifier'])}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())


def _classifier(state: dict[str, Any]) -> str:
    """The state of the classifier process, and why the last one ended."""
    words = [state["state"]]
    if state["trouble"]:
        words.append(state["trouble"])
    if state["model"]:
        words.append(f"{state['model']} by {state['engine']}")
        words.append(f"last started {state['started'].replace('T', ' ')}")
    if state["stopped_because"]:
        words.append(f"ended: {state['stopped_because']}")
    return ", ".join(words)


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


def _print_last(console: Console, rows: list[Row]) -> None:
    if not rows:
        return
    table = Table("id")
    table.add_column("when", no_wrap=True)
    for heading in ("filed last", "class", "into the library"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        sure = "" if row.confidence is None else f" {row.confidence:.2f}"
        when, what = to_the_second(row.decided_at), f"{row.top_class or ''}{sure}"
        place = shown("/".join((*row.folder, row.name or "")))
        table.add_row(str(row.id), when, shown(row.relative), what, place)
    console.print(table)


def _print_rows(console: Console, title: str, rows: list[Row]) -> None:
    if not rows:
        return
    table = Table("id", title, "why")
    for row in rows[:_SHOWN]:
        table.add_row(str(row.id), shown(row.path), shown(row.reason or ""))
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"and {len(rows) - _SHOWN} more; see gallery-daemon history")
