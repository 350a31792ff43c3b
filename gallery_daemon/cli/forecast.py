"""What a forecast looks like: the library as a tree, then what is not filed, and why."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from gallery_daemon.cli.render import shown
from gallery_daemon.filing.record import State
from gallery_daemon.photo import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gallery_daemon.service.forecast import Change, Forecast
    from gallery_daemon.service.planning import Planned

_NAMES = 3
_TAKEN = 10
# What a file comes to that does not lie in the library then, in the order it is told.
_OTHER_ENDS = (
    (State.IDENTICAL, "there already"),
    (State.SKIPPED, "not filed"),
    (State.LEFT, "left"),
    (State.QUARANTINED, "quarantined"),
    (State.FAILED, "could not be read"),
)


def public(planned: Planned) -> dict[str, object]:
    """The plan for one file under the log's field names."""
    confidence = planned.confidence
    return {
        "photo": planned.photo,
        "state": planned.state,
        "outcome": planned.outcome,
        "rule": planned.rule,
        "class": planned.top_class,
        "confidence": None if confidence is None else round(confidence, 4),
        "action": planned.action,
        "destination": planned.destination,
        "reason": planned.reason,
        "sidecar_of": planned.sidecar_of,
    }


def print_json(forecast: Forecast) -> None:
    """One JSON object for each file."""
    for planned in forecast.files:
        print(json.dumps(public(planned)))


def print_forecast(forecast: Forecast, *, all_names: bool) -> None:
    """The tree of what would be filed, the names that are taken, what stays, and the sum."""
    console = Console(highlight=False, markup=False)
    filed = [each for each in forecast.files if each.state is State.FILED]
    if filed:
        console.print(library_tree(forecast.library, filed, None if all_names else _NAMES))
    _print_taken(console, filed)
    for state, words in _OTHER_ENDS:
        stays = [each for each in forecast.files if each.state is state]
        print_reasons(console, words, stays, all_names=all_names)
    if forecast.warning:
        console.print(Text(shown(f"nothing can be filed now: {forecast.warning}"), "yellow"))
    console.print(_sum(forecast, len(filed)), soft_wrap=True)


def print_changes(changes: Sequence[Change], library: str, *, all_names: bool, of: int) -> None:
    """The photos, of so many files, that would go elsewhere, by where from and where to."""
    ways = [(_place(each.was, library), _place(each.now, library), each.photo) for each in changes]
    print_ways(ways, all_names=all_names)
    print(f"{len(changes)} of {of} files would go elsewhere")


def print_ways(ways: Iterable[tuple[str, str, str]], *, all_names: bool) -> None:
    """From where to where, how many, and some names; each way is (was, now, photo)."""
    console = Console(highlight=False, markup=False)
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for was, now, photo in ways:
        grouped[was, now].append(photo)
    for (was, now), photos in sorted(grouped.items()):
        line = Text.assemble(shown(was), (" -> ", "dim"), (shown(now), "bold"), f"  {len(photos)}")
        console.print(_with_names(line, photos, None if all_names else _NAMES))


def print_changes_json(changes: Iterable[Change]) -> None:
    """One JSON object for each photo that would go elsewhere: `was` and `now` as in a plan."""
    for change in changes:
        was, now = (each and public(each) for each in (change.was, change.now))
        print(json.dumps({"photo": change.photo, "was": was, "now": now}))


def library_tree(library: str, filed: Sequence[Planned], most: int | None) -> Tree:
    """The folders that photos would come to, with how many, and up to `most` names in each."""
    root = Tree(_counted(library, len(filed)), guide_style="dim")
    branches: dict[tuple[str, ...], Tree] = {(): root}
    folders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in filed:
        assert each.destination is not None
        *parts, name = each.destination.removeprefix(library.rstrip("/") + "/").split("/")
        folders[tuple(parts)].append(name)
    counts: Counter[tuple[str, ...]] = Counter()
    for folder, names in folders.items():
        counts.update({folder[:depth]: len(names) for depth in range(1, len(folder) + 1)})
    for folder, files in sorted(counts.items()):
        branches[folder] = branches[folder[:-1]].add(_counted(folder[-1] + "/", files))
    for folder, names in sorted(folders.items()):
        for line in _named(names, most):
            branches[folder].add(line)
    return root


def _counted(name: str, files: int) -> Text:
    return Text.assemble((shown(name), "bold"), f"  {files}")


def _named(names: Sequence[str], most: int | None) -> list[Text]:
    """The first names, and how many more there are."""
    lines = [Text(shown(name), "dim") for name in sorted(names)[:most]]
    more = len(names) - len(lines)
    return [*lines, Text(f"... and {more} more", "dim")] if more else lines


def _with_names(line: Text, names: Sequence[str], most: int | None) -> Tree:
    tree = Tree(line, guide_style="dim")
    for name in _named(names, most):
        tree.add(name)
    return tree


def _print_taken(console: Console, filed: Sequence[Planned]) -> None:
    """Photos that would get another name, for theirs is taken."""
    taken = [each for each in filed if each.wanted != each.destination]
    if not taken:
        return
    console.print(f"\n{len(taken)} would get another name, for theirs is taken by other bytes:")
    for each in taken[:_TAKEN]:
        console.print(shown(f"  {each.photo} -> {each.destination}"), soft_wrap=True)
    if len(taken) > _TAKEN:
        console.print(f"  ... and {len(taken) - _TAKEN} more")


def print_reasons(
    console: Console, words: str, files: Sequence[Planned], *, all_names: bool
) -> None:
    """How many come to that end, by why; where it is not usual, with names."""
    if not files:
        return
    console.print(f"\n{len(files)} {words}:")
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for each in files:
        by_reason[each.reason or ""].append(each.photo)
    for reason, photos in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        line = Text(shown(f"{reason}  {len(photos)}"))
        console.print(_with_names(line, photos, None if all_names else 1))


def folder_in(library: str, destination: str) -> str:
    """The folder of a destination, as a person says it: `Memes/2024/`."""
    folder = destination.rpartition("/")[0] + "/"
    return folder.removeprefix(library.rstrip("/") + "/") or folder


def _place(planned: Planned | None, library: str) -> str:
    """Where it would go, as a folder; or what else would become of it."""
    if planned is None:
        return "not watched"
    if planned.wanted is None:
        return planned.state
    return folder_in(library, planned.wanted)


def _sum(forecast: Forecast, filed: int) -> str:
    ends = Counter(each.state for each in forecast.files)
    unsure = sum(
        each.outcome == Outcome.UNCERTAIN for each in forecast.files if each.state is State.FILED
    )
    parts = [f"{filed} would be filed" + (f" ({unsure} uncertain)" if unsure else "")]
    parts += [f"{ends[state]} {words}" for state, words in _OTHER_ENDS if ends[state]]
    looks = f"{forecast.classified} classified now, {forecast.remembered} remembered"
    known = f"{forecast.known} known from before; " if forecast.known else ""
    return f"\n{len(forecast.files)} files: {', '.join(parts)}; {known}{looks}"
