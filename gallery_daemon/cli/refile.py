"""`refile`: what was filed before, by the present rules and model."""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from gallery_daemon.cli.forecast import (
    folder_in,
    library_tree,
    print_reasons,
    print_ways,
    public,
)
from gallery_daemon.cli.found import existing_config
from gallery_daemon.cli.moments import HOW, moment_of
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.plan import AllNames
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.cli.render import shown
from gallery_daemon.filing.place import Disk
from gallery_daemon.filing.recover import recover
from gallery_daemon.service.clock import SystemClock
from gallery_daemon.service.configuration import read_configuration
from gallery_daemon.service.journals import open_to_plan
from gallery_daemon.service.refiling import Refile, Refiled, Refiling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.service.planning import Planned

_EXIT_SOME = 1
_moment = moment_of(SystemClock().wall)


def refile(
    *,
    config: ConfigFile = None,
    since: Annotated[
        datetime | None, typer.Option(parser=_moment, metavar="TIME", help=HOW)
    ] = None,
    top_class: Annotated[
        str | None, typer.Option("--class", help="Only photos filed as this class.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else only show what.")] = False,
    names: AllNames = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per photo.")
    ] = False,
) -> None:
    """File anew what was filed before, by the present rules and model: first as a plan.

    Photos that you have moved or edited in the library are told and not touched; so are those that
    the rules now leave. Each filing is undone and done anew, so `undo` takes both back: of N
    photos with `undo --last 2N`. A photo that was *moved* into the library comes back to its
    watch folder for a moment, where a sync tool may see it; if it was moved to another disk, it is
    copied there and back.

    Examples:
        gallery-daemon refile

        gallery-daemon refile --class memes --since 2026-11-01 --yes
    """
    chosen = read_configuration(existing_config(config))
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
            _print(chosen.library, moves, stays, refiling.unchanged, all_names=names)
        if not moves or not (yes or _says_yes(len(moves), as_json=as_json)):
            if as_json:
                _print_json(moves, stays)
            return
        recover(journal, disk)
        if not _tell(refiling.run(moves), as_json=as_json):
            raise typer.Exit(_EXIT_SOME)


def _says_yes(moves: int, *, as_json: bool) -> bool:
    """Whether the person at the terminal wants it done."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        if not as_json:
            print("nothing was done; --yes does it")
        return False
    return typer.confirm(f"file {moves} anew?")


def _print(
    library: str,
    moves: Sequence[Refile],
    stays: Sequence[Planned],
    unchanged: int,
    *,
    all_names: bool,
) -> None:
    console = Console(highlight=False, markup=False)
    if moves:
        most = None if all_names else 3
        console.print(library_tree(library, [each.planned for each in moves], most))
        print_ways([_way(each, library) for each in moves], all_names=all_names)
    print_reasons(console, "stay as they are", stays, all_names=all_names)
    print(f"{len(moves)} photos would be filed anew, {unchanged + len(stays)} stay where they are")


def _way(refile: Refile, library: str) -> tuple[str, str, str]:
    """From which folder to which, and what."""
    was, now = refile.was, refile.planned.destination or ""
    return folder_in(library, was), folder_in(library, now), was


def _print_json(moves: Sequence[Refile], stays: Sequence[Planned]) -> None:
    for refile in moves:
        print(json.dumps({"was": refile.was} | public(refile.planned)))
    for planned in stays:
        print(json.dumps({"was": planned.photo} | public(planned)))


def _tell(done: Iterable[Refiled], *, as_json: bool) -> bool:
    """Whether all could be filed anew; each is told as soon as it is done."""
    failed = 0
    for refiled in done:
        failed += refiled.error is not None
        print(_json(refiled) if as_json else _line(refiled), flush=True)
    return not failed


def _line(refiled: Refiled) -> str:
    was = refiled.refile.was
    if refiled.filing is not None:
        return shown(f"{was} -> {refiled.filing.destination}")
    assert refiled.error is not None
    hint = f" (hint: {refiled.error.hint})" if refiled.error.hint else ""
    return shown(f"{was} was not filed anew: {refiled.error.sentence}{hint}")


def _json(refiled: Refiled) -> str:
    refile = refiled.refile
    said = {"was": refile.was} | public(refile.planned)
    if refiled.filing is not None:
        done = refiled.filing
        said |= {"state": done.state, "action": done.action, "destination": done.destination}
    elif refiled.error is not None:
        said |= {"state": "failed", "error": refiled.error.sentence}
    return json.dumps(said)
