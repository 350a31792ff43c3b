"""What `probability` takes: classes, each with a limit such as `">= 0.3"`, or with several.

In a test of the rules, `probabilities` takes classes with their shares, as a model would give them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.document import MappingNode, Node
from gallery_daemon.config.kinds.base import read_scalar, refuse
from gallery_daemon.config.kinds.quantity import Number
from gallery_daemon.config.mistakes import meant_number
from gallery_daemon.rules.condition import AllOf, Condition
from gallery_daemon.rules.conditions.model import Comparison, Probability

if TYPE_CHECKING:
    from gallery_daemon.config.mistakes import Mistakes
    from gallery_daemon.config.section import Schema

_LETTERS = r"(>=|<=|>|<) *([0-9](?:\.[0-9]{1,15})?|\.[0-9]{1,15})"
_LIMIT = re.compile(_LETTERS)
_LIMITS_SCHEMA: Schema = {"type": "string", "pattern": rf"^\s*{_LETTERS}(\s*,\s*{_LETTERS})*\s*$"}
_SHARE = Number(0, 1)
_NOTHING = ((Comparison.ABOVE, 1), (Comparison.BELOW, 0))


@dataclass(frozen=True, slots=True)
class ProbabilityKind:
    """`{memes: ">= 0.3"}`; of several classes and limits, all must hold."""

    words: str = 'a map such as {memes: ">= 0.3"}'

    @property
    def schema(self) -> Schema:
        """Any class; the schema of a whole configuration names the model's."""
        return {"type": "object", "additionalProperties": _LIMITS_SCHEMA, "minProperties": 1}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Condition | None:
        """The condition; whether the model has the classes is checked later."""
        if not isinstance(node, MappingNode) or not node.entries:
            hint = f'write {key}: {{memes: ">= 0.3"}}'
            mistakes.error(node.mark, f"{key} must be {self.words}", hint)
            return None
        found = [_limits(name.text.strip(), value, mistakes) for name, value in node.entries]
        conditions = tuple(each for limits in found for each in limits)
        if not all(found):
            return None
        return conditions[0] if len(conditions) == 1 else AllOf(conditions)


@dataclass(frozen=True, slots=True)
class ProbabilitiesKind:
    """`{memes: 0.55, cars: 0.4}`."""

    words: str = "a map such as {memes: 0.55, cars: 0.4}"

    @property
    def schema(self) -> Schema:
        """Any class; the schema of a whole configuration names the model's."""
        return {"type": "object", "additionalProperties": _SHARE.schema, "minProperties": 1}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> dict[str, float] | None:
        """The probability of each class, 0 to 1; whether the sum fits is checked later."""
        if not isinstance(node, MappingNode) or not node.entries:
            mistakes.error(node.mark, f"{key} must be {self.words}")
            return None
        found = {name.text: _SHARE.read(value, name.text, mistakes) for name, value in node.entries}
        read = {name: share for name, share in found.items() if share is not None}
        return read if len(read) == len(found) else None


def _limits(name: str, node: Node, mistakes: Mistakes) -> tuple[Probability, ...]:
    """One class's; none if a mistake has been reported."""
    words = 'a limit such as ">= 0.3", from 0 to 1, with one of >=, >, <=, <'
    scalar = read_scalar(node, name, words, mistakes)
    if scalar is None:
        return ()
    limits = [_limit(name, part.strip()) for part in scalar.text.split(",")]
    read = tuple(each for each in limits if each is not None)
    if len(read) < len(limits):
        refuse(scalar, name, words, mistakes, _hint(name, scalar.text))
        return ()
    if any((each.comparison, each.limit) in _NOTHING for each in read):
        mistakes.error(scalar.mark, f"{name}: no probability is {scalar.text}")
        return ()
    return read


def _limit(name: str, text: str) -> Probability | None:
    found = _LIMIT.fullmatch(text)
    if found is None or float(found[2]) > 1:
        return None
    return Probability(name, Comparison(found[1]), float(found[2]))


def _hint(name: str, text: str) -> str | None:
    meant = meant_number(text, fraction=True)
    if meant is None or not 0 <= meant <= 1:
        return None
    sign = "<=" if text.strip().startswith("<") else ">="
    return f'write {name}: "{sign} {meant:g}"'
