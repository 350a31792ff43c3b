"""A frozen value becomes JSON and comes back as exactly the same value, or as an error.

For all JSON that is read back: messages over the pipe, texts in the journal, a bundle's manifest,
the measured engines. The types are the format: the fields of a dataclass are the keys of an object,
and every value must have its field's type; only a field whose metadata say that it `stays` is no
key. Nothing is guessed or converted, because the other side parses hostile files and one of them
may have taken it over (promise 8). Text is written in ASCII, so a name with broken UTF-8 keeps its
surrogates.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any, Protocol, Union, cast, get_args, get_origin, get_type_hints

_WORDS = {str: "a text", bool: "true or false"}
# Their values in JSON are those of Python.
_AS_THEY_ARE = frozenset({str, int, bool})
_LEAVES = frozenset({str, int, bool, float, types.NoneType})
# Letters of a wrong value in a message: enough to find it; a hostile one may have millions.
_SHOWN = 60


class _Reader(Protocol):
    def __call__(self, raw: object, where: str, /, *, exact: bool) -> object: ...


class CodecError(Exception):
    """A text or a value is not of the type that was agreed.

    The message says what is wrong and where, `problem` only what.
    """

    def __init__(self, problem: str, where: str = "") -> None:
        super().__init__(f"{where}: {problem}" if where else problem)
        self.problem = problem


class MissingKeyError(CodecError):
    """An object lacks a key that it must have."""

    def __init__(self, key: str, where: str) -> None:
        super().__init__(f"{key!r} is missing", where)
        self.key, self.where = key, where


def to_text(value: object) -> str:
    """The JSON text of a tree of dataclasses, in ASCII.

    Raises:
        CodecError: a number is infinite or not a number, or a type has no form in JSON.
    """
    try:
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise CodecError(f"cannot be sent: {error}") from error


def json_of(text: str | bytes) -> object:
    """The JSON value in `text`.

    Raises:
        CodecError: it is no JSON, or has a number that is none.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CodecError(f"not JSON: {error}") from error


def object_of(text: str | bytes) -> dict[str, object]:
    """The JSON object in `text`.

    Raises:
        CodecError: it is no JSON, or not an object.
    """
    raw = json_of(text)
    if not isinstance(raw, dict):
        raise CodecError(f"{type(raw).__name__} instead of an object")
    return cast("dict[str, object]", raw)


def value_of(wanted: Any, raw: object, where: str, *, exact: bool = True) -> Any:  # noqa: ANN401 - the type is an argument
    """The value of the type `wanted` that `raw` (from JSON) stands for; `where` names it in errors.

    With `exact` an object has the keys of its dataclass, no more and no fewer. Without, as in files
    that other versions write: more keys are passed over, and one that is missing is None where its
    field can be that.

    Raises:
        CodecError: `raw` stands for no such value.
    """
    return _reader_of(wanted)(raw, where, exact=exact)


def lone_surrogate(text: str) -> str | None:
    """The first half of a character in `text`, if there is one.

    JSON and YAML can write a character as two halves. One alone is no text for a person, and
    neither SQLite nor UTF-8 takes it; only the name of a file may hold some (`os.fsdecode`).
    """
    if text.isascii():
        return None
    return next((letter for letter in text if "\ud800" <= letter <= "\udfff"), None)


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _LEAVES:
        return value
    names = _names_of(kind)  # type: ignore[arg-type]  # a class has its metaclass's hash
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return value
    raise CodecError(f"cannot be sent: {kind.__name__} has no form in JSON")


def _inner(wanted: object) -> object:
    """What a type is where it is not None."""
    (inner,) = (choice for choice in get_args(wanted) if choice is not types.NoneType)
    return inner


@cache
def _reader_of(wanted: Any) -> _Reader:  # noqa: ANN401 - a type
    """What reads values of that type; messages come by thousands, so it is found out once."""
    if get_origin(wanted) in (Union, types.UnionType):
        return partial(_optional, _reader_of(_inner(wanted)))
    if get_origin(wanted) is Mapping:
        keys, values = get_args(wanted)
        return partial(_mapping, keys, _reader_of(values))
    if get_origin(wanted) is tuple:
        return partial(_tuple, get_args(wanted)[0])
    if is_dataclass(wanted):
        return partial(_dataclass, cast("type[Any]", wanted))
    return _anything if wanted is object else partial(_scalar, wanted)


def _anything(raw: object, _where: str, *, exact: bool) -> object:
    del exact
    return raw


def _optional(read: _Reader, raw: object, where: str, *, exact: bool) -> object:
    return None if raw is None else read(raw, where, exact=exact)


def _mapping(
    keys: type[object], read: _Reader, raw: object, where: str, *, exact: bool
) -> dict[object, object]:
    if not isinstance(raw, dict):
        raise _wrong(where, "a mapping", raw)
    return {
        _scalar(keys, key, f"key of {where}"): read(item, f"{where}.{key}", exact=exact)
        for key, item in raw.items()
    }


def _tuple(wanted: object, raw: object, where: str, *, exact: bool) -> tuple[object, ...]:
    if not isinstance(raw, list):
        raise _wrong(where, "a list", raw)
    # A manifest has thousands of numbers, and is read at every start.
    if wanted in _AS_THEY_ARE and set(map(type, raw)) <= {wanted}:
        return tuple(raw)
    if wanted is float and set(map(type, raw)) <= {float} and all(map(math.isfinite, raw)):
        return tuple(raw)
    read = _reader_of(wanted)
    return tuple(read(item, f"{where}[{place}]", exact=exact) for place, item in enumerate(raw))


def _dataclass(wanted: type[Any], raw: object, where: str, *, exact: bool) -> object:
    if not isinstance(raw, dict):
        raise _wrong(where, "a mapping", raw)
    readers = _readers(wanted)  # type: ignore[arg-type]  # a class has its metaclass's hash
    if exact and raw.keys() != readers.keys():
        odd = sorted(raw.keys() ^ readers.keys())
        raise CodecError(f"{odd[0]!r} is missing or unknown", where)
    values = {}
    for key, (read, may_miss) in readers.items():
        if key not in raw and not may_miss:
            raise MissingKeyError(key, where)
        values[key] = read(raw.get(key), key, exact=exact)
    return wanted(**values)


def _scalar(wanted: type[object], raw: object, where: str, *, exact: bool = True) -> object:
    del exact  # which is about objects
    if type(raw) is wanted and wanted in _AS_THEY_ARE:
        return raw
    if wanted is datetime:
        return _parsed(datetime.fromisoformat, raw, where)
    if issubclass(wanted, StrEnum):
        return _parsed(wanted, raw, where)
    if wanted is float and type(raw) in (int, float):
        return _finite(cast("float", raw), where)
    # `type`, not `isinstance`: for Python True is an int, for us it is not.
    if type(raw) is not wanted:
        is_broken = wanted is int and type(raw) is float
        raise _wrong(where, "a whole number" if is_broken else _WORDS.get(wanted, "a number"), raw)
    return raw


def _parsed(parse: Callable[[str], object], raw: object, where: str) -> object:
    if not isinstance(raw, str):
        raise _wrong(where, "a text", raw)
    try:
        return parse(raw)
    except ValueError as error:
        raise _wrong(where, f"a {where}", raw) from error


def _finite(raw: float, where: str) -> float:
    try:
        number = float(raw)
    except OverflowError as error:
        raise _wrong(where, "a number of this size", raw) from error
    if not math.isfinite(number):
        raise _wrong(where, "a number", raw)
    return number


@cache
def _readers(wanted: type[Any]) -> dict[str, tuple[_Reader, bool]]:
    """By each field of a dataclass what reads its value, and whether it may be None."""
    kinds = get_type_hints(wanted)
    names = _names(wanted)  # type: ignore[arg-type]
    return {
        name: (_reader_of(kinds[name]), types.NoneType in get_args(kinds[name])) for name in names
    }


@cache
def _names(wanted: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(wanted) if not each.metadata.get("stays"))


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...] | None:
    """The keys of a dataclass; None of anything else."""
    return _names(kind) if is_dataclass(kind) else None


def _wrong(where: str, wanted: str, raw: object) -> CodecError:
    return CodecError(f"{repr(raw)[:_SHOWN]} is not {wanted}", where)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
