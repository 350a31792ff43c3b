"""What the commands show a person: errors, tables, the sum of a pass.

Data goes to standard output, errors and progress to standard error; colours only on a terminal and
never with NO_COLOR (rich looks after both). Errors are lower case, without a full stop, with the
hint on its own line.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gallery_daemon.service.tally import Tally
    from gallery_daemon.training.measure import Measures

_SHOWN_SKIPPED = 20


def print_error(error: GalleryError) -> None:
    """The error as a person reads it, on standard error."""
    for line in error_lines(error):
        print(shown(line), file=sys.stderr)


def error_lines(error: GalleryError) -> list[str]:
    """`file:line:column: error: what`, then `hint: what to do`; one block for each error."""
    if isinstance(error, ConfigErrors):
        return [line for each in error.errors for line in error_lines(each)]
    place = f"{error.place}: " if isinstance(error, ConfigError) else ""
    lines = [f"{place}error: {error.sentence}"]
    if error.hint:
        lines += [f"  hint: {line}" for line in error.hint.splitlines()]
    return lines


def shown(text: str) -> str:
    """Text that any terminal takes: control characters and broken UTF-8 are escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def print_skipped(skipped: Sequence[tuple[Path, str]]) -> None:
    """The pictures that could not be read, on standard error."""
    for path, reason in skipped[:_SHOWN_SKIPPED]:
        print(shown(f"skipped {path}: {reason}"), file=sys.stderr)
    if len(skipped) > _SHOWN_SKIPPED:
        print(f"skipped {len(skipped) - _SHOWN_SKIPPED} more", file=sys.stderr)


def print_measures(measures: Measures, what: str) -> None:
    """Accuracy and calibration, each class's figures, and who was taken for whom."""
    console = Console(highlight=False)
    console.print(
        f"{measures.pictures} {what}: accuracy {measures.accuracy:.1%}, "
        f"macro recall {measures.macro_recall:.1%}, calibration error {measures.ece:.3f}"
    )
    table = Table("class", "precision", "recall", "pictures", "most often taken for")
    for place, (name, score) in enumerate(measures.per_class().items()):
        row = list(measures.confusion[place])
        row[place] = 0
        worst = max(range(len(row)), key=row.__getitem__)
        mistaken = f"{measures.classes[worst]} ({row[worst]})" if row[worst] else ""
        table.add_row(
            name, f"{score.precision:.1%}", f"{score.recall:.1%}", str(score.support), mistaken
        )
    console.print(table)


def print_tally(tally: Tally) -> None:
    """The sum of a pass, and how many files lie in which folder."""
    console = Console(highlight=False, markup=False)
    if tally.by_folder:
        table = Table("folder", "files")
        for folder, files in sorted(tally.by_folder.items()):
            table.add_row(shown(folder), str(files))
        console.print(table)
    before = f", {tally.known} known from before" if tally.known else ""
    console.print(f"{tally.files} files: {tally}{before}")
