"""How training reports to a person: an interface, which the command line fills with a bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Epoch:
    """The result of an epoch; losses are mean cross-entropies in nats, accuracy is 0..1.

    The validation loss is that at the best temperature, as `calibrate` will find it in the end.
    `done` is the share of the whole training that is over, 0..1, by the work of its epochs.
    """

    phase: str
    number: int
    of: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float
    is_best: bool
    done: float


class Display(Protocol):
    """What a person sees while training or evaluating runs."""

    def begin(self, step: str, total: int) -> None:
        """A step of `total` pictures begins; the one before is over."""
        ...

    def advance(self, pictures: int) -> None:
        """So many more pictures of the step are done."""
        ...

    def epoch(self, epoch: Epoch) -> None:
        """An epoch is over."""
        ...

    def say(self, sentence: str) -> None:
        """Something a person should know, as a line that stays."""
        ...

    def skipped(self, skipped: Sequence[tuple[Path, str]]) -> None:
        """Pictures that cannot be used, each with the reason."""
        ...


class Silent:
    """A display that says nothing."""

    def begin(self, step: str, total: int) -> None:
        """Say nothing."""

    def advance(self, pictures: int) -> None:
        """Say nothing."""

    def epoch(self, epoch: Epoch) -> None:
        """Say nothing."""

    def say(self, sentence: str) -> None:
        """Say nothing."""

    def skipped(self, skipped: Sequence[tuple[Path, str]]) -> None:
        """Say nothing."""
