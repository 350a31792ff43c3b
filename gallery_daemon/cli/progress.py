"""Progress bars on standard error, for a person at a terminal; elsewhere they show nothing."""

from __future__ import annotations

import io
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TextIO, TypeVar, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from gallery_daemon.cli.render import print_words, skipped_lines
from gallery_daemon.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gallery_daemon.training.display import Display, Epoch


Result = TypeVar("Result")

_WORTH_A_LINE_S = 1.0


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
def pass_display(what: str = "sorting") -> Iterator[PassDisplay]:
    """A bar for one pass over some folders; `what` stands before it."""
    with _new_progress() as progress:
        yield PassDisplay(progress, what)


class PassDisplay:
    """The progress of a pass on a terminal: a bar of rich."""

    def __init__(self, progress: Progress, what: str) -> None:
        self._progress, self._what = progress, what
        self._task = progress.add_task(what, total=None, rate="")
        self.stream = cast("TextIO", _AboveBar(progress))

    def update(self, done: int, expected: int, waits_for: str = "") -> None:
        """Set the bar to `done` of `expected`, with its speed or what it waits for."""
        speed = self._progress.tasks[0].speed
        rate = f"waiting {waits_for}" if waits_for else f"{speed:.0f} files/s" if speed else ""
        self._progress.update(self._task, completed=done, total=expected or None, rate=rate)


class _AboveBar(io.TextIOBase):
    """Standard error for log lines, which rich prints above the bar instead of through it."""

    def __init__(self, progress: Progress) -> None:
        self._console, self._rest = progress.console, ""

    def write(self, text: str) -> int:
        """Pass lines on as they are; at a terminal the bar makes room for each whole line."""
        if not self._console.is_terminal:
            self._console.file.write(text)
            return len(text)
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            # A Text keeps the line's colours, and `soft_wrap` its length.
            self._console.print(Text.from_ansi(line), soft_wrap=True)
        return len(text)

    def flush(self) -> None:
        """Write out what is held back."""
        self._console.file.flush()

    def isatty(self) -> bool:
        """Whether standard error is a terminal."""
        return self._console.is_terminal


def shown_until_first(results: Iterator[Result], what: str) -> Iterator[Result]:
    """The results; what is done meanwhile is shown until the first of them is there."""
    console = Console(stderr=True)
    with console.status(what) if console.is_terminal else nullcontext():
        first = next(results, None)
    if first is not None:
        yield first
        yield from results


@contextmanager
def training_display(what: str = "loading torch") -> Iterator[Display]:
    """A bar for training and evaluating; epochs stay on the screen. `what` comes first."""
    with _new_progress() as progress:
        display = _TrainingDisplay(progress, SystemClock())
        display.begin(what, 0)
        yield display


class _TrainingDisplay:
    """The display of training on a terminal: a bar of rich."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress, self._clock = progress, clock
        self._task = progress.add_task("", total=None, rate="")
        self._step_began = clock.monotonic()
        self._pictures = 0
        # When the first reported epoch ended, and how much of the training was done then.
        self._since: tuple[float, float] | None = None

    def begin(self, step: str, total: int) -> None:
        """A new bar for the step; it moves back and forth where there is nothing to count."""
        self._progress.remove_task(self._task)
        self._task = self._progress.add_task(step, total=total or None, rate="")
        self._step_began, self._pictures = self._clock.monotonic(), 0

    def advance(self, pictures: int) -> None:
        """Move the bar, and show its speed."""
        self._pictures += pictures
        self._progress.update(self._task, advance=pictures, rate=f"{self._speed():.0f} pictures/s")

    def epoch(self, epoch: Epoch) -> None:
        """One line that stays; of epochs that pass in no time only a phase's last."""
        passed_s = self._clock.monotonic() - self._step_began
        if passed_s < _WORTH_A_LINE_S and epoch.number < epoch.of:
            return
        best = "  best so far" if epoch.is_best else ""
        self.say(
            f"{epoch.phase}, epoch {epoch.number} of {epoch.of}: loss {epoch.train_loss:.3f}, "
            f"validation loss {epoch.validation_loss:.3f}, "
            f"accuracy {epoch.validation_accuracy:.1%}, {self._speed():.0f} pictures/s"
            f"{self._left(epoch.done)}{best}"
        )

    def say(self, sentence: str) -> None:
        """One line that stays."""
        print_words(self._progress.console, sentence)

    def skipped(self, skipped: Sequence[tuple[Path, str]]) -> None:
        """A line for each of the first, and how many more there are."""
        for line in skipped_lines(skipped):
            self.say(line)

    def _speed(self) -> float:
        return self._pictures / max(self._clock.monotonic() - self._step_began, 1e-3)

    def _left(self, done: float) -> str:
        """`, 12 min left`, from how long the share of work since the first epoch took."""
        now = self._clock.monotonic()
        if self._since is None:
            self._since = (now, done)
            return ""
        began, done_before = self._since
        left_s = (now - began) / (done - done_before) * (1 - done)
        return f", {duration(left_s)} left" if left_s >= 1 else ""


def duration(seconds: float) -> str:
    """How long that is, as a person says it: `40 s`, `12 min`, `3 h 5 min`."""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half, to say it in seconds
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004
