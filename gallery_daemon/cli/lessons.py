"""`lessons`: what the program was taught by dragging photos and by `label`."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gallery_daemon.cli import public
from gallery_daemon.cli.fitting import path_line, sentence
from gallery_daemon.cli.moments import MOST
from gallery_daemon.cli.moves import asked, photos, waits
from gallery_daemon.cli.options import ConfigFile, TaughtLibrary
from gallery_daemon.cli.plain import print_to_stderr
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.cli.taught import config_to_teach
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.lessons import export, gather
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.errors import GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.lessons import Gathered
    from gallery_daemon.config.settings import Config
    from gallery_daemon.journal.journal import Journal
    from gallery_daemon.journal.lesson import Lesson


def lessons(
    *,
    config: ConfigFile = None,
    library: TaughtLibrary = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per lesson and mass move.")
    ] = False,
    doubtful: Annotated[
        bool,
        typer.Option(
            "--doubtful", help="Only those that contradict all others: slips of the mouse, mostly."
        ),
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="DIR", help="Make class folders of links there, for `train`."
        ),
    ] = None,
    accept_move: Annotated[
        int | None,
        typer.Option(min=1, max=MOST, metavar="ID", help="The photos of that move are lessons."),
    ] = None,
    dismiss_move: Annotated[
        int | None,
        typer.Option(min=1, max=MOST, metavar="ID", help="The photos of that move are none."),
    ] = None,
) -> None:
    """List what the model can learn from you; nothing in the library is moved.

    A lesson is a filed photo that you dragged to another class's place, one that you took out of
    the place for uncertain ones, or one of which you said it by `label`.

    Examples:
        gallery-daemon lessons

        gallery-daemon lessons --doubtful

        gallery-daemon lessons --accept-move 3

        gallery-daemon lessons --export ~/lessons
    """
    loaded, clock = config_to_teach(config, library), SystemClock()
    with contextlib.closing(open_to_plan()) as journal:
        gathered = gather(loaded, journal, clock)
        if accept_move is not None or dismiss_move is not None:
            _answer(journal, gathered, accept_move, dismiss_move)
            return
        if doubtful:
            _print_doubtful(loaded, journal, clock, as_json=as_json)
            return
    if to is not None:
        _export(gathered, to)
    elif as_json:
        for lesson in gathered.lessons:
            public.print_json(public.of_lesson(lesson))
        for move in gathered.mass_moves:
            public.print_json(public.of_mass_move(move))
    else:
        _print(gathered, loaded.library)
        for line in _refused(loaded):
            print(line)


def _answer(
    journal: Journal, gathered: Gathered, accepted: int | None, dismissed: int | None
) -> None:
    """The person's word on mass moves is in the journal."""
    known = {move.id for move in gathered.mass_moves}
    for number in filter(None, (accepted, dismissed)):
        if number not in known:
            raise GalleryError(
                f"no mass move {number} is open", hint="gallery-daemon lessons shows the open ones"
            )
    now = SystemClock().wall()
    if accepted is not None:
        print(f"{photos(journal.lessons.accept(accepted, now))} are lessons now")
    if dismissed is not None:
        print(f"{photos(journal.lessons.dismiss(dismissed, now))} teach nothing")


def _refused(config: Config) -> Iterator[str]:
    """Why the newest version does not serve, where the gate refused it."""
    latest = versions_of(config.model.bundle, config.library).latest()
    if latest is None or latest.gate.passed:
        return
    yield f"what was learned last (version {latest.number}) was refused:"
    for reason in latest.gate.reasons:
        yield sentence(reason, 2)
    if latest.gate.wanted_more is not None:
        yield sentence(f"about {latest.gate.wanted_more} more lessons could change that", 2)


def _print_doubtful(config: Config, journal: Journal, clock: Clock, *, as_json: bool) -> None:
    # As `learn` has it; numpy is not loaded where nothing is learned.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from gallery_daemon.commands.doubtful_lessons import doubtful_of  # noqa: PLC0415
    from gallery_daemon.learning.learn import refuse_unteachable  # noqa: PLC0415

    versions = versions_of(config.model.bundle, config.library)
    refuse_unteachable(versions.base)
    with versions.locked(), pass_display("looking at lessons") as display:
        found = doubtful_of(config, versions, journal, clock, display.update)
    for each in found:
        if as_json:
            public.print_json(public.of_doubtful_lesson(each))
            continue
        path = each.lesson.path.removeprefix(f"{config.library.rstrip('/')}/")
        print(path_line(path, 0, after=_of(each.lesson)))
        print(sentence(f"looks like {each.likelier} ({each.probability:.2f})", 2))
    if found or as_json:
        return
    print("no lesson is doubtful")


def _export(gathered: Gathered, folder: Path) -> None:
    gone = list(export(gathered.lessons, folder))
    print(f"{photos(len(gathered.lessons) - len(gone))} linked in {folder}")
    for lesson in gone:
        print_to_stderr(path_line(lesson.path, 0, before="left out, it is gone: "))


def _print(gathered: Gathered, library: str) -> None:
    print(path_line(library, 0, before=_head(gathered.lessons)))
    for lesson in gathered.lessons:
        print(path_line(lesson.path.removeprefix(f"{library.rstrip('/')}/"), 2, after=_of(lesson)))
    for move in gathered.mass_moves:
        print(sentence(asked(move)))
    if gathered.waiting:
        print(sentence(waits(gathered.waiting, gathered.counts_in_s)))


def _head(lessons_: tuple[Lesson, ...]) -> str:
    if not lessons_:
        return "no lessons for "
    counts = Counter(lesson.class_name for lesson in lessons_).most_common()
    count = "1 lesson" if len(lessons_) == 1 else f"{len(lessons_)} lessons"
    return f"{count} ({', '.join(f'{name} {number}' for name, number in counts)}) for "


def _of(lesson: Lesson) -> str:
    before = "" if lesson.before in {None, lesson.class_name} else f", not {lesson.before}"
    return f": {lesson.class_name}{before} ({lesson.kind})"
