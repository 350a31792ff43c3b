"""What `--json` prints is published: keys, their order, and values, command by command.

`published.json` has it all. Where a change is meant, `PUBLISH=1 python -m pytest -n 0 THIS_FILE`
writes the file anew, and its difference is for the changelog.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from gallery_daemon.photo import Identity
from tests.docs.typed import options
from tests.faults.quick_daemon import run
from tests.learning.given import KINDS, give, wrong_calls

PUBLISHED = Path(__file__).with_name("published.json")
OPTIONS = Path(__file__).with_name("published_options.json")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?")
_HASH = re.compile(r"@[0-9a-f]{8}\b")
_NUMBERS = ("id", "undoes", "sidecar_of")
Ask: TypeAlias = Callable[..., list[Any]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command in this process and gives its JSON, without what differs every time."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def asked(*words: str) -> list[Any]:
        monkeypatch.setattr(sys, "argv", ["gallery-daemon", *words])
        with suppress(SystemExit):
            run()
        lines = capsys.readouterr().out.splitlines()
        return [_settled(json.loads(line), str(tmp_path)) for line in lines if line[0] == "{"]

    return asked


def _settled(value: Any, root: str) -> Any:
    """The value with the temporary folder, times and hashes replaced."""
    if isinstance(value, dict):
        # Daemons of other tests may run; what they say is held by `tests.daemon`.
        value = value | ({"daemons": []} if "daemons" in value else {})
        # Photos are numbered in the order in which they settle, which differs.
        numbers = {key: 1 for key in _NUMBERS if isinstance(value.get(key), int)}
        return {key: _settled(each, root) for key, each in (value | numbers).items()}
    if isinstance(value, list):
        settled = [_settled(each, root) for each in value]
        return sorted(settled, key=_text_of_photo)
    if not isinstance(value, str):
        return value
    return _HASH.sub("@HASH", _TIME.sub("TIME", value.replace(root, "")))


def _text_of_photo(value: Any) -> str:
    return str(value.get("photo", "")) if isinstance(value, dict) else ""


@pytest.mark.timeout(180)
def test_the_json_of_every_command_is_as_published(ask: Ask, watch: Path, tmp_path: Path) -> None:
    """A row, a plan, a comparison, an explanation, a test, a finding: each under its own keys."""
    (watch / "deep/IMG_1.jpg").unlink()
    (watch / "notes.jpg").write_text("hello")
    (watch / "IMG_2.xmp").write_text("<x/>")
    for name, folder in (("old", "Old"), ("new", "New")):
        (tmp_path / f"{name}.yaml").write_text(_CONFIG.format(root=tmp_path, folder=folder))
    (tmp_path / "fails.yaml").write_text((tmp_path / "old.yaml").read_text() + _FAILS)
    (watch / "a.tmp").write_text("hello")
    (tmp_path / "wrong.yaml").write_text("version: 1\nwatch: /a\nlibrary: /b\nrulez: []\n")
    old, new = ("--config", str(tmp_path / "old.yaml")), ("--config", str(tmp_path / "new.yaml"))
    photo, was = str(watch / "IMG_2.jpg"), str(tmp_path / "old.yaml")
    said = {
        "classify": ask("classify", "--json", photo, str(watch / "gone.jpg")),
        "check": ask("check", "--json", "--config", str(tmp_path / "fails.yaml")),
        "check of a wrong one": ask("check", "--json", "--config", str(tmp_path / "wrong.yaml")),
        "plan": ask("plan", "--json", *old),
        "plan --was": ask("plan", "--json", *new, "--was", was),
        "explain of a new photo": ask("explain", "--json", *old, photo),
        "explain of an ignored one": ask("explain", "--json", *old, str(watch / "a.tmp")),
    }
    ask("sort", str(watch), *old)
    said |= {
        "sort --dry-run": ask("sort", str(watch), "--json", "--dry-run", "--again", *old),
        "history": ask("history", "--json"),
        "logs": ask("logs", "--json"),
        "status": ask("status", "--json"),
        "explain of a filed photo": ask("explain", "--json", *new, photo),
        "refile, shown": ask("refile", "--json", *new),
        "refile": ask("refile", "--json", "--yes", *new),
        "undo --dry-run": ask("undo", "--json", "--last", "2", "--dry-run"),
        "undo": ask("undo", "--json", "--last", "2"),
    }
    said |= _of_lessons(ask, tmp_path)
    for filed in (tmp_path / "library").rglob("*.jpg"):
        filed.unlink()
    said["undo of what is gone"] = ask("undo", "--json", "--last", "2")

    if os.environ.get("PUBLISH"):
        lines_of = {name: ",\n  ".join(map(json.dumps, lines)) for name, lines in said.items()}
        commands = (f" {json.dumps(name)}: [\n  {lines}\n ]" for name, lines in lines_of.items())
        PUBLISHED.write_text("{\n" + ",\n".join(commands) + "\n}\n", "utf-8")
    published = json.loads(PUBLISHED.read_text("utf-8"))
    for command, lines in said.items():
        assert _text(published[command]) == _text(lines), command


def _of_lessons(ask: Ask, home: Path) -> dict[str, list[Any]]:
    """What lessons are told of, and what is learned from them; one was dragged just now."""
    taught = ("--config", str(home / "taught.yaml"))
    for name in ("taught", "in"):
        (home / name).mkdir()
    (home / "taught.yaml").write_text(_TAUGHT.format(root=home))
    state = home / "home/.local/state/gallery-daemon"
    versions = ModelVersions.of(find_bundle("default"), str(home / "taught"), state)
    names = tuple(f"{kind}-{number}" for kind in KINDS for number in range(12))
    give(state / "journal.sqlite3", home / "taught", names, wrong_calls(versions))
    _ask_about_a_move(state / "journal.sqlite3", home / "taught")
    said = {
        "lessons": ask("lessons", "--json", *taught),
        "learn": ask("learn", "--json", "--yes", *taught),
        "model list": ask("model", "list", "--json", *taught),
        "status with lessons": ask("status", "--json", *taught),
    }
    return {command: _without_figures(lines) for command, lines in said.items()}


def _without_figures(value: Any) -> Any:
    """How well was learned is for the benchmark to say: shares and losses are all alike here."""
    if isinstance(value, dict):
        return {key: _without_figures(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_figures(each) for each in value]
    return 0.5 if isinstance(value, float) else value


def _ask_about_a_move(journal: Path, library: Path) -> None:
    moved = NewLesson(
        str(library), f"{library}/x.jpg", Identity(1, 2, 3, 4), LessonKind.CORRECTION, "cars"
    )
    with closing(Journal(journal)) as opened:
        opened.lessons.note_mass_move([moved], ("memes",), ("cars",), datetime.now(UTC))


_TAUGHT = """\
version: 1
watch: {root}/in
library: {root}/taught
rules: [{{name: all, to: "{{class}}/"}}]
"""


def test_every_command_keeps_its_options() -> None:
    """Commands and options are added to those of 0.1.0; a script that calls one finds it."""
    now = options()

    for word, names in json.loads(OPTIONS.read_text("utf-8")).items():
        assert set(names) <= now[word], word


def _text(lines: list[Any]) -> str:
    """The order of keys counts, too; that of the lines does not, for photos settle as they will."""
    return "\n".join(sorted(json.dumps(line, indent=1) for line in lines))


_CONFIG = """\
version: 1
watch: {{name: phone, path: {root}/watch, ignore: ["keep.*"], settle: 300ms}}
library: {root}/library
defaults: {{action: copy}}
rules:
  - name: never
    when: {{class: cars, min_confidence: 0.99, width: {{min: 9000}}}}
    to: Never/
  - name: cars
    when: {{class: cars}}
    to: {folder}/{{class}}/
  - name: shadowed
    when: {{class: cars, ext: jpg}}
    to: Elsewhere/
failed: leave
tests:
  - name: a sure car
    given: {{class: cars, confidence: 0.95, name: a.jpg}}
    expect: {{rule: cars, to: {folder}/cars/, as: a.jpg, class: cars}}
"""
_FAILS = """\
  - name: a wrong wish
    given: {class: trees, confidence: 0.95}
    expect: {leave: true, outcome: uncertain}
"""
