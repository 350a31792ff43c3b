"""Chance, by the names that drawing needs; the same seed gives the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Colour = tuple[int, int, int]

_Some = TypeVar("_Some")


class Dice:
    """A generator of random numbers that has been seeded."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def chance(self, share: float) -> bool:
        """True that often, 0..1."""
        return bool(self._random.random() < share)

    def between(self, low: float, high: float) -> float:
        """Some number from `low` to `high`."""
        return float(self._random.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Some whole number from `low` up to and with `high`."""
        return int(self._random.integers(low, high + 1))

    def one_of(self, some: Sequence[_Some], chances: Sequence[float] | None = None) -> _Some:
        """One of them, each as likely as the others if no chances (which add up to 1) are given."""
        return some[int(self._random.choice(len(some), p=chances))]

    def colour(self, low: int = 0, high: int = 255) -> Colour:
        """Some colour, each of red, green and blue from `low` to `high`."""
        return self.whole(low, high), self.whole(low, high), self.whole(low, high)
