"""What two builds came to, figure by figure, against what was aimed at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Spread

if TYPE_CHECKING:
    from collections.abc import Sequence


class Compared(Enum):
    """What of the two a target is for."""

    TIMES = "ours / theirs"
    LESS = "theirs - ours"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Target:
    """Between which figures the comparison is to be."""

    of: Compared = Compared.TIMES
    least: float = -math.inf
    most: float = math.inf

    def is_met(self, figure: float) -> bool:
        """Whether the figure is inside."""
        return self.least <= figure <= self.most

    def __str__(self) -> str:
        if math.isinf(self.most):
            return f">= {self.least:.3g}"
        if math.isinf(self.least):
            return f"<= {self.most:.3g}"
        return f"{self.least:.3g} to {self.most:.3g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both builds, of each round; the same place is the same round."""

    what: str
    unit: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    target: Target

    @property
    def compared(self) -> Spread:
        """What the target is for: of each round, then the median."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return Spread.of([_compared(self.target.of, ours, theirs) for ours, theirs in pairs])

    @property
    def is_met(self) -> bool:
        """Whether the median of the rounds is as it should be."""
        return self.target.is_met(self.compared.median)

    def cells(self) -> tuple[str, ...]:
        """As a line of the table."""
        return (
            f"{self.what}, {self.unit}",
            str(Spread.of(self.ours)),
            str(Spread.of(self.theirs)),
            f"{self.compared}",
            f"{self.target.of.value} {self.target}",
            "met" if self.is_met else "NOT MET",
        )

    def to_json(self) -> dict[str, object]:
        """All that is known of it."""
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": list(self.ours),
            "theirs": list(self.theirs),
            "compared": self.target.of.value,
            "median": self.compared.median,
            "target": str(self.target),
            "met": self.is_met,
        }


HEADINGS = ("what", "ours", "theirs", "compared", "target", "")


def at_least(times: float) -> Target:
    """So many times theirs, or more."""
    return Target(least=times)


def at_most(share: float) -> Target:
    """That share of theirs, or less."""
    return Target(most=share)


def row(
    what: str, unit: str, ours: Sequence[float], theirs: Sequence[float], target: Target
) -> Row:
    """A row of what several rounds gave."""
    return Row(what, unit, tuple(ours), tuple(theirs), target)


def _compared(of: Compared, ours: float, theirs: float) -> float:
    match of:
        case Compared.TIMES:
            return ours / theirs if theirs else math.inf
        case Compared.LESS:
            return theirs - ours
        case Compared.OURS:
            return ours
