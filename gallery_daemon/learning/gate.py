"""The gate: whether a candidate may serve.

It may if these things hold, all of them on pictures that it did not learn from; lessons that are
nearly the same photo count once.

- It answers the lessons better than the base: with the sign of each lesson's gain, in nats, thrown
  by a coin, the sum is as large less often than one time in twenty (Fisher's test of paired
  differences). So one lesson alone never passes, nor do four.
- The lessons agree with each other: with their labels dealt out anew at random, the candidate gains
  as much less often than one time in twenty. This is asked where a fair number of lessons are of
  other classes than the most frequent one: dealt out anew, labels that are all the same say
  nothing. A base is wrong on corrections by selection, so that any change would look like a gain;
  this is what tells learning from mere change.
- More lessons are decided better than worse: filed right, left to the person, or filed wrong. What
  is only a little surer of the same changes nothing for a person.
- No class of the bank is recognised less often by more than `MOST_FALL`, or, with a new class,
  `MOST_FALL_WITH_NEW`; a fall that chance explains (the same test) does not count. The bank is
  other people's photos: of `FEW` lessons nothing says that this person's are unlike them, of `MANY`
  it is known, and the bound is `MOST_FALL_WITH_MANY`. In between it grows evenly.
- Where a learned version serves, the candidate decides more lessons better than it, too. Both are
  asked by heads that did not learn from what they are asked: the version's from the lessons that it
  had, the candidate's from all. Where a lesson that the version had was withdrawn, as many will do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.learning.decisions import SURE, ChangedDecisions, changed, decided
from gallery_daemon.model.engines.probes import softmax
from gallery_daemon.model.temperature import cross_entropies
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gallery_daemon.learning.cross_validation import ModelAnswers, Validated

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float32]

LEVEL = 0.05
"""So often, at most, would chance alone let a candidate pass each of the tests."""
MOST_FALL, MOST_FALL_WITH_MANY, MOST_FALL_WITH_NEW = 0.02, 0.05, 0.01
FEW, MANY = 50, 100
"""Lessons, between which the bound grows."""
FEWEST_OF_OTHERS = 5
"""With so many lessons that are not of the most frequent class, they can contradict each other."""
_DEALS, _COUNTABLE = 1_999, 10
_ROUNDING = 1e-9
# In nats: one lesson must not outweigh all others.
_LARGEST_LOSS = 4.0
_MOST_WANTED = 1_000
# Of fewer lessons the test says nothing, however good: 2^-5 is the first power below the level.
_FEWEST = 5
_Z = 1.645  # the normal distribution's quantile for the level


@dataclass(frozen=True, slots=True, eq=False)
class ServingAnswers:
    """The logits (K, C) of lessons by heads like the learned version that serves.

    `has_withdrawn`: it had lessons that no longer hold.
    """

    logits: Floats
    temperature: float
    has_withdrawn: bool


@dataclass(frozen=True, slots=True, eq=False)
class DecidedBy:
    """How calls become decisions: temperatures of base and candidate, and what rules ask.

    `serving`: what the learned version makes of the lessons that serves; None: the base serves.
    """

    before: float = 1.0
    after: float = 1.0
    sure: float = SURE
    serving: ServingAnswers | None = None


@dataclass(frozen=True, slots=True)
class ClassRecall:
    """Of a class's pictures in the bank, the share recognised by base and candidate, 0..1."""

    pictures: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class GateFigures:
    """What the gate looked at.

    Of `lessons` base and candidate have `right_before` and `right_after` right, of which `gained`
    and `lost` are the other's; losses are mean cross-entropies in nats. `chance` is how often
    chance would gain as much, `contradiction` how often labels dealt out anew do; None: not asked.
    `decided` are the lessons decided otherwise than by the base, `since` than by the learned
    version that serves; None: none does.
    """

    lessons: int
    right_before: int
    right_after: int
    gained: int
    lost: int
    loss_before: float
    loss_after: float
    chance: float
    contradiction: float | None
    decided: ChangedDecisions
    since: ChangedDecisions | None
    classes: dict[str, ClassRecall]


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a candidate may serve; if not, why, in clauses.

    `wanted_more`: about so many more lessons like these would be enough; None: none are wanted, or
    no number of such lessons would be.
    """

    passed: bool
    reasons: tuple[str, ...]
    wanted_more: int | None
    figures: GateFigures


def judge(validated: Validated, answers: ModelAnswers, by: DecidedBy | None = None) -> Gate:
    """Whether a candidate, whose left-out `answers` these are, may serve instead of what does."""
    by = by or DecidedBy()
    figures = _figures(validated, answers, by)
    falls = tuple(forgotten(validated, answers, bound_of(validated)))
    is_better = figures.chance <= LEVEL
    agrees = figures.contradiction is None or figures.contradiction <= LEVEL
    reasons = []
    if not is_better:
        reasons.append(
            f"of {figures.lessons} lessons that it did not learn from it has {figures.right_after} "
            f"right, the base {figures.right_before}: chance may do as much"
        )
    if is_better and not agrees:
        reasons.append("the lessons contradict each other: other labels teach as much")
    reasons += _why_not_decided(figures, by)
    reasons += [
        f"it forgets {name}: {figures.classes[name].after:.1%} of these are recognised, before "
        f"{figures.classes[name].before:.1%}"
        for name in falls
    ]
    more = None if is_better else wanted_more(_gains(validated, answers))
    return Gate(not reasons, tuple(reasons), more, figures)


def _why_not_decided(figures: GateFigures, by: DecidedBy) -> Iterator[str]:
    """Why its decisions are no better than the base's, or than those of the version that serves."""
    decided_than = {"the base": figures.decided}
    if figures.since is not None:
        decided_than["the version that serves"] = figures.since
    for name, found in decided_than.items():
        is_even = found.better == found.worse
        withdraws = figures.since is found and by.serving and by.serving.has_withdrawn
        if found.better > found.worse or (is_even and withdraws):
            continue
        if not found.better and not found.worse:
            yield f"it decides every lesson as {name} does"
        else:
            yield (
                f"of {figures.lessons} lessons that it did not learn from it decides "
                f"{found.better} better than {name}, and {found.worse} worse"
            )


def bound_of(validated: Validated) -> float:
    """By how much a class's recall may fall, 0..1."""
    if validated.lesson_labels.max(initial=0) > validated.bank_labels.max():
        return MOST_FALL_WITH_NEW
    return most_fall(len(validated.first_of_groups))


def most_fall(lessons: int) -> float:
    """By how much a class's recall may fall after so many lessons, none of a new class; 0..1."""
    many = min(max((lessons - FEW) / (MANY - FEW), 0.0), 1.0)
    return MOST_FALL + many * (MOST_FALL_WITH_MANY - MOST_FALL)


def forgotten(validated: Validated, answers: ModelAnswers, bound: float) -> Iterator[str]:
    """The classes of the bank that are recognised less often by more than `bound`, 0..1."""
    before, after = _right(validated, validated.base), _right(validated, answers)
    for label, name in enumerate(validated.classes):
        own = validated.bank_labels == label
        lost, gained = int((before & ~after & own).sum()), int((after & ~before & own).sum())
        if lost - gained > bound * own.sum() and sign_test(lost, gained) <= LEVEL:
            yield name


def sign_test(more: int, less: int) -> float:
    """How often a fair coin shows heads at least `more` times of `more + less`, 0..1."""
    tosses = more + less
    ways = sum(math.comb(tosses, heads) for heads in range(more, tosses + 1))
    return ways / float(2**tosses)


def flip_test(gains: NDArray[np.float64]) -> float:
    """How often the gains (K,), each with a sign by a fair coin, are as large in sum; 0..1.

    Source: Fisher, "The Design of Experiments", 1935; drawn where there are too many to count.
    """
    count = len(gains)
    if count <= _COUNTABLE:
        signs = 1 - 2 * (np.arange(2**count)[:, None] >> np.arange(count) & 1)
    else:
        signs = 1 - 2 * np.random.default_rng(0).integers(2, size=(_DEALS, count))
        signs = np.concatenate([signs, np.ones((1, count), np.int64)])
    return float((signs @ gains >= gains.sum() - _ROUNDING).mean())


def wanted_more(gains: NDArray[np.float64]) -> int | None:
    """How many more lessons would pass, if their gains are like these (K,); None: none would.

    By the normal distribution, which for so many lessons is near the test.
    """
    mean, spread = float(gains.mean()), float(gains.std())
    if mean <= 0:
        return None
    # Of a few lessons that all gain alike, at least as many are wanted as can pass at all.
    enough = max(math.ceil((_Z * spread / mean) ** 2), _FEWEST)
    return max(enough - len(gains), 1) if enough <= _MOST_WANTED else None


def _gains(validated: Validated, answers: ModelAnswers) -> NDArray[np.float64]:
    """By how many nats each lesson is answered better than by the base (G,)."""
    first = validated.first_of_groups
    before, after = (
        cross_entropies(each.lessons[LookKind.FULL][first], validated.lesson_labels[first])
        for each in (validated.base, answers)
    )
    gains: NDArray[np.float64] = before.clip(max=_LARGEST_LOSS) - after.clip(max=_LARGEST_LOSS)
    return gains


def _figures(validated: Validated, answers: ModelAnswers, by: DecidedBy) -> GateFigures:
    first = validated.first_of_groups
    truth = validated.lesson_labels[first]
    logits = [each.lessons[LookKind.FULL][first] for each in (validated.base, answers)]
    before, after = (each.argmax(1) == truth for each in logits)
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    was, now = (
        decided(each, temperature, truth, by.sure)
        for each, temperature in zip(logits, (by.before, by.after), strict=True)
    )
    since = None
    if by.serving is not None:
        serving = by.serving.logits[first]
        since = changed(decided(serving, by.serving.temperature, truth, by.sure), now)
    loss_before, loss_after = (float(cross_entropies(each, truth).mean()) for each in logits)
    return GateFigures(
        len(truth),
        int(before.sum()),
        int(after.sum()),
        gained,
        lost,
        loss_before,
        loss_after,
        flip_test(_gains(validated, answers)),
        _contradiction(validated, answers),
        changed(was, now),
        since,
        _recalls(validated, answers),
    )


def _recalls(validated: Validated, answers: ModelAnswers) -> dict[str, ClassRecall]:
    was, now = _right(validated, validated.base), _right(validated, answers)
    return {
        name: ClassRecall(int(own.sum()), float(was[own].mean()), float(now[own].mean()))
        for label, name in enumerate(validated.classes)
        if (own := validated.bank_labels == label).any()
    }


def _right(validated: Validated, answers: ModelAnswers) -> Flags:
    right: Flags = answers.bank[LookKind.FULL].argmax(1) == validated.bank_labels
    return right


def _contradiction(validated: Validated, answers: ModelAnswers) -> float | None:
    """How often labels that are dealt out anew are gained as much as the true ones, 0..1."""
    first = validated.first_of_groups
    truth = validated.lesson_labels[first]
    if len(truth) - np.bincount(truth).max() < FEWEST_OF_OTHERS:
        return None
    # In probabilities, not their logarithms: a head that is less sure of everything gains by those
    # with any labels at all.
    after, before = (
        softmax(each.lessons[LookKind.FULL][first]) for each in (answers, validated.base)
    )
    gains = after - before  # (G, C)
    rows = np.arange(len(truth))
    random = np.random.default_rng(0)
    found = gains[rows, truth].sum()
    dealt = (gains[rows, random.permutation(truth)].sum() for _ in range(_DEALS))
    return (1 + sum(float(each) >= float(found) - _ROUNDING for each in dealt)) / (1 + _DEALS)
