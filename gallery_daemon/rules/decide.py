"""From a photo, its facts and its prediction to a decision: the first rule that matches wins.

The decision carries its trace: every rule that was tried, with the answer of every condition, up to
and including the one that matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.decision import Decision, Destination, Outcome, TraceEntry, Truth
from gallery_daemon.rules.condition import all_of
from gallery_daemon.rules.part import part
from gallery_daemon.rules.values import values_of

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.ruleset import Placing, Rule, RuleSet


def decide(photo: Photo, facts: Facts, prediction: Prediction | None, ruleset: RuleSet) -> Decision:
    """What shall happen to the photo; it depends on nothing but the arguments.

    Without a prediction the photo could not be read: no rule is tried and the outcome is `failed`.
    """
    if prediction is None:
        destination = _destination(ruleset.failed, photo, facts, None, rule=None)
        return Decision(Outcome.FAILED, None, destination, ())
    trace: list[TraceEntry] = []
    for rule in ruleset.rules:
        if not rule.enabled:
            continue
        trace.append(try_rule(rule, photo, facts, prediction))
        if trace[-1].truth is Truth.YES:
            destination = _destination(rule.placing, photo, facts, prediction, rule.name)
            return Decision(Outcome.RULE, rule.name, destination, tuple(trace))
    return _no_match(photo, facts, prediction, ruleset, tuple(trace))


def try_rule(rule: Rule, photo: Photo, facts: Facts, prediction: Prediction) -> TraceEntry:
    """What the rule answers, condition by condition."""
    checks = tuple(condition.check(photo, facts, prediction) for condition in rule.conditions)
    return TraceEntry(rule.name, all_of(checks), checks)


def _no_match(
    photo: Photo,
    facts: Facts,
    prediction: Prediction,
    ruleset: RuleSet,
    trace: tuple[TraceEntry, ...],
) -> Decision:
    """Uncertain if confidence or margin alone kept a rule from matching, else otherwise."""
    unsure = next((entry.rule for entry in trace if entry.truth is Truth.UNSURE), None)
    outcome = Outcome.OTHERWISE if unsure is None else Outcome.UNCERTAIN
    placing = ruleset.otherwise if unsure is None else ruleset.uncertain
    # In `Review/{rule}/` the photo waits under the rule that nearly took it.
    destination = _destination(placing, photo, facts, prediction, rule=unsure)
    return Decision(outcome, None, destination, trace)


def _destination(
    placing: Placing | None,
    photo: Photo,
    facts: Facts,
    prediction: Prediction | None,
    rule: str | None,
) -> Destination | None:
    """The rendered place; none means: leave."""
    if placing is None:
        return None
    values = values_of(photo, facts, prediction, rule)
    name = placing.as_.render(values)[0] if placing.as_ else _own_name(photo.name)
    return Destination(
        folder=placing.to.render(values),
        name=name,
        action=placing.action,
        on_conflict=placing.on_conflict,
        with_sidecars=placing.with_sidecars,
        identical=placing.identical,
    )


def _own_name(name: str) -> str:
    """The photo's name, byte by byte: it was a file's name, so it can be one again."""
    return name if name.strip(".") and "\0" not in name else part(name)
