"""What was learned, in words and tables: `learn` prints it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.cli.fitting import sentence
from gallery_daemon.cli.plain import print_to_stderr, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.learning.gate import GateFigures
    from gallery_daemon.learning.learn import Learning
    from gallery_daemon.learning.proposal import LessonScore, Proposal
    from gallery_daemon.model.model_version import ModelVersion

_SHOWN = 3


def print_learning(learning: Learning) -> None:
    """Print what the candidate would bring: the lessons by class, how sure, what moves."""
    kinds = Counter(str(lesson.kind) for lesson in learning.lessons)
    said = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print(sentence(f"learned from {_lessons(len(learning.lessons))}: {said}"))
    _print_unread(learning)
    table = Table("lessons of", "photos", "right before", "right then")
    for name, score in learning.proposal.by_class.items():
        _add(table, shown(name), score)
    table.add_section()
    _add(table, "all", learning.proposal.all)
    Console(highlight=False, markup=False).print(table)
    for line in _figures(learning.proposal, learning.candidate.gate.figures):
        print(sentence(line))


def print_end(result: str, learning: Learning, version: ModelVersion | None, before: str) -> None:
    """Print what became of the candidate, and what to do next."""
    for line in _ends(result, learning, version, before):
        print(sentence(line))


def _print_unread(learning: Learning) -> None:
    unread = list(learning.unread.items())
    for path, reason in unread[:_SHOWN]:
        print_to_stderr(f"{path}: {reason}; its lesson is left out")
    if len(unread) > _SHOWN:
        print_to_stderr(f"and {len(unread) - _SHOWN} more could not be looked at")


def _add(table: Table, name: str, score: LessonScore) -> None:
    before, after = (f"{right / score.lessons:.0%}" for right in (score.before, score.after))
    table.add_row(name, str(score.lessons), before, after)


def _figures(proposal: Proposal, figures: GateFigures) -> Iterator[str]:
    yield (
        f"of {_lessons(figures.lessons)} that are not nearly the same {figures.gained} would be"
        f" right instead of wrong, {figures.lost} wrong instead of right; they are answered as"
        f" much better by chance {_often(figures.chance)}"
    )
    moves = (f"{was} -> {now} {count}" for (was, now), count in proposal.moves.items())
    if proposal.moves:
        yield f"called otherwise: {', '.join(moves)}"
    before, then = proposal.confidence_before, proposal.confidence
    yield f"mean confidence on them: {before:.2f} before, {then:.2f} then"
    falls = {name: each.before - each.after for name, each in figures.classes.items()}
    worst = max(falls, key=falls.__getitem__, default=None)
    if worst is not None and falls[worst] > 0:
        each = figures.classes[worst]
        yield (
            f"of the model's own pictures it forgets most of {worst}: {each.before:.1%} are"
            f" recognised before, {each.after:.1%} then"
        )


def _ends(
    result: str, learning: Learning, version: ModelVersion | None, before: str
) -> Iterator[str]:
    gate = learning.candidate.gate
    if version is None:
        yield f"{before} has learned from these very lessons, and serves"
    elif result == "adopted":
        yield f"{version.manifest.model_id} serves instead of {before}: version {version.number}"
        yield "see which photos would go elsewhere with: gallery-daemon refile"
    elif result == "refused":
        yield f"the gate refuses it, and {before} goes on serving:"
        yield from (f"  {reason}" for reason in gate.reasons)
        if gate.wanted_more is not None:
            yield f"about {gate.wanted_more} more lessons like these could change that"
    else:
        yield f"{before} goes on serving"
        yield f"let this one serve with --yes, or: gallery-daemon model use {version.number}"


def _lessons(count: int) -> str:
    return "1 lesson" if count == 1 else f"{count} lessons"


def _often(chance: float) -> str:
    """A probability as a person says it."""
    return f"{chance:.0%} of the time" if chance >= 0.01 else f"1 time in {round(1 / chance)}"  # noqa: PLR2004 - from here on digits say little
