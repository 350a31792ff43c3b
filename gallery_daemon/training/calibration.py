"""Temperature scaling: one number that makes 0.9 mean nine times out of ten.

Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017, arXiv
1706.04599. The temperature divides the logits; it is the one that makes the validation pictures'
cross-entropy smallest. It changes no class, only how sure the network says it is.

Twenty pictures that were all right would make a network sure of everything, so the temperature has
a prior: it is 1 unless the pictures say otherwise, and the more there are the less the prior says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from gallery_daemon.training.measures import Measures, measure
from gallery_daemon.training.predictions import Predictions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from gallery_daemon.training.dataset import Gallery

# A temperature outside these only shows that the pictures are too few.
_LOWEST, _HIGHEST = 0.05, 20.0
_STEPS = 60
# The prior of the temperature's logarithm, in nats for each square: what ten pictures would say.
_PRIOR_NATS = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class RawPredictions:
    """A network's output for the pictures at `places`, a row each: `logits` float32 (K, C)."""

    places: tuple[int, ...]
    logits: Tensor


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good and how sure the network is.

    `measures` are by their key in the manifest. `hardest` is what a person should look at: the
    predictions on the sources left out, where there are some, else on the validation pictures;
    `places` are those of its pictures in the gallery.
    """

    temperature: float
    measures: dict[str, Measures]
    hardest: Predictions
    places: tuple[int, ...]


def calibrate(
    gallery: Gallery, seen: RawPredictions, unseen: Sequence[RawPredictions]
) -> Calibration:
    """The temperature that fits sources which no network has seen, where there are logits of some.

    A person's next photos are like them, and not like the pictures that were learned from.
    """
    used = unseen or [seen]
    places = tuple(place for raw in used for place in raw.places)
    together = RawPredictions(places, torch.cat([raw.logits for raw in used]))
    temperature = fit_temperature(together.logits, _truth(gallery, places))
    hardest = _predictions(gallery, together, temperature)
    measures = {"validation": measure(_predictions(gallery, seen, temperature))}
    if unseen:
        measures["left_out_sources"] = measure(hardest)
    return Calibration(temperature, measures, hardest, places)


def fit_temperature(logits: Tensor, truth: Tensor) -> float:
    """The temperature with the smallest cross-entropy, prior included.

    A ternary search over the logarithm finds it; 60 steps leave less than 1e-9 of the interval.

    Args:
        logits: float (N, C).
        truth: int64 (N,), the numbers of the right classes.

    Returns:
        A temperature between 0.05 and 20.
    """
    low, high = torch.tensor(_LOWEST).log().item(), torch.tensor(_HIGHEST).log().item()
    for _ in range(_STEPS):
        third = (high - low) / 3
        left, right = low + third, high - third
        if _loss(logits, truth, left) < _loss(logits, truth, right):
            high = right
        else:
            low = left
    return float(torch.tensor((low + high) / 2).exp())


def _loss(logits: Tensor, truth: Tensor, log_temperature: float) -> float:
    temperature = torch.tensor(log_temperature, dtype=torch.float64).exp()
    prior = _PRIOR_NATS * log_temperature**2 / len(truth)
    return cross_entropy(logits.double() / temperature, truth).item() + prior


def _truth(gallery: Gallery, places: Sequence[int]) -> Tensor:
    return torch.tensor([gallery.pictures[place].label for place in places])


def _predictions(gallery: Gallery, raw: RawPredictions, temperature: float) -> Predictions:
    return Predictions(
        torch.softmax(raw.logits / temperature, dim=1).numpy(),
        _truth(gallery, raw.places).numpy(),
        gallery.classes,
        tuple(gallery.pictures[place].source for place in raw.places),
        temperature,
    )
