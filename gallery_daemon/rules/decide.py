"""Rules, and the decision that they come to for a photo: the first rule that matches wins.

A decision depends on the photo, its facts and its prediction alone. It carries its trace: every
rule that was tried, with the answer of every condition, up to and including the one that matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from gallery_daemon.decision import Decision, Destination, Outcome, TraceEntry, Truth
from gallery_daemon.rules.component import component
from gallery_daemon.rules.condition import NOTHING, AllOf, Condition, Need, Needs, truth_of_all
from gallery_daemon.rules.fields import needs_of, values_of

if TYPE_CHECKING:
    from gallery_daemon.decision import Action, Identical, OnConflict
    from gallery_daemon.photo import Facts, Photo, Prediction
    from gallery_daemon.rules.template import Template


@dataclass(frozen=True, slots=True)
class Placing:
    """Where photos go and how; `as_` is their new name, none keeps their own.

    `identical`: what becomes of the same bytes, where `on_conflict` does not say it too.
    `own_action`: the rule itself says the action, so no default and no override changes it.
    """

    to: Template
    as_: Template | None
    action: Action
    on_conflict: OnConflict
    with_sidecars: bool
    own_action: bool = False
    identical: Identical | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields that its templates use."""
        return self.to.fields | (self.as_.fields if self.as_ else frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; no placing means: leave the photo where it is. `line` counts from 1."""

    name: str
    when: Condition
    placing: Placing | None
    enabled: bool
    line: int

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that must hold, in the order of the YAML; none: the rule always matches."""
        return self.when.parts if isinstance(self.when, AllOf) else (self.when,)


@dataclass(frozen=True)
class RuleSet:
    """Rules, of which the first match wins, and where other photos go; None leaves them."""

    rules: tuple[Rule, ...]
    uncertain: Placing | None = None
    otherwise: Placing | None = None
    failed: Placing | None = None

    @property
    def names(self) -> frozenset[str]:
        """What its rules are called, enabled or not."""
        return frozenset(rule.name for rule in self.rules)

    @property
    def placings(self) -> tuple[Placing, ...]:
        """Every place that a photo can go to."""
        rules = (rule.placing for rule in self.rules if rule.enabled)
        outcomes = (self.uncertain, self.otherwise, self.failed)
        return tuple(placing for placing in (*rules, *outcomes) if placing is not None)

    @cached_property
    def needs(self) -> Needs:
        """What its decisions depend on that the journal does not keep."""
        conditions = (rule.when.needs for rule in self.rules if rule.enabled)
        fields = (needs_of(field) for placing in self.placings for field in placing.fields)
        return NOTHING.union(*conditions, *fields)

    @property
    def needs_hash(self) -> bool:
        """Whether some place's name holds the content's hash, so the whole file must be read."""
        return Need.HASH in self.needs


def decide(photo: Photo, facts: Facts, prediction: Prediction | None, ruleset: RuleSet) -> Decision:
    """What happens to the photo; it depends on nothing but the arguments.

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
    return TraceEntry(rule.name, truth_of_all(checks), checks)


def _no_match(
    photo: Photo,
    facts: Facts,
    prediction: Prediction,
    ruleset: RuleSet,
    trace: tuple[TraceEntry, ...],
) -> Decision:
    """Uncertain if a rule would match had the model been surer, else otherwise."""
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
    return name if name.strip(".") and "\0" not in name else component(name)
