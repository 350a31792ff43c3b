"""What one value may be: each kind reads a node into a value, or reports why it cannot.

No kind guesses. A value is what its kind allows, or there is an error at its place that names the
text, what is allowed, and if possible what was meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from gallery_daemon.config.document import Mapping, Node, Scalar, Sequence
from gallery_daemon.config.hints import did_you_mean, meant_number, quote_it
from gallery_daemon.config.report import Report, quoted
from gallery_daemon.config.units import DURATION_UNITS, SIZE_UNITS, parse_duration, parse_size

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
EnumT = TypeVar("EnumT", bound=StrEnum)

_NUMBER = re.compile(r"\d{1,15}(?:_\d{1,15}){0,5}(?:\.\d{1,15})?|\.\d{1,15}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_SEXAGESIMAL = re.compile(r"(\d{1,4}):(\d{2})(?::\d{2})?", re.ASCII)


class Kind(Protocol[T_co]):
    """What a value may be; `words` say it in a sentence, "a number from 0 to 1"."""

    @property
    def words(self) -> str:
        """What is allowed, for a sentence."""
        ...

    def read(self, node: Node, key: str, report: Report) -> T_co | None:
        """The value; none means that a mistake has been reported."""
        ...


def read_scalar(node: Node, key: str, words: str, report: Report) -> Scalar | None:
    """The node as one value that says something."""
    if not isinstance(node, Scalar):
        report.error(
            node.place, f"{key}: a {_shape(node)} is not {words}", _template_hint(node, key)
        )
        return None
    if node.is_null:
        lone = 'a lone ~ means "nothing" to YAML; for your home folder write "~/"'
        report.error(node.place, f"{key} has no value", lone if node.text == "~" else None)
        return None
    return node


@dataclass(frozen=True, slots=True)
class Raw:
    """A node that is read later, by whoever knows more."""

    words: str

    def read(self, node: Node, _key: str, _report: Report) -> Node:
        """The node itself."""
        return node


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty."""

    words: str = "a text"

    def read(self, node: Node, key: str, report: Report) -> str | None:
        """The text without spaces round it; numbers and dates are texts here, flags are not."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        if scalar.flag is not None:
            reads = str(scalar.flag).lower()
            sentence = f"{key}: YAML reads {scalar.text} as {reads}, not as {self.words}"
            report.error(scalar.place, sentence, quote_it(scalar.text))
            return None
        if not scalar.text.strip():
            report.error(scalar.place, f"{key} is empty")
            return None
        return scalar.text.strip()


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    words: str = "true or false"

    def read(self, node: Node, key: str, report: Report) -> bool | None:
        """What YAML makes of `true`, `yes`, `on` and their opposites, without quotes."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is not None and scalar.flag is None:
            report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}")
        return scalar.flag if scalar is not None else None


@dataclass(frozen=True, slots=True)
class Choice(Generic[EnumT]):
    """One of a few words."""

    options: type[EnumT]

    @property
    def words(self) -> str:
        """All of them."""
        return f"one of {', '.join(self.options)}"

    def read(self, node: Node, key: str, report: Report) -> EnumT | None:
        """The member that the word names."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        if scalar.text in set(self.options):
            return self.options(scalar.text)
        hint = did_you_mean(scalar.text, self.options)
        report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}", hint)
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range; `whole` ones have no decimal point."""

    low: float
    high: float
    whole: bool = False

    @property
    def words(self) -> str:
        """The range."""
        what = "a whole number" if self.whole else "a number"
        return f"{what} from {self.low:.12g} to {self.high:.12g}"

    def read(self, node: Node, key: str, report: Report) -> float | None:
        """The number; it is written without sign, unit or quotes."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        if scalar.plain and _NUMBER.fullmatch(scalar.text):
            value = float(scalar.text)
            if self._allows(value):
                return value
        hint = self._hint(key, scalar.text)
        report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}", hint)
        return None

    def _allows(self, value: float) -> bool:
        return self.low <= value <= self.high and (value.is_integer() or not self.whole)

    def _hint(self, key: str, text: str) -> str | None:
        meant = meant_number(text, fraction=self.high == 1)
        if meant is None or text.startswith("-") or not self._allows(meant):
            return None
        return f"write a plain number: {key}: {meant:g}"


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

    def read(self, node: Node, key: str, report: Report) -> float | None:
        """Seconds."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        value = parse_duration(scalar.text)
        if value is not None and self.low_s <= value <= self.high_s:
            return value
        hint = _duration_hint(key, scalar.text)
        report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}", hint)
        return None


@dataclass(frozen=True, slots=True)
class Size:
    """A size of a file."""

    words: str = f"a size such as 20MB ({', '.join(SIZE_UNITS)})"

    def read(self, node: Node, key: str, report: Report) -> int | None:
        """Bytes."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        value = parse_size(scalar.text)
        if value is None:
            unit = f"give it a unit: {key}: {scalar.text}MB"
            hint = unit if _NUMBER.fullmatch(scalar.text) else None
            report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}", hint)
        return value


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a day with a time, in the photo's local time."""

    words: str = "a day such as 2026-07-01, or 2026-07-01 18:30"

    def read(self, node: Node, key: str, report: Report) -> datetime | None:
        """The moment, without offset; a day begins at midnight."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        if _DAY.fullmatch(scalar.text):
            try:
                return datetime.fromisoformat(scalar.text)  # noqa: DTZ - the photo's local time
            except ValueError:
                pass  # the 30th of February
        report.error(scalar.place, f"{key}: {quoted(scalar.text)} is not {self.words}")
        return None


@dataclass(frozen=True, slots=True)
class OneOrMore(Generic[T]):
    """One value, or a list of them that is not empty."""

    kind: Kind[T]

    @property
    def words(self) -> str:
        """The single value's words."""
        return f"{self.kind.words}, or a list of such"

    def read(self, node: Node, key: str, report: Report) -> tuple[T, ...] | None:
        """All values, or none if a single one is wrong."""
        items = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            sentence = f"{key}: the list is empty, so it could match nothing"
            report.error(node.place, sentence, f"give it a value, or leave out {key}")
            return None
        values = [self.kind.read(item, key, report) for item in items]
        read = tuple(value for value in values if value is not None)
        return read if len(read) == len(values) else None


def _shape(node: Mapping | Sequence) -> str:
    return "map" if isinstance(node, Mapping) else "list"


def _template_hint(node: Mapping | Sequence, key: str) -> str | None:
    """For `to: {class}`, which YAML takes for a map with one key and no value."""
    if not isinstance(node, Mapping) or len(node.entries) != 1:
        return None
    name, value = node.entries[0]
    if not (isinstance(value, Scalar) and value.is_null):
        return None
    return quote_it(f"{{{name.text}}}", key)


def _duration_hint(key: str, text: str) -> str | None:
    clock = _SEXAGESIMAL.fullmatch(text)
    if clock:
        minutes, seconds = int(clock[1]), int(clock[2])
        return f"write {key}: {minutes * 60 + seconds}s, or {key}: {minutes * 60 + seconds}m"
    return f"give it a unit: {key}: {text}s" if _NUMBER.fullmatch(text) else None
