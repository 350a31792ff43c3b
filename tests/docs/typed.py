"""How each command is typed, in words that do not depend on the version of the parser."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.models import ArgumentInfo, OptionInfo

from gallery_daemon.cli.app import make_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typer import Typer

_METAVARS = {Path: "PATH", int: "N", float: "SHARE"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option: how it is typed, and what it does."""

    typed: str
    says: str
    is_argument: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command by its words; `says` and `examples` are its docstring."""

    words: str
    says: str
    examples: tuple[str, ...]
    parameters: tuple[Parameter, ...]


def commands() -> Iterator[Command]:
    """Every command in the order of `--help`, those of a group behind it."""
    return _commands(make_app(), "gallery-daemon")


def _commands(typer_app: Typer, before: str) -> Iterator[Command]:
    for info in typer_app.registered_commands:
        assert info.callback is not None
        yield _command(info.callback, before)
    for group in typer_app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{before} {group.name}")


def options() -> dict[str, set[str]]:
    """The options of each command; those of a group are its commands' together."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for command in commands():
        words = command.words.split()[1]
        for parameter in command.parameters:
            found[words] |= set(re.findall(r"--?[a-z][a-z0-9-]*", parameter.typed))
        found[words].add("--help")
    return dict(found)


def _command(function: Callable[..., Any], before: str) -> Command:
    says, _, examples = (inspect.getdoc(function) or "").partition("Example")
    lines = (line.strip() for line in examples.partition(":")[2].splitlines())
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = tuple(
        _parameter(name, hints[name], parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    )
    words = f"{before} {function.__name__}"
    return Command(words, says.strip(), tuple(line for line in lines if line), parameters)


def _parameter(name: str, hint: Any, default: object) -> Parameter:
    kind, info = typing.get_args(hint)
    (kind, *_), is_list = _bare(kind), _is_list(kind)
    if isinstance(info, ArgumentInfo):
        typed = name.upper() + ("..." if is_list else "")
        is_required = default is inspect.Parameter.empty
        return Parameter(typed if is_required else f"[{typed}]", _says(kind, info, default), True)
    assert isinstance(info, OptionInfo)
    return Parameter(_option(name, kind, info), _says(kind, info, default), False)


def _option(name: str, kind: type, info: OptionInfo) -> str:
    # In an annotation the first name stands where a default was once.
    written = [word for word in (info.default, *(info.param_decls or ())) if isinstance(word, str)]
    names = ", ".join(written) or "--" + name.replace("_", "-")
    if kind is bool:
        return names if written else f"{names}, --no{names[1:]}"
    word = str(info.metavar or ("WORD" if issubclass(kind, Enum) else _METAVARS.get(kind, "TEXT")))
    return f"{names} {word}"


def _says(kind: type, info: OptionInfo | ArgumentInfo, default: object) -> str:
    parts = [" ".join(str(info.help or "").split())]
    if issubclass(kind, Enum):
        parts.append(f"One of: {', '.join(f'`{each.value}`' for each in kind)}.")
    if not (default is inspect.Parameter.empty or default in (None, False)):
        parts.append(f"Default: `{default.value if isinstance(default, Enum) else default}`.")
    return " ".join(part for part in parts if part)


def _bare(kind: Any) -> tuple[type, ...]:
    """The types that a value has, without None and lists: `list[Path] | None` is a Path."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return tuple(one for each in typing.get_args(kind) for one in _bare(each))
    if _is_list(kind):
        return _bare(typing.get_args(kind)[0])
    return () if kind is type(None) else (kind,)


def _is_list(kind: Any) -> bool:
    found = typing.get_args(kind) if typing.get_origin(kind) is not list else (kind,)
    return any(typing.get_origin(each) is list for each in found)
