"""Kinds for what is counted or measured: numbers, durations, sizes, days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.config.hints import meant_number
from gallery_daemon.config.kinds import Schema, read_scalar, refuse, text_schema
from gallery_daemon.config.units import DURATION_UNITS, SIZE_UNITS, parse_duration, parse_size

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node
    from gallery_daemon.config.report import Report

_NUMBER = re.compile(r"\d{1,15}(?:_\d{1,15}){0,5}(?:\.\d{1,15})?|\.\d{1,15}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_SEXAGESIMAL = re.compile(r"(\d{1,4}):(\d{2})(?::\d{2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range; `whole` ones have no decimal point.

    A sign is read only where the range has numbers below zero.
    """

    low: float
    high: float
    whole: bool = False

    @property
    def words(self) -> str:
        """The range."""
        what = "a whole number" if self.whole else "a number"
        return f"{what} from {self.low:.12g} to {self.high:.12g}"

    @property
    def schema(self) -> Schema:
        """A number with `_` in it is a text to an editor."""
        plain: Schema = {
            "type": "integer" if self.whole else "number",
            "minimum": self.low,
            "maximum": self.high,
        }
        sign = "-?" if self.low < 0 else ""
        grouped = text_schema(rf"^{sign}[0-9]+(_[0-9]+)+(\.[0-9]+)?$")
        return {"anyOf": [plain, grouped | {"type": "string"}]}

    def read(self, node: Node, key: str, report: Report) -> float | None:
        """The number; it is written without unit or quotes."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        digits = scalar.text.removeprefix("-") if self.low < 0 else scalar.text
        if scalar.plain and _NUMBER.fullmatch(digits):
            value = float(scalar.text)
            if self._allows(value):
                return value
        hint = self._hint(key, scalar.text)
        refuse(scalar, key, self.words, report, hint)
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

    @property
    def schema(self) -> Schema:
        """A number and a unit."""
        return {"type": "string", "pattern": _quantity("|".join(DURATION_UNITS))}

    def read(self, node: Node, key: str, report: Report) -> float | None:
        """Seconds."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        value = parse_duration(scalar.text)
        if value is not None and self.low_s <= value <= self.high_s:
            return value
        hint = _duration_hint(key, scalar.text)
        refuse(scalar, key, self.words, report, hint)
        return None


@dataclass(frozen=True, slots=True)
class Size:
    """A size of a file."""

    words: str = f"a size such as 20MB ({', '.join(SIZE_UNITS)})"

    @property
    def schema(self) -> Schema:
        """A number and a unit, in any case of letters."""
        return {"type": "string", "pattern": _quantity("[kKmMgG]?[bB]|[kKmMgG][iI][bB]")}

    def read(self, node: Node, key: str, report: Report) -> int | None:
        """Bytes."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        value = parse_size(scalar.text)
        if value is None:
            unit = f"give it a unit: {key}: {scalar.text}MB"
            hint = unit if _NUMBER.fullmatch(scalar.text) else None
            refuse(scalar, key, self.words, report, hint)
        return value


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a day with a time, in the photo's local time."""

    words: str = "a day such as 2026-07-01, or 2026-07-01 18:30"

    @property
    def schema(self) -> Schema:
        """Its digits; which days there are, the reader knows."""
        return {"type": "string", "pattern": f"^{_DAY.pattern}$".replace(r"\d", "[0-9]")}

    def read(self, node: Node, key: str, report: Report) -> datetime | None:
        """The moment, without offset; a day begins at midnight."""
        scalar = read_scalar(node, key, self.words, report)
        if scalar is None:
            return None
        if _DAY.fullmatch(scalar.text):
            try:
                return datetime.fromisoformat(scalar.text)
            except ValueError:
                pass  # the 30th of February
        refuse(scalar, key, self.words, report)
        return None


def _quantity(units: str) -> str:
    return rf"^\s*[0-9]+(\.[0-9]+)? ?({units})\s*$"


def _duration_hint(key: str, text: str) -> str | None:
    clock = _SEXAGESIMAL.fullmatch(text)
    if clock:
        minutes, seconds = int(clock[1]), int(clock[2])
        return f"write {key}: {minutes * 60 + seconds}s, or {key}: {minutes * 60 + seconds}m"
    return f"give it a unit: {key}: {text}s" if _NUMBER.fullmatch(text) else None
