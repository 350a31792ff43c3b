"""What a person most likely meant where YAML gives up.

PyYAML's own words ("expected <block end>, but found '<scalar>'") help nobody who forgot the quotes
round `{class}/`. Each detector here knows one trap; it looks at the line where reading stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.hints import quote_it
from gallery_daemon.config.report import Place, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    import yaml

_LONGEST_LINE = 2_000

_COMPARISON = re.compile(r"([\w-]+) *: *(([<>]=?|=) *(\d*\.?\d+)%?)")
_BRACES = re.compile(r"([\w-]+): +([^\s\"'{},\[\]#]?[^\"'{},\[\]]*(?:\{[^{}]*\}[^\"',{}\[\]]*)+)")
_RESERVED = re.compile(r"(?:^|(?<=[\s\[,{]))[*%@`!&|>][^\s,\]}]*")
_NO_SPACE = re.compile(r"^ *(?:- +)*([\w-]+):([^\s:/][^:]*)$")
_TWO_COLONS = re.compile(r"^ *(?:- +)*([\w-]+): +([^\"'{\[#]*: .*)$")
_MEASURES = ("width", "height", "megapixels", "size", "aspect")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, where, and what to do."""

    place: Place
    sentence: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where reading stopped: a line, its number and a column from 0, and PyYAML's words."""

    line: str
    number: int
    column: int
    problem: str

    def mistake(self, column: int, sentence: str, hint: str) -> Mistake:
        return Mistake(Place(self.number + 1, column + 1), sentence, hint)


def explain(text: str, error: yaml.MarkedYAMLError) -> Mistake:
    """The mistake behind PyYAML's error."""
    mark = error.problem_mark or error.context_mark
    assert mark is not None  # whatever reads events marks its errors
    problem = str(error.problem)
    line = _line_at(text, mark.index - mark.column)
    stop = _Stop(line[:_LONGEST_LINE], mark.line, mark.column, problem)
    for detect in _DETECTORS:
        mistake = detect(stop)
        if mistake is not None:
            return mistake
    return (
        _missing_space(text, mark.index - mark.column, stop)
        or _not_closed(error)
        or Mistake(Place(mark.line + 1, mark.column + 1), f"this is not YAML: {problem}")
    )


def _tab(stop: _Stop) -> Mistake | None:
    indent = stop.line[: len(stop.line) - len(stop.line.lstrip())]
    if "\t" not in indent:
        return None
    return stop.mistake(indent.index("\t"), "a tab cannot indent YAML", "indent with spaces")


def _comparison(stop: _Stop) -> Mistake | None:
    for found in _COMPARISON.finditer(stop.line):
        key, value, sign, number = found.groups()
        if found.start() <= stop.column <= found.end():
            sentence = f"{key}: {quoted(value)} is not a number"
            hint = f"write a plain number: {key}: {number}"
            if key in _MEASURES:
                end = "max" if sign.startswith("<") else "min"
                hint = f"write {key}: {{{end}: {number}}}"
            elif not key.startswith("min_"):  # a class's probability
                sentence = f"{key}: {quoted(value)} must stand in quotes"
                hint = f'write {key}: "{sign} {number}"'
            return stop.mistake(found.start(2), sentence, hint)
    return None


def _braces(stop: _Stop) -> Mistake | None:
    for found in _BRACES.finditer(stop.line):
        key, value = found[1], found[2].strip()
        is_map = ": " in value
        if found.end() >= stop.column and not is_map:
            sentence = f"{key}: a template must stand in quotes here"
            return stop.mistake(found.start(2), sentence, quote_it(value, key))
    return None


def _reserved(stop: _Stop) -> Mistake | None:
    for found in _RESERVED.finditer(stop.line):
        if found.start() <= stop.column <= found.end():
            sentence = f"a value without quotes cannot begin with {found.group()[0]}"
            return stop.mistake(found.start(), sentence, quote_it(found.group()))
    return None


def _colon_in_value(stop: _Stop) -> Mistake | None:
    found = _TWO_COLONS.match(stop.line)
    if found is None or "mapping values" not in stop.problem:
        return None
    sentence = f'{found[1]}: a value with ": " in it must stand in quotes'
    return stop.mistake(found.start(2), sentence, quote_it(found[2].rstrip(), found[1]))


def _indentation(stop: _Stop) -> Mistake | None:
    if not stop.problem.startswith("expected <block end>"):
        return None
    sentence = "this line does not fit the indentation of the lines above"
    return stop.mistake(stop.column, sentence, "keys of one map begin in the same column")


_DETECTORS: tuple[Callable[[_Stop], Mistake | None], ...] = (
    _tab,
    _comparison,
    _braces,
    _reserved,
    _colon_in_value,
    _indentation,
)


def _missing_space(text: str, line_start: int, stop: _Stop) -> Mistake | None:
    """`version:1` is one word to YAML; only the line below it then does not fit."""
    above = text[:line_start].rstrip("\r\n").rpartition("\n")[2][:_LONGEST_LINE]
    for line, number in ((stop.line, stop.number), (above, stop.number - 1)):
        found = _NO_SPACE.match(line)
        if found is not None:
            key, value = found.groups()
            place = Place(number + 1, found.start(1) + 1)
            hint = f"write {key}: {value.strip()}"
            return Mistake(place, "after the colon of a key there must be a space", hint)
    return None


def _not_closed(error: yaml.MarkedYAMLError) -> Mistake | None:
    mark = error.context_mark or error.problem_mark
    problem = str(error.problem)
    if mark is None or not ("end of stream" in problem or "<stream end>" in problem):
        return None
    what = "quote" if "quoted scalar" in str(error.context) else "bracket"
    return Mistake(
        Place(mark.line + 1, mark.column + 1),
        f"a {what} is opened and not closed",
        f"close the {what}",
    )


def _line_at(text: str, start: int) -> str:
    lines = text[start:].splitlines()
    return lines[0] if lines else ""
