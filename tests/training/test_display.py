"""The port through which training talks: every bar that begins comes to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.training.dataset import find_gallery
from gallery_daemon.training.display import Epoch, Silent
from gallery_daemon.training.pictures import read_gallery
from tests.training.conftest import make_gallery
from tests.training.tiny import MIXED, SPLIT, tiny_trainer

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.training.display import Display


class Bars(Silent):
    """Notes of each step how much it was to be and how much of it was done."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.done: list[int] = []

    def begin(self, step: str, total: int) -> None:
        self.steps.append((step, total))
        self.done.append(0)

    def advance(self, pictures: int) -> None:
        self.done[-1] += pictures


@pytest.mark.usefixtures("tiny")
def test_every_step_of_a_training_is_done_to_its_total(tmp_path: Path) -> None:
    """Features of all pictures, epochs of those that train: what is left can be told from it."""
    bars = Bars()
    tiny_trainer(tmp_path, MIXED, bars).train(SPLIT, "course", 0)

    assert [total for _, total in bars.steps] == bars.done
    assert [
        ("computing features", 16),
        ("layer4 and fc, epoch 1 of 2", 10),
        ("layer4 and fc, epoch 2 of 2", 10),
        ("computing features", 16),
        ("head, epoch 1 of 1", 10),
        ("all, epoch 1 of 2", 10),
        ("all, epoch 2 of 2", 10),
    ] == bars.steps


@pytest.mark.usefixtures("tiny")
def test_a_training_that_goes_on_shows_only_what_it_does(tmp_path: Path) -> None:
    """Epochs that are over are not shown again."""

    class Impatient(Bars):
        def epoch(self, epoch: Epoch) -> None:
            if (epoch.phase, epoch.number) == ("all", 1):
                raise KeyboardInterrupt

    tiny_trainer(tmp_path, MIXED, Impatient()).train(SPLIT, "course", 0)
    bars = Bars()
    tiny_trainer(tmp_path, MIXED, bars).train(SPLIT, "course", 0)

    assert [("all, epoch 2 of 2", 10)] == bars.steps


def test_reading_is_done_to_its_total_whatever_is_read(tmp_path: Path) -> None:
    """A picture that cannot be read is one that was looked at."""
    data = make_gallery(tmp_path / "data", 3)
    (data / "red" / "00.png").write_text("no picture")
    bars = Bars()

    read_gallery(find_gallery([data]), tmp_path, threads=1, display=bars)

    assert [("reading pictures", 6)] == bars.steps
    assert [6] == bars.done


def test_a_silent_display_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It takes all that can be said, and says nothing."""
    display: Display = Silent()

    display.begin("step", 3)
    display.advance(1)
    display.epoch(Epoch("head", 1, 1, 0.5, 0.5, 0.5, is_best=True, done=1.0))
    display.say("sentence")
    display.skipped([(tmp_path, "reason")])

    assert ("", "") == tuple(capsys.readouterr())
