"""Whether a quick look first decides as full looks alone do.

A photo gets its decision by its quick look where that settles it, else by its full look. It is the
same decision if outcome, rule and destination are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gallery_daemon.rules.decide import decide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gallery_daemon.classifier.host import IsEnough
    from gallery_daemon.decision import Decision
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.decide import RuleSet


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A picture with what the model says of it, looked at quickly and in full."""

    name: str
    truth: str
    photo: Photo
    facts: Facts
    quick: Prediction
    full: Prediction


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A photo that its quick look decides otherwise than its full look would."""

    looked_at: LookedAt
    by_quick: Decision
    by_full: Decision


@dataclass(slots=True)
class Tallied:
    """How many photos of each class were decided by a quick look, and how many otherwise."""

    photos: Counter[str] = field(default_factory=Counter)
    quick: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """All that there are photos of."""
        return sorted(self.photos)

    def quick_share(self, name: str | None = None) -> float:
        """Of the photos of a class, or of all, those that their quick look decides."""
        return _count(self.quick, name) / max(1, _count(self.photos, name))

    def same_share(self, name: str | None = None) -> float:
        """Of the photos of a class, or of all, those whose decision is the full look's."""
        others = Counter(each.looked_at.truth for each in self.disagreements)
        return 1 - _count(others, name) / max(1, _count(self.photos, name))


def tallied(pictures: Iterable[LookedAt], ruleset: RuleSet, is_enough: IsEnough | None) -> Tallied:
    """What the rules make of the pictures by two looks, beside full looks only.

    Args:
        pictures: whose decisions are compared.
        ruleset: of both decisions.
        is_enough: whether a quick look may stand; None: none may.
    """
    found = Tallied()
    for each in pictures:
        found.photos[each.truth] += 1
        if is_enough is None or not is_enough(each.photo, each.facts, each.quick):
            continue
        found.quick[each.truth] += 1
        by_quick = decide(each.photo, each.facts, each.quick, ruleset)
        by_full = decide(each.photo, each.facts, each.full, ruleset)
        if not is_same(by_quick, by_full):
            found.disagreements.append(Disagreement(each, by_quick, by_full))
    return found


def is_same(one: Decision, other: Decision) -> bool:
    """Whether the same becomes of the photo, whatever the reasons are."""
    return (one.outcome, one.rule, one.destination) == (
        other.outcome,
        other.rule,
        other.destination,
    )


def _count(counts: Counter[str], name: str | None) -> int:
    return counts.total() if name is None else counts[name]
