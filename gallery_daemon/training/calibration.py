"""How sure a trained network may be: temperatures, tallies and the scale of familiarity.

`model.temperature` finds a temperature; which pictures it is found on decides what a confidence
means. Here they are those of sources which no network has seen, where there are some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.model.manifest import QUANTILES, FamiliarityScale, LookSettings
from gallery_daemon.model.reach import reach_of
from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.photo import LookKind
from gallery_daemon.training.measures import Measures, measure
from gallery_daemon.training.predictions import LeftOutPredictions, Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from gallery_daemon.training.dataset import Gallery

MOST_OF_A_SOURCE = 40
"""Of a class, that calibrate: of two thousand easy ones every network would be too sure."""


@dataclass(frozen=True, slots=True, eq=False)
class RawPredictions:
    """A network's output for the pictures at `places`, a row each.

    `logits` float32 (K, C) of each look that it serves, the full one always; `distances` float32
    (K,) from its bank, 0..2.
    """

    places: tuple[int, ...]
    logits: Mapping[LookKind, Tensor]
    distances: Tensor


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good and how sure the network is.

    `measures` are by their key in the manifest. `left_out` are the predictions on sources that no
    network had seen, where there are some. `held_out` is what a person should look at, by each
    look: the predictions on these, else on the validation pictures; `places` are those of its
    pictures in the gallery.
    """

    looks: dict[LookKind, LookSettings]
    familiarity: FamiliarityScale
    measures: dict[str, Measures]
    left_out: LeftOutPredictions | None
    held_out: Mapping[LookKind, Predictions]
    places: tuple[int, ...]


def calibrate(
    gallery: Gallery,
    seen: RawPredictions,
    unseen: Sequence[RawPredictions],
    sizes: Mapping[LookKind, int],
    neighbours: int,
) -> Calibration:
    """Temperatures, tallies and the scale of familiarity, from sources which no network has seen.

    Where there are none, from the validation pictures. A person's next photos are like the former,
    and not like the pictures that were learned from. They are from one more source, easy or hard:
    so no source counts for more than `MOST_OF_A_SOURCE` pictures of a class.

    Args:
        gallery: all pictures.
        seen: the bundle's network on the validation pictures.
        unseen: other networks, each on the sources left out of its training.
        sizes: the looks that the network serves, with the side of their pictures.
        neighbours: how many of the bank's rows a distance is to.
    """
    together = _together(unseen or [seen])
    truth = _truth(gallery, together.places)
    sources = [gallery.pictures[place].source for place in together.places]
    rows = torch.tensor(even_rows(truth.tolist(), sources))
    temperatures = {
        look: fit_temperature(together.logits[look][rows].numpy(), truth[rows].numpy())
        for look in sizes
    }
    held_out = _predictions(gallery, together, temperatures)
    distances = together.distances.double()
    measures = _measures("validation", _predictions(gallery, seen, temperatures))
    if unseen:
        measures |= _measures("left_out_sources", held_out)
    return Calibration(
        {
            look: LookSettings(
                size,
                temperatures[look],
                held_out[look].rows(rows.numpy()).tallies(),
                _reach(held_out) if look is LookKind.QUICK else {},
            )
            for look, size in sizes.items()
        },
        _scale(distances[rows], neighbours),
        measures,
        _left_out(unseen, held_out, distances) if unseen else None,
        held_out,
        together.places,
    )


def even_rows(labels: Sequence[int], sources: Sequence[str]) -> list[int]:
    """The rows that calibrate: of a source with many pictures of a class some, evenly spread.

    Pictures of no named source all count.
    """
    groups: dict[tuple[int, str], list[int]] = {}
    for row, picture in enumerate(zip(labels, sources, strict=True)):
        groups.setdefault(picture, []).append(row)
    chosen: list[int] = []
    for (_, source), rows in groups.items():
        count = len(rows) if not source else min(len(rows), MOST_OF_A_SOURCE)
        chosen += [rows[number * len(rows) // count] for number in range(count)]
    return sorted(chosen)


def _together(some: Sequence[RawPredictions]) -> RawPredictions:
    return RawPredictions(
        tuple(place for raw in some for place in raw.places),
        {look: torch.cat([raw.logits[look] for raw in some]) for look in some[0].logits},
        torch.cat([raw.distances for raw in some]),
    )


def _truth(gallery: Gallery, places: Sequence[int]) -> Tensor:
    return torch.tensor([gallery.pictures[place].label for place in places])


def _predictions(
    gallery: Gallery, raw: RawPredictions, temperatures: Mapping[LookKind, float]
) -> dict[LookKind, Predictions]:
    truth = _truth(gallery, raw.places).numpy()
    sources = tuple(gallery.pictures[place].source for place in raw.places)
    return {
        look: Predictions(
            torch.softmax(raw.logits[look] / temperature, dim=1).numpy(),
            truth,
            gallery.classes,
            sources,
            temperature,
        )
        for look, temperature in temperatures.items()
    }


def _reach(held_out: Mapping[LookKind, Predictions]) -> dict[str, float]:
    quick, full = held_out[LookKind.QUICK], held_out[LookKind.FULL]
    return reach_of(quick.probabilities, full.probabilities, full.classes)


def _measures(key: str, predictions: Mapping[LookKind, Predictions]) -> dict[str, Measures]:
    """By the keys of the manifest: that of the full look is `key` alone."""
    return {
        key if look is LookKind.FULL else f"{key}_{look}": measure(each)
        for look, each in predictions.items()
    }


def _scale(distances: Tensor, neighbours: int) -> FamiliarityScale:
    shares = torch.linspace(0, 1, QUANTILES, dtype=torch.float64)
    found = distances.quantile(shares).clamp(0, 2).tolist()
    return FamiliarityScale(neighbours, tuple(round(distance, 5) for distance in found))


def _left_out(
    unseen: Sequence[RawPredictions], looks: dict[LookKind, Predictions], distances: Tensor
) -> LeftOutPredictions:
    ascending = distances.sort().values
    # The share that is at least as far.
    nearer = torch.searchsorted(ascending, distances)
    familiarity = 1 - nearer.double() / len(distances)
    return LeftOutPredictions(
        looks,
        folds=np.repeat(np.arange(len(unseen)), [len(raw.places) for raw in unseen]),
        places=np.array([place for raw in unseen for place in raw.places]),
        familiarity={LookKind.FULL: familiarity.numpy().astype(np.float16)},
    )
