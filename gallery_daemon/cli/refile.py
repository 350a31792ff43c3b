"""`refile`: file photos again, by the present rules and model."""

from __future__ import annotations

import contextlib
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gallery_daemon.cli import exits, public
from gallery_daemon.cli.config_file import existing_config
from gallery_daemon.cli.fitting import sentence, way
from gallery_daemon.cli.moments import HOW, moment_of
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.plan import (
    AllNames,
    library_tree,
    print_reasons,
    print_ways,
)
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.refile import Refile, Refiled, Refiling
from gallery_daemon.commands.ways import folder_in
from gallery_daemon.daemon.configuration import read_configuration, refuse_failing
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.decision import Action
from gallery_daemon.filing.disk import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.commands.dry_run import PlannedFile

_moment = moment_of(SystemClock().wall)


def refile(
    *,
    config: ConfigFile = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    top_class: Annotated[
        str | None,
        typer.Option("--class", metavar="CLASS", help="Only photos filed as this class."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else only show what.")] = False,
    names: AllNames = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per photo.")
    ] = False,
) -> None:
    """File again what was filed before, by the rules and model of today; first as a plan.

    Each photo goes from its place in the library to the new one, with its sidecars. One of which
    you said a class (`lessons` has them) is filed as if the model were certain of it. The watch
    folders are not touched. How it came into the library (link, copy, move) does not change; the
    plan says for how many photos the rules name another action now. Photos that you have moved or
    edited in the library stay, and are named; so are those that the rules now leave. Folders that
    were made for photos and are empty then are taken away. `undo --last N` puts N of them back to
    where they were before.

    Examples:
        gallery-daemon refile

        gallery-daemon refile --class memes --since 2026-11-01 --yes
    """
    chosen = read_configuration(existing_config(config))
    refuse_failing(chosen)
    disk = Disk()
    with contextlib.closing(open_to_plan()) as journal:
        if yes:
            recover(journal, disk)
        with pass_display("looking") as display:
            refiling = Refiling(chosen, journal, disk, SystemClock(), display)
            found = tuple(refiling.plan(since, top_class))
        moves = [each for each in found if isinstance(each, Refile)]
        stays = [each for each in found if not isinstance(each, Refile)]
        if not as_json:
            _print(chosen.library, refiling, moves, stays, all_names=names)
        has_refused = any(each.state is State.FAILED for each in stays)
        if not moves or not (yes or _says_yes(len(moves), as_json=as_json)):
            if as_json:
                _print_json(moves, stays)
            if yes and has_refused:
                raise typer.Exit(exits.SOME)
            return
        recover(journal, disk)
        is_well = _print_refiled(refiling.run(moves), as_json=as_json)
        if refiling.emptied and not as_json:
            folders = ", ".join("/".join(each) + "/" for each in sorted(refiling.emptied))
            print(sentence(f"taken away, made for photos and empty now: {folders}"))
        if not is_well or has_refused:
            raise typer.Exit(exits.SOME)


def _says_yes(moves: int, *, as_json: bool) -> bool:
    """Whether the person at the terminal wants it done."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not as_json:
            print("nothing was done; --yes does it")
        return False
    return typer.confirm(f"file {moves} anew?")


def _print(
    library: str,
    refiling: Refiling,
    moves: Sequence[Refile],
    stays: Sequence[PlannedFile],
    *,
    all_names: bool,
) -> None:
    console = Console(highlight=False, markup=False)
    ways = [one for each in moves for one in each.ways]
    if ways:
        most = None if all_names else 3
        console.print(library_tree(library, [planned for _, planned in ways], most))
        print_ways(_by_folder(ways, library), all_names=all_names)
    words = "stays as it is" if len(stays) == 1 else "stay as they are"
    print_reasons(console, words, stays, all_names=all_names)
    for other, photos in refiling.elsewhere.items():
        print(shown(f"{_photos(photos)} in another library, {other}: not looked at"))
    for (was, now), number in refiling.other_actions.items():
        were = "was" if number == 1 else "were"
        how = f"{were} {_participle(Action(was))} and would be {_participle(Action(now))} now"
        print(f"{_photos(number)} {how}: refile leaves that")
    sidecars = len(ways) - sum(each.plan is not None for each in moves)
    along = f" with {sidecars} sidecar{'s' * (sidecars != 1)}" if sidecars else ""
    filed, kept = len(ways) - sidecars, refiling.unchanged + len(stays)
    print(f"{_photos(filed)} to be filed anew{along}, {kept} to stay where they are")


def _participle(action: Action) -> str:
    match action:
        case Action.HARDLINK:
            return "hardlinked"
        case Action.COPY:
            return "copied"
        case Action.MOVE:
            return "moved"
        case Action.SYMLINK:
            return "symlinked"


def _photos(count: int) -> str:
    return f"{count} photo{'s' * (count != 1)}"


def _by_folder(ways: Iterable[tuple[str, PlannedFile]], library: str) -> list[tuple[str, str, str]]:
    """Each way as (from folder, to folder, photo)."""
    return [
        (folder_in(library, was), folder_in(library, planned.destination or ""), was)
        for was, planned in ways
    ]


def _print_json(moves: Sequence[Refile], stays: Sequence[PlannedFile]) -> None:
    for was, planned in (each for refile in moves for each in refile.ways):
        public.print_json({"was": was} | public.of_planned(planned))
    for planned in stays:
        public.print_json({"was": planned.photo} | public.of_planned(planned))


def _print_refiled(done: Iterable[Refiled], *, as_json: bool) -> bool:
    """Print each photo as soon as it is done; return whether all went as planned."""
    photos = failed = 0
    for refiled in done:
        photos += refiled.moved is not None and refiled.refile.plan is not None
        failed += not refiled.is_well
        if as_json:
            public.print_json(public.of_refiled(refiled))
        else:
            print(_line(refiled), flush=True)
    if not as_json:
        back = f"; back with: gallery-daemon undo --last {photos}" if photos else ""
        trouble = f", {failed} with trouble" if failed else ""
        print(f"{_photos(photos)} filed anew{trouble}{back}")
    return not failed


def _line(refiled: Refiled) -> str:
    was, moved = refiled.refile.was, refiled.moved
    if moved is not None:
        names = ", ".join((each.name or "") for each in moved.sidecars)
        along = f" (with {names})" if names else ""
        line = way(was, moved.row.destination or "", len(along)) + shown(along)
        problems = (f"{was} is filed anew, but {problem}" for problem in moved.problems)
        return "\n".join((line, *map(shown, problems)))
    assert refiled.error is not None
    hint = f" (hint: {refiled.error.hint})" if refiled.error.hint else ""
    return shown(f"{was} was not filed anew: {refiled.error.sentence}{hint}")
