"""The configuration as commands and daemon read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gallery_daemon.daemon.configuration import (
    classes_of,
    default_path,
    read_configuration,
    refuse_failing,
    warnings_of,
)
from gallery_daemon.errors import BundleError, ConfigErrors
from tests.config.texts import CLASSES, FILE, HEAD, RULES, config_of

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "{given: {class: memes}, expect: {rule: all}}"


def test_it_is_below_the_configuration_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the person's own is looked for."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert tmp_path / "gallery-daemon" / "config.yaml" == default_path()


def test_the_classes_are_those_of_the_bundle(tmp_path: Path) -> None:
    """Of the shipped one by its name; a folder that holds none is an error."""
    assert set(CLASSES) == set(classes_of("default"))
    with pytest.raises(BundleError):
        classes_of(str(tmp_path))


def test_all_mistakes_of_a_file_come_at_once(tmp_path: Path) -> None:
    """With the file's name, and the classes of the model that it names."""
    path = tmp_path / "config.yaml"
    path.write_text(f"{HEAD}rules:\n  - {{name: a, when: {{class: dogs}}, too: A/}}\nwach: x\n")

    with pytest.raises(ConfigErrors) as refused:
        read_configuration(path)

    assert {str(path)} == {error.file for error in refused.value.errors}
    assert len(refused.value.errors) >= 2


def test_rules_that_fail_their_own_tests_are_refused() -> None:
    """Each failing test by its place in the file, all at once; those that hold are not named."""
    tests = f"tests:\n  - {GOOD}\n  - {{given: {{class: cars}}, expect: {{outcome: otherwise}}}}\n"
    text = f"{HEAD}{RULES}{tests}  - {{given: {{class: trees}}, expect: {{outcome: otherwise}}}}\n"

    with pytest.raises(ConfigErrors) as refused:
        refuse_failing(config_of(text))

    assert [(FILE, 8), (FILE, 9)] == [(error.file, error.line) for error in refused.value.errors]
    assert all("fails: " in error.sentence for error in refused.value.errors)


def test_rules_whose_tests_hold_are_taken() -> None:
    """And those that have none."""
    refuse_failing(config_of(HEAD + RULES))
    refuse_failing(config_of(f"{HEAD}{RULES}tests: [{GOOD}]\n"))


def test_warnings_come_in_the_order_of_the_lines() -> None:
    """Whichever part of the program found them."""
    rules = "rules:\n  - {name: a, to: A/}\n  - {name: b, to: B/}\n  - {name: c, to: C/}\n"

    found = warnings_of(config_of(HEAD + rules))

    assert [6, 7] == [warning.line for warning in found]
    assert () == warnings_of(config_of(HEAD + RULES))
