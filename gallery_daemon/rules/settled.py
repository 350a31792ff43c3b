"""Whether a quick look at a photo is enough: a full look could not lead to another decision.

The model's answers to a full look lie within `Bounds`, nearly always. So every rule is asked for
all that it may answer then; where the first match is the same whatever the full look says, and its
place as well, the photo need not be looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.decision import Truth

if TYPE_CHECKING:
    from gallery_daemon.photo import Bounds, Facts, Photo, Prediction
    from gallery_daemon.rules.decide import Placing, RuleSet

_SURE = frozenset({Truth.YES})


def is_settled(
    photo: Photo, facts: Facts, prediction: Prediction, bounds: Bounds, ruleset: RuleSet
) -> bool:
    """Whether the decision by a quick look's prediction is that by a full look's.

    Args:
        photo: as of `decide`.
        facts: as of `decide`.
        prediction: the quick look's.
        bounds: what the full look's may be.
        ruleset: as of `decide`.
    """
    is_open = False
    for rule in ruleset.rules:
        if not rule.enabled:
            continue
        truths = rule.when.truths(photo, facts, prediction, bounds)
        if truths == _SURE:
            return _is_place_settled(rule.placing, prediction, bounds)
        if Truth.YES in truths:
            return False
        is_open |= len(truths) > 1
    if is_open:  # whether it is uncertain, and by which rule
        return False
    return all(
        _is_place_settled(placing, prediction, bounds)
        for placing in (ruleset.uncertain, ruleset.otherwise)
    )


def _is_place_settled(placing: Placing | None, prediction: Prediction, bounds: Bounds) -> bool:
    """Whether the place's name says nothing that a full look may say otherwise."""
    fields = placing.fields if placing is not None else frozenset()
    if "confidence" in fields:
        return False
    return "class" not in fields or bounds.top_classes == {prediction.top_class}
