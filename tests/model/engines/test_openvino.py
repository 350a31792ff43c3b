"""The network in 8 bits: the same class, whole files, no torch, and nothing sent anywhere."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import save_bundle
from gallery_daemon.model.engines.engine import INT8
from gallery_daemon.model.engines.openvino import OpenVinoEngine, without_telemetry
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.engines.probes import probes, record, relative_error, softmax
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest import (
    LEAST_AGREEMENT,
    PROBES,
    QUICK_SIZE,
    Int8Look,
    Int8Network,
    LookSettings,
    Manifest,
    find_bundle,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network
from gallery_daemon.photo import LookKind

_SENTINEL = "loaded"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped bundle that a test may damage."""
    return Path(shutil.copytree(find_bundle("default"), tmp_path / "copied"))


@pytest.fixture
def means(tmp_path: Path) -> Path:
    """A bundle whose 8-bit body is a stand-in: its features are the mean colours, mixed."""
    files = _mixing(tmp_path, outputs=512)
    features = _mixed(files, probes(224)), _mixed(files, probes(QUICK_SIZE))
    looks = {LookKind.FULL: LookSettings(), LookKind.QUICK: LookSettings(QUICK_SIZE)}
    answers = [tuple(map(tuple, record(each).tolist())) for each in features]
    hashes = [hashlib.sha256(content).hexdigest() for content in files.values()]
    said = {look: Int8Look(1, 0, each) for look, each in zip(looks, answers, strict=True)}
    int8 = Int8Network(hashes[0], hashes[1], 1, said)
    manifest = Manifest("means", ("a", "b"), "", looks=looks, int8=int8)
    save_bundle(tmp_path / "means", new_network(2), manifest, files)
    return tmp_path / "means"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A bundle of format version 1, whose 8-bit stand-in gives logits of two classes."""
    files = _mixing(tmp_path, outputs=2)
    xml, binary = (hashlib.sha256(content).hexdigest() for content in files.values())
    answers = softmax(np.float32(0.1) * _mixed(files, probes(224)).astype(np.float32)).tolist()
    raw = {
        "format_version": 1, "name": "old", "classes": ["a", "b"], "weights_sha256": "0" * 64,
        "temperature": 10.0, "input_size": 224, "mean": [0.5] * 3, "std": [0.5] * 3,
        "int8": {
            "xml_sha256": xml, "bin_sha256": binary, "agreement": 1.0, "difference": 0.0,
            "pictures": 1, "answers": answers,
        },
    }  # fmt: skip
    (tmp_path / "model.json").write_text(json.dumps(raw))
    return tmp_path


def _mixing(folder: Path, outputs: int) -> dict[str, bytes]:
    """The two files, in `folder`, of a network that mixes a picture's mean colours."""
    openvino = without_telemetry("openvino")
    ops, random = openvino.opset13, np.random.default_rng(0)
    pictures = ops.parameter([-1, -1, -1, 3], np.uint8)
    colours = ops.reduce_mean(ops.convert(pictures, "f32"), np.array([1, 2]))
    mixed = ops.matmul(colours, random.random((3, outputs)).astype(np.float32), False, False)
    openvino.save_model(openvino.Model([mixed], [pictures]), folder / "int8.xml")
    return {name: (folder / name).read_bytes() for name in ("int8.xml", "int8.bin")}


def _mixed(files: dict[str, bytes], pictures: np.ndarray) -> np.ndarray:
    openvino = without_telemetry("openvino")
    weights = openvino.Tensor(np.frombuffer(files["int8.bin"], np.uint8))
    model = openvino.Core().read_model(files["int8.xml"], weights)
    (found,) = openvino.compile_model(model, "CPU")([pictures]).values()
    return np.array(found)


def test_one_network_serves_both_looks_and_any_head(means: Path) -> None:
    """Features at either size, in batches of any size, and a head beside them."""
    predictor = load_predictor(means, INT8, threads=1)
    head = load_head(means, read_manifest(means))

    for size, look in ((224, LookKind.FULL), (QUICK_SIZE, LookKind.QUICK), (224, LookKind.FULL)):
        for count in (1, PROBES):
            pictures = probes(size)[:count]
            features = predictor.features(pictures)
            assert (count, 512) == features.shape
            expected = softmax(head.logits(features))
            found = predictor.predict(pictures, look).probabilities
            np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_wrong_answer_about_features_is_found_whatever_the_head(means: Path) -> None:
    """The full look's when it is loaded, the quick look's when its first picture comes."""
    manifest = json.loads((means / "model.json").read_text())
    answers = manifest["int8"]["looks"]["quick"]["answers"]
    manifest["int8"]["looks"]["quick"]["answers"] = [[x * 1.3 for x in row] for row in answers]
    (means / "model.json").write_text(json.dumps(manifest))

    predictor = load_predictor(means, INT8)
    predictor.predict(probes(224))
    with pytest.raises(BundleError, match=r"answers 0.23 otherwise here"):
        predictor.predict(probes(QUICK_SIZE), LookKind.QUICK)

    manifest["int8"]["looks"]["full"] = manifest["int8"]["looks"]["quick"]
    (means / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="otherwise here"):
        load_predictor(means, INT8)


def test_an_old_8_bit_network_gives_no_features(old: Path) -> None:
    """Its head is in it: it predicts, and says why it can do no more."""
    predictor = load_predictor(old, INT8, threads=1)

    found = predictor.predict(probes(224))
    expected = json.loads((old / "model.json").read_text())["int8"]["answers"]
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert (None,) * PROBES == found.precisions == found.familiarities
    with pytest.raises(BundleError, match="format version 1 gives no features"):
        predictor.features(probes(224)[:1])


def test_the_shipped_bundle_has_an_honest_8_bit_network() -> None:
    """It agrees with float32 well enough, as its manifest says, and answers as it did when made."""
    int8 = read_manifest(find_bundle("default")).int8

    assert int8 is not None
    assert int8.agreement >= LEAST_AGREEMENT
    assert int8.difference <= 0.01
    engine, manifest = OpenVinoEngine(find_bundle("default")), read_manifest(find_bundle("default"))
    outputs, expected = (
        engine.features(probes(manifest.full.size)),
        int8.looks[LookKind.FULL].answers,
    )
    found = softmax(outputs / manifest.full.temperature) if engine.has_head else record(outputs)
    assert relative_error(found, np.array(expected)) < 0.02


def test_batches_of_any_size_are_taken_in_order() -> None:
    """One by one or together, each picture has the same probabilities, which sum to one."""
    predictor = load_predictor(find_bundle("default"), INT8, threads=1)
    pictures = probes(224)

    together = predictor.predict(pictures).probabilities

    alone = np.concatenate([predictor.predict(each[None]).probabilities for each in pictures])
    np.testing.assert_allclose(together, alone, atol=0.02)
    np.testing.assert_allclose(together.sum(1), 1, rtol=1e-5)
    assert np.float32 == together.dtype


def test_the_8_bit_network_needs_no_torch_and_no_telemetry() -> None:
    """A fresh interpreter that predicts has imported neither."""
    code = (
        "import sys, numpy, gallery_daemon.model.manifest as m\n"
        "import gallery_daemon.model.engines.predict as p\n"
        "from gallery_daemon.model.engines.engine import INT8\n"
        "found = p.load_predictor(m.find_bundle('default'), INT8)\n"
        "found.predict(numpy.zeros((1, 224, 224, 3), numpy.uint8))\n"
        f"print('{_SENTINEL}', 'torch' in sys.modules, sys.modules.get('openvino_telemetry'))"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert f"{_SENTINEL} False None" == told.stdout.strip()


@pytest.mark.parametrize("name", ["int8.xml", "int8.bin"])
def test_a_damaged_8_bit_network_is_refused(copied: Path, name: str) -> None:
    """Cut or gone, it is one clear error and never run."""
    path = copied / name
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BundleError, match="not the file"):
        load_predictor(copied, INT8)
    path.unlink()
    with pytest.raises(BundleError, match="No such file"):
        load_predictor(copied, INT8)


def test_one_that_answers_otherwise_here_is_refused(copied: Path) -> None:
    """Asked for by name, it is refused: this processor does not run it right."""
    manifest = json.loads((copied / "model.json").read_text())
    looks = manifest["int8"].get("looks", {"full": manifest["int8"]})
    for look in looks.values():
        look["answers"] = [row[::-1] for row in look["answers"]]
    (copied / "model.json").write_text(json.dumps(manifest))

    with pytest.raises(BundleError, match="otherwise here"):
        load_predictor(copied, INT8)


def test_without_openvino_it_is_one_sentence(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint names the engine that is left."""
    monkeypatch.setitem(sys.modules, "openvino", None)

    with pytest.raises(BundleError, match="OpenVINO cannot run") as caught:
        load_predictor(copied, INT8)

    assert "use engine: torch" == caught.value.hint


def test_a_bundle_without_one_says_how_to_make_one(copied: Path) -> None:
    """The hint names the command and the other engine."""
    manifest = json.loads((copied / "model.json").read_text())
    (copied / "model.json").write_text(json.dumps(manifest | {"int8": None}))

    with pytest.raises(BundleError, match="no 8-bit network") as caught:
        load_predictor(copied, INT8)

    assert caught.value.hint is not None
    assert "export --int8" in caught.value.hint


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"pictures": None},
        {"pictures": float("inf")},
    ],
)
def test_an_impossible_word_about_it_is_refused(copied: Path, raw: dict[str, object]) -> None:
    """What lacks or is of another kind is one sentence that names the file."""
    manifest = json.loads((copied / "model.json").read_text())
    told = manifest["int8"] | raw if raw else {}
    (copied / "model.json").write_text(json.dumps(manifest | {"int8": told}))

    with pytest.raises(BundleError, match=r"model\.json"):
        read_manifest(copied)
