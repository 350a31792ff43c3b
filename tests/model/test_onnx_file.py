"""A bundle as an ONNX file: the same probabilities in another program, and nothing overwritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model import onnx_file
from gallery_daemon.model.engines.openvino import without_telemetry
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.engines.probes import probes
from gallery_daemon.model.head import load_head
from gallery_daemon.model.manifest import PROBES
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.onnx_file import write_onnx
from tests.model.conftest import CLASSES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_another_program_says_the_same_of_pictures(bundle: Path, tmp_path: Path) -> None:
    """Run by OpenVINO, batches of one and of many have the probabilities that we give."""
    file = tmp_path / "small.onnx"

    write_onnx(bundle, file)

    openvino = without_telemetry("openvino")
    run = openvino.Core().compile_model(file, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    predictor, head = load_predictor(bundle), load_head(bundle, read_manifest(bundle))
    for size, count in ((224, 1), (224, PROBES), (128, PROBES)):
        pictures = probes(size)[:count]
        found, features = run(pictures), predictor.features(pictures)
        expected = predictor.predict(pictures).probabilities
        np.testing.assert_allclose(found["probabilities"], expected, atol=1e-3)
        np.testing.assert_allclose(found["features"], features, atol=1e-3)
        np.testing.assert_allclose(found["logits"], head.logits(features), atol=1e-3)
    about = {each.key: each.value for each in onnx.load(file).metadata_props}
    assert list(CLASSES) == json.loads(about["classes"])
    assert about["model"].startswith("small@")
    assert {"full": {"size": 224, "temperature": 1.0}} == json.loads(about["looks"])


def test_no_file_is_overwritten(bundle: Path, tmp_path: Path) -> None:
    """The file there stays, and nothing is left beside it."""
    (tmp_path / "mine.onnx").write_text("mine")

    with pytest.raises(BundleError, match="exists already"):
        write_onnx(bundle, tmp_path / "mine.onnx")
    with pytest.raises(BundleError, match="cannot write"):
        write_onnx(bundle, tmp_path / "nowhere" / "it.onnx")

    assert "mine" == (tmp_path / "mine.onnx").read_text()
    assert ["mine.onnx"] == [path.name for path in tmp_path.iterdir()]


def test_without_the_package_that_writes_it_the_hint_is_how_to_get_it(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX is an extra; nothing is begun without it."""
    monkeypatch.setattr(onnx_file, "is_installed", lambda name: name != "onnxscript")

    with pytest.raises(BundleError, match="onnxscript is not installed") as caught:
        write_onnx(bundle, tmp_path / "it.onnx")

    assert "pip install 'gallery-daemon[onnx]'" == caught.value.hint
    assert [] == list(tmp_path.iterdir())
