"""The rules of one configuration, as `config` reads them and `decide` walks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import All, Condition
from gallery_daemon.rules.values import HASH_FIELDS

if TYPE_CHECKING:
    from gallery_daemon.decision import Action, Identical, OnConflict
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
        return self.when.parts if isinstance(self.when, All) else (self.when,)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules, the first match wins, and where photos go that no rule takes; none leaves them."""

    rules: tuple[Rule, ...]
    uncertain: Placing | None = None
    otherwise: Placing | None = None
    failed: Placing | None = None

    @property
    def placings(self) -> tuple[Placing, ...]:
        """Every place that a photo can come to."""
        rules = (rule.placing for rule in self.rules if rule.enabled)
        outcomes = (self.uncertain, self.otherwise, self.failed)
        return tuple(placing for placing in (*rules, *outcomes) if placing is not None)

    @property
    def needs_hash(self) -> bool:
        """Whether some place's name holds the content's hash, so the whole file must be read."""
        return any(HASH_FIELDS & placing.fields for placing in self.placings)
