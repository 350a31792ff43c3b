"""Every word once: a name means one thing in the whole package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.structure import file_names, public_classes, sources

CODE = sources(Path(__file__).resolve().parents[1])

# Files that bear one name on purpose: what is typed at the command line and what the command does,
# what reads a word of the YAML and what the word does.
PAIRS = {
    frozenset({"cli", "commands"}): "the command and its logic",
    frozenset({"cli", "daemon"}): "the command and what the daemon tells it",
    frozenset({"cli", "training"}): "the command and its logic",
    frozenset({"config", "rules"}): "what reads a condition, and the condition",
    frozenset({"cli", "commands", "rules"}): "the command, its logic, and what is pure of it",
    frozenset({"cli", "commands", "learning"}): "the command, what it is made of, and the act",
    frozenset({"cli", "commands", "filing"}): "the command, its logic, and the act",
}


def rooms(modules: list[str]) -> frozenset[str]:
    """The folders at the top that those modules are in."""
    return frozenset(module.split(".")[1] for module in modules)


def test_no_class_name_means_two_things() -> None:
    """Whoever reads a class's name anywhere knows which one it is."""
    twice = {name: where for name, where in public_classes(CODE).items() if len(where) > 1}

    assert {} == twice


@pytest.mark.parametrize(
    ("name", "modules"), [pair for pair in file_names(CODE).items() if len(pair[1]) > 1]
)
def test_a_file_name_stands_in_more_rooms_only_on_purpose(name: str, modules: list[str]) -> None:
    """A file that is named alone, in a trace or in talk, is found at once."""
    assert len(rooms(modules)) == len(modules), f"{name} stands in {modules}"
    assert rooms(modules) in PAIRS, f"{name} stands in {modules}"
