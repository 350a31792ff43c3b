"""Whether a decision can be repeated without the file, by what the journal keeps of it.

The journal keeps the name, the size, the date and the prediction. Only conditions and fields that
are known to need no more are listed, so that one that is added and forgotten here costs a look at
the file and never a wrong answer. The other question is whether a decision needs to know which
photos were seen before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.rules.calendar import TakenBetween, TakenIn
from gallery_daemon.rules.condition import All, Any, ClassIs, MinConfidence, MinMargin, Not
from gallery_daemon.rules.fact import Between, Measure
from gallery_daemon.rules.kin import Burst, NearDuplicate
from gallery_daemon.rules.likeness import ExtIs, NameLike, PathLike, SourceLike
from gallery_daemon.rules.probability import Probability
from gallery_daemon.rules.values import DATE_FIELDS, GROUP, SEQUENCE

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition
    from gallery_daemon.rules.ruleset import RuleSet

_KEPT_FIELDS = frozenset(
    (*DATE_FIELDS, "class", "confidence", "name", "stem", "ext", "source", "rule", SEQUENCE)
)


def needs_the_file(ruleset: RuleSet) -> bool:
    """Whether some rule asks, or some place is named after, what only the file says."""
    rules = [rule for rule in ruleset.rules if rule.enabled]
    fields = frozenset(field for placing in ruleset.placings for field in placing.fields)
    return not fields <= _KEPT_FIELDS or any(_asks_more(rule.when) for rule in rules)


def needs_kin(ruleset: RuleSet) -> bool:
    """Whether some rule asks, or some place is named after, which photos were seen before."""
    rules = [rule for rule in ruleset.rules if rule.enabled]
    is_named = any(GROUP in placing.fields for placing in ruleset.placings)
    return is_named or any(_asks_for_kin(rule.when) for rule in rules)


def _asks_for_kin(condition: Condition) -> bool:
    match condition:
        case All(parts) | Any(parts):
            return any(_asks_for_kin(part) for part in parts)
        case Not(part):
            return _asks_for_kin(part)
        case _:
            return isinstance(condition, Burst | NearDuplicate)


def _asks_more(condition: Condition) -> bool:
    match condition:
        case All(parts) | Any(parts):
            return any(_asks_more(part) for part in parts)
        case Not(part):
            return _asks_more(part)
        case Between(measure):
            return measure is not Measure.SIZE
        case ClassIs() | MinConfidence() | MinMargin() | Probability():
            return False
        case TakenBetween() | TakenIn() | NameLike() | PathLike() | ExtIs() | SourceLike():
            return False
        case _:
            return True
