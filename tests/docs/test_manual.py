"""The README and the manual against the program: what they name exists, and the reverse."""

from __future__ import annotations

import importlib.util
import io
import re
import shlex
import tomllib
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import pytest
import yaml
from rich.console import Console
from rich.markdown import Markdown

from gallery_daemon.config.conditions import CONDITIONS
from gallery_daemon.config.load import check_text
from gallery_daemon.decision import Action, Identical, OnConflict
from gallery_daemon.manual.pages import TOPICS, read_page
from tests.docs.generate import GENERATED, regenerated
from tests.docs.pages import (
    DOCUMENTS,
    MANUAL,
    ROOT,
    sentences,
    whole_text,
    without_generated,
)
from tests.docs.typed import options

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.section import Key
    from gallery_daemon.rules.condition import Condition

CLASSES = ("cars", "memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
TEXT = whole_text()
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


@each_document
def test_every_command_that_is_named_exists(path: Path) -> None:
    """Each `gallery-daemon WORD` is a command, and each option that follows is one of its own."""
    known = options()

    for line in re.findall(r"gallery-daemon ([a-z]+[^`\n|]*)", path.read_text("utf-8")):
        word, *rest = line.split()
        assert word in known, line
        assert {option for option in rest if option.startswith("--")} <= known[word], line


@each_document
def test_every_option_that_is_named_exists(path: Path) -> None:
    """An option in backticks is one of some command, of pip, or of a module of the tests."""
    known = {option for names in options().values() for option in names}

    for code in re.findall(r"`(--[a-z][^`]*)`", path.read_text("utf-8")):
        if "--pictures" not in code and "--seed" not in code:
            assert shlex.split(code.rstrip(","))[0].rstrip(",") in known, code


@each_document
def test_every_module_that_is_run_exists(path: Path) -> None:
    """`python -m NAME` names a module of the tests or of the program."""
    for name in re.findall(r"python -m ([a-z_.]+)", path.read_text("utf-8")):
        if name not in {"venv", "pytest"}:
            assert importlib.util.find_spec(name.rstrip(".")), name


@each_document
def test_every_file_that_is_named_exists(path: Path) -> None:
    """A room or a module in backticks is one of the package; a link leads somewhere."""
    text = path.read_text("utf-8")
    for name in re.findall(r"`([a-z_]+/(?:[a-z_0-9/]+\.py)?)`", text):
        assert (ROOT / "gallery_daemon" / name).exists() or (ROOT / name).exists(), name
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (path.parent / link).exists(), link


@each_document
def test_the_configurations_can_be_used(path: Path) -> None:
    """Every YAML block that is a whole configuration loads."""
    blocks = re.findall(r"```yaml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    for text in blocks:
        if "version" in yaml.safe_load(text):
            check_text(text, str(path), lambda _: CLASSES)


def test_the_example_can_be_used() -> None:
    """So does the one that `check --init` writes."""
    check_text((ROOT / "config.example.yaml").read_text("utf-8"), "/c.yaml", lambda _: CLASSES)


@pytest.mark.parametrize("path", sorted(MANUAL.glob("*.md")), ids=lambda path: path.name)
def test_the_generated_parts_are_the_program_s(path: Path) -> None:
    """`python -m tests.docs` writes them; a page that is out of date fails."""
    text = path.read_text("utf-8")

    assert regenerated(text) == text


def test_every_generated_part_is_somewhere() -> None:
    """What can be generated is, once."""
    found = re.findall(r"<!-- generated: (.*?) -->", TEXT)

    assert sorted(found) == sorted(GENERATED)


def test_no_sentence_stands_twice() -> None:
    """What the README says, the manual does not say again, nor two of its pages."""
    written = [sentence for path in DOCUMENTS for sentence in sentences(path.read_text("utf-8"))]

    assert [sentence for sentence, count in Counter(written).items() if count > 1] == []


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    """The glossary's last column names a module, or a class in one."""
    table = read_page("design").text.partition("| in the code |\n|---|---|---|\n")[2]
    rows = [row.split("|")[1:4] for row in table.partition("\n\n")[0].splitlines()]

    assert rows
    for word, _, place in rows:
        name = place.strip(" `")
        module, _, cls = name.rpartition(".")
        if cls[0].isupper():
            assert hasattr(importlib.import_module(f"gallery_daemon.{module}"), cls), word
        else:
            assert importlib.util.find_spec(f"gallery_daemon.{name}"), word


def test_every_dependency_has_its_reason() -> None:
    """What pip installs is in the design page's table, or in the sentences on the extras."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = told["optional-dependencies"].values()
    names = (re.split("[>=]", each)[0] for each in (*told["dependencies"], *chain(*extras)))
    reasons = read_page("design").text.partition("## Dependencies")[2].lower()

    assert [
        name
        for name in names
        if name.lower().removesuffix("-headless").removeprefix("types-") not in reasons
    ] == []


@pytest.mark.parametrize("key", CONDITIONS, ids=lambda key: key.name)
def test_every_example_of_a_condition_can_be_used(key: Key[Condition]) -> None:
    """What the table shows is what the program reads."""
    rule = f"{{name: x, when: {{{key.name}: {key.sample}}}, to: X/}}"
    text = f"version: 1\nwatch: {{name: phone, path: /a}}\nlibrary: /b\nrules: [{rule}]\n"

    (read,) = check_text(text, "/config.yaml", lambda _: CLASSES).rules.rules

    assert read.conditions[0].text.startswith(f"{key.name}: ")


def test_every_action_has_its_row() -> None:
    """The tables of actions and conflicts are written by hand; each of their words is there."""
    text = read_page("rules").text.partition("\n## Actions\n")[2].partition("\n## ")[0]
    rows = "".join(line for line in text.splitlines() if line[:1] == "|")

    assert [each for each in (*Action, *OnConflict, *Identical) if f"`{each}`" not in rows] == []


def test_every_page_is_a_topic() -> None:
    """A page that is added is listed, with a sentence that fits beside it in 80 columns."""
    assert sorted(TOPICS) == sorted(path.stem for path in MANUAL.glob("*.md"))
    for topic in TOPICS:
        says = read_page(topic).says
        assert says.endswith(".")
        assert len(f"{max(TOPICS, key=len)}  {says}") <= 80


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_can_be_read_in_80_columns(topic: str) -> None:
    """No cell of a table is cut, and no configuration is wrapped."""
    page = read_page(topic).text
    console = Console(width=80, file=io.StringIO(), record=True)

    console.print(Markdown(page))

    assert console.export_text().count("…") == page.count("…")
    for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL):
        assert [line for line in block.splitlines() if len(line) > 78] == []


def test_lines_are_short_enough_for_a_diff() -> None:
    """Prose is wrapped; tables and code are as long as they must be."""
    prose = re.sub(r"```.*?```", "", without_generated(TEXT), flags=re.DOTALL)

    assert [line for line in prose.splitlines() if len(line) > 120 and line[0] != "|"] == []
