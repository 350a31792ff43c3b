"""What a trainer promises: the same bits, the best epoch, frozen layers, and nothing lost."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.manifest import LookKind
from gallery_daemon.model.network import split_network
from gallery_daemon.training import checkpoint, phase, trainer
from gallery_daemon.training.checkpoint import load_progress
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.recipe import ARTICLE, DEFAULT, FAST
from gallery_daemon.training.split import Split, leave_out
from gallery_daemon.training.trainer import BANK_ROWS, bank_rows, work_done
from tests.training.conftest import Listening
from tests.training.tiny import (
    EVERYTHING,
    HEAD,
    LAST_BLOCK,
    MIXED,
    RUN,
    SPLIT,
    same,
    tiny_network,
    tiny_trainer,
)

if TYPE_CHECKING:
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


def test_features_are_computed_once_for_all_trainings(tmp_path: Path) -> None:
    """All begin with the same network; each later phase takes them up where the first left off."""
    display = Listening()
    recipe = replace(MIXED, phases=(LAST_BLOCK, HEAD))
    some = tiny_trainer(
        tmp_path, recipe, display, left_out=(("a",), ("b",)), sources=("a__", "b__")
    )
    for number, source in enumerate("ab"):
        some.train_without(leave_out(some.loaded.gallery, source), number)
    some.train(SPLIT, "course", 2)

    assert 1 + 3 == display.steps.count("computing features")
    assert ["without a:", "without b:"] == display.sentences


def test_a_network_never_learns_from_what_judges_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a step nor in the choice of the best epoch: those left out are in neither."""
    used: set[int] = set()
    train_phase = phase.train_phase

    def noted(network: nn.Module, each: Any, source: Any, context: Any, state: Any) -> Any:
        used.update(context.train.tolist(), context.validate.tolist())
        return train_phase(network, each, source, context, state)

    monkeypatch.setattr(trainer, "train_phase", noted)
    some = tiny_trainer(tmp_path, left_out=(("a",),), sources=("a__", "b__"))
    outer = leave_out(some.loaded.gallery, ["a"])

    raw = some.train_without(outer, 0)

    assert set(outer.train) == used
    assert outer.validate == raw.places
    assert list(LookKind) == list(raw.logits)
    assert {(len(outer.validate), 2)} == {tuple(each.shape) for each in raw.logits.values()}
    assert (len(outer.validate),) == tuple(raw.distances.shape)


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


@pytest.mark.parametrize("recipe", [ARTICLE, DEFAULT, FAST])
def test_work_is_counted_by_what_an_epoch_costs(recipe: Any) -> None:
    """Nothing at the start, all at the end; an epoch of all layers costs more than of the last."""
    last = len(recipe.phases) - 1

    assert 0.0 == work_done(recipe, 0, 0)
    assert pytest.approx(1.0) == work_done(recipe, last, recipe.phases[last].epochs)
    assert recipe is not DEFAULT or work_done(recipe, 0, 8) < 0.01 < work_done(recipe, 1, 1)


def test_a_prediction_is_of_the_whole_picture_and_the_same_each_time(tmp_path: Path) -> None:
    """Nothing is varied, and the batches do not matter."""
    some = tiny_trainer(tmp_path)
    network = tiny_network()

    learned = some.learned(network.eval(), SPLIT)

    raw, again = (some.predict(learned, tuple(range(16))) for _ in range(2))
    one = some.predict(learned, (7,))

    body, _ = split_network(network)
    for look in LookKind:
        assert torch.equal(raw.logits[look], again.logits[look])
        torch.testing.assert_close(raw.logits[look][7:8], one.logits[look])
        features = body(RUN.input(some.loaded.shown(look, range(16)))).detach().numpy()
        wanted = learned.head.logits(features, look)
        np.testing.assert_allclose(raw.logits[look], wanted, atol=1e-3)
    assert not network.training


def test_each_look_gets_a_layer_that_fits_it(tmp_path: Path) -> None:
    """Fitted to the pictures that train, as each look shows them."""
    some = tiny_trainer(tmp_path)
    learned = some.learned(tiny_network().eval(), SPLIT)

    assert learned.head.quick is not None
    assert not np.allclose(learned.head.weight, learned.head.quick.weight)
    raw = some.predict(learned, SPLIT.train)
    truth = torch.tensor([0] * 5 + [1] * 5)
    for look in LookKind:
        assert torch.equal(truth, raw.logits[look].argmax(1))


def test_the_article_keeps_the_head_that_its_phases_trained(tmp_path: Path) -> None:
    """To the letter: nothing is fitted anew, and there is no quick look."""
    recipe = replace(MIXED, quick_look=False)
    some, network = tiny_trainer(tmp_path, recipe), tiny_network().eval()

    learned = some.learned(network, SPLIT)

    assert learned.head.quick is None
    np.testing.assert_array_equal(learned.head.weight, network.state_dict()["fc.weight"])
    assert [LookKind.FULL] == list(some.predict(learned, (1, 2)).logits)


def test_what_lies_in_the_bank_is_near_and_what_is_unlike_it_is_far(tmp_path: Path) -> None:
    """The distance is to the nearest of the pictures that train."""
    some, network = tiny_trainer(tmp_path), tiny_network().eval()

    learned = some.learned(network, Split((0, 1, 2, 3, 8), (5, 13)))
    raw = some.predict(replace(learned, bank=first_rows(learned.bank, 4)), tuple(range(16)))

    assert (5, 5) == (len(learned.bank.full), len(learned.bank.quick))
    assert 0 <= raw.distances.min()
    assert raw.distances[:4].mean() < raw.distances[8:].mean()


def first_rows(bank: FeatureBank, count: int) -> FeatureBank:
    """The bank without its later rows, which are of the second class."""
    return FeatureBank(bank.full[:count], bank.quick[:count], bank.labels[:count])


def test_the_bank_has_each_source_in_turn_and_no_class_too_often() -> None:
    """A source of a thousand pictures does not push out one of ten."""
    names = [("a", "big", n) for n in range(400)] + [("a", "small", n) for n in range(10)]
    names += [("b", "only", n) for n in range(5)]
    gallery = Gallery(
        ("a", "b"),
        tuple(Labelled(Path(f"{of}__{n}.jpg"), "ab".index(name)) for name, of, n in names),
    )

    rows = bank_rows(gallery, range(len(names)), seed=1)

    chosen = [names[row][:2] for row in rows]
    assert 10 == chosen.count(("a", "small"))
    assert BANK_ROWS - 10 == chosen.count(("a", "big"))
    assert 5 == chosen.count(("b", "only"))
    assert rows == bank_rows(gallery, range(len(names)), seed=1)
