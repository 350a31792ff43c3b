"""Kinds for `{min, max}` and its kin: maps that say from where to where.

Nothing here may come out empty: a condition that was not understood must never match everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.amounts import Number
from gallery_daemon.config.document import Mapping, Node, Scalar
from gallery_daemon.config.kinds import Kind, OneOrMore, Schema, Text, one_or_more, refuse
from gallery_daemon.config.report import Report, quoted
from gallery_daemon.config.tables import Found, Key, Table
from gallery_daemon.rules.aspect import AspectIs, Ratio
from gallery_daemon.rules.fact import Between, Measure

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition

_SIDES_LIMIT = 10_000
_SIDE_LETTERS = r"[0-9]{1,5}(?:\.[0-9]{1,5})?"
_SIDE = re.compile(_SIDE_LETTERS)


@dataclass(frozen=True, slots=True)
class Range:
    """`{min, max}` of a measure; one of the two may be absent."""

    measure: Measure
    end: Kind[float]

    @property
    def words(self) -> str:
        """An example."""
        return "a map such as {min: 12}"

    @property
    def schema(self) -> Schema:
        """One of the two, or both."""
        return ends_schema(Key("min", self.end), Key("max", self.end))

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        """The condition."""
        if isinstance(node, Scalar) and not node.is_null:
            end = "max" if node.text.startswith("<") else "min"
            limit = node.text.lstrip("<>= ")
            refuse(node, key, self.words, report, f"write {key}: {{{end}: {limit}}}")
            return None
        low, high = Key("min", self.end), Key("max", self.end)
        found = Table(key, (low, high)).read(node, report)
        if found is None or not says_something(found, key, node, report):
            return None
        least, most = found.get(low), found.get(high)
        if least is not None and most is not None and least > most:
            report.error(node.place, f"{key}: min is greater than max, so nothing would match")
            return None
        return Between(self.measure, least, most) if found.is_whole else None


@dataclass(frozen=True, slots=True)
class Aspect:
    """Ratios such as `"4:3"`, one or a list, or `{min, max}` of the long side by the short one."""

    words: str = 'a ratio such as "4:3", a list of such, or a map such as {min: 1.9}'

    @property
    def schema(self) -> Schema:
        """A ratio, a list of such, or the map."""
        return {"anyOf": [one_or_more(_RatioKind(self.words).schema), self._range.schema]}

    def read(self, node: Node, key: str, report: Report) -> Condition | None:
        """The condition."""
        if isinstance(node, Mapping):
            return self._range.read(node, key, report)
        ratios = OneOrMore(_RatioKind(self.words)).read(node, key, report)
        return None if ratios is None else AspectIs(ratios)

    @property
    def _range(self) -> Range:
        return Range(Measure.ASPECT, Number(1, _SIDES_LIMIT))


@dataclass(frozen=True, slots=True)
class _RatioKind:
    words: str

    @property
    def schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^\s*{_SIDE_LETTERS}\s*:\s*{_SIDE_LETTERS}\s*$"}

    def read(self, node: Node, key: str, report: Report) -> Ratio | None:
        text = Text(self.words).read(node, key, report)
        if text is None:
            return None
        first, colon, second = text.partition(":")
        long, short = _side(first), _side(second)
        if long is not None and short is not None:
            return Ratio(long, short)
        hint = None if colon or long is None else f"write {key}: {{min: {text}}}"
        report.error(node.place, f"{key}: {quoted(text)} is not {self.words}", hint)
        return None


def _side(text: str) -> float | None:
    if not _SIDE.fullmatch(text.strip()):
        return None
    side = float(text)
    return side if 1 <= side <= _SIDES_LIMIT else None


def ends_schema(*keys: Key[object]) -> Schema:
    """What an editor may be told of a map that says at least one of these."""
    return Table("", keys).schema() | {"minProperties": 1}


def says_something(found: Found, key: str, node: Node, report: Report) -> bool:
    """Whether a range says anything; an unknown key in it has been reported already."""
    if not found.nodes and isinstance(node, Mapping) and not node.entries:
        report.error(node.place, f"{key}: the map is empty, so it could match nothing")
    return bool(found.nodes)
