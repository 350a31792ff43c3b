"""What a rule's `min_precision` comes to with the present model: a confidence for each class.

`check`, `plan` and `explain` say it, and a rule that the model cannot satisfy is warned of.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import WHOLE_NETWORK_VERSION
from gallery_daemon.model.precision import precision_at, threshold
from gallery_daemon.rules.analysis import RuleWarning
from gallery_daemon.rules.demands import familiarity_demands, precision_demands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.precision import Threshold
    from gallery_daemon.rules.decide import RuleSet
    from gallery_daemon.rules.demands import PrecisionDemand


@dataclass(frozen=True, slots=True)
class PrecisionLimit:
    """From which confidence on the model has the `wanted` precision for a class, if ever.

    `threshold` is None where it has it nowhere: there it comes to `best` at most, or, where that is
    None too, too few held-out pictures were called so to tell.
    """

    wanted: float
    top_class: str
    rules: tuple[str, ...]
    threshold: Threshold | None
    best: float | None

    @property
    def sentence(self) -> str:
        """As a person reads it: `min_precision: 0.95 = confidence 0.71 for memes (...)`."""
        asked = f"min_precision: {self.wanted:g}"
        if self.threshold is not None:
            confidence = f"confidence {self.threshold.confidence:.2f} for {self.top_class}"
            return f"{asked} = {confidence} ({interval_of(self.threshold)})"
        if self.best is None:
            why = "not known, for too few pictures of it were held out"
            return f"{asked} is never reached for {self.top_class}: {why}"
        return f"{asked} is never reached for {self.top_class}: it is {self.best:.3f} at most"


def in_short(limits: Sequence[PrecisionLimit]) -> Iterator[str]:
    """Each precision in a line: `min_precision: 0.95 = confidence 0.71 for memes, never for cars`.

    The others are in the order of `limits`, which have those of one precision together.
    """
    for wanted, some in groupby(limits, key=lambda limit: limit.wanted):
        classes = (
            f"{'never' if each.threshold is None else f'{each.threshold.confidence:.2f}'}"
            f" for {each.top_class}"
            for each in some
        )
        yield f"min_precision: {wanted:g} = confidence {', '.join(classes)}"


def interval_of(found: Threshold) -> str:
    """How sure the precision itself is: `0.93..0.97 of 412 pictures`."""
    return f"{found.lowest:.2f}..{found.highest:.2f} of {found.pictures} pictures"


def knows_precision(manifest: Manifest) -> bool:
    """Whether the model knows for any class how often it is right."""
    return any(precision_at(tally, 1.0) is not None for tally in manifest.full.tallies.values())


def precision_limits(ruleset: RuleSet, manifest: Manifest) -> tuple[PrecisionLimit, ...]:
    """What each precision that some rule asks for comes to, class by class, the lowest first."""
    demands = precision_demands(ruleset, manifest.classes)
    return tuple(
        _limit(wanted, name, demands, manifest)
        for wanted in sorted({each.precision for each in demands})
        for name in manifest.classes
        if any(_is_asked(wanted, name, each) for each in demands)
    )


def model_warnings(ruleset: RuleSet, manifest: Manifest) -> tuple[RuleWarning, ...]:
    """What the rules ask for and the present model cannot tell."""
    return (*_precision_warnings(ruleset, manifest), *_familiarity_warnings(ruleset, manifest))


def _limit(
    wanted: float, name: str, demands: Sequence[PrecisionDemand], manifest: Manifest
) -> PrecisionLimit:
    tally = manifest.full.tallies.get(name)
    return PrecisionLimit(
        wanted,
        name,
        rules=tuple(each.rule for each in demands if _is_asked(wanted, name, each)),
        threshold=None if tally is None else threshold(tally, wanted),
        best=None if tally is None else precision_at(tally, 1.0),
    )


def _is_asked(wanted: float, name: str, demand: PrecisionDemand) -> bool:
    return demand.precision == wanted and name in demand.classes


def _precision_warnings(ruleset: RuleSet, manifest: Manifest) -> Iterator[RuleWarning]:
    demands = precision_demands(ruleset, manifest.classes)
    if demands and not knows_precision(manifest):
        yield _of_unknown(demands, manifest)
        return
    reached = {
        (each.wanted, each.top_class)
        for each in precision_limits(ruleset, manifest)
        if each.threshold is not None
    }
    for each in demands:
        if not any((each.precision, name) in reached for name in each.classes):
            sentence = (
                f'rule "{each.rule}" sends everything to review: {manifest.model_id} reaches'
                f" min_precision: {each.precision:g} for {_none_of(each.classes)}"
            )
            yield RuleWarning(each.rule, each.line, sentence)


def _of_unknown(demands: Sequence[PrecisionDemand], manifest: Manifest) -> RuleWarning:
    names = tuple(dict.fromkeys(f'"{each.rule}"' for each in demands))
    which = f"rule {names[0]} sends" if len(names) == 1 else f"rules {', '.join(names)} send"
    sentence = (
        f"{_described(manifest)} does not know its precision, so by min_precision {which}"
        " everything to review; train it anew, or use min_confidence"
    )
    return RuleWarning(demands[0].rule, demands[0].line, sentence)


def _familiarity_warnings(ruleset: RuleSet, manifest: Manifest) -> Iterator[RuleWarning]:
    if manifest.familiarity is not None:
        return
    for rule in familiarity_demands(ruleset):
        sentence = (
            f'rule "{rule.name}" asks how familiar a photo is, and {_described(manifest)} has no'
            " bank to tell: to it no photo is strange, and none familiar; train it anew"
        )
        yield RuleWarning(rule.name, rule.line, sentence)


def _described(manifest: Manifest) -> str:
    is_old = manifest.format_version == WHOLE_NETWORK_VERSION
    return f"the model {manifest.model_id}{' of version 0.1' if is_old else ''}"


def _none_of(classes: Sequence[str]) -> str:
    return f"no photo of {classes[0]}" if len(classes) == 1 else f"none of {', '.join(classes)}"
