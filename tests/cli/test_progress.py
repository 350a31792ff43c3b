"""What a person sees while training runs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from gallery_daemon.cli.progress import (
    PassDisplay,
    _TrainingDisplay,
    duration,
    shown_until_first,
)
from gallery_daemon.clock import SystemClock
from gallery_daemon.training.display import Epoch


class Minutes(SystemClock):
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def _epoch(number: int, done: float, *, is_best: bool = True) -> Epoch:
    return Epoch("all layers", number, 4, 0.75, 0.25, 0.9, is_best=is_best, done=done)


@pytest.fixture
def clock() -> Minutes:
    return Minutes()


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def display(clock: Minutes, screen: io.StringIO) -> _TrainingDisplay:
    """A display on a screen that is no terminal."""
    return _TrainingDisplay(Progress(console=Console(file=screen, width=200)), clock)


def test_an_epoch_is_a_line_with_speed_and_time_left(
    display: _TrainingDisplay, clock: Minutes, screen: io.StringIO
) -> None:
    """Two epochs of a hundred seconds, a quarter of the work each: as long again is left."""
    for number in (1, 2):
        display.begin("all layers", 500)
        display.advance(500)
        clock.now += 100
        display.epoch(_epoch(number, number / 4, is_best=number == 1))

    first, second = screen.getvalue().splitlines()
    assert "all layers, epoch 1 of 4: loss 0.750, validation loss 0.250, accuracy 90.0%" in first
    assert first.endswith("5 pictures/s  best so far")
    assert second.endswith("5 pictures/s, 3 min left")


def test_epochs_that_pass_in_no_time_are_one_line(
    display: _TrainingDisplay, screen: io.StringIO
) -> None:
    """The head learns for eight epochs in a second: its last is enough."""
    display.begin("head", 10)
    for number in (1, 2, 3, 4):
        display.epoch(_epoch(number, number / 4))

    assert 1 == len(screen.getvalue().splitlines())
    assert "epoch 4 of 4" in screen.getvalue()


def test_skipped_pictures_are_named_until_there_are_too_many(
    display: _TrainingDisplay, screen: io.StringIO
) -> None:
    """Twenty lines and a count; a name cannot play with the terminal."""
    display.skipped([(Path(f"{number}\x1b[2J.jpg"), "cut") for number in range(25)])

    lines = screen.getvalue().splitlines()
    assert r"skipped 0\x1b[2J.jpg: cut" == lines[0]
    assert "skipped 5 more" == lines[-1]
    assert 21 == len(lines)


@pytest.mark.parametrize(
    ("seconds", "said"), [(40, "40 s"), (91, "2 min"), (3599, "1 h 0 min"), (11100, "3 h 5 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    """Seconds, minutes, hours and minutes."""
    assert said == duration(seconds)


def test_log_lines_stand_above_the_bar_and_are_whole() -> None:
    """At a terminal; a line may come in parts, is longer than the terminal, and has colours."""
    screen = io.StringIO()
    console = Console(file=screen, width=40, force_terminal=True, color_system="standard")
    line = "\x1b[33mphoto_quarantined\x1b[0m " + "long " * 20
    with Progress(console=console, auto_refresh=False) as progress:
        display = PassDisplay(progress, "sorting")
        display.update(1, 2)
        progress.refresh()
        display.stream.write(line)
        display.stream.write("\n")
        progress.refresh()

    told = screen.getvalue()
    assert line.rstrip() in told
    # The bar's line was cleared before, and drawn again after.
    before, _, after = told.partition(line.rstrip())
    assert before.endswith("\x1b[2K")
    assert "sorting" in before
    assert "sorting" in after


def test_a_log_that_is_no_terminal_gets_every_byte_at_once() -> None:
    """JSON in a file stays as it was written, tabs too."""
    screen = io.StringIO()
    display = PassDisplay(Progress(console=Console(file=screen), disable=True), "sorting")

    display.stream.write('{"a":\t"')

    assert '{"a":\t"' == screen.getvalue()


@pytest.mark.parametrize("results", [[], [1], [1, 2, 3]])
def test_results_are_all_given_whatever_is_shown(results: list[int]) -> None:
    """What is shown until the first takes none of them away."""
    assert results == list(shown_until_first(iter(results), "loading the model"))


@pytest.mark.parametrize(
    ("waits_for", "shown"),
    [("for a file to be complete", "waiting for a file to be complete"), ("", "")],
)
def test_the_bar_says_what_it_waits_for(waits_for: str, shown: str) -> None:
    """Thirty seconds for one half photo are no riddle."""
    progress = Progress(console=Console(file=io.StringIO()), disable=True)
    display = PassDisplay(progress, "sorting")

    display.update(3, 4, waits_for)

    assert shown == progress.tasks[0].fields["rate"]
