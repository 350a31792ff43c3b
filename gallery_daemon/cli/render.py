"""What the commands show a person: errors, progress, tables.

Data goes to standard output, errors and progress to standard error; colours only on a terminal and
never with NO_COLOR (rich looks after both). Errors are lower case, without a full stop, with the
hint on its own line.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from gallery_daemon.errors import ConfigError, ConfigErrors, GalleryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.training.display import Display, Epoch
    from gallery_daemon.training.measure import Measures

_SHOWN_SKIPPED = 20


def print_error(error: GalleryError) -> None:
    """The error as a person reads it, on standard error."""
    for _line in error_lines(error):
        pass


def error_lines(error: GalleryError) -> list[str]:
    """`file:line:column: error: what`, then `hint: what to do`; one block for each error."""
    if isinstance(error, ConfigErrors):
        return [line for each in error.errors for line in error_lines(each)]
    place = f"{error.place}: " if isinstance(error, ConfigError) else ""
    lines = [f"{place}error: {error.sentence}"]
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    return lines


def shown(text: str) -> str:
    """Text that any terminal takes: control characters and broken UTF-8 are escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def new_progress() -> Progress:
    """A progress bar on standard error that goes away when it is done; nothing where no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def training_display() -> Iterator[Display]:
    """A progress bar for training and evaluating; epochs stay on the screen."""
    with new_progress() as progress:
        yield _TrainingDisplay(progress)


class _TrainingDisplay:
    """Fills the training room's port with rich's progress bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, rate="")

    def begin(self, step: str, total: int) -> None:
        """A new bar for the step."""
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(step, total=total, rate="")

    def advance(self, pictures: int) -> None:
        """The bar moves, with its speed."""
        self._progress.advance(self._task, pictures)
        speed = self._progress.tasks[-1].speed
        self._progress.update(self._task, rate=f"{speed:.0f} pictures/s" if speed else "")

    def epoch(self, epoch: Epoch) -> None:
        """One line that stays."""
        best = "  best so far" if epoch.is_best else ""
        self._progress.console.print(
            f"{epoch.phase}, epoch {epoch.number} of {epoch.of}: loss {epoch.train_loss:.3f}, "
            f"validation loss {epoch.validation_loss:.3f}, "
            f"accuracy {epoch.validation_accuracy:.1%}{best}",
            highlight=False,
        )


def print_skipped(skipped: Sequence[tuple[Path, str]]) -> None:
    """The pictures that could not be read, on standard error."""
    for _path, _reason in skipped[:_SHOWN_SKIPPED]:
        pass
    if len(skipped) > _SHOWN_SKIPPED:
        pass


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
