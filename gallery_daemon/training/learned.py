"""What a training learned, as a bundle has it: a body, a head that fits it, a bank of features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import torch

from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.fit_head import fit_head
from gallery_daemon.photo import LookKind
from gallery_daemon.training.phase import draw_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from torch import nn

    from gallery_daemon.model.head import Head
    from gallery_daemon.training.dataset import Gallery
    from gallery_daemon.training.recipe import Recipe

    # Of each look float32 (N, F), of N pictures.
    SeenFeatures = Mapping[LookKind, NDArray[np.float32]]

NEIGHBOURS = 10
"""A photo's distance is to so many of the bank's nearest pictures: one alone may be mislabelled."""
BANK_ROWS, MOST_ROWS = 260, 1_900
"""For each class, and in all: under 4 MB of float16, in two looks."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A trained network, and the head and the bank that its bundle has."""

    network: nn.Module
    head: Head
    bank: FeatureBank


def fitted_head(
    gallery: Gallery, recipe: Recipe, places: Sequence[int], seen: SeenFeatures
) -> Head:
    """A layer for each look, fitted to the pictures at `places`, whose features are `seen`."""
    labels = torch.tensor(gallery.labels)[list(places)]
    sources = torch.tensor(gallery.numbered_sources)[list(places)]
    shares = draw_weights(labels, sources, recipe).numpy()
    full, quick = (
        fit_head(
            seen[look],
            labels.numpy(),
            shares,
            len(gallery.classes),
            smoothing=recipe.label_smoothing,
        )
        for look in LookKind
    )
    return replace(full, quick=quick)


def bank_of(gallery: Gallery, places: Sequence[int], seen: SeenFeatures, seed: int) -> FeatureBank:
    """Some hundred pictures a class, of those at `places`, whose features are `seen`."""
    rows = bank_rows(gallery, places, seed)
    full = seen[LookKind.FULL][rows].astype(np.float16)
    # A network that serves no quick look has nothing to say of it.
    quick = seen[LookKind.QUICK][rows].astype(np.float16) if len(seen) > 1 else full
    labels = np.array([gallery.pictures[places[row]].label for row in rows])
    return FeatureBank(full, quick, labels)


def bank_rows(gallery: Gallery, places: Sequence[int], seed: int) -> list[int]:
    """Which of `places` are in the bank: up to `BANK_ROWS` of each class, evenly of its sources.

    A person's classes may be many: then each has fewer, so that the file stays small.
    """
    most = min(BANK_ROWS, MOST_ROWS // len(gallery.classes))
    order = torch.randperm(len(places), generator=torch.Generator().manual_seed(seed))
    waiting: dict[int, dict[str, list[int]]] = {}
    for row in order.tolist():
        picture = gallery.pictures[places[row]]
        waiting.setdefault(picture.label, {}).setdefault(picture.source, []).append(row)
    chosen: list[int] = []
    for _, by_source in sorted(waiting.items()):
        in_turn = zip_longest(*by_source.values())
        chosen += [row for turn in in_turn for row in turn if row is not None][:most]
    return chosen
