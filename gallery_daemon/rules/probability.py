"""What a rule asks of any class's probability, and not of the top class alone.

The answer is yes or no and never unsure. Unsure is for a photo that may well be what the rule looks
for: the top class is right, and the model not sure enough of it. That a class has too little here
says the contrary, and of nearly every photo: were it unsure, `memes >= 0.3` would send all that is
no meme to be looked at. So the order of conditions matters no more than elsewhere, and `not` of it
is its opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import NO_PREDICTION, yes_or_no
from gallery_daemon.rules.wording import told_apart, yaml_number, yaml_text

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction


class Comparison(StrEnum):
    """How a probability is compared with a limit."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"

    @property
    def opposite(self) -> Comparison:
        """What holds where this does not."""
        return _OPPOSITES[self]

    @property
    def is_lower(self) -> bool:
        """Whether it sets a lower limit."""
        return self in {Comparison.AT_LEAST, Comparison.ABOVE}

    def holds(self, value: float, limit: float) -> bool:
        """Whether the value is so."""
        match self:
            case Comparison.AT_LEAST:
                return value >= limit
            case Comparison.ABOVE:
                return value > limit
            case Comparison.AT_MOST:
                return value <= limit
            case Comparison.BELOW:
                return value < limit


_OPPOSITES = {
    Comparison.AT_LEAST: Comparison.BELOW,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.BELOW: Comparison.AT_LEAST,
}


@dataclass(frozen=True, slots=True)
class Probability:
    """The probability of the class `of` compares so with the limit, 0 to 1."""

    of: str
    comparison: Comparison
    limit: float

    @property
    def text(self) -> str:
        """As the YAML has it: `probability: {memes: ">= 0.3"}`."""
        limit = f"{self.comparison} {yaml_number(self.limit)}"
        return f'probability: {{{yaml_text(self.of)}: "{limit}"}}'

    @property
    def is_always(self) -> bool:
        """Whether every probability is so."""
        always = ((Comparison.AT_LEAST, 0), (Comparison.AT_MOST, 1))
        return (self.comparison, self.limit) in always

    def check(self, _photo: Photo, _facts: Facts, prediction: Prediction | None) -> Check:
        """Yes or no; a class that the model does not have has the probability 0."""
        if prediction is None:
            return yes_or_no(self, holds=False, reason=NO_PREDICTION)
        value = prediction.probabilities.get(self.of, 0.0)
        holds = self.comparison.holds(value, self.limit)
        shown, wanted = told_apart(value, self.limit)
        found = self.comparison if holds else self.comparison.opposite
        return yes_or_no(self, holds=holds, reason=f"{self.of} {shown} {found} {wanted}")

    def implies(self, other: Probability) -> bool:
        """Whether what satisfies this satisfies the other; no may mean that it was not seen."""
        if self.of != other.of or self.comparison.is_lower is not other.comparison.is_lower:
            return False
        # The limit itself is the last value that this allows, or the first that it does not.
        is_open = self.comparison in {Comparison.ABOVE, Comparison.BELOW}
        if is_open and self.limit == other.limit:
            return True
        return other.comparison.holds(self.limit, other.limit)
