"""`status`: what the daemons of this user are doing, and which photos wait or could not be read."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.config_file import library_of
from gallery_daemon.cli.fitting import path_line, sentence, way
from gallery_daemon.cli.moments import to_the_second
from gallery_daemon.cli.moves import asked
from gallery_daemon.cli.options import ConfigOfLibrary
from gallery_daemon.cli.plain import print_error
from gallery_daemon.daemon.instance import ask, running
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.daemon.status import in_trouble
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.journal.lesson import MassMove

_SHOWN = 20
_LAST = 5


def status(
    *,
    config: ConfigOfLibrary = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what the daemon does, what it filed last, which photos wait, which cannot be read.

    Example: gallery-daemon status
    """
    library = library_of(config)
    daemons, rows = _daemons(library), _rows(library)
    if as_json:
        found = {key: [public.of_row(row) for row in each] for key, each in rows.items()}
        taught = _lessons(library)
        public.print_json(
            {"daemons": daemons}
            | found
            | {"lessons": [{"library": one.library, "lessons": one.count} for one in taught]}
            | {"mass_moves": [public.of_open_move(move) for each in taught for move in each.asked]}
        )
        return
    ours = [daemon for daemon in daemons if _is_ours(daemon)]
    others = [daemon for daemon in daemons if not _is_ours(daemon)]
    if not ours:
        print("no daemon is running" + (" with your journal" if others else ""))
    for daemon in ours:
        _print_daemon(daemon)
    waiting = {each["photo"] for daemon in daemons for each in daemon.get("waiting", ())}
    failed = [row for row in rows["failed"] if row.path not in waiting]
    _print_last(rows["last"])
    _print_rows("could not be filed yet", failed)
    unread = "cannot be read (quarantined), and tried again when it changes"
    _print_rows(unread, rows["quarantined"])
    for each in _lessons(library):
        print(path_line(each.library, 0, before="lessons for ", after=f": {each.count}"))
        for move in each.asked:
            print(sentence(asked(move)))
    for daemon in others:
        begin = f"process {daemon['pid']} is a daemon with another journal: "
        print(path_line(daemon["journal"], 0, before=begin))


def _daemons(library: str | None) -> list[dict[str, Any]]:
    """What each running daemon answers; one that watches several folders counts once.

    With a `library` only those that file into it, and those that are too busy to say.
    """
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
    return [each for each in found.values() if library in {None, each.get("library", library)}]


def _rows(library: str | None) -> dict[str, list[Row]]:
    """The last filings and the photos in trouble, from the journal."""
    empty: dict[str, list[Row]] = {"last": [], "failed": [], "quarantined": []}
    path = journal_path()
    if not path.exists():
        return empty
    last = Query(states=(State.FILED,), is_photo=True, library=library, limit=_LAST)
    try:
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            return {
                "last": journal.find(last),
                "failed": in_trouble(journal, State.FAILED, library),
                "quarantined": in_trouble(journal, State.QUARANTINED, library),
            }
    except GalleryError as error:
        print_error(error)
        return empty


@dataclass(frozen=True, slots=True)
class LessonsOfLibrary:
    """How many lessons hold for a library, and what is asked about moves in it."""

    library: str
    count: int
    asked: list[MassMove]


def _lessons(library: str | None) -> list[LessonsOfLibrary]:
    """Of each library that has any; with a `library` only of that."""
    path = journal_path()
    if not path.exists():
        return []
    try:
        with contextlib.closing(Journal(path, read_only=True)) as journal:
            table = journal.lessons
            return [
                LessonsOfLibrary(name, len(table.active(name)), table.mass_moves(name))
                for name in table.libraries()
                if library in {None, name}
            ]
    except GalleryError as error:
        print_error(error)
        return []


def _is_ours(daemon: dict[str, Any]) -> bool:
    """Whether it has this journal; one that is too busy to say may have."""
    here = str(journal_path())
    return bool(daemon.get("journal", here) == here)


def _print_daemon(daemon: dict[str, Any]) -> None:
    if daemon.get("busy"):
        print(f"the daemon (process {daemon['pid']}) is too busy to answer")
        return
    print(f"running as process {daemon['pid']}, version {daemon['version']}")
    for folder in daemon["watch"]:
        state = "watched" if folder["watched"] else "not there, nothing is filed from it"
        if folder["watched"] and folder.get("ignored"):
            state += f"; {folder['ignored']} names passed over, see doctor"
        print(path_line(folder["path"], 2, before=f"{folder['source']}: ", after=f" ({state})"))
    print(path_line(daemon["library"], 2, before="library: "))
    for line in _lines(daemon):
        print(sentence(line, 2))
    if daemon["paused_because"]:
        print(sentence(f"paused: {daemon['paused_because']}", 2))
    _print_waiting(daemon)


def _lines(daemon: dict[str, Any]) -> Iterator[str]:
    """The daemon's state; an older version that still runs reports less."""
    config = daemon["config"] or "the command line"
    if "since" in daemon:
        config += f" ({daemon['digest']}), in force since {daemon['since'].replace('T', ' ')}"
    yield f"configuration: {config}"
    for each in daemon.get("rejected", ())[:_SHOWN]:
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
    if "model" in daemon:
        yield from _model(daemon["model"])


def _model(state: dict[str, Any]) -> Iterator[str]:
    """Which version serves, what could be learned, and whether it fits still."""
    words = [f"model: {state['id']}"]
    if state["version"]:
        when = state["learned"].replace("T", " ")
        words.append(f"version {state['version']}, learned {when} from {state['lessons']} lessons")
    if state["lessons_since"]:
        words.append(f"{state['lessons_since']} lessons since")
    if state["is_learning"]:
        words.append("learning now")
    yield ", ".join(words)
    if state["trouble"]:
        yield f"its versions: {state['trouble']}"
    drift = state["drift"]
    if drift:
        yield (
            f"for two weeks it has been less sure of photos, or known them less:"
            f" confidence {drift['confidence_before']:.2f} -> {drift['confidence']:.2f}"
            f"{_familiarity(drift)}; look at {drift['folder']}, drag what is wrong to where it"
            " belongs, then: gallery-daemon learn"
        )


def _familiarity(drift: dict[str, Any]) -> str:
    if drift["familiarity"] is None or drift["familiarity_before"] is None:
        return ""
    return f", familiarity {drift['familiarity_before']:.2f} -> {drift['familiarity']:.2f}"


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


def _print_waiting(daemon: dict[str, Any]) -> None:
    if not daemon["waiting"]:
        return
    print("waiting:")
    for each in daemon["waiting"][:_SHOWN]:
        retry, tried = each["retry_in_s"], each["attempts"]
        again = "when it changes" if retry is None else f"in {retry:.0f} s"
        times = "once" if tried == 1 else f"{tried} times"
        print(path_line(each["photo"], 2))
        print(sentence(f"{each['reason']}; tried {times}, again {again}", 4))
    more = daemon["waiting_in_all"] - min(_SHOWN, len(daemon["waiting"]))
    if more:
        print(f"  and {more} more")


def _print_last(rows: list[Row]) -> None:
    """The last filings, by library: one folder's name is another place in each."""
    for library in dict.fromkeys(row.library for row in rows):
        print(path_line(library, 0, before="filed last into ", after=":"))
        for row in rows:
            if row.library == library:
                sure = "" if row.confidence is None else f" {row.confidence:.2f}"
                begin = f" {row.id}  "
                print(f"{begin}{to_the_second(row.decided_at)}  {row.top_class or ''}{sure}")
                print(" " * len(begin) + way(row.relative, row.below_library, len(begin)))


def _print_rows(title: str, rows: list[Row]) -> None:
    if not rows:
        return
    print(f"{title}:")
    for row in rows[:_SHOWN]:
        print(path_line(row.path, 1, before=f"{row.id}  "))
        print(sentence(row.reason or "", len(f" {row.id}  ")))
    if len(rows) > _SHOWN:
        print(f" and {len(rows) - _SHOWN} more; see gallery-daemon history")
