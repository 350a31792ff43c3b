"""The mistakes in a configuration: gathered, so that a person sees all, each with a way out.

A way out is "did you mean", or how to write what YAML would have taken. Where YAML itself gives up,
PyYAML's words ("expected <block end>, but found '<scalar>'") help no one who forgot the quotes
round `{class}/`; `explain` says what was most likely meant. Each of its detectors knows one trap,
and looks at the line where reading stopped.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gallery_daemon.errors import ConfigError, ConfigErrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import yaml


_SHOWN_LETTERS = 60


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where something stands in the text; both count from 1."""

    line: int
    column: int


TOP = Mark(1, 1)
"""The place of a mistake that is the whole file's."""


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far in `file`."""

    file: str
    errors: list[ConfigError] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The file's folder, where relative paths begin."""
        return str(Path(self.file).absolute().parent)

    def error(self, mark: Mark, sentence: str, hint: str | None = None) -> None:
        """Note a mistake and go on."""
        self.errors.append(self._error(mark, sentence, hint))

    def fatal(self, mark: Mark, sentence: str, hint: str | None = None) -> ConfigErrors:
        """The exception for a mistake behind which nothing can be read."""
        self.error(mark, sentence, hint)
        return self._all()

    def raise_errors(self) -> None:
        """Raise what was found, if anything was.

        Raises:
            ConfigErrors: all mistakes, in the order of the text.
        """
        if self.errors:
            raise self._all()

    def _all(self) -> ConfigErrors:
        ordered = sorted(self.errors, key=lambda error: (error.line, error.column))
        return ConfigErrors(tuple(ordered))

    def _error(self, mark: Mark, sentence: str, hint: str | None) -> ConfigError:
        return ConfigError(sentence, file=self.file, line=mark.line, column=mark.column, hint=hint)


def quoted(text: str) -> str:
    """The text in quotes, for a sentence: on one line, and not longer than one can read."""
    shown = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
    return f'"{shown[:_SHOWN_LETTERS]}..."' if len(shown) > _SHOWN_LETTERS else f'"{shown}"'


_LONGEST_WORD = 64
_SURELY_PERCENT = 10
_NEARLY_ALL = 0.75
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+")

SYNONYMS = {
    "accuracy": "min_precision",
    "and": "all",
    "category": "class",
    "clone": "copy",
    "condition": "when",
    "conditions": "when",
    "confidence": "min_confidence",
    "cp": "copy",
    "date": "taken",
    "dest": "to",
    "destination": "to",
    "distance": "near",
    "extension": "ext",
    "familiarity": "min_familiarity",
    "filename": "name",
    "filters": "when",
    "folder": "to",
    "folders": "watch",
    "hard": "hardlink",
    "hard_link": "hardlink",
    "idle_unload": "idle_timeout",
    "if": "when",
    "inbox": "watch",
    "input": "watch",
    "label": "class",
    "link": "hardlink",
    "ln": "hardlink",
    "location": "near",
    "margin": "min_margin",
    "mv": "move",
    "novel": "familiar",
    "or": "any",
    "outlier": "familiar",
    "output": "library",
    "precision": "min_precision",
    "ratio": "aspect",
    "reflink": "copy",
    "rename": "as",
    "soft_link": "symlink",
    "softlink": "symlink",
    "strange": "familiar",
    "sym_link": "symlink",
    "symbolic": "symlink",
    "target": "to",
    "then": "to",
    "threshold": "min_confidence",
    "unfamiliar": "familiar",
}
"""What neighbouring programs call our keys and words; of two links the one that is safe."""


def did_you_mean(word: str, options: Iterable[str]) -> str | None:
    """The hint that names the option nearest to `word`, if one is near."""
    near = nearest(word, tuple(options))
    return None if near is None else f"did you mean {near}?"


def quote_it(text: str, key: str | None = None) -> str:
    """The hint to write `text` in quotes, which YAML takes as it is."""
    quotes = "'" if '"' in text or "\\" in text else '"'
    return f"write it in quotes: {f'{key}: ' if key else ''}{quotes}{text}{quotes}"


def meant_number(text: str, *, fraction: bool) -> float | None:
    """The number in a text such as `>=0.8`, `0,8` or, where a `fraction` is wanted, `80%`."""
    found = _NUMBER.search(text)
    if found is None or len(text) > _LONGEST_WORD:
        return None
    number = float(found.group().replace(",", "."))
    percent = "%" in text or number >= _SURELY_PERCENT
    return number / 100 if fraction and percent else number


def nearest(word: str, options: tuple[str, ...]) -> str | None:
    """The option that was most likely meant by `word`; None: none is near."""
    if len(word) > _LONGEST_WORD:
        return None  # difflib takes the square of the length
    lower = word.lower().replace("-", "_").replace(" ", "_")
    if SYNONYMS.get(lower) in options:
        return SYNONYMS[lower]
    by_lower = {option.lower(): option for option in options}
    near = difflib.get_close_matches(lower, by_lower, n=3, cutoff=0.6)
    return next((by_lower[each] for each in near if _is_typo(lower, each)), None)


def _is_typo(word: str, option: str) -> bool:
    """Whether one may be meant for the other: `trees` is no typo of `memes`, `tres` is of `trees`.

    Short words share three letters of five by chance; whoever mistypes begins right, or nearly
    everything is.
    """
    is_part = word in option or option in word
    ratio = difflib.SequenceMatcher(None, word, option).ratio()
    return is_part or word[:1] == option[:1] or ratio >= _NEARLY_ALL


_LONGEST_LINE = 2_000

_COMPARISON = re.compile(r"([\w-]+) *: *(([<>]=?|=) *(\d*\.?\d+)%?)")
_BRACES = re.compile(r"([\w-]+): +([^\s\"'{},\[\]#]?[^\"'{},\[\]]*(?:\{[^{}]*\}[^\"',{}\[\]]*)+)")
_RESERVED = re.compile(r"(?:^|(?<=[\s\[,{]))[*%@`!&|>][^\s,\]}]*")
_NO_SPACE = re.compile(r"^ *(?:- +)*([\w-]+):([^\s:/][^:]*)$")
_TWO_COLONS = re.compile(r"^ *(?:- +)*([\w-]+): +([^\"'{\[#]*: .*)$")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|$)')
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\")
_OTHER_BRACKET = re.compile(r"expected ',' or '([\]}])', but got '([\]}])'")
_CLOSES = {"[": "]", "{": "}"}
_MEASURES = ("width", "height", "megapixels", "size", "aspect")


@dataclass(frozen=True, slots=True)
class SyntaxMistake:
    """What is wrong, where, and what to do."""

    mark: Mark
    sentence: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where reading stopped: a line, its number and a column from 0, and PyYAML's words."""

    line: str
    number: int
    column: int
    problem: str

    def mistake(self, column: int, sentence: str, hint: str) -> SyntaxMistake:
        return SyntaxMistake(Mark(self.number + 1, column + 1), sentence, hint)


def explain(text: str, error: yaml.MarkedYAMLError) -> SyntaxMistake:
    """The mistake behind PyYAML's error."""
    mark = error.problem_mark or error.context_mark
    assert mark is not None  # whatever reads events marks its errors
    problem = str(error.problem)
    line = _line_at(text, mark.index - mark.column)
    unclosed = _unclosed(text, error, mark)
    if unclosed is not None:
        return unclosed
    stop = _Stop(line[:_LONGEST_LINE], mark.line, mark.column, problem)
    for detect in _DETECTORS:
        mistake = detect(stop)
        if mistake is not None:
            return mistake
    return (
        _missing_space(text, mark.index - mark.column, stop)
        or _not_closed(error)
        or SyntaxMistake(Mark(mark.line + 1, mark.column + 1), f"this is not YAML: {problem}")
    )


def _escape(stop: _Stop) -> SyntaxMistake | None:
    r"""`"C:\Users"`: in double quotes a backslash begins an escape."""
    if "escape" not in stop.problem:
        return None
    found = next((it for it in _DOUBLE_QUOTED.finditer(stop.line) if it.end() > stop.column), None)
    if found is None:
        return None
    text = found[1]
    hint = quote_it(text)
    if _WINDOWS_PATH.match(text):
        hint = f"write the path as Linux has it, with slashes: {_as_linux_has_it(text)}"
    sentence = "in double quotes a backslash begins an escape, and this is none that YAML knows"
    return stop.mistake(found.start(), sentence, hint)


def _as_linux_has_it(windows: str) -> str:
    """Where WSL has that path, the only Linux in which a drive has a letter."""
    drive, _, path = windows.partition(":")
    return f"/mnt/{drive.lower()}{path.replace(chr(92) * 2, '/').replace(chr(92), '/')}"


def _other_bracket(stop: _Stop) -> SyntaxMistake | None:
    """`[mountains, trees}`."""
    found = _OTHER_BRACKET.match(stop.problem)
    if found is None:
        return None
    wanted, got = found.groups()
    opened = {closing: opening for opening, closing in _CLOSES.items()}[wanted]
    sentence = f"{got} stands where {wanted} must close the {opened} before it"
    return stop.mistake(stop.column, sentence, f"write {wanted} instead of {got}, or before it")


def _tab(stop: _Stop) -> SyntaxMistake | None:
    indent = stop.line[: len(stop.line) - len(stop.line.lstrip())]
    if "\t" not in indent:
        return None
    return stop.mistake(indent.index("\t"), "a tab cannot indent YAML", "indent with spaces")


def _comparison(stop: _Stop) -> SyntaxMistake | None:
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


def _braces(stop: _Stop) -> SyntaxMistake | None:
    for found in _BRACES.finditer(stop.line):
        key, value = found[1], found[2].strip()
        is_map = ": " in value
        if found.end() >= stop.column and not is_map:
            sentence = f"{key}: a template must stand in quotes here"
            return stop.mistake(found.start(2), sentence, quote_it(value, key))
    return None


def _reserved(stop: _Stop) -> SyntaxMistake | None:
    for found in _RESERVED.finditer(stop.line):
        if found.start() <= stop.column <= found.end():
            sentence = f"a value without quotes cannot begin with {found.group()[0]}"
            return stop.mistake(found.start(), sentence, quote_it(found.group()))
    return None


def _colon_in_value(stop: _Stop) -> SyntaxMistake | None:
    found = _TWO_COLONS.match(stop.line)
    if found is None or "mapping values" not in stop.problem:
        return None
    sentence = f'{found[1]}: a value with ": " in it must stand in quotes'
    return stop.mistake(found.start(2), sentence, quote_it(found[2].rstrip(), found[1]))


def _indentation(stop: _Stop) -> SyntaxMistake | None:
    if not stop.problem.startswith("expected <block end>"):
        return None
    sentence = "this line does not fit the indentation of the lines above"
    return stop.mistake(stop.column, sentence, "keys of one map begin in the same column")


_DETECTORS: tuple[Callable[[_Stop], SyntaxMistake | None], ...] = (
    _tab,
    _escape,
    _other_bracket,
    _comparison,
    _braces,
    _reserved,
    _colon_in_value,
    _indentation,
)


def _missing_space(text: str, line_start: int, stop: _Stop) -> SyntaxMistake | None:
    """`version:1` is one word to YAML; only the line below it then does not fit."""
    above = text[:line_start].rstrip("\r\n").rpartition("\n")[2][:_LONGEST_LINE]
    for line, number in ((stop.line, stop.number), (above, stop.number - 1)):
        found = _NO_SPACE.match(line)
        if found is not None:
            key, value = found.groups()
            mark = Mark(number + 1, found.start(1) + 1)
            hint = f"write {key}: {value.strip()}"
            return SyntaxMistake(mark, "after the colon of a key there must be a space", hint)
    return None


def _not_closed(error: yaml.MarkedYAMLError) -> SyntaxMistake | None:
    mark = error.context_mark or error.problem_mark
    problem = str(error.problem)
    if mark is None or not ("end of stream" in problem or "<stream end>" in problem):
        return None
    what = "quote" if "quoted scalar" in str(error.context) else "bracket"
    return SyntaxMistake(
        Mark(mark.line + 1, mark.column + 1),
        f"a {what} is opened and not closed",
        f"close the {what}",
    )


# What a quote or a comment holds opens and closes nothing.
_NO_BRACKETS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|(?:(?<=\s)|^)#.*", re.MULTILINE)


def _unclosed(text: str, error: yaml.MarkedYAMLError, stopped: yaml.Mark) -> SyntaxMistake | None:
    """A bracket of a line above that is closed nowhere; YAML stops where the next key is."""
    if "while parsing a flow" not in str(error.context):
        return None
    still_open = _still_open(text)
    begun = None if error.context_mark is None else error.context_mark.index
    place = begun if begun in still_open else still_open[-1] if still_open else None
    if place is None:
        return None
    before = text[:place]
    line, column = before.count("\n") + 1, place - before.rfind("\n")
    if line > stopped.line:
        return None
    closing = _CLOSES[text[place]]
    sentence = "a bracket is opened and not closed"
    return SyntaxMistake(Mark(line, column), sentence, f"close the bracket with {closing}")


def _still_open(text: str) -> list[int]:
    """Where the brackets are that no other one closes, the innermost last."""
    found: list[int] = []
    bare = _NO_BRACKETS.sub(lambda match: " " * len(match.group()), text)
    for bracket in re.finditer(r"[\[\]{}]", bare):
        if bracket.group() in _CLOSES:
            found.append(bracket.start())
        elif found:
            found.pop()
    return found


def _line_at(text: str, start: int) -> str:
    lines = text[start:].splitlines()
    return lines[0] if lines else ""
