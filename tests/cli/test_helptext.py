"""`--help`: paragraphs filled once, options and values whole, whatever the terminal's width."""

from __future__ import annotations

import re
import shlex
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import typer.main

from gallery_daemon.cli.app import make_app
from gallery_daemon.cli.moments import MOST
from gallery_daemon.journal.record import State
from tests.docs.typed import TypedCommand, commands

COMMANDS = tuple(commands())
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.words)


@cache
def parser() -> Any:
    """Building it takes half a second."""
    return typer.main.get_command(make_app())


def help_of(words: str) -> list[str]:
    """The lines that `--help` behind these words prints."""
    command, context = parser(), None
    for name in words.split():
        if context is not None:
            command = command.get_command(context, name)
        context = command.make_context(name, ["--help"], parent=context, resilient_parsing=True)
    assert context is not None
    return re.sub(r"\x1b\[\d*m", "", context.get_help()).splitlines()


@each_command
@pytest.mark.parametrize("columns", [60, 80, 300])
def test_paragraphs_are_filled_once(
    command: TypedCommand, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is wider than the terminal, and none ends before the next word would fit."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines, width = help_of(command.words), min(columns, 100)

    assert not [line for line in lines if len(line) > width]
    prose = lines[2 : next(at for at, line in enumerate(lines) if line.startswith("Example"))]
    for line, following in pairwise(prose):
        code = re.match(r" *(`[^`]+`\S*|\S+)", following)
        assert not line or code is None or len(f"{line} {code[1]}") > width
    assert " ".join(" ".join(prose).split()) == " ".join(command.described.says.split())


@each_command
def test_options_and_values_are_whole(
    command: TypedCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the name of its value, in one line; each value that can be chosen is a word."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = help_of(command.words)

    for parameter in command.described.parameters.values():
        assert [line for line in lines if f"{line}  ".startswith(f"  {parameter.typed}  ")]
        assert set(parameter.choices) <= set(re.findall(r"\w+", " ".join(lines)))
    assert str(MOST) not in " ".join(lines)
    assert "…" not in " ".join(lines)


@each_command
def test_examples_can_be_copied(command: TypedCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell makes of the lines what was written, also where one is too long."""
    monkeypatch.setenv("COLUMNS", "60")
    text = "\n".join(help_of(command.words))
    begin = text.index("\n", text.index("\nExample") + 1)

    shown = text[begin : text.index("\n\n", begin)].replace("\\\n", " ").splitlines()

    written = [shlex.split(line) for line in command.described.examples]
    assert written == [words for line in shown if (words := shlex.split(line))]


def test_limits_are_said_where_a_person_would_not_guess_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A size from 96 to 224; of the last N nothing but N."""
    monkeypatch.setenv("COLUMNS", "100")
    train, history = (" ".join(" ".join(help_of(f"gallery-daemon {each}")).split())
                      for each in ("train", "history"))  # fmt: skip

    assert "From 96 to 224." in train
    assert "--leave-source-out SOURCES Also train without" in train
    assert "Default: 0.2." in train
    assert "--last, -n, --limit, --lines N The last N, the newest first; 20. --since" in history
    assert f"One of {', '.join(State)}." in history


def test_a_group_lists_its_commands_and_begins_and_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each command with the first paragraph of its own help."""
    monkeypatch.setenv("COLUMNS", "300")
    for group in ("gallery-daemon", "gallery-daemon service"):
        lines = help_of(group)
        listed = [line.split(maxsplit=1) for line in lines if line.startswith("  ")]

        for command in COMMANDS:
            before, _, name = command.words.rpartition(" ")
            if before == group:
                words = command.described.says.partition("\n\n")[0]
                assert [name, " ".join(words.split())] in listed
