"""The README, the example and CI against the program: what they name exists, and the reverse."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
import yaml

import gallery_daemon
from gallery_daemon.cli.app import app
from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.config.load import check_text
from gallery_daemon.config.reference import condition_table
from gallery_daemon.logs import events
from gallery_daemon.logs.events import PhotoLine
from gallery_daemon.rules.values import FIELDS

if TYPE_CHECKING:
    from gallery_daemon.config.section import Key
    from gallery_daemon.rules.condition import Condition

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")


def commands() -> dict[str, set[str]]:
    """Each command of the program with its options."""
    group = typer.main.get_command(app)
    return {
        name: {word for parameter in command.params for word in parameter.opts}
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


def test_every_command_of_the_readme_exists() -> None:
    """Each `gallery-daemon WORD` is a command, and each option that follows is one of its own."""
    known = commands()

    for line in re.findall(r"gallery-daemon ([a-z]+[^`\n|]*)", README):
        word, *rest = line.split()
        if word in {"is", "needs", "and"}:
            continue
        assert word in known, line
        options = {option for option in rest if option.startswith("--")}
        assert options <= known[word] | {"--help"}, line


def test_every_command_is_in_the_readme() -> None:
    """Nobody has to find a command by chance."""
    assert not [name for name in commands() if f"gallery-daemon {name}" not in README]


def test_the_configurations_of_the_readme_can_be_used() -> None:
    """Every YAML block that is a whole configuration loads; so does the shipped example."""
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    whole = [block for block in blocks if "version" in yaml.safe_load(block)]

    assert whole
    for text in (*whole, (ROOT / "config.example.yaml").read_text("utf-8")):
        check_text(text, str(ROOT / "README.md"), lambda _: CLASSES)


def test_every_event_is_in_the_readme_s_table() -> None:
    """The events of the log and those of the table are the same, and all fields are named."""
    table = README.partition("| event | says |")[2].partition("\n\n")[0]
    first = " ".join(line.split(" | ")[0] for line in table.splitlines())
    told = set(re.findall(r"`([a-z]+_[a-z]+)`", first))
    names = {vars(it).get("NAME") for it in vars(events).values() if isinstance(it, type)}
    fields = {field.name.replace("top_class", "class") for field in dataclasses.fields(PhotoLine)}

    assert {name for name in names if name} == told
    assert not [name for name in fields if f"`{name}`" not in README]


def test_every_template_field_is_in_the_readme() -> None:
    """What a template knows, a person can look up."""
    assert not [name for name in FIELDS if f"{{{name}}}" not in README]


def test_the_table_of_conditions_is_the_program_s() -> None:
    """It is made of what the reader knows; `config.reference.condition_table` is it."""
    marked = README.partition("<!-- conditions -->\n")[2].partition("\n<!-- end -->")[0]

    assert condition_table() == marked


@pytest.mark.parametrize("key", CONDITIONS, ids=lambda key: key.name)
def test_every_example_of_a_condition_can_be_used(key: Key[Condition]) -> None:
    """What the table shows is what the program reads."""
    rule = f"{{name: x, when: {{{key.name}: {key.sample}}}, to: X/}}"
    text = f"version: 1\nwatch: {{name: phone, path: /a}}\nlibrary: /b\nrules: [{rule}]\n"

    (read,) = check_text(text, "/config.yaml", lambda _: CLASSES).rules.rules

    assert read.conditions[0].text.startswith(f"{key.name}: ")


def test_ci_runs_the_readme_s_test_command() -> None:
    """The command stands between the marks that `.ci/run` looks for."""
    marked = README.partition("<!-- test-command -->")[2].partition("<!-- end -->")[0]

    assert "-m pytest" in marked
    assert "<!-- test-command -->" in (ROOT / ".ci/run").read_text("utf-8")


@pytest.mark.parametrize("package", [path.name for path in (ROOT / "gallery_daemon").iterdir()])
def test_every_room_is_in_the_package_s_docstring(package: str) -> None:
    """A reader who opens the package finds every room named, in the order of the journey."""
    folder = ROOT / "gallery_daemon" / package
    if not (folder / "__init__.py").exists():
        pytest.skip("not a room")
    assert f"`{package}`" in (gallery_daemon.__doc__ or "")


@pytest.mark.parametrize(
    "room", sorted(path.parent for path in (ROOT / "gallery_daemon").glob("*/__init__.py")), ids=str
)
def test_every_file_is_in_its_room_s_docstring(room: Path) -> None:
    """A room's own docstring names each of its files."""
    text = (room / "__init__.py").read_text("utf-8")

    files = {path.stem for path in room.glob("*.py")} - {"__init__"}
    assert not [name for name in files if f"`{name}`" not in text]
