"""The shape of a photo as the ratio of its sides, whichever way up it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import yes_or_no
from gallery_daemon.rules.wording import one_or_list, yaml_number

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction

TOLERANCE = 0.01
"""A ratio is met within one per cent.

Cameras round their sides to multiples of 8 or 16: 4080x3072 is called 4:3 and is 0.4% off, and
1920x1088, called 16:9, 0.7%. Of the ratios that cameras offer, 5:3 and 16:9 are nearest to each
other, 6% apart.
"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """One side to the other."""

    long: float
    short: float

    @property
    def text(self) -> str:
        """As the YAML has it: `"4:3"`, in quotes, because YAML 1.1 takes 4:3 for 243."""
        return f'"{yaml_number(self.long)}:{yaml_number(self.short)}"'

    @property
    def value(self) -> float:
        """At least 1."""
        return max(self.long, self.short) / min(self.long, self.short)


@dataclass(frozen=True, slots=True)
class AspectIs:
    """The long side to the short side is one of the ratios, within `TOLERANCE`."""

    ratios: tuple[Ratio, ...]

    @property
    def text(self) -> str:
        """As the YAML has it: `aspect: "4:3"`."""
        return f"aspect: {self._wanted}"

    def check(self, _photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        value = aspect(facts)
        near = next((r for r in self.ratios if abs(value / r.value - 1) <= TOLERANCE), None)
        shown = f"{facts.width}x{facts.height} is {value:.3f}:1"
        reason = f"{shown}, not {self._wanted}" if near is None else f"{shown}, so {near.text}"
        return yes_or_no(self, holds=near is not None, reason=reason)

    @property
    def _wanted(self) -> str:
        return one_or_list(tuple(ratio.text for ratio in self.ratios))


def aspect(facts: Facts) -> float:
    """The long side by the short side, at least 1; 0 of a file that has no sides."""
    short, long = sorted((facts.width, facts.height))
    return long / short if short > 0 else 0.0
