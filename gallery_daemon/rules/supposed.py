"""A prediction as a person supposes it: a class, how sure, how far ahead, and who else has what.

What is not said is shared out alike, so that all add up to 1; there may be no such prediction.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from gallery_daemon.photo import Prediction

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODEL = "a test"
_ROUNDING = 1e-9
_COPIED = 0.005
"""How far from 1 the sum of figures may be that somebody copied with two or four decimals."""

_NONE: Mapping[str, float] = MappingProxyType({})

NO_CLASS = Prediction({"none": 0.0}, _MODEL)
"""Of a photo of no class: no rule that asks for one takes it."""


def prediction_like(
    name: str,
    confidence: float,
    margin: float | None,
    classes: tuple[str, ...],
    said: Mapping[str, float] = _NONE,
) -> Prediction | None:
    """A prediction of this class; what it leaves goes alike to the others that are not `said`.

    With a `margin`, another class is so far behind. None: no probabilities with the sum 1 are so.
    """
    taken = {name: confidence} | {each: said[each] for each in said if each != name}
    others = [each for each in classes if each not in taken]
    second = 1.0
    if margin is not None:
        second = _behind(confidence, margin)
        if others and not any(
            math.isclose(each, second, abs_tol=_ROUNDING) for each in said.values()
        ):
            taken[others.pop(0)] = second
    left = 1 - sum(taken.values())
    slack = _COPIED if said else _ROUNDING
    if left < -slack or min(taken.values()) < -_ROUNDING or (left > slack and not others):
        return None
    share = max(left, 0.0) / max(len(others), 1)
    if second < share < second + _ROUNDING:
        share = second
    prediction = Prediction(taken | dict.fromkeys(others, share), _MODEL)
    as_said = margin is None or math.isclose(prediction.margin, margin, abs_tol=_ROUNDING)
    return prediction if prediction.top_class == name and as_said else None


def _behind(confidence: float, margin: float) -> float:
    """What is so far behind, or a bit more: the last bit shall not decide."""
    second = confidence - margin
    while confidence - second < margin:
        second = math.nextafter(second, -math.inf)
    return second
