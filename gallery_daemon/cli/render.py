"""Tables for a person: the figures of a model, the sum of a pass.

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

    from gallery_daemon.journey.photolog import Tally
    from gallery_daemon.model.precision import Threshold
    from gallery_daemon.training.measures import Measures

_SHOWN_SKIPPED = 20


def skipped_lines(skipped: Sequence[tuple[Path, str]]) -> list[str]:
    """The first pictures that could not be used, and how many more there are."""
    lines = [shown(f"skipped {path}: {reason}") for path, reason in skipped[:_SHOWN_SKIPPED]]
    if len(skipped) > _SHOWN_SKIPPED:
        lines.append(f"skipped {len(skipped) - _SHOWN_SKIPPED} more")
    return lines


def print_measures(measures: Measures, what: str) -> None:
    """Print the figures of all classes together, of each class, and the thresholds."""
    console = Console(highlight=False, markup=False)
    console.print(
        f"{measures.pictures} {what}: accuracy {measures.accuracy:.1%}, "
        f"macro recall {measures.macro_recall:.1%}, macro F1 {measures.macro_f1:.1%}, "
        f"calibration error {measures.ece:.3f} ({measures.ece_before:.3f} before calibration)",
        soft_wrap=True,
    )
    rights = Table("class", "pictures", "precision", "recall", "most often taken for")
    lines = Table("class", "wrong at 0.80", "95% right from", "99% right from")
    for name, score in measures.per_class.items():
        if not score.support:
            continue
        rights.add_row(
            shown(name),
            str(score.support),
            f"{score.precision:.1%}",
            f"{score.recall:.1%}",
            shown(_most_often_taken_for(measures, name)),
        )
        lines.add_row(shown(name), f"{score.filed_wrongly:.1%}", *map(_threshold, score.thresholds))
    if measures.per_source:
        console.print(_sources(measures))
    console.print(rights)
    console.print(lines)
    console.print(
        "wrong at 0.80: pictures of the class that a rule with that min_confidence files as another"
        "\n95% right from: the min_confidence from which on 95 of 100 photos called so are so, and "
        "the share of them that is left",
        soft_wrap=True,
    )


def _sources(measures: Measures) -> Table:
    table = Table("source", "class", "pictures", "recall", "wrong at 0.80")
    for each in measures.per_source:
        table.add_row(
            shown(each.source),
            shown(each.name),
            str(each.support),
            f"{each.recall:.1%}",
            f"{each.filed_wrongly:.1%}",
        )
    return table


def _threshold(threshold: Threshold | None) -> str:
    return f"{threshold.confidence:.2f} ({threshold.share:.0%})" if threshold else "never"


def _most_often_taken_for(measures: Measures, name: str) -> str:
    place = measures.classes.index(name)
    row = list(measures.confusion[place])
    row[place] = 0
    worst = max(range(len(row)), key=row.__getitem__)
    return f"{measures.classes[worst]} ({row[worst]})" if row[worst] else ""


def print_tally(tally: Tally) -> None:
    """Print the sum of a pass, and how many files are in which folder."""
    console = Console(highlight=False, markup=False)
    if tally.by_folder:
        table = Table("folder", "files")
        for folder, files in sorted(tally.by_folder.items()):
            table.add_row(shown(folder), str(files))
        console.print(table)
    before = f", {tally.known} known from before" if tally.known else ""
    console.print(f"{tally.files} files: {tally}{before}")
