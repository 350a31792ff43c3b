"""Evaluating a finished bundle on labelled folders."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.training.display import Silent
from gallery_daemon.training.evaluate import evaluate
from gallery_daemon.training.recipe import ARTICLE, Phase
from gallery_daemon.training.train import train
from gallery_daemon.training.train_options import TrainOptions
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from pathlib import Path


def by_torch(bundle: Path) -> EngineOptions:
    """The bundle, run by torch: nothing is measured."""
    return EngineOptions(bundle, bundle / "never written", "torch")


@pytest.fixture(scope="module")
def bundle(gallery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that tells red from blue: only the last layer had to learn."""
    out = tmp_path_factory.mktemp("out") / "colours"
    recipe = replace(ARTICLE, phases=(Phase("fc", "fc", 0.01, 20),))
    train(TrainOptions((gallery,), out, "default", recipe), Silent())
    return out


def test_a_learned_gallery_is_recognised(bundle: Path, gallery: Path) -> None:
    """Colours are learned, so nearly all pictures are right; the JSON has the public keys."""
    found = evaluate([gallery], by_torch(bundle), Silent())

    said = json.loads(json.dumps(found.to_json()))
    assert said["accuracy"] >= 0.9
    assert said["classes"] == ["blue", "red"]
    assert 20 == sum(map(sum, said["confusion"])) == said["pictures"]
    assert {"precision", "recall", "pictures"} < set(said["per_class"]["red"])
    assert found.model == said["model"]


def test_folders_may_lack_a_class_but_not_have_another(bundle: Path, tmp_path: Path) -> None:
    """Only red pictures can be measured; green ones are no class of this model."""
    data = make_gallery(tmp_path / "data", 2)
    (data / "blue").rename(data / "green")

    with pytest.raises(TrainingError, match="no class 'green'"):
        evaluate([data], by_torch(bundle), Silent())
    (data / "green").rename(tmp_path / "green")
    assert evaluate([data], by_torch(bundle), Silent()).measures.pictures == 2


def test_broken_pictures_are_skipped_and_nothing_to_measure_is_an_error(
    bundle: Path, tmp_path: Path
) -> None:
    """One readable picture is measured beside a broken one; none at all is one sentence."""
    data = make_gallery(tmp_path / "data", 1)
    (data / "red" / "00.png").write_bytes(b"broken")

    found = evaluate([data], by_torch(bundle), Silent())
    (data / "blue" / "00.png").write_bytes(b"broken")

    assert (found.measures.pictures, len(found.skipped)) == (1, 1)
    with pytest.raises(TrainingError, match="can be read"):
        evaluate([data], by_torch(bundle), Silent())
