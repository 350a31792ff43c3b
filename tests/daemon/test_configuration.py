"""The configuration as commands and daemon read it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load, save

from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import (
    classes_of,
    default_path,
    read_configuration,
    refuse_failing,
    warnings_of,
)
from gallery_daemon.errors import BundleError, ConfigErrors
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.manifest import QUANTILES, FamiliarityScale, Manifest
from gallery_daemon.model.network import new_network
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
    assert set(CLASSES) == set(classes_of(ModelChoice()))
    with pytest.raises(BundleError):
        classes_of(ModelChoice(str(tmp_path)))


def test_all_mistakes_of_a_file_come_at_once(tmp_path: Path) -> None:
    """With the file's name, and the classes of the model that it names."""
    path = tmp_path / "config.yaml"
    path.write_text(f"{HEAD}rules:\n  - {{name: a, when: {{class: dogs}}, too: A/}}\nwach: x\n")

    with pytest.raises(ConfigErrors) as refused:
        read_configuration(path)

    assert {str(path)} == {error.file for error in refused.value.errors}
    assert len(refused.value.errors) >= 2


def test_a_model_that_cannot_be_is_a_mistake_like_any_other(tmp_path: Path) -> None:
    """Each in one sentence; a daemon that reads the file again keeps the model that it has."""
    bundle, config = tmp_path / "bundle", tmp_path / "config.yaml"
    config.write_text(f"{HEAD}model: {bundle}\n{RULES}")
    scale = FamiliarityScale(1, (0.5,) * QUANTILES)
    manifest = Manifest("b", CLASSES, "", familiarity=scale)
    rows = np.ones((3, 512), np.float16)
    bank = FeatureBank(rows, rows, np.zeros(3, int))
    save_bundle(bundle, new_network(len(CLASSES)), manifest, {}, bank=bank)
    read_configuration(config)
    said, raw = (bundle / "model.json").read_text(), json.loads((bundle / "model.json").read_text())
    whole = {path: path.read_bytes() for path in bundle.iterdir()}

    def refusal() -> str:
        with pytest.raises(ConfigErrors) as refused:
            read_configuration(config)
        for path, content in whole.items():
            path.write_bytes(content)
        (error,) = refused.value.errors
        return error.sentence

    def other(name: str, key: str, **tensors: np.ndarray) -> None:
        content = save(load(whole[bundle / name]) | tensors)
        (bundle / name).write_bytes(content)
        changed = raw | {key: hashlib.sha256(content).hexdigest()}
        (bundle / "model.json").write_text(json.dumps(changed))

    (bundle / "model.json").write_text(said.replace('"temperature": 1.0,', ""))
    assert f"model: {bundle}/model.json lacks 'temperature' in looks.full" == refusal()
    other("head.safetensors", "head_sha256", bias=np.full(len(CLASSES), np.nan, np.float32))
    assert f"model: {bundle}/head.safetensors has a number that is none" == refusal()
    other("bank.safetensors", "bank_sha256", full=rows[:, :9], quick=rows[:, :9])
    assert "features of 9 numbers, the head takes 512" in refusal()
    (bundle / "model.json").write_text(json.dumps(raw | {"classes": CLASSES[1:]}))
    assert f"head.safetensors has {len(CLASSES)} classes, model.json" in refusal()
    for name in ("model.safetensors", "head.safetensors", "bank.safetensors", "model.json"):
        (bundle / name).write_bytes((bundle / name).read_bytes()[:-9])
        assert name in refusal()
    (bundle / "model.safetensors").write_bytes(b"no weights")
    assert f"model: {bundle}/model.safetensors is not a safetensors file" == refusal()
    read_configuration(config)


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
