"""A candidate: the head that the base's would be, had it known the lessons.

It is always made of the base's head, the base's bank and all lessons that stand, never of the head
that serves: a lesson that is withdrawn leaves no trace, and a hundred small steps lead nowhere else
than one. With no lessons it is the base.

It goes as far from the base towards the fitted head as the bank allows: where the whole way would
forget a class, its pictures count more, and where that is not enough, three quarters, half or a
quarter of the way may not. All that is said of it comes from answers to pictures which the heads
that gave them had not learned from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.learning.calibrate import calibrated
from gallery_daemon.learning.cross_validation import cross_validate, with_look, without_later
from gallery_daemon.learning.decisions import SURE
from gallery_daemon.learning.fit import DEFAULT, bank_by, between, extended, fit, labels_of
from gallery_daemon.learning.gate import (
    DecidedBy,
    Gate,
    ServingAnswers,
    bound_of,
    forgotten,
    judge,
)
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from gallery_daemon.learning.cross_validation import ModelAnswers, Validated
    from gallery_daemon.learning.fit import FitSettings, Taught
    from gallery_daemon.model.head import Head
    from gallery_daemon.model.manifest import Manifest

SHARES = (1.0, 0.75, 0.5, 0.25)
"""Of the way from the base to the fitted head; the first that forgets nothing is gone."""
# A class that is forgotten counts so many times as much in its bank, at most so often.
_HOLD, _ROUNDS = 3.0, 3


@dataclass(frozen=True, slots=True, eq=False)
class CandidateModel:
    """A head that may come to serve, and the gate's word on it.

    `manifest` is the base's with the candidate's classes, temperatures, tallies and reach; its hash
    of the head is still the base's. `taught_bank` has the lessons as rows that extend the base's
    bank, their labels numbers of the candidate's classes. `share` is how much of the way was gone.
    """

    manifest: Manifest
    head: Head
    taught_bank: FeatureBank
    gate: Gate
    share: float
    validated: Validated


@dataclass(frozen=True, slots=True, eq=False)
class ServingModel:
    """The learned version that serves: its lessons, and its temperature for the full look."""

    taught: Taught
    temperature: float


def make_candidate(
    base: Manifest,
    head: Head,
    bank: FeatureBank,
    taught: Taught,
    settings: FitSettings = DEFAULT,
    *,
    serving: ServingModel | None = None,
    sure: float = SURE,
) -> CandidateModel:
    """The candidate that all lessons together make of the base.

    Args:
        base: the manifest of the bundle, not of a version.
        head: the bundle's.
        bank: the bundle's.
        taught: at least one lesson, with features of the bundle's body.
        settings: how much lessons count.
        serving: what the candidate would serve instead of; None: the base.
        sure: the confidence from which on rules file a photo, 0..1.
    """
    new = dict.fromkeys(name for name in taught.classes if name not in base.classes)
    classes = (*base.classes, *sorted(new))
    settings, validated = _holding(head, bank, taught, classes, settings)
    share, answers = _allowed(validated)
    made = _part(head, bank, taught, classes, settings, share)
    if LookKind.QUICK in base.looks:
        quick = head.quick or head, bank_by(bank, LookKind.QUICK), taught.by(LookKind.QUICK)
        made = replace(made, quick=_part(*quick, classes, settings, share))
        validated = with_look(validated, *quick, settings, LookKind.QUICK)
        answers = validated.base.towards(validated.left_out, share)
    looks = calibrated(base, validated, answers)
    by = DecidedBy(base.full.temperature, looks[LookKind.FULL].temperature, sure)
    if serving is not None:
        served = _served(head, bank, taught, serving, validated, settings, share)
        by = replace(by, serving=served)
    return CandidateModel(
        replace(base, classes=classes, looks=looks, metrics=None),
        made,
        FeatureBank(
            taught.full.astype(np.float16),
            taught.quick.astype(np.float16),
            labels_of(taught, classes),
        ),
        judge(validated, answers, by),
        share,
        validated,
    )


def _served(  # noqa: PLR0917
    head: Head,
    bank: FeatureBank,
    taught: Taught,
    serving: ServingModel,
    validated: Validated,
    settings: FitSettings,
    share: float,
) -> ServingAnswers:
    """What heads like the version that serves make of the lessons."""
    held = {
        (row.tobytes(), name)
        for row, name in zip(taught.full.astype(np.float16), taught.classes, strict=True)
    }
    earlier = serving.taught
    rows = zip(earlier.full.astype(np.float16), earlier.classes, strict=True)
    has_withdrawn = any((row.tobytes(), name) not in held for row, name in rows)
    # Of a class that is not taught any more nothing can be said.
    known = np.flatnonzero([name in validated.classes for name in earlier.classes])
    logits = without_later(validated, head, bank, taught, earlier.take(known), settings)
    start = validated.base.lessons[LookKind.FULL]
    so_far = start + np.float32(share) * (logits - start)
    return ServingAnswers(so_far, serving.temperature, has_withdrawn)


def _part(  # noqa: PLR0917
    base: Head,
    bank: FeatureBank,
    taught: Taught,
    classes: tuple[str, ...],
    settings: FitSettings,
    share: float,
) -> Head:
    """The head of one look that has gone this share of the way."""
    start = extended(base, taught, classes)
    return between(start, fit(base, bank, taught, classes, settings), share)


def _holding(
    head: Head, bank: FeatureBank, taught: Taught, classes: tuple[str, ...], settings: FitSettings
) -> tuple[FitSettings, Validated]:
    """The settings with which no class of the bank is forgotten, if there are such."""
    held = np.ones(len(head.bias))
    validated = cross_validate(head, bank, taught, classes, settings)
    for _ in range(_ROUNDS):
        falls = [
            classes.index(name)
            for name in forgotten(validated, validated.left_out, bound_of(validated))
        ]
        if not falls:
            break
        held[falls] *= _HOLD
        settings = replace(settings, held=tuple(held.tolist()))
        validated = cross_validate(head, bank, taught, classes, settings, validated.heads)
    return settings, validated


def _allowed(validated: Validated) -> tuple[float, ModelAnswers]:
    """How far a candidate may go, and what heads that far make of what they left out."""
    for share in SHARES:
        answers = validated.base.towards(validated.left_out, share)
        if not any(forgotten(validated, answers, bound_of(validated))):
            return share, answers
    return 1.0, validated.left_out
