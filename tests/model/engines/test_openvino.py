"""The network in 8 bits: the same class, whole files, no torch, and nothing sent anywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.engine import INT8
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.engines.probes import probes
from gallery_daemon.model.manifest import (
    LEAST_AGREEMENT,
    PROBES,
    LookKind,
    find_bundle,
    read_manifest,
)

_SENTINEL = "loaded"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped bundle that a test may damage."""
    return Path(shutil.copytree(find_bundle("default"), tmp_path / "copied"))


def test_the_shipped_bundle_has_an_honest_8_bit_network() -> None:
    """It agrees with float32 well enough, as its manifest says, and answers as it did when made."""
    int8 = read_manifest(find_bundle("default")).int8

    assert int8 is not None
    assert int8.agreement >= LEAST_AGREEMENT
    assert int8.difference <= 0.03
    found = load_predictor(find_bundle("default"), INT8).predict(probes(224))
    np.testing.assert_allclose(found, np.array(int8.looks[LookKind.FULL].answers), atol=0.02)


def test_batches_of_any_size_are_taken_in_order() -> None:
    """One by one or together, each picture has the same probabilities, which sum to one."""
    predictor = load_predictor(find_bundle("default"), INT8, threads=1)
    pictures = probes(224)

    together = predictor.predict(pictures)

    alone = np.concatenate([predictor.predict(picture[None]) for picture in pictures])
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
    manifest["int8"]["answers"] = [row[::-1] for row in manifest["int8"]["answers"]]
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
        {"agreement": "much"},
        {"agreement": 5},
        {"answers": []},
        {"answers": [[0.5, 0.5]] * PROBES},
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
