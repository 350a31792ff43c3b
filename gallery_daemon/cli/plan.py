"""`plan`: what `run` would do now, or what a changed configuration would do otherwise.

A plan is the library as a tree, then what is not filed, and why; `sort --dry-run` and `refile`
print theirs with the same functions. A comparison groups photos by where from and where to, with
the action where it differs (`move` instead of `hardlink` takes photos off the phone), and with what
happens if a name is taken.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from gallery_daemon.cli import public
from gallery_daemon.cli.config_file import (
    existing_config,
    print_limits_in_short,
    read_to_look,
)
from gallery_daemon.cli.fitting import homely, sentence, way
from gallery_daemon.cli.options import ConfigFile
from gallery_daemon.cli.progress import pass_display
from gallery_daemon.cli.render import print_words
from gallery_daemon.clock import SystemClock
from gallery_daemon.commands.plan import changes, forecast, scopes_of
from gallery_daemon.commands.ways import is_same_place, is_same_way, way_of
from gallery_daemon.daemon.configuration import read_configuration, versions_of
from gallery_daemon.decision import Action, Outcome
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.commands.dry_run import PlannedFile
    from gallery_daemon.commands.plan import Change, Forecast
    from gallery_daemon.config.settings import Config

_NAMES = 3
# Files written within the settle time are filed in the order they settle, not of their paths.
_WHERE_CHANCE_IS = "in `run` (and in `sort`, of files just written)"
_TAKEN = 10
# The ends of files that are not filed, in the order in which they are shown.
_OTHER_ENDS = (
    (State.IDENTICAL, "there already"),
    (State.SKIPPED, "not filed"),
    (State.LEFT, "left"),
    (State.QUARANTINED, "quarantined"),
    (State.FAILED, "would fail"),
)
AllNames = Annotated[bool, typer.Option("--names", help="Show every photo's name.")]


def plan(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER", help="Only these folders; all watch folders.", show_default=False
        ),
    ] = None,
    *,
    config: ConfigFile = None,
    was: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Show what would change, compared with this configuration."
        ),
    ] = None,
    was_model: Annotated[
        str | None,
        typer.Option(
            "--was-model",
            metavar="NAME",
            help="The same, compared with this version of the model: `model list` has them.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also photos that were filed, left or quarantined before.")
    ] = False,
    names: AllNames = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per file.")
    ] = False,
) -> None:
    """Show what `run` would do now with the photos in the watch folders; nothing is done.

    What the model sees is remembered, so the next plan is instant. With --was, all photos in the
    watch folders are decided by both configurations; you see which would go elsewhere, or by
    another action. With --was-model they are decided by both versions of the model.

    Examples:
        gallery-daemon plan

        gallery-daemon plan --config new.yaml --was ~/.config/gallery-daemon/config.yaml

        gallery-daemon plan --was-model base
    """
    present = read_to_look(config)
    chosen = [os.fspath(folder) for folder in folders or ()]
    if was is None and was_model is None:
        found = _forecast(present, chosen, include_known=everything)
        print_planned(found, as_json=as_json, all_names=names)
        if not as_json:
            print_limits_in_short(present)
            _print_refile_hint(found, config)
        return
    before = _former(was or existing_config(config), was_model)
    former = _forecast(before, chosen, include_known=True, is_compared=True)
    latter = _forecast(present, chosen, include_known=True, is_compared=True)
    changed = changes(former, latter)
    if not as_json:
        print_changes(changed, former, latter, all_names=names)
        return
    for change in changed:
        public.print_json(public.of_change(change))


def _former(path: Path, model: str | None) -> Config:
    """The configuration in the file; by another version of its model than serves, if one is named.

    Raises:
        GalleryError: it is wrong, or there is no such version.
    """
    if model is None:
        return read_configuration(path)
    present = read_configuration(path)
    versions = versions_of(present.model.bundle, present.library)
    return read_configuration(path, versions.read(versions.number_of(model)))


def _forecast(
    config: Config, folders: Sequence[str], *, include_known: bool, is_compared: bool = False
) -> Forecast:
    scopes = scopes_of(config, folders)
    with pass_display("looking") as display:
        return forecast(
            config,
            scopes,
            SystemClock(),
            display,
            include_known=include_known,
            is_compared=is_compared,
        )


def _print_refile_hint(found: Forecast, config: Path | None) -> None:
    """What was filed before is not planned anew: say by which command it is."""
    if not found.known and not found.former:
        return
    command = "gallery-daemon refile" + (f" --config {shlex.quote(str(config))}" if config else "")
    which = "what was filed before stays"
    if found.former:
        lie = "photo lies" if found.former == 1 else "photos lie"
        which = f"{found.former} {lie} where rules put them that are in the configuration no more"
    print(sentence(f"{which}; what the rules of now would do: {command}"))


def print_planned(forecast: Forecast, *, as_json: bool, all_names: bool) -> None:
    """One JSON object for each file, or all that `print_forecast` shows."""
    if not as_json:
        print_forecast(forecast, all_names=all_names)
        return
    for planned in forecast.files:
        public.print_json(public.of_planned(planned))


def print_forecast(forecast: Forecast, *, all_names: bool) -> None:
    """The tree of what would be filed, the names that are taken, what stays, and the sum."""
    console = Console(highlight=False, markup=False)
    filed = [each for each in forecast.files if each.state is State.FILED]
    if filed:
        console.print(library_tree(forecast.library, filed, None if all_names else _NAMES))
    _print_moved(console, filed)
    _print_notes(console, filed)
    _print_taken(console, filed)
    _print_rivals(console, forecast.files)
    for state, words in _OTHER_ENDS:
        stays = [each for each in forecast.files if each.state is state]
        print_reasons(console, words, stays, all_names=all_names)
    if forecast.warning:
        console.print(Text(homely(f"nothing can be filed now: {forecast.warning}"), "yellow"))
    print_words(console, _sum(forecast, filed))


def print_ways(ways: Iterable[tuple[str, str, str]], *, all_names: bool) -> None:
    """From where to where, how many, and some names; each way is (was, now, photo)."""
    console = Console(highlight=False, markup=False)
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for was, now, photo in ways:
        grouped[was, now].append(photo)
    for (was, now), photos in sorted(grouped.items()):
        line = Text.assemble(
            homely(was), (" -> ", "dim"), (homely(now), "bold"), f"  {len(photos)}"
        )
        console.print(_with_names(line, photos, None if all_names else _NAMES))


def library_tree(library: str, filed: Sequence[PlannedFile], most: int | None) -> Tree:
    """The folders that photos would come to, with how many, and up to `most` names in each."""
    folders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    actions: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for each in filed:
        assert each.destination is not None
        *parts, name = each.destination.removeprefix(library.rstrip("/") + "/").split("/")
        folders[tuple(parts)].append(name)
        for depth in range(len(parts) + 1):
            actions[tuple(parts[:depth])][each.action or ""] += 1
    root = Tree(_counted(library, actions[()], says_actions=True), guide_style="dim")
    branches: dict[tuple[str, ...], Tree] = {(): root}
    # Where one action is everywhere, the library's own line says so for all.
    is_mixed = len(actions.pop(())) > 1
    for folder, counts in sorted(actions.items()):
        line = _counted(folder[-1] + "/", counts, says_actions=is_mixed)
        branches[folder] = branches[folder[:-1]].add(line)
    for folder, names in sorted(folders.items()):
        for line in _named(names, most):
            branches[folder].add(line)
    return root


def _counted(name: str, actions: Counter[str], *, says_actions: bool) -> Text:
    """The folder, how many files come to it, and by which actions."""
    how = f"  {by_action(actions)}" if says_actions else ""
    return Text.assemble((homely(name), "bold"), f"  {actions.total()}", (how, "dim"))


def by_action(actions: Counter[str]) -> str:
    """`hardlink`; of several, `20 hardlink, 4 move`."""
    if len(actions) == 1:
        return next(iter(actions))
    return ", ".join(f"{number} {action}" for action, number in actions.most_common())


def _named(names: Sequence[str], most: int | None) -> list[Text]:
    """The first names, and how many more there are."""
    lines = [Text(homely(name), "dim") for name in sorted(names)[:most]]
    more = len(names) - len(lines)
    return [*lines, Text(f"... and {more} more", "dim")] if more else lines


def _with_names(line: Text, names: Sequence[str], most: int | None) -> Tree:
    tree = Tree(line, guide_style="dim")
    for name in _named(names, most):
        tree.add(name)
    return tree


def _print_moved(console: Console, filed: Sequence[PlannedFile]) -> None:
    """How many would leave their folder, which a sync tool repeats on the phone."""
    moved = sum(each.action == Action.MOVE for each in filed)
    if moved:
        line = f"{moved} would be moved: no longer in the folder where they lie now"
        print_words(console, Text(f"\n{line}", "yellow"))


def _print_notes(console: Console, filed: Sequence[PlannedFile]) -> None:
    """How many would be filed otherwise than they should, by what is in the way."""
    notes = Counter(each.note for each in filed if each.note is not None)
    if notes:
        console.print()
    for note, number in notes.most_common():
        files = "1 file" if number == 1 else f"{number} files"
        console.print(Text(homely(f"{files}: {note}"), "yellow"), soft_wrap=True)


def _print_taken(console: Console, filed: Sequence[PlannedFile]) -> None:
    """Photos that would get another name because theirs is taken."""
    taken = [each for each in filed if each.wanted != each.destination and not each.is_numbered]
    if not taken:
        return
    console.print(f"\n{len(taken)} would get another name, for theirs is taken by other bytes:")
    for each in taken[:_TAKEN]:
        print("  " + way(each.photo, each.destination or "", 2))
    if len(taken) > _TAKEN:
        console.print(f"  ... and {len(taken) - _TAKEN} more")


def _print_rivals(console: Console, files: Sequence[PlannedFile]) -> None:
    """The photo that comes first gets a name; here that is by path, elsewhere by chance."""
    numbered = sum(each.is_numbered for each in files)
    if numbered > 1:
        line = f"{numbered} get the numbers that are free: here by their paths"
        print_words(console, f"\n{line}, {_WHERE_CHANCE_IS} as they are read")
    wants = Counter(each.wanted for each in files if each.wanted and not each.is_numbered)
    rivals = sum(number for number in wants.values() if number > 1)
    if rivals:
        line = f"{rivals} want the name of another of them: here the first by its path gets it"
        print_words(console, f"\n{line}, {_WHERE_CHANCE_IS} the first to be read")


def print_reasons(
    console: Console, words: str, files: Sequence[PlannedFile], *, all_names: bool
) -> None:
    """How many files have that end, by reason, with names."""
    if not files:
        return
    console.print(f"\n{len(files)} {words}:")
    by_reason: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
    for each in files:
        by_reason[each.reason or "", each.hint].append(each.photo)
    for (reason, hint), photos in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        line = Text(homely(f"{reason}  {len(photos)}"))
        console.print(_with_names(line, photos, None if all_names else 1))
        if hint is not None:
            print_words(console, homely(f"  hint: {hint}"))


def _sum(forecast: Forecast, filed: Sequence[PlannedFile]) -> str:
    ends = Counter(each.state for each in forecast.files)
    unsure = sum(each.outcome == Outcome.UNCERTAIN for each in filed)
    more = [by_action(Counter(each.action or "" for each in filed))] if filed else []
    more += [f"{unsure} uncertain"] if unsure else []
    parts = [f"{len(filed)} would be filed" + (f" ({'; '.join(more)})" if more else "")]
    parts += [f"{ends[state]} {words}" for state, words in _OTHER_ENDS if ends[state]]
    looks = f"{forecast.classified} classified now, {forecast.remembered} remembered"
    known = f"{forecast.known} known from before; " if forecast.known else ""
    return f"\n{len(forecast.files)} files: {', '.join(parts)}; {known}{looks}"


def print_changes(
    changes: Sequence[Change], was: Forecast, now: Forecast, *, all_names: bool
) -> None:
    """The photos that would go elsewhere, of all that either forecast has: where from, where to."""
    # In two libraries one folder's name is two places.
    library = now.library if was.library == now.library else None
    print_ways([(*way_of(each, library), each.photo) for each in changes], all_names=all_names)
    stay = sum(is_same_place(each) for each in changes)
    taken = sum(is_same_way(each) for each in changes)
    of = len({each.photo for each in (*was.files, *now.files)})
    otherwise = f", {stay - taken} to the same place by another action" if stay > taken else ""
    otherwise += f", {taken} to the same place unless their name is taken" if taken else ""
    print(f"{len(changes) - stay} of {of} files would go elsewhere{otherwise}")
