"""What was predicted of pictures, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Labels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What was predicted, and what is true.

    `probabilities` float (N, C) are calibrated; `truth` int (N,) are the numbers of the right
    `classes`; `sources` has the source of each, or is empty where nobody asks; `temperature` is
    what the logits were divided by.
    """

    probabilities: Array
    truth: Labels
    classes: tuple[str, ...]
    sources: tuple[str, ...] = ()
    temperature: float = 1.0

    def is_right(self) -> Flags:
        """For each picture, whether its most probable class is the right one; bool (N,)."""
        right: Flags = self.probabilities.argmax(1) == self.truth
        return right

    def confusion(self) -> Labels:
        """How many pictures of class i were called j; int (C, C)."""
        table: Labels = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(table, (self.truth, self.probabilities.argmax(1)), 1)
        return table
