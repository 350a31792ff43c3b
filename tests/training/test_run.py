"""Training from folders to a bundle, with real networks and few pictures."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.network import new_network
from gallery_daemon.training.display import Epoch, Silent
from gallery_daemon.training.recipe import ARTICLE, BATCH_SIZE, VALIDATION_SHARE, with_epochs
from gallery_daemon.training.run import TrainOptions, train
from gallery_daemon.training.weights import start_from
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from pathlib import Path

SHORT = with_epochs(ARTICLE, (1, 1))


class Listening(Silent):
    """A display that remembers the epochs."""

    def __init__(self) -> None:
        self.epochs: list[Epoch] = []

    def epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)


@pytest.fixture(scope="module")
def trained(gallery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of one epoch a phase."""
    out = tmp_path_factory.mktemp("out") / "family"
    train(TrainOptions(gallery, out, "none", seed=1, phases=SHORT), Silent())
    return out


def test_the_article_is_kept_to_the_letter() -> None:
    """The recipe's numbers are those of the article."""
    assert (BATCH_SIZE, VALIDATION_SHARE) == (64, 0.2)
    assert [(phase.first_trained, phase.learning_rate, phase.epochs) for phase in ARTICLE] == [
        ("layer4", 1e-5, 5),
        ("fc", 3e-4, 3),
    ]


def test_a_bundle_of_everything_comes_out(trained: Path) -> None:
    """Weights, manifest with provenance and metrics, a plot for each phase; no scratch files."""
    _, manifest = load_bundle(trained)

    assert manifest.classes == ("blue", "red")
    assert manifest.provenance is not None
    assert manifest.provenance["pictures"] == {"blue": 10, "red": 10}
    assert manifest.metrics is not None
    assert "validation" in manifest.metrics
    assert {"model.json", "model.safetensors", "loss-phase1.png", "loss-phase2.png"} == {
        path.name for path in trained.iterdir()
    }
    assert [path.name for path in trained.parent.iterdir()] == ["family"]
    with Image.open(trained / "loss-phase1.png") as plot:
        assert plot.width > 400


def test_the_manifest_holds_no_path_of_the_machine(trained: Path) -> None:
    """A bundle can be given away: it names folders, not where they lie."""
    assert str(trained.parent.parent) not in (trained / "model.json").read_text()


def test_frozen_layers_come_out_as_they_went_in(gallery: Path, tmp_path: Path) -> None:
    """After both phases all before layer4 is bit for bit the start, BatchNorm's statistics too."""
    torch.manual_seed(1)
    start = {key: value.half() for key, value in new_network(2).state_dict().items()}

    train(TrainOptions(gallery, tmp_path / "b", "none", seed=1, phases=SHORT), Silent())

    end = load_bundle(tmp_path / "b")[0].state_dict()
    frozen = [key for key in start if not key.startswith(("layer4", "fc"))]
    counters = "num_batches_tracked"
    assert all(
        torch.equal(start[key], end[key].half()) for key in frozen if not key.endswith(counters)
    )
    assert not torch.equal(start["layer4.0.conv1.weight"], end["layer4.0.conv1.weight"].half())
    assert not torch.equal(start["fc.weight"], end["fc.weight"].half())


def test_the_same_seed_gives_the_same_weights(gallery: Path, tmp_path: Path) -> None:
    """Two runs of one seed agree to the bit; another seed does not."""
    shas = []
    for number, seed in enumerate((1, 1, 2)):
        options = TrainOptions(gallery, tmp_path / str(number), "none", seed=seed, phases=SHORT[1:])
        shas.append(train(options, Silent()).manifest.weights_sha256)

    assert shas[0] == shas[1] != shas[2]


def test_the_best_epoch_is_kept_and_not_the_last(gallery: Path, tmp_path: Path) -> None:
    """With a learning rate that destroys everything, the first epoch wins over later ones."""
    display = Listening()
    wild = [phase.__class__("fc", "fc", 50.0, 3) for phase in ARTICLE[1:]]

    summary = train(
        TrainOptions(gallery, tmp_path / "b", "none", seed=1, phases=tuple(wild)), display
    )

    best = min(display.epochs, key=lambda epoch: epoch.validation_loss)
    assert [epoch.is_best for epoch in display.epochs].index(True) == 0
    assert best.validation_accuracy == pytest.approx(summary.measures.accuracy)


def test_broken_pictures_are_skipped_and_listed(tmp_path: Path) -> None:
    """A text and a cut picture among the pictures cost nothing but a line each."""
    data = make_gallery(tmp_path / "data", 4)
    (data / "red" / "notes.txt").write_text("not a picture")
    whole = (data / "red" / "00.png").read_bytes()
    (data / "blue" / "cut.png").write_bytes(whole[: len(whole) // 2])

    summary = train(TrainOptions(data, tmp_path / "b", "none", phases=SHORT[1:]), Silent())

    assert {"notes.txt", "cut.png"} == {path.name for path, _ in summary.skipped}


def test_data_that_cannot_be_learned_from_is_one_sentence(tmp_path: Path) -> None:
    """No folder, one class, an empty class, an existing bundle: each says what and where."""
    data = make_gallery(tmp_path / "data", 2)
    (tmp_path / "one" / "only").mkdir(parents=True)
    (data / "empty").mkdir()

    def attempt(folder: str, out: str = "out") -> None:
        train(TrainOptions(tmp_path / folder, tmp_path / out, "none", phases=SHORT), Silent())

    with pytest.raises(TrainingError, match="cannot list"):
        attempt("absent")
    with pytest.raises(TrainingError, match="at least two"):
        attempt("one")
    with pytest.raises(TrainingError, match="empty has no pictures"):
        attempt("data")
    with pytest.raises(BundleError, match="exists already"):
        attempt("data", "one")


def test_weights_that_do_not_fit_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network, no file, a pickle, another network's weights."""

    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    network = new_network(2)
    (tmp_path / "pickled.pth").write_bytes(b"\x80\x04cos\nsystem\n")

    with pytest.raises(TrainingError, match="cannot download"):
        start_from(network, "imagenet")
    with pytest.raises(BundleError, match="No such file"):
        start_from(network, str(tmp_path / "absent.safetensors"))
    with pytest.raises(TrainingError, match="not a safetensors file"):
        start_from(network, str(tmp_path / "pickled.pth"))


def test_training_may_start_from_a_bundle(trained: Path) -> None:
    """A bundle's layers are taken, its last layer is not."""
    network = new_network(5)

    start_from(network, str(trained))

    state, source = network.state_dict(), load_bundle(trained)[0].state_dict()
    assert torch.equal(source["layer4.0.conv1.weight"], state["layer4.0.conv1.weight"])
    assert len(state["fc.weight"]) == 5


def test_provenance_can_be_read_back(trained: Path) -> None:
    """The manifest says how the bundle was made: phases, seed, versions."""
    said = json.loads((trained / "model.json").read_text())["provenance"]

    assert [phase["epochs"] for phase in said["recipe"]] == [1, 1]
    assert said["seed"] == 1
    assert {"python", "torch", "torchvision", "gallery-daemon"} == set(said["versions"])


def test_folders_of_links_train_like_folders_of_pictures(gallery: Path, tmp_path: Path) -> None:
    """A labelled folder is often made of links to the pictures in an album."""
    for picture in gallery.rglob("*.png"):
        link = tmp_path / "links" / picture.parent.name / picture.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(picture)

    summary = train(
        TrainOptions(tmp_path / "links", tmp_path / "out", "none", phases=SHORT), Silent()
    )

    assert () == summary.skipped
    assert 4 == summary.measures.pictures
