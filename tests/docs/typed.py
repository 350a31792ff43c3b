"""Every command of the program, as its help describes it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.cli.app import make_app
from gallery_daemon.cli.helptext import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer import Typer

    from gallery_daemon.cli.helptext import Described


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command by its words, and what its function says."""

    words: str
    described: Described


def commands() -> Iterator[TypedCommand]:
    """Every command in the order of `--help`, those of a group behind it."""
    return _commands(make_app(), "gallery-daemon")


def _commands(typer_app: Typer, before: str) -> Iterator[TypedCommand]:
    for info in typer_app.registered_commands:
        assert info.callback is not None
        name = info.name or info.callback.__name__
        yield TypedCommand(f"{before} {name}", described(info.callback))
    for group in typer_app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{before} {group.name}")


def options() -> dict[str, set[str]]:
    """The options of each command; those of a group are its commands' together."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for command in commands():
        words = command.words.split()[1]
        for parameter in command.described.parameters.values():
            found[words] |= set(re.findall(r"--?[a-z][a-z0-9-]*", parameter.typed))
        found[words].add("--help")
    return dict(found)
