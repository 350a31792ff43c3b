"""How far training has come, on disk after each epoch that took long: `--resume` goes on from it.

One safetensors file with the rest as text in its header, written beside and renamed, so a crash
leaves the one before. No random generator's state is kept: each epoch's draw follows from the seed
and its number, so a training that was interrupted ends with the same bits as one that was not.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from gallery_daemon.errors import TrainingError
from gallery_daemon.training.display import Epoch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

StateDict = dict[str, "torch.Tensor"]

_BEST, _NOW = "best/", "now/"
_NETWORK, _AVERAGE, _OPTIMISER = "network/", "average/", "optimiser/"


@dataclass(slots=True)
class Best:
    """The best network so far, by the loss on the validation pictures.

    The loss and not the accuracy: it also minds how sure the network was, and does not tie.
    """

    loss: float = math.inf
    state: StateDict = field(default_factory=dict)

    def offer(self, state: StateDict, loss: float) -> bool:
        """Keep a copy of the network's state if it is better; whether it was."""
        if not loss < self.loss:
            return False
        self.loss = loss
        self.state = {key: value.detach().clone() for key, value in state.items()}
        return True


@dataclass(frozen=True, slots=True, eq=False)
class PhaseState:
    """A phase after its first `epochs` epochs, as the next one needs it."""

    epochs: int
    network: StateDict
    average: StateDict
    optimiser: StateDict


@dataclass(slots=True)
class Progress:
    """How far training has come: `phase` counts from 0; `state` is that of a phase under way."""

    phase: int = 0
    epochs: list[Epoch] = field(default_factory=list)
    best: Best = field(default_factory=Best)
    state: PhaseState | None = None

    def end_phase(self) -> None:
        """The next phase is the one to train."""
        self.phase, self.state = self.phase + 1, None


def save_progress(progress: Progress, path: Path) -> None:
    """The progress is at `path`, whole."""
    text = {
        "phase": progress.phase,
        "epochs": [asdict(epoch) for epoch in progress.epochs],
        "best_loss": progress.best.loss,
    }
    tensors = _prefixed(progress.best.state, _BEST)
    if state := progress.state:
        tensors |= _prefixed(state.network, _NOW + _NETWORK)
        tensors |= _prefixed(state.average, _NOW + _AVERAGE)
        tensors |= _prefixed(state.optimiser, _NOW + _OPTIMISER)
    beside = path.with_suffix(".part")
    save_file(tensors, beside, metadata={"progress": json.dumps(text)})
    beside.replace(path)


def load_progress(path: Path) -> Progress:
    """The progress at `path`; a new one if there is none.

    Raises:
        TrainingError: the file is damaged.
    """
    if not path.exists():
        return Progress()
    try:
        with safe_open(path, framework="pt") as file:
            text = json.loads(file.metadata()["progress"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
        epochs = [Epoch(**epoch) for epoch in text["epochs"]]
        best = Best(text["best_loss"], _unprefixed(tensors, _BEST))
        return Progress(text["phase"], epochs, best, _state(_unprefixed(tensors, _NOW), epochs))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise TrainingError(
            f"{path} is damaged or of another version: {error}",
            hint="take its folder away and train anew",
        ) from error


def optimiser_state(optimiser: torch.optim.Optimizer) -> StateDict:
    """Adam's moments of each parameter, by `number.name`."""
    return {
        f"{number}.{name}": value
        for number, values in optimiser.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, state: StateDict) -> None:
    """The optimiser goes on with what `optimiser_state` gave."""
    values: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in state.items():
        number, _, name = key.partition(".")
        values.setdefault(int(number), {})[name] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": values, "param_groups": groups})


def _state(tensors: StateDict, epochs: list[Epoch]) -> PhaseState | None:
    if not tensors:
        return None
    return PhaseState(
        epochs[-1].number,
        _unprefixed(tensors, _NETWORK),
        _unprefixed(tensors, _AVERAGE),
        _unprefixed(tensors, _OPTIMISER),
    )


def _prefixed(state: Mapping[str, torch.Tensor], prefix: str) -> StateDict:
    """The state with `prefix` before each name, laid out as a file wants it."""
    return {prefix + key: value.detach().cpu().contiguous() for key, value in state.items()}


def _unprefixed(state: Mapping[str, torch.Tensor], prefix: str) -> StateDict:
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
