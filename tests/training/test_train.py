"""Training from folders to a bundle, with real networks and few pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network
from gallery_daemon.training.display import Silent
from gallery_daemon.training.recipe import ARTICLE, FAST, Phase, with_epochs
from gallery_daemon.training.train import train
from gallery_daemon.training.train_options import TrainOptions
from tests.training.conftest import SHORT, VARIED, Listening, make_gallery

if TYPE_CHECKING:
    from pathlib import Path

# Where the network does not matter it is one that trains in no time.
TINY = pytest.mark.usefixtures("tiny")
PLOTS = {"accuracy.png", "confusion.png", "coverage.png", "reliability.png", "risk-coverage.png"}


@pytest.fixture(scope="module")
def trained(gallery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of one epoch a phase, of pictures as small as a full look may be."""
    out = tmp_path_factory.mktemp("out") / "family"
    train(TrainOptions((gallery,), out, "none", SHORT, seed=1, size=96), Silent())
    return out


def test_a_bundle_of_everything_comes_out(trained: Path) -> None:
    """Weights, manifest with provenance and metrics, plots, the page; no scratch files."""
    _, manifest = load_bundle(trained)

    assert manifest.classes == ("blue", "red")
    assert manifest.provenance is not None
    assert manifest.provenance["pictures"] == {"blue": 10, "red": 10}
    assert manifest.metrics is not None
    assert "validation" in manifest.metrics
    files = {"model.json", "model.safetensors", "head.safetensors", "bank.safetensors"}
    files |= {"report.html", "MODEL_CARD.md", "pictures.json"}
    losses = {"loss-phase1.png", "loss-phase2.png"}
    assert files | losses | PLOTS == {path.name for path in trained.iterdir()}
    assert [path.name for path in trained.parent.iterdir()] == ["family"]
    for plot in losses | PLOTS:
        with Image.open(trained / plot) as picture:
            assert picture.width > 400


def test_the_manifest_holds_no_path_of_the_machine(trained: Path) -> None:
    """A bundle can be given away: it names folders, not where they lie."""
    assert str(trained.parent.parent) not in (trained / "model.json").read_text()


def test_frozen_layers_come_out_as_they_went_in(trained: Path) -> None:
    """After both phases all before layer4 is bit for bit the start, BatchNorm's statistics too."""
    torch.manual_seed(1)
    start = {key: value.half() for key, value in new_network(2).state_dict().items()}

    end = load_bundle(trained)[0].state_dict()

    frozen = [key for key in start if not key.startswith(("layer4", "fc"))]
    counters = "num_batches_tracked"
    assert all(
        torch.equal(start[key], end[key].half()) for key in frozen if not key.endswith(counters)
    )
    assert not torch.equal(start["layer4.0.conv1.weight"], end["layer4.0.conv1.weight"].half())
    assert not torch.equal(start["fc.weight"], end["fc.weight"].half())


@pytest.mark.long
def test_the_same_seed_gives_the_same_weights(gallery: Path, tmp_path: Path) -> None:
    """Two runs of one seed agree to the bit; another seed does not."""
    shas = []
    for number, seed in enumerate((1, 1, 2)):
        recipe = with_epochs(VARIED, (0, 1, 0))
        options = TrainOptions((gallery,), tmp_path / str(number), "none", recipe, seed=seed)
        manifest = train(options, Silent()).manifest
        shas.append((manifest.weights_sha256, manifest.head_sha256))

    assert shas[0] == shas[1] != shas[2]


@pytest.mark.long
def test_varied_pictures_train_every_layer_and_are_learned(gallery: Path, tmp_path: Path) -> None:
    """The kinds of phases of the default recipe, in turn: pictures are learned, all layers move."""
    display = Listening()
    headless = replace(VARIED, phases=VARIED.phases[1:])
    options = TrainOptions((gallery,), tmp_path / "b", "default", headless, seed=1)

    summary = train(options, display)

    assert ["all"] * 2 + ["fc"] == [epoch.phase for epoch in display.epochs]
    assert sorted(epoch.done for epoch in display.epochs) == [e.done for e in display.epochs]
    assert 1.0 == display.epochs[-1].done
    start = load_bundle(find_bundle("default"))[0].state_dict()
    end = load_bundle(tmp_path / "b")[0].state_dict()
    assert not torch.equal(start["conv1.weight"], end["conv1.weight"])
    assert 1.0 == summary.measures.accuracy


@TINY
def test_the_best_epoch_is_kept_and_not_the_last(gallery: Path, tmp_path: Path) -> None:
    """Validated on pictures whose classes are swapped, the less it has learned the better."""
    held = make_gallery(tmp_path / "held", 6)
    (held / "red").rename(held / "was red")
    (held / "blue").rename(held / "red")
    (held / "was red").rename(held / "blue")
    for picture in held.rglob("*.png"):  # other bytes than the gallery's, which has the same noise
        Image.open(picture).rotate(180).save(picture)
    display, ends = Listening(), []
    for epochs in (1, 3):
        recipe = replace(ARTICLE, phases=(Phase("fc", "fc", 0.1, epochs),))
        out = tmp_path / str(epochs)
        options = TrainOptions((gallery,), out, "none", recipe, seed=1, validation=held, size=96)
        train(options, display)
        ends.append(load_head(out, read_manifest(out)).weight)

    assert [True, True, False, False] == [epoch.is_best for epoch in display.epochs]
    assert np.array_equal(ends[0], ends[1])


@TINY
def test_broken_pictures_are_skipped_and_listed(tmp_path: Path) -> None:
    """A text and a cut picture among the pictures cost nothing but a line each."""
    data = make_gallery(tmp_path / "data", 4)
    (data / "red" / "notes.txt").write_text("not a picture")
    whole = (data / "red" / "00.png").read_bytes()
    (data / "blue" / "cut.png").write_bytes(whole[: len(whole) // 2])

    summary = train(TrainOptions((data,), tmp_path / "b", "none", FAST), Silent())

    assert {"notes.txt", "cut.png"} == {path.name for path, _ in summary.skipped}


def test_a_bundle_is_never_overwritten(gallery: Path, trained: Path) -> None:
    """An existing folder is refused before anything is read."""
    with pytest.raises(BundleError, match="exists already"):
        train(TrainOptions((gallery,), trained, "none", SHORT), Silent())


@TINY
def test_sources_left_out_are_judged_by_those_who_never_saw_them(tmp_path: Path) -> None:
    """Both sources in turn: every picture is judged once, by a network without its source."""
    data = make_gallery(tmp_path / "data", 8, ("a__", "b__"))
    display = Listening()
    options = TrainOptions((data,), tmp_path / "b", "none", FAST, left_out=(("a",), ("b",)))

    summary = train(options, display)

    assert summary.left_out is not None
    assert 16 == summary.left_out.pictures
    assert ["without a:", "without b:"] == display.sentences
    said = json.loads((tmp_path / "b" / "model.json").read_text())
    assert 16 == said["metrics"]["left_out_sources"]["pictures"]
    assert [["a"], ["b"]] == said["provenance"]["leave_source_out"]


@TINY
def test_a_folder_of_its_own_may_validate(gallery: Path, tmp_path: Path) -> None:
    """All of the data train; the pictures of the other folder are those that are measured."""
    held = make_gallery(tmp_path / "held", 3)
    for picture in held.rglob("*.png"):  # other bytes than the gallery's, which has the same noise
        Image.open(picture).rotate(180).save(picture)

    summary = train(
        TrainOptions((gallery,), tmp_path / "b", "none", FAST, validation=held), Silent()
    )

    assert 6 == summary.measures.pictures
    assert () == summary.skipped
    with pytest.raises(TrainingError, match="overlap"):
        train(TrainOptions((gallery,), tmp_path / "c", validation=gallery / "red"), Silent())


@TINY
def test_by_source_the_other_source_validates(tmp_path: Path) -> None:
    """Two sources of four pictures in each class: one of them is measured."""
    data = make_gallery(tmp_path / "data", 8, ("a__", "b__"))

    summary = train(TrainOptions((data,), tmp_path / "b", "none", FAST, by_source=True), Silent())

    assert 8 == summary.measures.pictures


@TINY
def test_mistakes_in_what_is_left_out_are_found_before_anything_is_learned(
    tmp_path: Path,
) -> None:
    """A typing mistake in the second set, a source in two sets: not after an hour."""
    data = make_gallery(tmp_path / "data", 4, ("a__", "b__"))
    display = Listening()
    for left_out, says in ((("a",), ("c",)), "source 'c'"), ((("a",), ("a",)), "left out twice"):
        options = TrainOptions((data,), tmp_path / "b", "none", FAST, left_out=left_out)
        with pytest.raises(TrainingError, match=says):
            train(options, display)

    assert [] == display.epochs
    assert ["data"] == [path.name for path in tmp_path.iterdir()]


@TINY
def test_odd_names_cost_nothing(tmp_path: Path) -> None:
    """Broken UTF-8 in a picture's name, formulas and an underscore in classes' names."""
    data = make_gallery(tmp_path / "da\udce9ta", 4)
    (data / "red").rename(data / "$_{x$")
    (data / "blue").rename(data / "_blue")
    (data / "_blue" / "00.png").rename(data / "_blue" / "bl\udce9__1.png")

    train(TrainOptions((data,), tmp_path / "b", "none", FAST), Silent())

    said = read_manifest(tmp_path / "b").provenance
    assert said is not None
    assert {"": 3, "bl?": 1} == said["sources"]["_blue"]  # type: ignore[index]


def test_provenance_can_be_read_back(trained: Path) -> None:
    """The manifest says how the bundle was made: every argument, counts, versions, revision."""
    said = json.loads((trained / "model.json").read_text())["provenance"]

    assert [phase["epochs"] for phase in said["recipe"]["phases"]] == [1, 1]
    assert ("article", 1, "none", True) == (
        said["recipe"]["name"], said["seed"], said["weights"], said["finished"]
    )  # fmt: skip
    assert {"blue": {"": 10}, "red": {"": 10}} == said["sources"]
    assert {"python", "torch", "torchvision", "gallery-daemon"} < set(said["versions"])
    assert "git_revision" in said


@TINY
def test_folders_of_links_train_like_folders_of_pictures(gallery: Path, tmp_path: Path) -> None:
    """A labelled folder is often made of links to the pictures in an album."""
    for picture in gallery.rglob("*.png"):
        link = tmp_path / "links" / picture.parent.name / picture.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(picture)

    summary = train(TrainOptions((tmp_path / "links",), tmp_path / "out", "none", SHORT), Silent())

    assert () == summary.skipped
    assert 4 == summary.measures.pictures
