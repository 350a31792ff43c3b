"""What `--help` prints: made of a command's signature and docstring, as its page of the manual is.

The parser's own help wraps prose that is wrapped already, cuts long options and lists values by
their Python types. Here a paragraph is filled for the terminal once, every option is whole, and
each value has a name. Nothing is read of the parser but its list of parameters, so it looks the
same with every version of it.
"""

from __future__ import annotations

import inspect
import re
import shutil
import types
import typing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import ArgumentInfo, OptionInfo

from gallery_daemon.cli.moments import MOST
from gallery_daemon.cli.plain import fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# The parser's own classes have no public name in all of its versions, hence `Any` for them.
_NAMES = {Path: "PATH", int: "N", float: "SHARE"}
# Prose in longer lines is hard to read.
_WIDEST = 100
_INDENT = "  "
# Options with longer names have what they do in the next line.
_LONGEST_NAMES = 26
_CODE = re.compile(r"`[^`]*`")
_BOUND = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option: how it is typed, what it does, and which values it takes.

    `limits` is a sentence, or empty; `default` is None where nothing has to be said of it.
    """

    typed: str
    says: str
    choices: tuple[str, ...] = ()
    limits: str = ""
    default: str | None = None
    is_argument: bool = False
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """A function's docstring, taken apart, and its parameters by name.

    `says` has the paragraphs, in lines as they were written; `examples` are command lines.
    """

    says: str
    examples: tuple[str, ...]
    parameters: dict[str, Parameter]


def described(function: Callable[..., Any]) -> Described:
    """The command that a function is."""
    says, _, examples = (inspect.getdoc(function) or "").partition("Example")
    lines = (line.strip() for line in examples.partition(":")[2].splitlines())
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = {
        name: _parameter(name, hints[name], parameter.default)
        for name, parameter in inspect.signature(function).parameters.items()
    }
    return Described(says.strip(), tuple(line for line in lines if line), parameters)


class HelpfulCommand(TyperCommand):
    """A command whose help is this module's."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - see above
        """It is written, for the terminal's width."""
        assert self.callback is not None
        command = described(inspect.unwrap(self.callback))
        parameters = _known(self.get_params(ctx), command)
        takes = (each for each in parameters if each.is_argument)
        words = " ".join((ctx.command_path, "[OPTIONS]", *(each.typed for each in takes)))
        formatter.write(_page(words, command.says, command.examples, parameters))


class HelpfulGroup(TyperGroup):
    """A group of commands whose help is this module's."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - see above
        """It is written, for the terminal's width."""
        callback = self.callback
        known = None if callback is None else described(inspect.unwrap(callback))
        parameters = _known(self.get_params(ctx), known)
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        commands = [
            (name, inspect.cleandoc(each.help or "").partition("\n\n")[0])
            for name, each in found
            if each is not None
        ]
        words = f"{ctx.command_path} COMMAND ..."
        formatter.write(_page(words, self.help or "", (), parameters, commands))
        if self.epilog:
            formatter.write("".join(f"{each}\n" for each in ("", *_prose(self.epilog, ""))))


def _known(params: Iterable[Any], command: Described | None) -> list[Parameter]:
    """The parser's parameters in words; those that it adds by itself have its own."""
    known = {} if command is None else command.parameters
    return [
        known.get(each.name)
        or Parameter(", ".join(sorted(each.opts, key=len)), _filled(each.help or ""))
        for each in params
    ]


def _parameter(name: str, hint: object, default: object) -> Parameter:
    kind, info = typing.get_args(hint)
    (kind, *_), is_list = _bare(kind), _is_list(kind)
    assert isinstance(info, (ArgumentInfo, OptionInfo))
    is_argument, is_required = isinstance(info, ArgumentInfo), default is inspect.Parameter.empty
    if is_argument:
        typed = str(info.metavar or name.upper()) + ("..." if is_list else "")
        typed = typed if is_required else f"[{typed}]"
    else:
        typed = _option(name, kind, info)
    shown = default.value if isinstance(default, Enum) else default
    return Parameter(
        typed,
        _filled(str(info.help or "")),
        tuple(str(each.value) for each in kind) if issubclass(kind, Enum) else (),
        _limits(info.min, info.max),
        None if is_required or shown is None or shown is False else str(shown),
        is_argument,
        is_required,
    )


def _option(name: str, kind: type, info: OptionInfo | ArgumentInfo) -> str:
    # In an annotation the first name stands where a default was once.
    written = [word for word in (info.default, *(info.param_decls or ())) if isinstance(word, str)]
    names = ", ".join(written) or "--" + name.replace("_", "-")
    if kind is bool:
        return names if written else f"{names}, --no{names[1:]}"
    return f"{names} {info.metavar or _NAMES.get(kind, 'TEXT')}"


def _limits(least: float | None, most: float | None) -> str:
    """What a number may be, where a person would not guess it."""
    if least is None or most in {None, MOST}:
        return ""
    return f"From {least:g} to {most:g}."


def _bare(kind: object) -> tuple[type, ...]:
    """The types that a value has, without None and lists: `list[Path] | None` is a Path."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return tuple(one for each in typing.get_args(kind) for one in _bare(each))
    if _is_list(kind):
        return _bare(typing.get_args(kind)[0])
    return () if kind is type(None) else (cast("type", kind),)


def _is_list(kind: object) -> bool:
    found = typing.get_args(kind) if typing.get_origin(kind) is not list else (kind,)
    return any(typing.get_origin(each) is list for each in found)


def _filled(text: str) -> str:
    return " ".join(text.split())


def _page(
    words: str,
    says: str,
    examples: tuple[str, ...],
    parameters: list[Parameter],
    commands: list[tuple[str, str]] | None = None,
) -> str:
    """The whole help; `words` are how the command is typed."""
    arguments = [(each.typed, _meaning(each)) for each in parameters if each.is_argument]
    options = [(each.typed, _meaning(each)) for each in parameters if not each.is_argument]
    shown = [line for each in examples for line in _example(each)]
    sections = (("Commands", commands or []), ("Arguments", arguments), ("Options", options))
    lines = [f"Usage: {words}", "", *_prose(says, _INDENT)]
    if shown:
        lines += ["", _title("Examples" if len(examples) > 1 else "Example"), *shown]
    for title, rows in sections:
        if rows:
            lines += ["", _title(title), *_rows(rows)]
    return "".join(f"{line}\n" for line in lines)


def _meaning(parameter: Parameter) -> str:
    parts = [parameter.says, f"One of {', '.join(parameter.choices)}." if parameter.choices else ""]
    parts += [parameter.limits, f"Default: {parameter.default}." if parameter.default else ""]
    parts += ["Required." if parameter.is_required and not parameter.is_argument else ""]
    return " ".join(part for part in parts if part)


def _title(words: str) -> str:
    return typer.style(f"{words}:", bold=True)


def _columns() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)


def _prose(text: str, begin: str) -> Iterator[str]:
    """Each paragraph filled, with an empty line between two."""
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        if number:
            yield ""
        yield from _lines(_filled(paragraph), begin)


def _lines(words: str, begin: str) -> list[str]:
    """The words in as many lines as they need; what stands in backticks is not broken."""
    bound = _CODE.sub(lambda code: code[0].replace(" ", _BOUND), words)
    return [line.replace(_BOUND, " ") for line in fitted(bound, _columns(), begin, begin)]


def _example(line: str) -> Iterator[str]:
    """A command line, which a shell takes as it stands where it needs several lines."""
    end = " \\"
    parts = fitted(line, _columns() - len(end), _INDENT, _INDENT * 3)
    yield from (f"{part}{end}" for part in parts[:-1])
    yield parts[-1]


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Names on the left, what each does on the right."""
    widths = [len(names) for names, _ in rows]
    most = min(_LONGEST_NAMES, _columns() // 3)
    left = max((width for width in widths if width <= most), default=most)
    begin = " " * (len(_INDENT) + left + 2)
    for names, meaning in rows:
        lines = _lines(meaning, begin)
        first = f"{_INDENT}{typer.style(names, bold=True)}"
        if len(names) > left:
            yield first
            yield from lines
        else:
            yield first + " " * (left - len(names)) + lines[0].removeprefix(_INDENT + " " * left)
            yield from lines[1:]
