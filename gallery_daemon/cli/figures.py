"""The figures of a model as tables for a person: `train` and `evaluate` print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.plain import shown
from gallery_daemon.cli.render import print_words
from gallery_daemon.model.precision import FEWEST, why_no_threshold

if TYPE_CHECKING:
    from gallery_daemon.model.precision import Threshold
    from gallery_daemon.training.coverage import LookAgreement
    from gallery_daemon.training.measures import Measures

_AT_USUAL = ("reach 0.80", "of those right", "wrong at 0.80")

_LEGEND = (
    "reach 0.80: pictures of the class whose confidence is at least that\n"
    "wrong at 0.80: pictures of the class that a rule with that min_confidence files as another\n"
    "95% right from: the min_confidence from which on 95 of 100 photos called so are so, the share "
    "of them that is left, and between which two the true percentage is; of fewer than "
    f"{FEWEST} pictures nothing is known: that is too few"
)


def print_measures(measures: Measures, what: str) -> None:
    """Print the figures of all classes together, of each class and source, and the thresholds."""
    console = Console(highlight=False, markup=False)
    _print_summary(console, measures, what)
    if measures.per_source:
        console.print(_sources(measures))
    console.print(_classes(measures))
    console.print(_thresholds(measures))
    print_words(console, _LEGEND)


def print_summary(measures: Measures, what: str) -> None:
    """Print the figures of all classes together, and how many pictures reach a confidence."""
    _print_summary(Console(highlight=False, markup=False), measures, what)


def print_agreement(agreement: LookAgreement) -> None:
    """Print how often a quick look names the class that a full look names."""
    console = Console(highlight=False, markup=False)
    overall, reached = agreement.overall, agreement.at_threshold
    sure = (
        f"; {reached.share:.1%} reach the confidence below, and of those it does for "
        f"{_share(reached.accuracy)}"
    )
    print_words(
        console,
        f"a quick look names the class of the full look for {_share(overall.accuracy)} of "
        f"{overall.pictures} pictures{sure if reached.reached else ''}",
    )
    table = Table("class", "99% as in the full look from", title="Quick against full look")
    for name, found in agreement.thresholds.items():
        if found:
            table.add_row(shown(name), _threshold(found))
    if table.rows:
        console.print(table)


def _print_summary(console: Console, measures: Measures, what: str) -> None:
    without = measures.macro_recall_without_other
    beside = "" if without is None else f" ({without:.1%} without other)"
    print_words(
        console,
        f"{measures.pictures} {what}: accuracy {measures.accuracy:.1%}, "
        f"macro recall {measures.macro_recall:.1%}{beside}, macro F1 {measures.macro_f1:.1%}, "
        f"calibration error {measures.ece:.3f} ({measures.ece_before:.3f} before calibration)",
    )
    table = Table("confidence", "photos that reach it", "of those right")
    for each in measures.at_confidence:
        table.add_row(f"{each.confidence:.2f}", f"{each.share:.1%}", _share(each.accuracy))
    console.print(table)


def _sources(measures: Measures) -> Table:
    found = measures.readable_sources
    table = Table("source, the worst first", "class", "pictures", "recall", *_AT_USUAL)
    for each in found.worst:
        usual = each.at_usual
        table.add_row(
            shown(each.source),
            shown(each.name),
            str(each.support),
            f"{each.recall:.1%}",
            f"{usual.share:.1%}",
            _share(usual.accuracy),
            f"{each.filed_wrongly:.1%}",
        )
    for group, words in ((found.better, "more"), (found.small, "with few pictures")):
        if group:
            recalls = f"{group.recall:.1%}, {group.lowest:.0%} to {group.highest:.0%}"
            wrong = f"{group.filed_wrongly:.1%}"
            name = f"{group.sources} {words}"
            table.add_row(name, "", str(group.support), recalls, "", "", wrong)
    return table


def _classes(measures: Measures) -> Table:
    table = Table("class", "pictures", "precision", "recall", *_AT_USUAL, "most often taken for")
    for name, score in measures.per_class.items():
        if score.support:
            table.add_row(
                shown(name),
                str(score.support),
                f"{score.precision:.1%}",
                f"{score.recall:.1%}",
                f"{score.at_usual.share:.1%}",
                _share(score.at_usual.accuracy),
                f"{score.filed_wrongly:.1%}",
                shown(_most_often_taken_for(measures, name)),
            )
    return table


def _thresholds(measures: Measures) -> Table:
    precisions = next(iter(measures.per_class.values())).thresholds
    table = Table("class", *(f"{precision:.0%} right from" for precision in precisions))
    for name, score in measures.per_class.items():
        if score.support:
            why = why_no_threshold(measures.called(name))
            found = (_threshold(each) if each else why for each in score.thresholds.values())
            table.add_row(shown(name), *found)
    return table


def _threshold(threshold: Threshold) -> str:
    ends = f"{threshold.lowest * 100:.0f} to {threshold.highest * 100:.0f}%"
    return f"{threshold.confidence:.2f} ({threshold.share:.0%})\n{ends}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _most_often_taken_for(measures: Measures, name: str) -> str:
    place = measures.classes.index(name)
    row = list(measures.confusion[place])
    row[place] = 0
    worst = max(range(len(row)), key=row.__getitem__)
    return f"{measures.classes[worst]} ({row[worst]})" if row[worst] else ""
