"""What a pass says to a person: what was skipped, and the sum of it.

Data goes to standard output, errors and progress to standard error; colours only on a terminal and
never with NO_COLOR (rich looks after both). `plain` has the errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.plain import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.text import Text

    from gallery_daemon.journey.photolog import PassCounts

_SHOWN_SKIPPED = 20


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
    """Print the sum of a pass, and how many files are in which folder."""
    console = Console(highlight=False, markup=False)
    if tally.by_folder:
        table = Table("folder", "files")
        for folder, files in sorted(tally.by_folder.items()):
            table.add_row(shown(folder), str(files))
        console.print(table)
    before = f", {tally.known} known from before" if tally.known else ""
    console.print(f"{tally.files} files: {tally}{before}")
