"""The figures of a model for a person: `train` and `evaluate` print what matters most.

A screen of 80 columns and 40 lines holds it; sources and thresholds are in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.render import print_words

if TYPE_CHECKING:
    from gallery_daemon.training.coverage import LookAgreement
    from gallery_daemon.training.measures import Measures


def print_measures(measures: Measures, what: str) -> None:
    """Print what matters most: all classes together, how little it proves, then each class."""
    print_summary(measures, what)
    console = Console(highlight=False, markup=False)
    table = Table("confidence", "photos that reach it", "of those right")
    for each in measures.at_confidence:
        table.add_row(f"{each.confidence:.2f}", f"{each.share:.1%}", _share(each.accuracy))
    console.print(table)
    console.print(_classes(measures))


def print_summary(measures: Measures, what: str) -> None:
    """Print the figures of all classes together, and a caution where they are of few pictures."""
    # The room of training is not imported where nothing is trained.
    from gallery_daemon.training.advice import caution  # noqa: PLC0415

    console = Console(highlight=False, markup=False)
    without = measures.macro_recall_without_other
    beside = "" if without is None else f" ({without:.1%} without other)"
    print_words(
        console,
        f"{measures.pictures} {what}: accuracy {measures.accuracy:.1%}, "
        f"macro recall {measures.macro_recall:.1%}{beside}, macro F1 {measures.macro_f1:.1%}, "
        f"calibration error {measures.ece:.3f} ({measures.ece_before:.3f} before calibration)",
    )
    warned = caution(measures)
    if warned is not None:
        console.print(Text(shown(warned), "yellow"), soft_wrap=not console.is_terminal)


def print_agreement(agreement: LookAgreement) -> None:
    """Print how often a quick look names the class that a full look names."""
    overall, reached = agreement.overall, agreement.at_threshold
    sure = (
        f"; {reached.share:.1%} reach the confidence that the report names, and of those it does "
        f"for {_share(reached.accuracy)}"
    )
    print_words(
        Console(highlight=False, markup=False),
        f"a quick look names the class of the full look for {_share(overall.accuracy)} of "
        f"{overall.pictures} pictures{sure if reached.reached else ''}",
    )


def _classes(measures: Measures) -> Table:
    table = Table("class", "pictures", "precision", "recall", "most often taken for")
    for name, score in measures.per_class.items():
        if score.support:
            table.add_row(
                shown(name),
                str(score.support),
                f"{score.precision:.1%}",
                f"{score.recall:.1%}",
                shown(_most_often_taken_for(measures, name)),
            )
    return table


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _most_often_taken_for(measures: Measures, name: str) -> str:
    place = measures.classes.index(name)
    row = list(measures.confusion[place])
    row[place] = 0
    worst = max(range(len(row)), key=row.__getitem__)
    return f"{measures.classes[worst]} ({row[worst]})" if row[worst] else ""
