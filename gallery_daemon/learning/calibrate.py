"""How sure a candidate may be: temperatures, tallies and reach, from what it did not learn from.

Lessons are the photos that the base found hard, and the bank holds pictures that it was trained on:
neither is like the photos to come, so a temperature fitted to them would be wrong. But base and
candidate can be compared on them: the candidate's temperature is the base's, times the ratio of
those that the two need there. What the base's temperature owes to sources that it had never seen
thus stays true.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.manifest import Tally
from gallery_daemon.model.precision import tally_of
from gallery_daemon.model.reach import reach_of
from gallery_daemon.model.temperature import fit_temperature
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gallery_daemon.learning.cross_validation import ModelAnswers, Validated
    from gallery_daemon.model.manifest import LookSettings, Manifest

    Floats = NDArray[np.float32]

MOST_CHANGE = 1.2
"""A hundred lessons are too few to make a model more than so many times as sure, or unsure."""


def calibrated(
    base: Manifest, validated: Validated, answers: ModelAnswers
) -> Mapping[LookKind, LookSettings]:
    """The settings of each look for a candidate whose left-out `answers` these are.

    Args:
        base: its looks are those of the answers.
        validated: whose lessons and bank were asked.
        answers: of candidates that did not know what they were asked.
    """
    temperatures = {
        look: base.looks[look].temperature * _ratio(validated, answers, look) for look in base.looks
    }
    tallies = {
        look: _tallies(base.looks[look], validated, answers.lessons[look] / np.float32(temperature))
        for look, temperature in temperatures.items()
    }
    return {
        look: replace(
            settings,
            temperature=temperatures[look],
            tallies=tallies[look],
            reach=_reach(settings, validated, answers, temperatures) if settings.reach else {},
        )
        for look, settings in base.looks.items()
    }


def _ratio(validated: Validated, answers: ModelAnswers, look: LookKind) -> float:
    """How many times the base's temperature the candidate needs."""
    # Of new classes the base knows nothing, so neither is asked about their pictures.
    known = validated.lesson_labels <= validated.bank_labels.max()
    truth = np.concatenate([validated.lesson_labels[known], validated.bank_labels])
    before, after = (
        fit_temperature(np.concatenate([each.lessons[look][known], each.bank[look]]), truth)
        for each in (validated.base, answers)
    )
    return min(max(after / before, 1 / MOST_CHANGE), MOST_CHANGE)


def _tallies(base: LookSettings, validated: Validated, logits: Floats) -> dict[str, Tally]:
    """The base's, and the lessons' calls by heads that did not know them."""
    probabilities = softmax(logits)
    called, confidences = probabilities.argmax(1), probabilities.max(1)
    right = called == validated.lesson_labels
    found = {}
    for label, name in enumerate(validated.classes):
        own = called == label
        calls = zip(confidences[own].tolist(), right[own].tolist(), strict=True)
        found[name] = _sum(base.tallies.get(name), tally_of(calls))
    return found if base.tallies else {}


def _sum(one: Tally | None, other: Tally) -> Tally:
    if one is None:
        return other
    called, right = (
        tuple(map(int.__add__, *both))
        for both in ((one.called, other.called), (one.right, other.right))
    )
    return Tally(called, right)


def _reach(
    base: LookSettings,
    validated: Validated,
    answers: ModelAnswers,
    temperatures: Mapping[LookKind, float],
) -> dict[str, float]:
    """How far the looks are apart, and never less than the base's were on many more pictures."""
    quick, full = (
        softmax(_both(answers, look) / np.float32(temperatures[look]))
        for look in (LookKind.QUICK, LookKind.FULL)
    )
    found = reach_of(quick, full, validated.classes)
    least = max(base.reach.values())
    known = {name: max(found.get(name, 0.0), base.reach.get(name, least)) for name in found}
    # Of a bank with few rows nothing is known, and then a full look is always asked for.
    return {name: math.ceil(each * 100) / 100 for name, each in known.items()}


def _both(answers: ModelAnswers, look: LookKind) -> Floats:
    return np.concatenate([answers.bank[look], answers.lessons[look]])
