"""What a place is made of that a test does not say: a name with a hash that nobody gave.

Such a place would be one thing in the test and another when the photo is filed, so that a test
which expects it could neither hold nor fail with reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.photo import Outcome
from gallery_daemon.rules.values import DIGITS, HASH_FIELDS, values_of

if TYPE_CHECKING:
    from gallery_daemon.photo import Decision
    from gallery_daemon.rules.ruleset import Placing, RuleSet
    from gallery_daemon.rules.ruletest import RuleTest
    from gallery_daemon.rules.template import Field

_ANY = "0"
_HASH8_DIGITS = 8


def unsaid_in(test: RuleTest, decision: Decision, ruleset: RuleSet, *, of_name: bool) -> str | None:
    """The first field of the destination's folder, or `of_name`, that is not known, and why.

    It reads `{hash8}, which given does not say`; None: all that the template uses is known.
    """
    placing = _placing_of(decision, ruleset)
    if placing is None:
        return None
    template = placing.as_ if of_name else placing.to
    if template is None:
        return None
    rule = None if decision.outcome is Outcome.OTHERWISE else _ANY
    values = values_of(test.photo, test.facts, test.prediction, rule)
    # What is not said has some value all the same when the photo is filed: no fallback is taken.
    some = dict.fromkeys((*test.unsaid, *HASH_FIELDS), _ANY)
    reasons = ((each, _why_unknown(each, test)) for each in template.used({**values, **some}))
    return next((f"{_shown(each)}, {why}" for each, why in reasons if why is not None), None)


def _placing_of(decision: Decision, ruleset: RuleSet) -> Placing | None:
    match decision.outcome:
        case Outcome.RULE:
            placings = {rule.name: rule.placing for rule in ruleset.rules}
            return placings.get(decision.rule or "")
        case Outcome.UNCERTAIN:
            return ruleset.uncertain
        case Outcome.OTHERWISE:
            return ruleset.otherwise
        case Outcome.FAILED:
            return ruleset.failed


def _why_unknown(field: Field, test: RuleTest) -> str | None:
    if field.name not in HASH_FIELDS:
        return test.unsaid.get(field.name)
    known, needed = test.facts.content_hash or "", field.digits or DIGITS["hash"]
    if field.name == "hash8":
        needed = _HASH8_DIGITS
    if len(known) >= needed:
        return None
    said = f"of which given says {len(known)} digits" if known else "which given does not say"
    return f"{said} (add hash: of {needed} digits)"


def _shown(field: Field) -> str:
    return f"{{{field.name}}}" if field.digits is None else f"{{{field.name}:{field.digits}}}"
