"""Numbers, durations, sizes and ratios, and `{min, max}` of them.

A duration or a size has a unit: a bare `5` means seconds to one reader and minutes to the next. No
range comes out empty: a condition that was not understood must never match everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gallery_daemon.config.document import MappingNode, Node, ScalarNode
from gallery_daemon.config.kinds.base import (
    OneOrMore,
    Text,
    one_or_more,
    read_scalar,
    refuse,
    text_schema,
)
from gallery_daemon.config.mistakes import Mistakes, meant_number, quoted
from gallery_daemon.config.section import Key, Schema, Table, ValueKind, Written
from gallery_daemon.rules.conditions.shape import AspectIs, Between, Measure, Ratio

if TYPE_CHECKING:
    from gallery_daemon.rules.condition import Condition


_NUMBER = re.compile(r"\d{1,15}(?:_\d{1,15}){0,5}(?:\.\d{1,15})?|\.\d{1,15}", re.ASCII)
_SEXAGESIMAL = re.compile(r"(\d{1,4}):(\d{2})(?::\d{2})?", re.ASCII)

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604_800.0}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
_BYTES_BY_LOWER = {unit.lower(): factor for unit, factor in _BYTES.items()}
_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?) ?([a-zA-Z]+)", re.ASCII)

DURATION_UNITS = tuple(_SECONDS)
SIZE_UNITS = tuple(_BYTES)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range; a sign is read only where the range has numbers below zero."""

    low: float
    high: float

    NAME: ClassVar = "a number"
    TYPE: ClassVar = "number"

    @property
    def words(self) -> str:
        """The range."""
        return f"{self.NAME} from {self.low:.12g} to {self.high:.12g}"

    @property
    def schema(self) -> Schema:
        """A number with `_` in it is a text to an editor."""
        plain: Schema = {"type": self.TYPE, "minimum": self.low, "maximum": self.high}
        sign = "-?" if self.low < 0 else ""
        grouped = text_schema(rf"^{sign}[0-9]+(_[0-9]+)+(\.[0-9]+)?$")
        return {"anyOf": [plain, grouped | {"type": "string"}]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> float | None:
        """The number; it is written without unit or quotes."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        digits = scalar.text.removeprefix("-") if self.low < 0 else scalar.text
        if scalar.plain and _NUMBER.fullmatch(digits):
            value = float(scalar.text)
            if self._allows(value):
                return value
        hint = self._hint(key, scalar.text)
        refuse(scalar, key, self.words, mistakes, hint)
        return None

    def _allows(self, value: float) -> bool:
        return self.low <= value <= self.high

    def _hint(self, key: str, text: str) -> str | None:
        meant = meant_number(text, fraction=self.high == 1)
        if meant is None or text.startswith("-") or not self._allows(meant):
            return None
        return f"write a plain number: {key}: {meant:g}"


class Whole(Number):
    """A whole number in a range, without a decimal point."""

    __slots__ = ()
    NAME = "a whole number"
    TYPE = "integer"

    def read(self, node: Node, key: str, mistakes: Mistakes) -> int | None:
        """The number; it is written without unit or quotes."""
        value = super().read(node, key, mistakes)
        return None if value is None else int(value)

    def _allows(self, value: float) -> bool:
        return super()._allows(value) and value.is_integer()


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration in a range of seconds."""

    low_s: float
    high_s: float

    @property
    def words(self) -> str:
        """How durations are written, and the range."""
        units = ", ".join(DURATION_UNITS)
        return f"a duration such as 10s ({units}) from {self.low_s:g}s to {self.high_s:g}s"

    @property
    def schema(self) -> Schema:
        """A number and a unit."""
        return {"type": "string", "pattern": _quantity("|".join(DURATION_UNITS))}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> float | None:
        """Seconds."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        value = parse_duration(scalar.text)
        if value is not None and self.low_s <= value <= self.high_s:
            return value
        hint = _duration_hint(key, scalar.text)
        refuse(scalar, key, self.words, mistakes, hint)
        return None


@dataclass(frozen=True, slots=True)
class Size:
    """A size of a file."""

    words: str = f"a size such as 20MB ({', '.join(SIZE_UNITS)})"

    @property
    def schema(self) -> Schema:
        """A number and a unit, in any case of letters."""
        return {"type": "string", "pattern": _quantity("[kKmMgG]?[bB]|[kKmMgG][iI][bB]")}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> int | None:
        """Bytes."""
        scalar = read_scalar(node, key, self.words, mistakes)
        if scalar is None:
            return None
        value = parse_size(scalar.text)
        if value is None:
            unit = f"give it a unit: {key}: {scalar.text}MB"
            hint = unit if _NUMBER.fullmatch(scalar.text) else None
            refuse(scalar, key, self.words, mistakes, hint)
        return value


def _quantity(units: str) -> str:
    return rf"^\s*[0-9]+(\.[0-9]+)? ?({units})\s*$"


def _duration_hint(key: str, text: str) -> str | None:
    clock = _SEXAGESIMAL.fullmatch(text)
    if clock:
        minutes, seconds = int(clock[1]), int(clock[2])
        return f"write {key}: {minutes * 60 + seconds}s, or {key}: {minutes * 60 + seconds}m"
    return f"give it a unit: {key}: {text}s" if _NUMBER.fullmatch(text) else None


def parse_duration(text: str) -> float | None:
    """Seconds; none if `text` is no number with one of `DURATION_UNITS`."""
    found = _QUANTITY.fullmatch(text.strip())
    factor = _SECONDS.get(found[2]) if found else None
    return float(found[1]) * factor if found and factor else None


def parse_size(text: str) -> int | None:
    """Bytes; none if `text` is no number with one of `SIZE_UNITS`, in any case of letters."""
    found = _QUANTITY.fullmatch(text.strip())
    factor = _BYTES_BY_LOWER.get(found[2].lower()) if found else None
    return round(float(found[1]) * factor) if found and factor else None


_SIDES_LIMIT = 10_000
_SIDE_LETTERS = r"[0-9]{1,5}(?:\.[0-9]{1,5})?"
_SIDE = re.compile(_SIDE_LETTERS)


@dataclass(frozen=True, slots=True)
class RangeKind:
    """`{min, max}` of a measure; one of the two may be absent."""

    measure: Measure
    end: ValueKind[float]

    @property
    def words(self) -> str:
        """An example."""
        return "a map such as {min: 12}"

    @property
    def schema(self) -> Schema:
        """One of the two, or both."""
        return ends_schema(Key("min", self.end), Key("max", self.end))

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Condition | None:
        """The condition."""
        if isinstance(node, ScalarNode) and not node.is_null:
            end = "max" if node.text.startswith("<") else "min"
            limit = node.text.lstrip("<>= ")
            refuse(node, key, self.words, mistakes, f"write {key}: {{{end}: {limit}}}")
            return None
        low, high = Key("min", self.end), Key("max", self.end)
        found = Table(key, (low, high)).read(node, mistakes)
        if found is None or not says_something(found, key, node, mistakes):
            return None
        least, most = found.get(low), found.get(high)
        if least is not None and most is not None and least > most:
            mistakes.error(node.mark, f"{key}: min is greater than max, so nothing would match")
            return None
        return Between(self.measure, least, most) if found.is_whole else None


@dataclass(frozen=True, slots=True)
class AspectKind:
    """Ratios such as `"4:3"`, one or a list, or `{min, max}` of the long side by the short one."""

    words: str = 'a ratio such as "4:3", a list of such, or a map such as {min: 1.9}'

    @property
    def schema(self) -> Schema:
        """A ratio, a list of them, or the map."""
        return {"anyOf": [one_or_more(_RatioKind(self.words).schema), self._range.schema]}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Condition | None:
        """The condition."""
        if isinstance(node, MappingNode):
            return self._range.read(node, key, mistakes)
        ratios = OneOrMore(_RatioKind(self.words)).read(node, key, mistakes)
        return None if ratios is None else AspectIs(ratios)

    @property
    def _range(self) -> RangeKind:
        return RangeKind(Measure.ASPECT, Number(1, _SIDES_LIMIT))


@dataclass(frozen=True, slots=True)
class _RatioKind:
    words: str

    @property
    def schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^\s*{_SIDE_LETTERS}\s*:\s*{_SIDE_LETTERS}\s*$"}

    def read(self, node: Node, key: str, mistakes: Mistakes) -> Ratio | None:
        text = Text(self.words).read(node, key, mistakes)
        if text is None:
            return None
        first, colon, second = text.partition(":")
        long, short = _side(first), _side(second)
        if long is not None and short is not None:
            return Ratio(long, short)
        hint = None if colon or long is None else f"write {key}: {{min: {text}}}"
        mistakes.error(node.mark, f"{key}: {quoted(text)} is not {self.words}", hint)
        return None


def _side(text: str) -> float | None:
    if not _SIDE.fullmatch(text.strip()):
        return None
    side = float(text)
    return side if 1 <= side <= _SIDES_LIMIT else None


def ends_schema(*keys: Key[object]) -> Schema:
    """The schema of a map that has at least one of these keys."""
    return Table("", keys).schema() | {"minProperties": 1}


def says_something(found: Written, key: str, node: Node, mistakes: Mistakes) -> bool:
    """Whether a range says anything; an unknown key in it has been reported already."""
    if not found.nodes and isinstance(node, MappingNode) and not node.entries:
        mistakes.error(node.mark, f"{key}: the map is empty, so it could match nothing")
    return bool(found.nodes)
