"""The daemon's options, read in two ways that say the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from gallery_daemon.cli.app import make_app
from gallery_daemon.cli.start import OPTIONS, RunOptions, parse_options
from gallery_daemon.logs.setup import LogFormat, LogLevel


def test_both_parsers_know_the_same_options() -> None:
    """An option that is added to `run` is understood on the short way too."""
    group = typer.main.get_command(make_app(["run", "check"]))
    run = group.commands["run"]  # type: ignore[attr-defined]

    assert {each.name for each in run.params} - {"help"} == set(OPTIONS)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", RunOptions()),
        ("--config a=b.yaml", RunOptions(config=Path("a=b.yaml"))),
        ("--config=a=b.yaml", RunOptions(config=Path("a=b.yaml"))),
        ("--watch /in --library /out", RunOptions(watch=Path("/in"), library=Path("/out"))),
        (
            "--log-format json --log-level=warning",
            RunOptions(log_format=LogFormat.JSON, log_level=LogLevel.WARNING),
        ),
    ],
)
def test_what_needs_no_help_is_understood(words: str, wanted: RunOptions) -> None:
    """Each option, with its value as a word of its own or behind an equals sign."""
    assert wanted == parse_options(words.split())


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "-h",
        "--config",
        "--config a.yaml more",
        "a.yaml b.yaml",
        "--confg a.yaml",
        "config a.yaml",
        "--log-level loud",
        "--log-format --config a.yaml json",
    ],
)
def test_what_wants_explaining_is_left_to_the_other_parser(words: str) -> None:
    """Help, and every kind of mistake."""
    assert parse_options(words.split()) is None


def test_the_daemon_pays_for_no_command_line() -> None:
    """Nothing that it imports brings a parser, or what validates for one."""
    code = (
        "import sys, gallery_daemon.__main__, gallery_daemon.cli.start;"
        "sys.exit(bool({'typer', 'pydantic', 'click'} & sys.modules.keys()))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
