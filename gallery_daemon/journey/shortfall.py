"""What a photo lacks that goes to `uncertain`: how sure the model would have to be.

A person sees "memes 0.96" beside a photo in `Review/` and asks why. The answer is what the rule
that nearly took it asks for. A `min_precision` is said as the confidence that it comes to, for that
is the number that stands in the line. Pure: no log, no manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.decision import Outcome, Truth
from gallery_daemon.rules.conditions.model import MinConfidence, MinPrecision
from gallery_daemon.rules.explain import lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gallery_daemon.decision import Decision
    from gallery_daemon.journey.examined import Predicted
    from gallery_daemon.rules.condition import Condition
    from gallery_daemon.rules.decide import RuleSet


@dataclass(frozen=True, slots=True)
class ConfidenceGap:
    """What the rule asks for and the photo has not.

    `confidence` is the one from which on the rule takes such a photo; where no confidence would do,
    `reason` has the sentence.
    """

    confidence: float | None = None
    reason: str | None = None


NO_GAP = ConfidenceGap()


@dataclass(frozen=True, slots=True)
class ConfidenceGaps:
    """Finds the shortfall of a photo by the rules in force.

    `confidences` gives the confidence that a precision comes to, by precision and class. It is
    asked when a photo is uncertain: to read that of the model takes a while.
    """

    rules: RuleSet
    confidences: Callable[[], Mapping[tuple[float, str], float]]

    def of(self, examined: Predicted, decision: Decision) -> ConfidenceGap:
        """What the first rule lacks that was nearly sure enough; nothing for any other outcome."""
        says = examined.prediction
        if decision.outcome is not Outcome.UNCERTAIN:
            return NO_GAP
        name = next(entry.rule for entry in decision.trace if entry.truth is Truth.UNSURE)
        rule = next(each for each in self.rules.rules if each.name == name and each.enabled)
        found = lacking(rule.when, examined.photo, examined.facts, says)
        wanted = [self._confidence(condition, says.top_class) for condition, _ in found]
        known = [each for each in wanted if each is not None]
        if known and len(known) == len(wanted):
            return ConfidenceGap(confidence=max(known))
        return ConfidenceGap(reason=" and ".join(dict.fromkeys(check.reason for _, check in found)))

    def _confidence(self, condition: Condition, top_class: str) -> float | None:
        match condition:
            case MinConfidence(value):
                return value
            case MinPrecision(value):
                return self.confidences().get((value, top_class))
            case _:
                return None
