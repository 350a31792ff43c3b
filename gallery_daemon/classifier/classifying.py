"""A batch of pictures becomes as many answers, in the same order.

The contract with the network (as many rows as pictures, a probability per class in each) is checked
before anything is answered. If the network fails on a batch, each photo is tried alone, so one bad
photo never disturbs the others; one that fails alone too is refused, but not as unreadable: the
network is at fault, and another day may do better.
"""

from __future__ import annotations

import math
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from gallery_daemon.classifier.messages import Answer, Refusal, RefusalKind
from gallery_daemon.photo import Prediction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.classifier.reading import Looked

Picture = TypeVar("Picture")


@dataclass(frozen=True, slots=True)
class Network(Generic[Picture]):
    """A loaded model: `predict` makes N rows of probabilities of N pictures, columns as `classes`.

    `model` reads `name@hash8`.
    """

    predict: Callable[[Sequence[Picture]], Sequence[Sequence[float]]]
    classes: tuple[str, ...]
    model: str


def classify(
    batch: Sequence[Looked[Picture]], network: Network[Picture], monotonic: Callable[[], float]
) -> list[Answer | Refusal]:
    """One answer or refusal for each photo of the batch, in its order. Raises nothing."""
    try:
        predictions = _predict(batch, network)
    except Exception as error:  # noqa: BLE001 - whatever a network raises, every photo is answered
        traceback.print_exc()
        if len(batch) == 1:
            return [_refuse(batch[0], error)]
        return [reply for looked in batch for reply in classify([looked], network, monotonic)]
    now = monotonic()
    return [
        Answer(
            id=looked.id,
            facts=looked.facts,
            prediction=prediction,
            batch=len(batch),
            classify_ms=round((now - looked.started_s) * 1000, 1),
        )
        for looked, prediction in zip(batch, predictions, strict=True)
    ]


def _predict(batch: Sequence[Looked[Picture]], network: Network[Picture]) -> list[Prediction]:
    rows = network.predict([looked.picture for looked in batch])
    if len(rows) != len(batch):
        raise ValueError(f"{len(rows)} predictions for {len(batch)} photos")
    return [_prediction(row, network) for row in rows]


def _prediction(row: Sequence[float], network: Network[Picture]) -> Prediction:
    probabilities = [float(value) for value in row]
    if not all(math.isfinite(value) for value in probabilities):
        raise ValueError("a probability is not a number")
    # Half precision may give a hair more than 1.
    named = zip(network.classes, (min(max(p, 0.0), 1.0) for p in probabilities), strict=True)
    return Prediction(dict(named), network.model)


def _refuse(looked: Looked[Picture], error: Exception) -> Refusal:
    reason = f"the network failed on it: {type(error).__name__}: {error}"
    return Refusal(looked.id, RefusalKind.FAILED, reason, looked.facts)
