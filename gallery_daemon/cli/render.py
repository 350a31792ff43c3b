"""What a pass says to a person: what was skipped, and the sum of it.

Data goes to standard output, errors and progress to standard error; colours only on a terminal and
never with NO_COLOR (rich looks after both). `plain` has the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.plain import shown
from gallery_daemon.journal.record import State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.text import Text

    from gallery_daemon.journey.pass_counts import PassCounts
    from gallery_daemon.journey.stayed import StayedGroup

_SHOWN_SKIPPED = 20
# The ends of files that are not filed, in the order in which they are shown.
_ENDS = (
    (State.LEFT, "left where they are"),
    (State.QUARANTINED, "quarantined: they cannot be read, and stay where they are"),
    (State.FAILED, "failed"),
)


def print_words(console: Console, words: Text | str) -> None:
    """Print words: in a terminal no line ends within one, in a pipe a line stays one line."""
    console.print(words, soft_wrap=not console.is_terminal, highlight=False, markup=False)


def skipped_lines(skipped: Sequence[tuple[Path, str]]) -> list[str]:
    """The first pictures that could not be used, and how many more there are."""
    lines = [shown(f"skipped {path}: {reason}") for path, reason in skipped[:_SHOWN_SKIPPED]]
    if len(skipped) > _SHOWN_SKIPPED:
        lines.append(f"skipped {len(skipped) - _SHOWN_SKIPPED} more")
    return lines


def print_tally(tally: PassCounts) -> None:
    """Print how many files are in which folder, which were not filed and why, and the sum."""
    console = Console(highlight=False, markup=False)
    if tally.by_folder:
        table = Table("folder", "files")
        for folder, files in sorted(tally.by_folder.items()):
            table.add_row(shown(folder), str(files))
        console.print(table)
    if tally.stayed is not None:
        for end, words in _ENDS:
            _print_stayed(console, words, tally.stayed.groups(end))
    before = f", {tally.known} known from before" if tally.known else ""
    console.print(f"{tally.files} files: {tally}{before}")


def _print_stayed(console: Console, words: str, groups: Sequence[StayedGroup]) -> None:
    """How many files came to that end; each reason with how many, and some of the files."""
    if not groups:
        return
    console.print(f"{sum(group.files for group in groups)} {words}", soft_wrap=True)
    for group in groups:
        console.print(f"  {shown(group.reason)}: {group.files}", soft_wrap=True)
        for path in group.first:
            console.print(f"    {shown(path)}", soft_wrap=True)
        if group.files > len(group.first):
            console.print(f"    and {group.files - len(group.first)} more")
