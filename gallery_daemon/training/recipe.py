"""The recipe as data: the article's two phases, in order.

Source: the notebook this program's classes come from (n0obcoder, 2019): ResNet34, the last layer
replaced, all frozen but `layer4` and `fc`, cross-entropy, Adam at 1e-5, batches of 64, 5 epochs;
then only `fc` at 3e-4 for 3 more; 80% of the pictures to train, 20% to validate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

VALIDATION_SHARE = 0.2
BATCH_SIZE = 64


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: what trains (from `first_trained` to the end), how fast, how long."""

    name: str
    first_trained: str
    learning_rate: float
    epochs: int


ARTICLE = (
    Phase("layer4 and fc", "layer4", learning_rate=1e-5, epochs=5),
    Phase("fc", "fc", learning_rate=3e-4, epochs=3),
)


def with_epochs(phases: tuple[Phase, ...], epochs: tuple[int, ...]) -> tuple[Phase, ...]:
    """The same phases for other numbers of epochs; a phase of no epochs is left out."""
    changed = (replace(phase, epochs=count) for phase, count in zip(phases, epochs, strict=True))
    return tuple(phase for phase in changed if phase.epochs > 0)
