"""Progress bars on standard error, for a person at a terminal; elsewhere they show nothing."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery_daemon.training.display import Display, Epoch


def _new_progress() -> Progress:
    """A bar that goes away when it is done."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def pass_display() -> Iterator[PassDisplay]:
    """A bar for one pass of `sort`."""
    with _new_progress() as progress:
        yield PassDisplay(progress)


class PassDisplay:
    """Fills the service's port with rich's bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("sorting", total=None, rate="")
        self.stream = cast("TextIO", _AboveBar(progress))

    def update(self, done: int, expected: int) -> None:
        """The bar stands at `done` of `expected`, with its speed."""
        speed = self._progress.tasks[0].speed
        rate = f"{speed:.0f} files/s" if speed else ""
        self._progress.update(self._task, completed=done, total=expected, rate=rate)


class _AboveBar(io.TextIOBase):
    """Standard error for log lines, which rich prints above the bar instead of through it."""

    def __init__(self, progress: Progress) -> None:
        self._console = progress.console

    def write(self, text: str) -> int:
        """Pass whole lines on as they are."""
        self._console.file.write(text)
        return len(text)

    def flush(self) -> None:
        """Lines are seen at once."""
        self._console.file.flush()

    def isatty(self) -> bool:
        """As standard error says."""
        return self._console.is_terminal


@contextmanager
def training_display() -> Iterator[Display]:
    """A bar for training and evaluating; epochs stay on the screen."""
    with _new_progress() as progress:
        yield _TrainingDisplay(progress)


class _TrainingDisplay:
    """Fills the training room's port with rich's bar."""

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
