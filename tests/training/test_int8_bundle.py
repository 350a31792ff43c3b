"""Eight bits for a bundle: of all classes, never at the price of a training, never for nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError, TrainingError
from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.bundle import head_of, load_bundle, save_bundle
from gallery_daemon.model.engines.probes import RECORDED
from gallery_daemon.model.head import Head
from gallery_daemon.model.manifest import (
    LEAST_AGREEMENT,
    PROBES,
    QUANTILES,
    QUICK_SIZE,
    FamiliarityScale,
    Int8Look,
    Int8Network,
    LookSettings,
    Manifest,
    find_bundle,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network, split_network
from gallery_daemon.model.quantise import Quantised, WithPreprocessing
from gallery_daemon.photo import LookKind
from gallery_daemon.training import int8_bundle
from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.display import Silent
from gallery_daemon.training.features import Runner
from gallery_daemon.training.int8_bundle import add_int8, int8_of, kept_int8, make_int8
from gallery_daemon.training.learned import Learned
from gallery_daemon.training.pictures import LoadedGallery
from gallery_daemon.training.recipe import FAST
from gallery_daemon.training.split import Split
from gallery_daemon.training.train_options import TrainOptions
from gallery_daemon.training.trainer import Trainer
from gallery_daemon.training.weights import StartWeights
from tests.training.conftest import make_gallery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gallery_daemon.training.display import Display

_SHIPPED = read_manifest(find_bundle("default"))
# With the full look alone, so that there is one array of pictures to look at.
MANIFEST = replace(_SHIPPED, looks={LookKind.FULL: _SHIPPED.full})


class Made:
    """A stand-in for NNCF, which takes a minute: notes the pictures, and agrees for `agreement`."""

    def __init__(self, agreement: float = 1.0) -> None:
        assert _SHIPPED.int8 is not None
        looks = {
            look: replace(said, agreement=agreement) for look, said in _SHIPPED.int8.looks.items()
        }
        self.said: Int8Network = replace(_SHIPPED.int8, looks=looks)
        self.parts: tuple[np.ndarray, ...] = ()

    def __call__(
        self,
        _network: object,
        _head: object,
        _manifest: object,
        *parts: Mapping[LookKind, np.ndarray],
    ) -> Quantised:
        self.parts = tuple(part[LookKind.FULL] for part in parts)
        return Quantised(self.said, {"int8.xml": b"xml", "int8.bin": b"bin"})


@cache
def _learned() -> Learned:
    """A random network with its own head, made once: nothing here changes it."""
    network = new_network(7)
    rows = np.ones((1, 512), np.float16)
    return Learned(network, head_of(network), FeatureBank(rows, rows, np.zeros(1, int)))


def _loaded(folder: Path, pixels: np.ndarray) -> LoadedGallery:
    """Pictures uint8 (N, S, S, 3), as they are shown by either look."""
    np.save(folder / "shown.npy", pixels)
    pictures = tuple(Labelled(Path(f"{n}.jpg"), 0) for n in range(len(pixels)))
    files = folder / "shown.npy", folder / "shown.npy"
    return LoadedGallery(Gallery(("a",), pictures), (), *files, full_size=pixels.shape[1])


class Told(Silent):
    """A display that remembers."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def _two_classes(folder: Path, count: int) -> Path:
    data = make_gallery(folder, count)
    (data / "red").rename(data / "cars")
    (data / "blue").rename(data / "trees")
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Class folders of two of the default model's classes, in two colours."""
    return _two_classes(tmp_path / "data", 20)


def test_each_part_has_pictures_of_every_class(data: Path, tmp_path: Path) -> None:
    """Pictures are found class by class; those that calibrate and those compared are mixed."""
    made = Made()
    with patch.object(int8_bundle, "quantise", made):
        add_int8(find_bundle("default"), [data], tmp_path / "out", Silent())

    for part in made.parts:
        reds = int((part[..., 0].mean(axis=(1, 2)) > part[..., 2].mean(axis=(1, 2))).sum())
        assert 20 == len(part)
        assert 4 <= reds <= 16


def test_a_network_that_agrees_too_seldom_is_not_written(data: Path, tmp_path: Path) -> None:
    """It would never be used; nothing is at the place that was named."""
    with (
        patch.object(int8_bundle, "quantise", Made(0.5)),
        pytest.raises(BundleError, match=r"50\.0% only"),
    ):
        add_int8(find_bundle("default"), [data], tmp_path / "out", Silent())

    assert not (tmp_path / "out").exists()


def test_what_is_in_the_way_is_told_before_the_work(data: Path, tmp_path: Path) -> None:
    """A folder that exists, and too few pictures."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(BundleError, match="exists already"):
        add_int8(find_bundle("default"), [data], tmp_path / "out", Silent())
    few = make_gallery(tmp_path / "few", 2)
    (few / "red").rename(few / "cars")
    (few / "blue").rename(few / "trees")
    with pytest.raises(TrainingError, match="too few"):
        add_int8(find_bundle("default"), [few], tmp_path / "new", Silent())


@pytest.mark.parametrize(
    "trouble",
    [Exception("of NNCF"), OSError(28, "No space"), KeyboardInterrupt(), RuntimeError("")],
)
def test_no_training_is_lost_for_it(trouble: BaseException, tmp_path: Path) -> None:
    """Whatever happens while it is made, the bundle goes on without, and a word says so."""
    told, loaded = Told(), _loaded(tmp_path, np.zeros((6, 224, 224, 3), np.uint8))

    with patch.object(int8_bundle, "quantise", side_effect=trouble):
        made = make_int8(_learned(), MANIFEST, loaded, Split((0, 1, 2), (3, 4, 5)), told)

    assert made is None
    assert told.sentences[0].startswith("no 8-bit network: ")


def test_few_who_validate_are_joined_by_those_who_trained(tmp_path: Path) -> None:
    """Three pictures cannot tell 99%; one that agrees too seldom is dropped with a word."""
    told, made = Told(), Made(0.9)
    loaded = _loaded(tmp_path, np.zeros((300, 8, 8, 3), np.uint8))

    with patch.object(int8_bundle, "quantise", made):
        found = make_int8(
            _learned(), MANIFEST, loaded, Split(tuple(range(297)), (297, 298, 299)), told
        )

    assert found is None
    assert ["no 8-bit network: it names the class of float32 for 90.0% only"] == told.sentences
    assert [297, 300] == [len(part) for part in made.parts]


def test_what_else_the_bundle_has_comes_along(data: Path, tmp_path: Path) -> None:
    """Plots and the page; the weights are the same; an older 8-bit network is replaced."""
    old = tmp_path / "old"
    shutil.copytree(find_bundle("default"), old)
    (old / "report.html").write_text("page")
    (old / "int8.bin").write_bytes(b"of before")
    with patch.object(int8_bundle, "quantise", Made()):
        manifest = add_int8(old, [data], tmp_path / "out", Silent())

    assert "page" == (tmp_path / "out" / "report.html").read_text()
    assert b"bin" == (tmp_path / "out" / "int8.bin").read_bytes()
    assert MANIFEST.full == manifest.full
    assert manifest.int8 == read_manifest(tmp_path / "out").int8
    assert b"of before" == (old / "int8.bin").read_bytes(), "the old bundle is as it was"


def test_pictures_that_cannot_be_read_do_not_count(tmp_path: Path) -> None:
    """Twenty are needed; of twenty one is broken."""
    data = _two_classes(tmp_path / "data", 10)
    (data / "cars" / "00.png").write_text("no picture")

    with pytest.raises(TrainingError, match="19 pictures are too few") as caught:
        add_int8(find_bundle("default"), [data], tmp_path / "out", Silent())

    assert "20 and more" in (caught.value.hint or "")
    assert not (tmp_path / "out").exists()


def test_no_more_pictures_are_read_than_are_used(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a gallery of thousands a few, at random over all classes."""
    monkeypatch.setattr(int8_bundle, "CALIBRATION_PICTURES", 10)
    monkeypatch.setattr(int8_bundle, "COMPARED_PICTURES", 15)
    made = Made()
    with patch.object(int8_bundle, "quantise", made):
        add_int8(find_bundle("default"), [data], tmp_path / "out", Silent())

    assert [10, 15] == [len(part) for part in made.parts]


def test_those_that_validated_say_whether_it_agrees(tmp_path: Path) -> None:
    """With enough of them no picture that trained takes part in that; those that do calibrate."""
    train, validate = tuple(range(100)), tuple(range(100, 400))
    pixels = np.zeros((400, 2, 2, 3), np.uint8)
    pixels[list(validate)] = 1
    made, loaded = Made(), _loaded(tmp_path, pixels)

    with patch.object(int8_bundle, "quantise", made):
        found = make_int8(_learned(), MANIFEST, loaded, Split(train, validate), Silent())

    assert found is not None
    assert [{0}, {1}] == [set(np.unique(part).tolist()) for part in made.parts]
    assert [100, 300] == [len(part) for part in made.parts]


@pytest.mark.parametrize(("agreement", "is_made"), [(LEAST_AGREEMENT, True), (0.98, False)])
def test_it_is_made_only_where_it_loses_next_to_nothing(
    agreement: float, tmp_path: Path, *, is_made: bool
) -> None:
    """At the limit it is taken, below it never."""
    loaded = _loaded(tmp_path, np.zeros((4, 2, 2, 3), np.uint8))
    with patch.object(int8_bundle, "quantise", Made(agreement)):
        found = make_int8(_learned(), MANIFEST, loaded, Split((0, 1), (2, 3)), Told())

    assert is_made == (found is not None)


def test_the_same_pictures_are_taken_each_time(tmp_path: Path) -> None:
    """A second export gives the same network."""
    pixels = np.arange(400, dtype=np.uint8)[:, None, None, None].repeat(3, 3).copy()
    parts = []
    for _ in range(2):
        made = Made()
        with patch.object(int8_bundle, "quantise", made):
            split = Split((*range(300),), (*range(300, 400),))
            make_int8(_learned(), MANIFEST, _loaded(tmp_path, pixels), split, Told())
        parts.append(made.parts)

    assert all(np.array_equal(*both) for both in zip(*parts, strict=True))


def test_the_bank_comes_along_and_both_looks_are_shown(data: Path, tmp_path: Path) -> None:
    """A bundle of today keeps its head, its bank and its scale; each look sees its own size."""
    torch.manual_seed(0)
    looks = {LookKind.FULL: LookSettings(), LookKind.QUICK: LookSettings(QUICK_SIZE)}
    scale = FamiliarityScale(1, tuple(n / 100 for n in range(QUANTILES)))
    manifest = Manifest("b", ("cars", "trees"), "", looks=looks, familiarity=scale)
    rows = np.ones((3, 512), np.float16)
    bank = FeatureBank(rows, rows, np.array([0, 1, 1]))
    before = save_bundle(tmp_path / "b", new_network(2), manifest, {}, bank=bank)
    shown: list[Mapping[LookKind, np.ndarray]] = []

    def made(
        _network: object, _head: object, _manifest: object, *parts: Mapping[LookKind, np.ndarray]
    ) -> object:
        shown.extend(parts)
        agrees = Int8Look(1.0, 0.0, ((1.0,) * RECORDED,) * PROBES)
        int8 = Int8Network("1" * 64, "2" * 64, 20, dict.fromkeys(looks, agrees))
        return Quantised(int8, {"int8.xml": b"xml", "int8.bin": b"bin"})

    with patch.object(int8_bundle, "quantise", made):
        after = add_int8(tmp_path / "b", [data], tmp_path / "out", Silent())

    for part in shown:
        assert [(20, 224, 224, 3), (20, 128, 128, 3)] == [part[look].shape for look in looks]
    assert replace(after, int8=None) == before
    assert (tmp_path / "b" / "bank.safetensors").read_bytes() == (
        tmp_path / "out" / "bank.safetensors"
    ).read_bytes()


def test_a_bundle_gives_its_8_bit_body_to_another_of_the_same_body(tmp_path: Path) -> None:
    """A new head needs no new one; an old bundle's includes its head and serves no other."""
    files = {"int8.xml": b"xml", "int8.bin": b"bin"}
    hashes = [hashlib.sha256(content).hexdigest() for content in files.values()]
    look = Int8Look(1.0, 0.0, ((1.0,) * RECORDED,) * PROBES)
    int8 = Int8Network(hashes[0], hashes[1], 20, {LookKind.FULL: look})
    manifest = Manifest("b", ("cars", "trees"), "", int8=int8)
    network = new_network(2)
    save_bundle(tmp_path / "b", network, manifest, files)
    save_bundle(tmp_path / "c", network, replace(manifest, int8=None), {})

    assert Quantised(int8, files) == int8_of(tmp_path / "b")
    assert int8_of(tmp_path / "c") is None
    (tmp_path / "b" / "int8.bin").write_bytes(b"other")
    with pytest.raises(BundleError, match="is not the file"):
        int8_of(tmp_path / "b")


def test_an_old_8_bit_network_serves_no_other_head(tmp_path: Path) -> None:
    """It gives logits, so the head is in it."""
    raw = {
        "format_version": 1, "name": "old", "classes": ["a", "b"], "weights_sha256": "0" * 64,
        "temperature": 1.0, "input_size": 224, "mean": [0.5] * 3, "std": [0.5] * 3,
        "int8": {
            "xml_sha256": "1" * 64, "bin_sha256": "2" * 64, "agreement": 1.0, "difference": 0.0,
            "pictures": 1, "answers": [[0.5, 0.5]] * PROBES,
        },
    }  # fmt: skip
    (tmp_path / "model.json").write_text(json.dumps(raw))

    assert read_manifest(tmp_path).int8 is not None
    assert int8_of(tmp_path) is None


SIDE = 32
SMALL = {LookKind.FULL: LookSettings(SIDE), LookKind.QUICK: LookSettings(SIDE)}
FILES = {"int8.xml": b"xml", "int8.bin": b"bin"}


@pytest.fixture(scope="module")
def begun_with(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of two classes whose 8-bit body, it says, nearly always agrees."""
    folder = tmp_path_factory.mktemp("begun with") / "b"
    torch.manual_seed(0)
    agrees = Int8Look(0.995, 0.01, ((1.0,) * RECORDED,) * PROBES)
    xml, binary = (hashlib.sha256(content).hexdigest() for content in FILES.values())
    int8 = Int8Network(xml, binary, 666, dict.fromkeys(SMALL, agrees))
    manifest = Manifest("b", ("cars", "trees"), "", looks=SMALL, int8=int8)
    save_bundle(folder, new_network(2), manifest, FILES)
    return folder


@cache
def _new_head(bundle: Path) -> tuple[Learned, Manifest]:
    """The bundle's body under a head that calls trees what has features above 0, as all have."""
    network, manifest = load_bundle(bundle)
    weight = np.stack([np.zeros(512), np.ones(512)]).astype(np.float32)
    rows = np.ones((1, 512), np.float16)
    bank = FeatureBank(rows, rows, np.zeros(1, int))
    return Learned(network, Head(weight, np.zeros(2, np.float32)), bank), manifest


def _trainer(folder: Path, marked: int, display: Display | None = None) -> Trainer:
    """It has twelve pictures of noise, the first `marked` with a white corner."""
    pixels = np.random.default_rng(0).integers(0, 255, (12, SIDE, SIDE, 3), np.uint8)
    pixels[:marked, 0, 0] = 255
    run = Runner(torch.device("cpu"), torch.float32, 8)
    options = TrainOptions((folder,), folder / "out", recipe=FAST)
    start = StartWeights("b", None)
    return Trainer(options, _loaded(folder, pixels), start, run, display or Silent(), folder)


class Rounded:
    """A stand-in for OpenVINO: the body's features, those of a marked picture below 0."""

    def __init__(self, bundle: Path) -> None:
        network, manifest = load_bundle(bundle)
        body, _ = split_network(network)
        self._body = WithPreprocessing(body, manifest)

    def features(self, pictures: np.ndarray) -> np.ndarray:
        """Float32 (N, F)."""
        with torch.inference_mode():
            found: np.ndarray = self._body(torch.from_numpy(pictures)).numpy()
        marked = (pictures[:, 0, 0] == 255).all(axis=1)
        return np.where(marked[:, None], -1, found)


def test_an_8_bit_body_that_is_kept_is_measured_under_the_new_head(
    begun_with: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the old head made of it says nothing; the answers that prove it stay."""
    monkeypatch.setattr(int8_bundle, "OpenVinoEngine", Rounded)
    learned, manifest = _new_head(begun_with)
    split = Split(tuple(range(9)), (9, 10, 11))

    kept = kept_int8(begun_with, learned, manifest, _trainer(tmp_path, 0), split)

    assert kept is not None
    assert manifest.int8 is not None
    assert (1.0, 12, FILES) == (kept.int8.agreement, kept.int8.pictures, kept.files)
    assert kept.int8.difference < 1e-6
    for look, said in manifest.int8.looks.items():
        assert said.answers == kept.int8.looks[look].answers
    assert manifest.int8.bin_sha256 == kept.int8.bin_sha256


def test_an_8_bit_body_that_is_of_no_use_under_the_new_head_goes(
    begun_with: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It agreed under the old one; a word says why it is gone."""
    monkeypatch.setattr(int8_bundle, "OpenVinoEngine", Rounded)
    told, (learned, manifest) = Told(), _new_head(begun_with)
    split = Split(tuple(range(9)), (9, 10, 11))

    kept = kept_int8(begun_with, learned, manifest, _trainer(tmp_path, 3, told), split)

    assert kept is None
    assert ["no 8-bit network: it names the class of float32 for 75.0% only"] == told.sentences


@pytest.mark.parametrize("trouble", [BundleError("answers otherwise"), KeyboardInterrupt()])
def test_an_8_bit_body_that_cannot_be_measured_goes(
    begun_with: Path, tmp_path: Path, trouble: BaseException
) -> None:
    """Whether it agrees is not known; the training is not lost for it."""
    told, (learned, manifest) = Told(), _new_head(begun_with)
    split = Split(tuple(range(9)), (9, 10, 11))

    with patch.object(int8_bundle, "OpenVinoEngine", side_effect=trouble):
        kept = kept_int8(begun_with, learned, manifest, _trainer(tmp_path, 0, told), split)

    assert kept is None
    assert told.sentences[0].startswith("no 8-bit network: ")


def test_another_body_or_other_sizes_keep_no_8_bits(begun_with: Path, tmp_path: Path) -> None:
    """They need another network; so does a training that began with no bundle."""
    learned, manifest = _new_head(begun_with)
    larger = replace(manifest, looks={LookKind.FULL: LookSettings(224)})
    other = replace(learned, network=new_network(2))
    trainer, split = _trainer(tmp_path, 0), Split(tuple(range(9)), (9, 10, 11))

    for bundle, network, said in (
        (None, learned, manifest),
        (begun_with, learned, larger),
        (begun_with, other, manifest),
    ):
        assert kept_int8(bundle, network, said, trainer, split) is None
