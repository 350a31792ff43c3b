"""A frozen value becomes JSON and comes back as exactly the same value, or as an error.

The types are the format: the fields of a dataclass are the keys of an object, no more and no fewer,
and every value must have its field's type; only a field whose metadata say that it `stays` is no
key. Nothing is guessed or converted, because the other side parses hostile files and may have
fallen to one (promise 8). Text is written in ASCII, so a name with broken UTF-8 keeps its
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
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

# `photo` imports these for type checkers only.
_NAMES = {"Mapping": Mapping, "datetime": datetime}


class CodecError(Exception):
    """What came over the pipe is not what was agreed; the message says where."""


def to_text(value: object) -> str:
    """The JSON text of a tree of dataclasses, in ASCII.

    Raises:
        CodecError: a number is infinite or not a number, or a type has no form in JSON.
    """
    try:
        return json.dumps(_plain(value), allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise CodecError(f"cannot be sent: {error}") from error


def object_of(text: str | bytes) -> dict[str, object]:
    """The JSON object in `text`.

    Raises:
        CodecError: it is no JSON, or not an object.
    """
    try:
        raw = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CodecError(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise CodecError(f"{type(raw).__name__} instead of an object")
    return cast("dict[str, object]", raw)


def value_of(wanted: Any, raw: object, where: str) -> Any:  # noqa: ANN401 - the type is an argument
    """The value of the type `wanted` that `raw` (from JSON) stands for; `where` names it in errors.

    Raises:
        CodecError: `raw` stands for no such value.
    """
    if get_origin(wanted) in (Union, types.UnionType):
        return _optional(wanted, raw, where)
    if get_origin(wanted) is Mapping:
        return _mapping(get_args(wanted)[1], raw, where)
    if is_dataclass(wanted):
        return _dataclass(cast("type[Any]", wanted), raw, where)
    return _scalar(wanted, raw, where)


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise CodecError(f"cannot be sent: {type(value).__name__} has no form in JSON")


def _optional(wanted: object, raw: object, where: str) -> object:
    if raw is None:
        return None
    (inner,) = (choice for choice in get_args(wanted) if choice is not types.NoneType)
    return value_of(inner, raw, where)


def _mapping(wanted: object, raw: object, where: str) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise _wrong(where, "an object", raw)
    return {key: value_of(wanted, item, f"{where}.{key}") for key, item in raw.items()}


def _dataclass(wanted: type[Any], raw: object, where: str) -> object:
    if not isinstance(raw, dict):
        raise _wrong(where, "an object", raw)
    types_of = _field_types(wanted)  # type: ignore[arg-type]  # a class has its metaclass's hash
    if raw.keys() != types_of.keys():
        odd = sorted(raw.keys() ^ types_of.keys())
        raise CodecError(f"{where}: {odd[0]!r} is missing or unknown")
    return wanted(**{key: value_of(kind, raw[key], key) for key, kind in types_of.items()})


def _scalar(wanted: type[object], raw: object, where: str) -> object:
    if wanted is datetime:
        return _parsed(datetime.fromisoformat, raw, where)
    if issubclass(wanted, StrEnum):
        return _parsed(wanted, raw, where)
    if wanted is float and type(raw) in (int, float):
        return _finite(cast("float", raw), where)
    # `type`, not `isinstance`: for Python True is an int, for us it is not.
    if type(raw) is not wanted:
        raise _wrong(where, wanted.__name__, raw)
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
        raise _wrong(where, "a finite number", raw)
    return number


@cache
def _field_types(wanted: type[Any]) -> dict[str, object]:
    kinds = get_type_hints(wanted, localns=_NAMES)
    return {name: kinds[name] for name in _names(wanted)}  # type: ignore[arg-type]


@cache
def _names(wanted: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(wanted) if not each.metadata.get("stays"))


def _wrong(where: str, wanted: str, raw: object) -> CodecError:
    return CodecError(f"{where}: {repr(raw)[:60]} is not {wanted}")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
