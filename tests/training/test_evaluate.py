"""Evaluating a finished bundle on labelled folders."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gallery_daemon.errors import TrainingError
from gallery_daemon.model.engines.choose import EngineOptions
from gallery_daemon.model.engines.predict import PredictedBatch
from gallery_daemon.model.manifest import LookSettings, Manifest
from gallery_daemon.photo import LookKind
from gallery_daemon.training import evaluate as evaluating
from gallery_daemon.training.display import Silent
from gallery_daemon.training.evaluate import Evaluation, evaluate
from gallery_daemon.training.evaluation_report import evaluation_page
from gallery_daemon.training.made_from import SeenPictures
from gallery_daemon.training.recipe import ARTICLE, Phase
from gallery_daemon.training.train import train
from gallery_daemon.training.train_options import TrainOptions
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.imaging.decode import Pixels


LOOKS = {LookKind.FULL: LookSettings(temperature=2.0)}


def by_torch(bundle: Path) -> EngineOptions:
    """The bundle, run by torch: nothing is measured."""
    return EngineOptions(bundle, bundle / "never written", "torch")


@pytest.fixture(scope="module")
def bundle(gallery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that tells red from blue: only the last layer had to learn."""
    out = tmp_path_factory.mktemp("out") / "colours"
    recipe = replace(ARTICLE, phases=(Phase("fc", "fc", 0.01, 20),))
    train(TrainOptions((gallery,), out, "default", recipe, size=96), Silent())
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


def test_the_pictures_that_made_a_model_are_known_again(bundle: Path, gallery: Path) -> None:
    """Of these 20 all did; an evaluation says so first of all."""
    found = evaluate([gallery], by_torch(bundle), Silent())

    assert found.seen == SeenPictures(trained=16, validated=4)
    assert "made from 20 of these 20 pictures (16 trained it, 4 chose" in (found.caution or "")
    assert {"trained": 16, "validated": 4} == found.to_json()["made_from"]
    assert "made from 20 of these 20" in evaluation_page(found).decode()


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


class Guesses:
    """A stand-in for a loaded model: reddish is red; notes how many pictures came at once."""

    kind = "torch cpu"

    def __init__(self) -> None:
        self.manifest = Manifest("colours", ("blue", "red"), "ab" * 32, looks=LOOKS)
        self.batches: list[int] = []

    def predict(self, pictures: Pixels, look: LookKind) -> PredictedBatch:
        assert look in self.manifest.looks
        self.batches.append(len(pictures))
        is_red = pictures[..., 0].mean((1, 2)) > pictures[..., 2].mean((1, 2))
        found = np.where(is_red[:, None], [[0.1, 0.9]], [[0.9, 0.1]]).astype(np.float32)
        nothing = (None,) * len(found)
        return PredictedBatch(found, nothing, nothing)


@pytest.fixture
def guesses(monkeypatch: pytest.MonkeyPatch) -> Guesses:
    """No bundle is loaded."""
    found = Guesses()
    monkeypatch.setattr(evaluating, "load_best", lambda _: (found, None))
    monkeypatch.setattr(evaluating, "read_manifest", lambda _: found.manifest)
    return found


def _evaluate(*data: Path) -> Evaluation:
    return evaluate(data, EngineOptions(data[0], data[0] / "none", "torch"), Silent())


def test_pictures_go_in_batches_and_stay_beside_their_labels(
    tmp_path: Path, guesses: Guesses
) -> None:
    """Seventy of them with a broken one in each batch: all others are right."""
    data = make_gallery(tmp_path / "data", 35)
    for name in ("blue/03.png", "red/00.png", "red/34.png"):
        (data / name).write_text("no picture")

    found = _evaluate(data)

    assert [32, 32, 3] == guesses.batches
    assert (67, 1.0) == (found.measures.pictures, found.measures.accuracy)
    assert ["03.png", "00.png", "34.png"] == [path.name for path, _ in found.skipped]


@pytest.mark.usefixtures("guesses")
def test_each_source_is_measured(tmp_path: Path) -> None:
    """A picture in the wrong folder shows at its source and at no other."""
    data = make_gallery(tmp_path / "data", 4, ("a__", "b__"))
    (data / "blue" / "a__00.png").rename(data / "red" / "a__stray.png")

    found = _evaluate(data).measures

    wanted = {("a", "blue"): 1.0, ("b", "blue"): 1.0, ("a", "red"): 2 / 3, ("b", "red"): 1.0}
    assert pytest.approx(wanted) == {
        (each.source, each.name): each.recall for each in found.per_source
    }
    assert 7 / 8 == found.accuracy


@pytest.mark.usefixtures("guesses")
def test_several_folders_are_measured_together(tmp_path: Path) -> None:
    """Each with a part of the classes."""
    first, second = make_gallery(tmp_path / "a", 2), make_gallery(tmp_path / "b", 3)

    assert 10 == _evaluate(first, second).measures.pictures


def test_the_json_says_which_model_by_which_engine_and_what_was_skipped(
    tmp_path: Path, guesses: Guesses
) -> None:
    """Beside the measures, under the names that scripts know."""
    data = make_gallery(tmp_path / "data", 2)
    (data / "red" / "00.png").write_text("no picture")

    said = json.loads(json.dumps(_evaluate(data).to_json()))

    assert (guesses.manifest.model_id, "torch cpu") == (said["model"], said["engine"])
    assert [str(data / "red" / "00.png")] == [each["path"] for each in said["skipped"]]
    assert said["skipped"][0]["error"]
    assert ["model", "engine", "pictures", "accuracy"] == list(said)[:4]


@pytest.mark.usefixtures("guesses")
def test_the_calibration_error_is_told_before_and_after(tmp_path: Path) -> None:
    """By the temperature of the manifest: all were right, so the less sure it is the worse."""
    found = _evaluate(make_gallery(tmp_path / "data", 2)).measures

    assert pytest.approx(0.1, abs=1e-4) == found.ece
    assert pytest.approx(1 - 81 / 82, abs=1e-4) == found.ece_before


def test_mistyped_folders_are_told_before_an_engine_is_measured(
    tmp_path: Path, guesses: Guesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes seconds."""

    def never(_: EngineOptions) -> None:
        raise AssertionError

    assert not guesses.batches
    monkeypatch.setattr(evaluating, "load_best", never)

    with pytest.raises(TrainingError, match="cannot list"):
        _evaluate(tmp_path / "absent")
