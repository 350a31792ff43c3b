"""When a quick look is enough, by a configuration and its model."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.load import check_text
from gallery_daemon.config.settings import Looks
from gallery_daemon.journey.quick_looks import is_enough_for, why_only_full
from gallery_daemon.model.manifest import DEFAULT_BUNDLE, MANIFEST_FILE, find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind, Prediction
from tests.rules.photos import CLASSES, FACTS, photo

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.config.settings import Config

RULES = "rules: [{name: cars, when: {class: cars, min_confidence: 0.8}, to: Cars/}]"
MODEL = read_manifest(find_bundle(DEFAULT_BUNDLE)).model_id


def config(rules: str = RULES, **changes: object) -> Config:
    text = f"version: 1\nwatch: /in\nlibrary: /lib\n{rules}\n"
    return replace(check_text(text, "/c.yaml", lambda _: CLASSES), **changes)  # type: ignore[arg-type]


def car(confidence: float, model: str = MODEL, look: LookKind = LookKind.QUICK) -> Prediction:
    rest = (1 - confidence) / 6
    classes = ("memes", "mountains", "other", "selfies", "trees", "whatsapp_screenshots")
    return Prediction({"cars": confidence} | dict.fromkeys(classes, rest), model, look=look)


@pytest.mark.parametrize(("confidence", "expected"), [(0.99, True), (0.85, False), (0.3, True)])
def test_it_is_where_no_rule_could_turn(confidence: float, *, expected: bool) -> None:
    """By what the shipped model knows of its two looks; 0.85 may be 0.79 in full."""
    is_enough = is_enough_for(config())

    assert is_enough is not None
    assert expected is is_enough(photo(), FACTS, car(confidence))


def test_a_full_look_always_is() -> None:
    """There is nothing more to be seen."""
    is_enough = is_enough_for(config())

    assert is_enough is not None
    assert is_enough(photo(), FACTS, car(0.8, look=LookKind.FULL))


def test_a_look_of_another_model_is_not() -> None:
    """The bundle was replaced since, and what is known is of the one before."""
    is_enough = is_enough_for(config())

    assert is_enough is not None
    assert not is_enough(photo(), FACTS, car(0.99, "other@01234567"))


def test_looks_full_turns_quick_ones_off() -> None:
    """As a person may want it."""
    assert is_enough_for(config(looks=Looks.FULL)) is None


@pytest.mark.parametrize(
    "rules",
    [
        "rules: [{name: all, when: {burst: true}, to: Bursts/}]",
        "rules: [{name: all, to: '{group|alone}/'}]",
    ],
)
def test_rules_that_compare_pictures_want_full_looks(rules: str) -> None:
    """A preview's bits are not quite those of the whole picture."""
    assert is_enough_for(config(rules)) is None


def test_why_every_look_is_a_full_one_is_known() -> None:
    """By the configuration, by its rules, by its model; or a quick one may be enough."""
    model = read_manifest(find_bundle(DEFAULT_BUNDLE))
    old = replace(model, looks={LookKind.FULL: model.full})
    similar = config("rules: [{name: all, when: {burst: true}, to: Bursts/}]")

    assert "the configuration says looks: full" == why_only_full(config(looks=Looks.FULL), model)
    assert "the rules ask for similar photos" == why_only_full(similar, model)
    assert f"the model {old.model_id} knows nothing of quick looks" == why_only_full(config(), old)
    assert why_only_full(config(), model) is None


@pytest.mark.parametrize("text", [None, "{}"], ids=["no bundle", "a broken one"])
def test_without_a_model_that_can_be_read_there_are_none(tmp_path: Path, text: str | None) -> None:
    """Whoever starts the model says what is wrong."""
    if text is not None:
        (tmp_path / MANIFEST_FILE).write_text(text)
    before = config()
    missing = replace(before.model, bundle=str(tmp_path))

    assert is_enough_for(replace(before, model=missing)) is None


def test_a_bundle_that_takes_the_place_of_another_is_known_anew(tmp_path: Path) -> None:
    """As `train` and a person replace one, while the daemon runs."""
    text = (find_bundle(DEFAULT_BUNDLE) / MANIFEST_FILE).read_text("utf-8")
    before = config()
    wanted = replace(before, model=replace(before.model, bundle=str(tmp_path)))
    found = []
    for name in ("first", "another"):
        other = json.dumps(json.loads(text) | {"name": name})
        (tmp_path / MANIFEST_FILE).write_text(other, "utf-8")
        model = read_manifest(tmp_path).model_id
        is_enough = is_enough_for(wanted)
        assert is_enough is not None
        found.append((model, is_enough(photo(), FACTS, car(0.99, model))))

    assert found[0][0] != found[1][0]
    assert [True, True] == [is_enough for _, is_enough in found]
