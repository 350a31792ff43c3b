"""What a person sees while training runs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from gallery_daemon.cli.progress import _TrainingDisplay, duration
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
