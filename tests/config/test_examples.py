"""The examples that people start from load as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gallery_daemon.config.load import load
from gallery_daemon.config.settings import (
    DEFAULTS,
    MODEL,
    WATCH,
    Batch,
    Limits,
    ModelChoice,
    TopLevel,
)
from gallery_daemon.errors import ConfigErrors
from gallery_daemon.rules.analysis import warnings
from tests.config.texts import CLASSES, HEAD, RULES, config_of, default_classes
from tests.docs.pages import whole_text

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "config.example.yaml").read_text("utf-8")
EXAMPLES = REPOSITORY.parent / "shared" / "examples"


def test_the_example_configuration_has_no_mistake() -> None:
    """It is a tutorial that runs: every class has a rule, and every rule can match."""
    config = load(str(REPOSITORY / "config.example.yaml"), default_classes)

    assert str(Path.home() / "Sync/Camera") == config.watch[0].path
    assert str(Path.home() / "Pictures/Sorted") == config.library
    named = " ".join(rule.when.text for rule in config.rules.rules)
    assert all(name in named for name in CLASSES)
    assert () == warnings(config.rules, CLASSES)


def test_the_settings_of_the_example_are_the_defaults() -> None:
    """It shows what holds where nothing is written; the manual writes the limits out as well.

    But for the precision: who has none written keeps the confidence of former versions.
    """
    example = load(str(REPOSITORY / "config.example.yaml"), default_classes)
    line = next(part for part in whole_text().split("`") if part.startswith("limits: {"))
    limits = config_of(f"{HEAD}{RULES}{line}\n").limits

    assert Limits() == example.limits == limits
    assert (ModelChoice(), Batch()) == (example.model, example.batch)
    assert (TopLevel.summary, TopLevel.metrics) == (example.summary, example.metrics)
    assert TopLevel.learn == example.learn
    written = re.search(r"^defaults:\n(.*?)^rules:", TEXT, re.DOTALL | re.MULTILINE)
    assert written is not None
    told = dict(re.findall(r"^  (\w+): (.+)$", written[1], re.MULTILINE))
    assert "0.95" == told.pop("min_precision")
    for name, value in told.items():
        assert DEFAULTS.keys[name].default == value


def test_the_comments_of_the_example_tell_the_defaults() -> None:
    """The model written out, and of the watch folder what stands in brackets."""
    model = re.search(r"with the defaults: (\{.*?\})", TEXT)
    assert model is not None
    assert ModelChoice() == config_of(f"{HEAD}{RULES}model: {model[1]}\n").model
    for written in model[1].strip("{}").split(", "):
        name, _, value = written.partition(": ")
        assert value in {key.default for key in MODEL.keys.values() if key.name == name}

    told = re.findall(r"^#       (\w+): .* \((\w+)\)$", TEXT, re.MULTILINE)
    defaults = {key.name: key.default for key in WATCH.keys.values()}
    assert told
    assert all(defaults[name] == value for name, value in told)


@pytest.mark.data
@pytest.mark.parametrize(("name", "rules"), [("minimal", 1), ("syncthing-phone", 6)])
def test_the_small_examples_load(name: str, rules: int) -> None:
    """Without a mistake and without a warning."""
    path = EXAMPLES / f"{name}.yaml"
    if not path.exists():
        pytest.skip("needs ../shared/examples")

    config = load(str(path), default_classes)

    assert rules == len(config.rules.rules)
    assert () == warnings(config.rules, CLASSES)


@pytest.mark.data
def test_what_a_later_version_brings_is_named() -> None:
    """Each unknown key at its place."""
    path = EXAMPLES / "own-classes.yaml"
    if not path.exists():
        pytest.skip("needs ../shared/examples")

    with pytest.raises(ConfigErrors) as caught:
        load(str(path), default_classes)

    unknown = [each for each in caught.value.errors if each.sentence.startswith("unknown key")]
    assert [(6, 74), (7, 9), (7, 22), (7, 39), (8, 10), (8, 26), (14, 5), (15, 5)] == [
        (error.line, error.column) for error in unknown
    ]
