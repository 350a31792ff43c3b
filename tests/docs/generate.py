"""The parts of the manual that are made from the code, each between marks of its name.

<!-- generated: NAME -->
...
<!-- end -->
"""

from __future__ import annotations

import inspect
import re
import textwrap
import tomllib
from typing import TYPE_CHECKING

from gallery_daemon.cli.exits import EXITS
from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.errors import ClassifierLost
from gallery_daemon.logs import events, lesson_events, model_events
from gallery_daemon.logs.events import (
    ClassifierFailed,
    ClassifierStarted,
    Event,
    PhotoEvent,
    PhotoLine,
)
from gallery_daemon.logs.model_events import ModelAdopted
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.rules.fields import MEANINGS
from gallery_daemon.training.card import model_card, notes_of
from tests.docs.pages import CARD, ROOT
from tests.docs.settings import settings_rows
from tests.docs.typed import TypedCommand, commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gallery_daemon.cli.helptext import Parameter

_PART = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def regenerated(text: str) -> str:
    """The page with each of its generated parts as the code has it now."""

    def part(match: re.Match[str]) -> str:
        opening, name, closing = match.groups()
        return f"{opening}{GENERATED[name]()}\n{closing}"

    return _PART.sub(part, text)


def regenerated_card(card: str) -> str:
    """The shipped model's card: figures of its manifest, and what a person wrote below them."""
    sizes = {path.name: path.stat().st_size for path in CARD.parent.iterdir()}
    return model_card(read_manifest(CARD.parent), sizes, notes_of(card))


def conditions() -> str:
    """Each condition with an example, and when it holds."""
    rows = ((f"`{key.name}: {key.sample}`", key.says) for key in CONDITIONS)
    return _table(("condition", "holds if"), rows)


def fields() -> str:
    """Each field of a template, and what it stands for."""
    return _table(
        ("field", "stands for"), ((f"`{{{name}}}`", says) for name, says in MEANINGS.items())
    )


def settings() -> str:
    """Each key of the configuration, map by map."""
    return "\n\n".join(
        (f"In `{path}`:\n\n" if path else "At the top:\n\n") + _table(heads, rows)
        for path, (heads, *rows) in settings_rows()
    )


def events_table() -> str:
    """Each event of the log, what it says, and with which fields."""
    found = [
        each
        for module in (events, lesson_events, model_events)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Event) and "NAME" in vars(each)
    ]
    rows = ((f"`{each.NAME}`", _in_a_line(each), _fields_of(each)) for each in found)
    return _table(("event", "says", "fields"), rows)


def photo_line() -> str:
    """The fields of a photo's event."""
    return textwrap.fill(f"{_listed(PhotoLine('', '').fields())}.", 100)


def layers() -> str:
    """The rooms from top to bottom, as import-linter has them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = (
        each for each in told["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    )
    return "\n".join(("```", *contract["layers"], "```"))


def exit_statuses() -> str:
    """Each status that the program ends with."""
    return _table(("status", "means"), ((str(status), says) for status, says in EXITS.items()))


def options() -> str:
    """Each command: how it is typed, what it does, its options."""
    return "\n\n".join(map(_command, commands()))


GENERATED: Mapping[str, Callable[[], str]] = {
    "conditions": conditions,
    "events": events_table,
    "exit statuses": exit_statuses,
    "fields": fields,
    "layers": layers,
    "options": options,
    "photo line": photo_line,
    "settings": settings,
}


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(each) + " |" for each in (heads, *rows)]
    return "\n".join((lines[0], "|" + "---|" * len(heads), *lines[1:]))


def _in_a_line(documented: object) -> str:
    """The docstring's first paragraph, without its full stop."""
    words = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return " ".join(words.split()).removesuffix(".")


def _fields_of(event: type[Event]) -> str:
    """The public names of its fields, those of a photo's line in three words."""
    line = PhotoLine("", "")
    if issubclass(event, PhotoEvent):
        names = [name for name in event(line).fields() if name not in line.fields()]
        return f"a photo's line, {_listed(names)}"
    samples: dict[type[Event], dict[str, object]] = {
        ClassifierFailed: {"error": ClassifierLost("")},
        ClassifierStarted: {"measured": {}},
        ModelAdopted: {"figures": {}},
    }
    blank = dict.fromkeys(inspect.signature(event).parameters, "")
    return _listed(event(**(blank | samples.get(event, {}))).fields())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _command(command: TypedCommand) -> str:
    parameters = command.described.parameters.values()
    arguments = [each.typed for each in parameters if each.is_argument]
    rows = [(f"`{each.typed}`", _meaning(each)) for each in parameters]
    parts = (
        f"## {command.words}",
        f"`{' '.join((command.words, *arguments))}`" if arguments else "",
        command.described.says,
        _table(("option", "what it does"), rows) if rows else "",
        "\n".join(("```sh", *command.described.examples, "```")),
    )
    return "\n\n".join(part for part in parts if part)


def _meaning(parameter: Parameter) -> str:
    choices = _listed(parameter.choices)
    parts = [parameter.says, f"One of: {choices}." if choices else "", parameter.limits]
    parts += [f"Default: `{parameter.default}`." if parameter.default else ""]
    return " ".join(part for part in parts if part)
