"""How far training has come, on disk: whole or as it was, and the same format as ever."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from gallery_daemon.errors import TrainingError
from gallery_daemon.training import checkpoint
from gallery_daemon.training.checkpoint import (
    Best,
    PhaseState,
    Progress,
    load_progress,
    optimiser_state,
    restore_optimiser,
    save_progress,
)
from gallery_daemon.training.display import Epoch

if TYPE_CHECKING:
    from pathlib import Path

EPOCH = Epoch("all", 3, 5, 0.5, 0.25, 0.875, is_best=True, done=0.4)


def _weights(value: float) -> dict[str, torch.Tensor]:
    return {"fc.weight": torch.full((2, 3), value), "bn1.num_batches_tracked": torch.tensor(7)}


def _progress() -> Progress:
    state = PhaseState(3, _weights(2.0), _weights(3.0), {"0.exp_avg": torch.ones(4)})
    return Progress(1, [EPOCH], Best(0.25, _weights(1.0)), state)


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    """Phase, epochs, the best with its loss, and the phase under way with all it needs."""
    save_progress(_progress(), tmp_path / "course.safetensors")
    found = load_progress(tmp_path / "course.safetensors")

    assert (1, [EPOCH], 0.25) == (found.phase, found.epochs, found.best.loss)
    assert torch.equal(torch.full((2, 3), 1.0), found.best.state["fc.weight"])
    assert found.state is not None
    assert 3 == found.state.epochs
    assert torch.equal(torch.full((2, 3), 2.0), found.state.network["fc.weight"])
    assert torch.equal(torch.full((2, 3), 3.0), found.state.average["fc.weight"])
    assert torch.equal(torch.ones(4), found.state.optimiser["0.exp_avg"])
    assert ["course.safetensors"] == [path.name for path in tmp_path.iterdir()]


def test_the_format_on_disk_is_that_of_older_versions(tmp_path: Path) -> None:
    """A training that was begun before an update goes on after it."""
    save_progress(_progress(), tmp_path / "course.safetensors")

    with safe_open(tmp_path / "course.safetensors", framework="pt") as file:
        keys, text = set(file.keys()), json.loads(file.metadata()["progress"])
    assert {
        "best/bn1.num_batches_tracked", "best/fc.weight",
        "now/average/bn1.num_batches_tracked", "now/average/fc.weight",
        "now/network/bn1.num_batches_tracked", "now/network/fc.weight",
        "now/optimiser/0.exp_avg",
    } == keys  # fmt: skip
    assert {"phase", "epochs", "best_loss"} == set(text)
    assert {
        "phase", "number", "of", "train_loss", "validation_loss", "validation_accuracy",
        "is_best", "done",
    } == set(text["epochs"][0])  # fmt: skip


def test_between_phases_there_is_no_state(tmp_path: Path) -> None:
    """A phase that is over leaves its best; the next one begins at its first epoch."""
    progress = _progress()
    progress.end_phase()
    save_progress(progress, tmp_path / "course.safetensors")

    found = load_progress(tmp_path / "course.safetensors")

    assert (2, None) == (found.phase, found.state)


def test_without_a_checkpoint_it_begins_at_the_beginning(tmp_path: Path) -> None:
    """No file is no fault."""
    found = load_progress(tmp_path / "course.safetensors")

    assert (0, [], math.inf, None) == (found.phase, found.epochs, found.best.loss, found.state)


@pytest.mark.parametrize("kept", [0, 7, 8, 100, -1])
def test_a_file_that_was_cut_is_one_sentence(tmp_path: Path, kept: int) -> None:
    """Empty, within its header, one byte short: named, with what to do."""
    path = tmp_path / "course.safetensors"
    save_progress(_progress(), path)
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(TrainingError, match=r"course\.safetensors is damaged") as caught:
        load_progress(path)

    assert "train anew" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        "{}",
        '{"phase": 0, "epochs": [{"of": 2}], "best_loss": 1}',
        '{"phase": 0, "epochs": [], "best_loss": 1}',
    ],
)
def test_a_file_of_another_version_is_one_sentence(tmp_path: Path, text: str) -> None:
    """Whole, but it does not say what it should; the last has a phase under way and no epoch."""
    path = tmp_path / "course.safetensors"
    save_file({"now/network/fc.weight": torch.ones(2)}, path, metadata={"progress": text})

    with pytest.raises(TrainingError, match="damaged or of another version"):
        load_progress(path)


def test_a_write_that_fails_leaves_the_file_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full after half of it."""
    path = tmp_path / "course.safetensors"
    save_progress(_progress(), path)
    before = path.read_bytes()

    def full(_: object, beside: Path, **__: object) -> None:
        beside.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError, match="No space"):
        save_progress(Progress(2), path)

    assert before == path.read_bytes()


@given(st.lists(st.one_of(st.floats(0, 10), st.just(math.nan), st.just(math.inf)), min_size=1))
def test_the_best_is_the_first_of_the_smallest_losses(losses: list[float]) -> None:
    """Losses that are no number, or endless, are never best."""
    best = Best()

    taken = [
        number
        for number, loss in enumerate(losses)
        if best.offer({"place": torch.tensor(number)}, loss)
    ]

    numbers = [loss for loss in losses if math.isfinite(loss)]
    assert bool(taken) == bool(numbers)
    if numbers:
        assert min(numbers) == best.loss
        assert losses.index(min(numbers)) == int(best.state["place"]) == taken[-1]


def test_the_best_is_a_copy() -> None:
    """Training goes on in place; what was best stays."""
    weights, best = torch.ones(3), Best()
    best.offer({"fc.weight": weights}, 0.5)
    weights.zero_()

    assert torch.equal(torch.ones(3), best.state["fc.weight"])


def test_a_restored_optimiser_steps_as_the_other_would_have() -> None:
    """Moments and step counts of Adam, of all groups."""
    layers = []
    for _ in range(2):
        torch.manual_seed(0)
        layers.append(nn.Linear(3, 2))
    groups = [
        [{"params": [layer.weight], "lr": 0.1}, {"params": [layer.bias], "lr": 0.01}]
        for layer in layers
    ]
    first, second = (torch.optim.AdamW(each) for each in groups)

    def step(layer: nn.Module, optimiser: torch.optim.Optimizer, number: int) -> None:
        optimiser.zero_grad()
        layer(torch.full((1, 3), float(number))).square().sum().backward()
        optimiser.step()

    for number in (1, 2):
        step(layers[0], first, number)
    layers[1].load_state_dict(layers[0].state_dict())
    restore_optimiser(second, {k: v.clone() for k, v in optimiser_state(first).items()})
    step(layers[0], first, 3)
    step(layers[1], second, 3)

    assert torch.equal(layers[0].weight, layers[1].weight)
    assert torch.equal(layers[0].bias, layers[1].bias)
