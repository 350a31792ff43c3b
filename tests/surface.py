"""What a user, a script or an older journal sees of the program, as data.

    python -m tests.surface > surface.json

prints commands with their options, the keys of every `--json`, the journal's schema and the words
in it: what must not be renamed by accident. `tests/docs/surface-0.1.0.json` was made so with 0.1.0
(commit ef41827, where `State` was in `filing.record`; the events were read from `logs/events.py`),
and `tests.docs.test_surface` compares.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import typer.main
from PIL import Image

_CONFIG = """\
version: 1
watch: {{name: phone, path: {home}/watch}}
library: {home}/library
defaults: {{action: copy}}
rules:
  - {{name: keep, when: {{name: "keep*"}}, leave: true}}
  - {{name: cars, when: {{class: cars}}, to: "{to}/{{class}}/"}}
  - {{name: all, to: All/}}
tests:
  - {{name: good, given: {{name: keep.jpg}}, expect: {{rule: keep}}}}
  - {{name: bad, given: {{name: x.jpg, class: cars, confidence: 0.9}}, expect: {{rule: all}}}}
"""

# In this order: each sees what those before it did.
_WITH_JSON = (
    ("check", "--json", "--config", "{home}/failing.yaml"),
    ("check", "--json", "--config", "{home}/good.yaml"),
    ("classify", "--json", "{home}/watch/a.jpg", "{home}/watch/broken.png"),
    ("explain", "--json", "--config", "{home}/good.yaml", "{home}/watch/a.jpg"),
    ("plan", "--json", "--config", "{home}/good.yaml"),
    ("sort", "--dry-run", "--json", "{home}/watch", "--library", "{home}/library"),
    ("sort", "{home}/watch", "--config", "{home}/good.yaml"),
    ("history", "--json"),
    ("logs", "--json"),
    ("status", "--json"),
    ("doctor", "--json", "--config", "{home}/good.yaml"),
    ("explain", "--json", "--config", "{home}/good.yaml", "{home}/library/Cars/cars/a.jpg"),
    ("explain", "--json", "--config", "{home}/good.yaml", "{home}/watch/broken.png"),
    ("refile", "--json", "--config", "{home}/moved.yaml"),
    ("plan", "--json", "--config", "{home}/moved.yaml"),
    ("refile", "--json", "--yes", "--config", "{home}/moved.yaml"),
    ("undo", "--json", "--last", "1", "--dry-run"),
    ("undo", "--json", "--last", "1"),
    ("history", "--json"),
)
# Their values are names that a person chose or the day has: classes, rules, settings, numbers.
_OPEN = frozenset({"probabilities", "measured", "classes", "outcomes"})


def commands() -> dict[str, list[str]]:
    """Each command, and subcommand, with the names of its options and arguments."""
    from gallery_daemon.cli.app import app  # noqa: PLC0415 - the schema needs no command line

    return dict(sorted(_commands(typer.main.get_command(app), ())))


def _commands(command: Any, path: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    words = sorted({word for each in command.params for word in (*each.opts, *each.secondary_opts)})
    found = [(" ".join(path), words)]
    if isinstance(command, click.Group) or hasattr(command, "commands"):
        for name, inner in command.commands.items():
            found += _commands(inner, (*path, name))
    return found


def json_keys() -> dict[str, list[str]]:
    """For each command above: the paths of the keys in all that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _make(home)
        keys: dict[str, set[str]] = {}
        for number, words in enumerate(_WITH_JSON):
            done = _run(home, [word.format(home=home) for word in words])
            if "--json" not in words:
                continue
            name = f"{number:02d} " + " ".join(word for word in words if "{" not in word)
            keys[name] = set()
            for line in done.splitlines():
                keys[name] |= _paths(json.loads(line))
        return {name: sorted(paths) for name, paths in keys.items()}


def _make(home: Path) -> None:
    for place in ("watch", "library", "state"):
        (home / place).mkdir()
    for number, name in enumerate(("a.jpg", "b.jpg", "keep.jpg")):
        Image.new("RGB", (320, 240), (40 * number, 90, 120)).save(home / "watch" / name)
    (home / "watch/a.xmp").write_text("<x/>")
    (home / "watch/notes.txt").write_text("hello")
    (home / "watch/broken.png").write_bytes(b"no picture")
    text = _CONFIG.format(home=home, to="Cars")
    (home / "failing.yaml").write_text(text)
    (home / "good.yaml").write_text(text.partition("tests:")[0])
    moved = _CONFIG.format(home=home, to="Moved").partition("tests:")[0]
    (home / "moved.yaml").write_text(moved)


def _run(home: Path, words: list[str]) -> str:
    environ = os.environ | {"HOME": str(home), "FAKE_STARTS": str(home / "starts")}
    environ |= {"XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config")}
    command = [sys.executable, "-m", "tests.faults.quick_daemon", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    if done.returncode not in {0, 1} and "failing.yaml" not in " ".join(words):
        raise RuntimeError(f"{words}: {done.stderr}")
    return done.stdout if "--json" in words else ""


def _paths(value: object, above: str = "") -> set[str]:
    """`a.b[].c` for each key; below an open key its values' names are left out."""
    if isinstance(value, dict):
        found = set()
        for key, inner in value.items():
            path = f"{above}.{key}".lstrip(".")
            found |= {path} if key in _OPEN else {path} | _paths(inner, path)
        return found
    if isinstance(value, list):
        return {path for each in value for path in _paths(each, f"{above}[]")}
    return set()


def journal_schema() -> list[str]:
    """The SQL of a new journal's tables and indices."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _make(home)
        _run(home, ["sort", f"{home}/watch", "--library", f"{home}/library"])
        (path,) = (home / "state").rglob("journal.sqlite3")
        connection = sqlite3.connect(path)
        try:
            rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            return [f"user_version {version}", *sorted(" ".join(row[0].split()) for row in rows)]
        finally:
            connection.close()


def words() -> dict[str, list[str]]:
    """The values that stand in the journal, in JSON and in the log."""
    from gallery_daemon.decision import Action, Identical, OnConflict, Outcome  # noqa: PLC0415
    from gallery_daemon.journal.record import State  # noqa: PLC0415
    from gallery_daemon.photo import TakenFrom  # noqa: PLC0415

    enums = (Action, Identical, OnConflict, Outcome, TakenFrom, State)
    return {each.__name__: sorted(str(value) for value in each) for each in enums}


if __name__ == "__main__":
    surface = {
        "commands": commands(),
        "json": json_keys(),
        "journal": journal_schema(),
        "words": words(),
    }
    json.dump(surface, sys.stdout, indent=1)
    print()
