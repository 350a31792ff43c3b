"""What a trainer promises: the same bits, the best epoch, frozen layers, and nothing lost."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import save_file

from gallery_daemon.errors import TrainingError
from gallery_daemon.training import checkpoint, phase, trainer
from gallery_daemon.training.checkpoint import load_progress
from gallery_daemon.training.recipe import ARTICLE, DEFAULT
from gallery_daemon.training.split import leave_out
from gallery_daemon.training.trainer import work_done
from tests.training.conftest import Listening
from tests.training.tiny import (
    EVERYTHING,
    HEAD,
    LAST_BLOCK,
    MIXED,
    SPLIT,
    same,
    tiny_network,
    tiny_trainer,
)

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from gallery_daemon.training.display import Epoch

pytestmark = pytest.mark.usefixtures("tiny")


class Killed(BaseException):
    """The process ends here: nothing of it runs any more."""


class StopAt(Listening):
    """Raises at the event of that number, counted from 0; `count` is how many there were."""

    def __init__(self, event: int, kind: type[BaseException] = Killed) -> None:
        super().__init__()
        self.count, self._event, self._kind = 0, event, kind

    def _happen(self) -> None:
        self.count += 1
        if self.count > self._event:
            raise self._kind

    def begin(self, step: str, total: int) -> None:
        super().begin(step, total)
        self._happen()

    def advance(self, pictures: int) -> None:  # noqa: ARG002 - the port has it
        self._happen()

    def epoch(self, epoch: Epoch) -> None:
        super().epoch(epoch)
        self._happen()


def _events(folder: Path) -> int:
    display = StopAt(10_000)
    tiny_trainer(folder, display=display).train(SPLIT, "course", 0)
    return display.count


def test_the_same_seed_gives_the_same_network_and_another_seed_another(tmp_path: Path) -> None:
    """To the bit, with all kinds of phases: random start, order, mirror images, varied pictures."""
    networks = [
        tiny_trainer(tmp_path / str(number), seed=seed).train(SPLIT, "course", 0)[0]
        for number, seed in enumerate((1, 1, 2))
    ]

    assert same(networks[0], networks[1])
    assert not same(networks[0], networks[2])


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_killed_anywhere_and_resumed_it_ends_with_the_same_bits(tmp_path: Path, step: int) -> None:
    """At events of all phases, each where it is long: what is on disk leads to the same end."""
    whole, told = tiny_trainer(tmp_path / "whole").train(SPLIT, "course", 0)
    events = _events(tmp_path / "counted")

    for event in range(0, events, step):
        folder = tmp_path / str(event)
        with pytest.raises(Killed):
            tiny_trainer(folder, display=StopAt(event)).train(SPLIT, "course", 0)
        network, progress = tiny_trainer(folder).train(SPLIT, "course", 0)

        assert same(whole, network), event
        assert told.epochs == progress.epochs


def test_killed_while_a_checkpoint_is_written_the_one_before_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file beside it does no harm."""
    whole, _ = tiny_trainer(tmp_path / "whole").train(SPLIT, "course", 0)
    calls: list[Path] = []

    def dies(tensors: dict[str, torch.Tensor], path: Path, **rest: Any) -> None:
        save_file(tensors, path, **rest)
        calls.append(path)
        if len(calls) == 2:
            path.write_bytes(path.read_bytes()[:100])
            raise Killed

    monkeypatch.setattr(checkpoint, "save_file", dies)
    with pytest.raises(Killed):
        tiny_trainer(tmp_path / "b").train(SPLIT, "course", 0)

    assert [1] == [
        each.number for each in load_progress(tmp_path / "b" / "course.safetensors").epochs
    ]
    assert same(whole, tiny_trainer(tmp_path / "b").train(SPLIT, "course", 0)[0])


def test_a_full_disk_is_an_error_that_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second epoch cannot be kept; with room again the training goes on after the first."""
    whole, _ = tiny_trainer(tmp_path / "whole").train(SPLIT, "course", 0)
    calls: list[int] = []

    def full(*args: Any, **rest: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        save_file(*args, **rest)

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError, match="No space left"):
        tiny_trainer(tmp_path / "b").train(SPLIT, "course", 0)
    display = Listening()
    network, _ = tiny_trainer(tmp_path / "b", display=display).train(SPLIT, "course", 0)

    assert (LAST_BLOCK.name, 2) == (display.epochs[0].phase, display.epochs[0].number)
    assert same(whole, network)


def test_ctrl_c_gives_the_best_so_far(tmp_path: Path) -> None:
    """At any event after the first epoch: its weights, and a phase that is still to be done."""
    for event in range(8, _events(tmp_path / "counted") - 1, 6):
        display = StopAt(event, KeyboardInterrupt)

        network, progress = tiny_trainer(tmp_path / str(event), display=display).train(
            SPLIT, "course", 0
        )

        assert progress.phase < len(MIXED.phases)
        assert progress.best.loss == min(each.validation_loss for each in progress.epochs)
        assert all(
            torch.equal(value, progress.best.state[key])
            for key, value in network.state_dict().items()
        )


def test_ctrl_c_before_the_first_epoch_is_over_leaves_no_checkpoint(tmp_path: Path) -> None:
    """There is no best yet, so there is nothing to give and nothing to resume."""
    for event in range(4):
        with pytest.raises(KeyboardInterrupt):
            tiny_trainer(tmp_path / "b", display=StopAt(event, KeyboardInterrupt)).train(
                SPLIT, "course", 0
            )

    assert [] == list((tmp_path / "b").glob("*.safetensors"))


@pytest.mark.parametrize(
    ("losses", "kept", "best"),
    [
        ([0.5, 0.3, 0.9, 0.4], 1, [True, True, False, False]),
        ([0.5, 0.4, 0.3, 0.2], 3, [True, True, True, True]),
        ([0.5, 0.5, 0.5, 0.5], 0, [True, False, False, False]),
        ([float("nan"), 0.5, float("nan"), 0.6], 1, [False, True, False, False]),
    ],
)
def test_the_best_epoch_is_kept_and_not_the_last(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    losses: list[float],
    kept: int,
    best: list[bool],
) -> None:
    """By the validation loss; of equal ones the first; a loss that is no number is never best."""
    seen: list[torch.Tensor] = []

    def validate(averaged: nn.Module, *_: object) -> tuple[float, float]:
        seen.append(averaged.state_dict()["fc.weight"].clone())
        return losses[len(seen) - 1], 0.5

    monkeypatch.setattr(phase, "_validate", validate)
    recipe = replace(MIXED, phases=(replace(HEAD, epochs=4),))

    network, progress = tiny_trainer(tmp_path, recipe).train(SPLIT, "course", 0)

    assert best == [epoch.is_best for epoch in progress.epochs]
    assert torch.equal(seen[kept], network.state_dict()["fc.weight"])
    assert [] == [n for n, each in enumerate(seen) if n != kept and torch.equal(each, seen[kept])]


def test_losses_that_are_never_a_number_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learning rate far too high, say: no bundle of nonsense is written."""
    monkeypatch.setattr(phase, "_validate", lambda *_: (float("nan"), 0.5))

    with pytest.raises(TrainingError, match="the loss is not a number in any epoch"):
        tiny_trainer(tmp_path).train(SPLIT, "course", 0)


def test_a_phase_begins_with_the_best_of_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with its last epoch's weights, which may have got worse."""
    losses, starts = iter([0.1, 0.9, 0.5, 0.5]), list[torch.Tensor]()
    train_phase = phase.train_phase

    def begun(network: nn.Module, *rest: Any) -> Any:
        starts.append(network.state_dict()["layer4.0.weight"].clone())
        return train_phase(network, *rest)

    monkeypatch.setattr(trainer, "train_phase", begun)
    monkeypatch.setattr(phase, "_validate", lambda *_: (next(losses), 0.5))
    recipe = replace(MIXED, phases=(LAST_BLOCK, HEAD))

    _, progress = tiny_trainer(tmp_path, recipe).train(SPLIT, "course", 0)

    assert torch.equal(progress.best.state["layer4.0.weight"], starts[1])
    assert not torch.equal(starts[0], starts[1])


def _moved(before: nn.Module, after: nn.Module) -> set[str]:
    """The stages of which anything changed, statistics and counters of BatchNorm included."""
    old, new = before.state_dict(), after.state_dict()
    return {key.partition(".")[0] for key in old if not torch.equal(old[key], new[key])}


@pytest.mark.parametrize(
    ("each", "moved"),
    [
        (HEAD, {"fc"}),
        (LAST_BLOCK, {"layer4", "fc"}),
        (replace(LAST_BLOCK, first_trained="layer3"), {"layer3", "layer4", "fc"}),
        (EVERYTHING, {"conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"}),
    ],
)
def test_only_the_layers_of_a_phase_move(tmp_path: Path, each: Any, moved: set[str]) -> None:
    """Frozen ones stay to the bit, and so do the statistics of their BatchNorm."""
    network, _ = tiny_trainer(tmp_path, replace(MIXED, phases=(each,))).train(SPLIT, "course", 0)

    assert moved == _moved(tiny_network(), network)


def test_frozen_batchnorm_evaluates_while_the_rest_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every step of a phase that varies pictures and trains the last block only."""
    modes: list[tuple[bool, bool]] = []
    network = tiny_network()
    first, last = network.get_submodule("bn1"), network.get_submodule("layer4")
    first.register_forward_hook(lambda module, *_: modes.append((module.training, last.training)))
    monkeypatch.setattr(trainer, "new_network", lambda _classes: network)
    varied = replace(EVERYTHING, first_trained="layer4")

    tiny_trainer(tmp_path, replace(MIXED, phases=(varied,))).train(SPLIT, "course", 0)

    assert {(False, True)} == {mode for mode in modes if mode[1]}


def test_an_interrupted_training_without_a_source_says_nothing(tmp_path: Path) -> None:
    """It is not over, so it cannot judge; Ctrl-C ends the whole."""
    some = tiny_trainer(
        tmp_path, display=StopAt(14, KeyboardInterrupt), left_out=(("a",),), sources=("a__", "b__")
    )

    with pytest.raises(KeyboardInterrupt):
        some.train_without(leave_out(some.loaded.gallery, ["a"]), 0)

    assert (tmp_path / "without-1.safetensors").exists()


def test_a_phase_of_the_last_layer_is_not_saved_after_each_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer to save than to train: once at the end, and in long phases each time."""
    saved: list[int] = []
    save = checkpoint.save_progress

    def noted(progress: Any, path: Path) -> None:
        saved.append(len(progress.epochs))
        save(progress, path)

    monkeypatch.setattr(trainer, "save_progress", noted)
    tiny_trainer(tmp_path).train(SPLIT, "course", 0)

    assert [1, 2, 4, 5, 5] == saved


def test_what_is_shown_of_an_epoch_is_on_disk_already(tmp_path: Path) -> None:
    """A person who presses Ctrl-C after a line has that epoch."""

    class Looking(Listening):
        def epoch(self, epoch: Epoch) -> None:
            if epoch.phase in {LAST_BLOCK.name, EVERYTHING.name}:
                kept = load_progress(tmp_path / "course.safetensors")
                assert epoch == kept.epochs[-1]
                assert kept.state is not None
                assert epoch.number == kept.state.epochs

    tiny_trainer(tmp_path, display=Looking()).train(SPLIT, "course", 0)


def test_the_share_that_is_done_only_grows_and_ends_at_all(tmp_path: Path) -> None:
    """Over all trainings: the time that is left is computed from it."""
    display = Listening()
    some = tiny_trainer(tmp_path, MIXED, display, left_out=(("a",),), sources=("a__", "b__"))
    some.train_without(leave_out(some.loaded.gallery, ["a"]), 0)
    some.train(SPLIT, "course", 1)

    done = [epoch.done for epoch in display.epochs]
    assert sorted(set(done)) == done
    assert pytest.approx(0.5) == done[len(done) // 2 - 1]
    assert pytest.approx(1.0) == done[-1]


@pytest.mark.parametrize("recipe", [ARTICLE, DEFAULT])
def test_work_is_counted_by_what_an_epoch_costs(recipe: Any) -> None:
    """Nothing at the start, all at the end; an epoch of all layers costs more than of the last."""
    last = len(recipe.phases) - 1

    assert 0.0 == work_done(recipe, 0, 0)
    assert pytest.approx(1.0) == work_done(recipe, last, recipe.phases[last].epochs)
    assert recipe is not DEFAULT or work_done(recipe, 0, 8) < 0.01 < work_done(recipe, 1, 1)
