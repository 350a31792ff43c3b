"""Bundles: written whole, read back the same, refused when anything is wrong."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle, refuse_existing, save_bundle
from gallery_daemon.model.manifest import (
    QUANTILES,
    FamiliarityScale,
    LookSettings,
    Manifest,
    find_bundle,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network, split_network
from gallery_daemon.photo import LookKind
from tests.model.conftest import CLASSES


def _looks(**change: object) -> dict[str, object]:
    return {"looks": {"full": {"size": 224, "temperature": 1.0, "tallies": {}} | change}}


@pytest.fixture
def copied(bundle: Path, tmp_path: Path) -> Path:
    """A copy of the bundle that a test may damage."""
    return Path(shutil.copytree(bundle, tmp_path / "copied"))


def test_a_bundle_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    """Classes, temperature and weights survive, the weights in half precision."""
    torch.manual_seed(1)
    network = new_network(2).eval()
    pictures = torch.randn(2, 3, 224, 224)

    saved = save_bundle(
        tmp_path / "b",
        network,
        Manifest("b", ("a", "é"), "", looks={LookKind.FULL: LookSettings(temperature=1.5)}),
        {"x.png": b"png"},
    )
    loaded, manifest = load_bundle(tmp_path / "b")

    assert saved == manifest
    assert (("a", "é"), 1.5) == (manifest.classes, manifest.full.temperature)
    assert (tmp_path / "b" / "x.png").read_bytes() == b"png"
    assert {"model.safetensors", "head.safetensors", "model.json", "x.png"} == {
        path.name for path in (tmp_path / "b").iterdir()
    }
    torch.testing.assert_close(loaded(pictures), network(pictures), atol=0.02, rtol=0.02)


def test_a_bundle_is_never_overwritten(bundle: Path) -> None:
    """Saving where a bundle is already is an error, and the bundle is untouched."""
    before = (bundle / "model.json").read_bytes()

    with pytest.raises(BundleError, match="exists already"):
        save_bundle(bundle, new_network(2), Manifest("b", ("a", "b"), ""), {})

    assert before == (bundle / "model.json").read_bytes()
    assert [path.name for path in bundle.parent.iterdir()] == ["small"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 3}, "format version 3"),
        ({"classes": []}, "no classes"),
        ({"classes": ["a", "a", "b"]}, "named twice"),
        ({"classes": ["a", "../b", "c"]}, "with a slash"),
        ({"classes": ["a", "\ud800", "c"]}, "not a text"),
        ({"classes": "cars"}, "is not a list"),
        (_looks(temperature=0), "temperature"),
        (_looks(temperature=float("nan")), "not a number"),
        (_looks(temperature=True), "not a number"),
        ({"std": [0.2, 0.2]}, "three numbers"),
        ({"name": None}, "not a text"),
        ({"weights_sha256": "00"}, "not a SHA-256"),
        ({"weights_sha256": "0" * 64}, "not the file"),
        ({"head_sha256": "0" * 64}, "not the file"),
        ({"classes": ["a", "b"]}, "has 3 classes, model.json 2"),
    ],
)
def test_a_manifest_that_says_something_impossible_is_refused(
    copied: Path, change: dict[str, object], message: str
) -> None:
    """Each impossible value is one sentence that names the file."""
    manifest = copied / "model.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))

    with pytest.raises(BundleError, match=message):
        load_bundle(copied)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors", "head.safetensors"])
def test_a_damaged_or_missing_file_is_refused(copied: Path, name: str) -> None:
    """Cut, garbage and gone are all one clear error and never a pickle."""
    path = copied / name
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BundleError):
        load_bundle(copied)
    path.write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(BundleError):
        load_bundle(copied)
    path.unlink()
    with pytest.raises(BundleError, match="No such file"):
        load_bundle(copied)


def test_a_new_head_is_a_new_file_of_kilobytes(tmp_path: Path) -> None:
    """The body's file is the same to the bit, so whatever runs the body stays."""
    network = new_network(2)
    first = save_bundle(tmp_path / "1", network, Manifest("b", ("a", "b"), ""), {})
    with torch.no_grad():
        network.get_parameter("fc.bias").add_(1)
    second = save_bundle(tmp_path / "2", network, Manifest("b", ("a", "b"), ""), {})

    assert first.weights_sha256 == second.weights_sha256
    assert first.head_sha256 != second.head_sha256
    assert first.model_id != second.model_id
    assert (tmp_path / "2" / "head.safetensors").stat().st_size < 10_000


def test_what_could_not_be_read_is_not_saved(tmp_path: Path) -> None:
    """A head of a training that went astray, and a scale without its bank; nothing stays behind."""
    network = new_network(2)
    scale = FamiliarityScale(1, (0.0,) * QUANTILES)

    with pytest.raises(BundleError, match="a bank or a scale of familiarity"):
        save_bundle(tmp_path / "b", network, Manifest("b", ("a", "b"), "", familiarity=scale), {})
    with torch.no_grad():
        network.get_parameter("fc.bias").fill_(float("nan"))
    with pytest.raises(BundleError, match="a number that is none"):
        save_bundle(tmp_path / "b", network, Manifest("b", ("a", "b"), ""), {})

    assert [] == list(tmp_path.iterdir())


def test_a_bundle_of_version_0_1_is_loaded(tmp_path: Path, bundle: Path) -> None:
    """Its head is among the weights, and it is the same network."""
    network, _ = load_bundle(bundle)
    weights = save({key: value.half() for key, value in network.state_dict().items()})
    raw = {
        "format_version": 1, "name": "old", "classes": CLASSES, "temperature": 1.5,
        "weights_sha256": hashlib.sha256(weights).hexdigest(), "input_size": 224,
        "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    (tmp_path / "model.safetensors").write_bytes(weights)
    (tmp_path / "model.json").write_text(json.dumps(raw))

    loaded, manifest = load_bundle(tmp_path)

    assert "old@" + manifest.weights_sha256[:8] == manifest.model_id
    pictures = torch.randn(1, 3, 64, 64)
    torch.testing.assert_close(loaded(pictures), network(pictures), atol=1e-3, rtol=1e-3)
    raw["classes"] = ["a", "b"]
    (tmp_path / "model.json").write_text(json.dumps(raw))
    with pytest.raises(BundleError, match="the head of other classes"):
        load_bundle(tmp_path)


def test_a_hostile_manifest_ends_early(copied: Path) -> None:
    """A FIFO is not waited for, a device is not begun, and brackets in brackets are no JSON."""
    manifest = copied / "model.json"
    manifest.write_bytes(b"[" * 100_000)
    with pytest.raises(BundleError, match="not valid JSON"):
        read_manifest(copied)
    manifest.unlink()
    os.mkfifo(manifest)
    with pytest.raises(BundleError, match="not a regular file"):
        read_manifest(copied)
    manifest.unlink()
    manifest.symlink_to("/dev/zero")
    with pytest.raises(BundleError, match="not a regular file"):
        read_manifest(copied)


def test_default_is_in_the_package_and_anything_else_is_a_path() -> None:
    """`default` finds the shipped bundle, which fits its manifest and the design's classes."""
    manifest = read_manifest(find_bundle("default"))

    assert manifest.name == "default"
    assert {
        "cars",
        "memes",
        "mountains",
        "selfies",
        "trees",
        "whatsapp_screenshots",
        "other",
    } == set(manifest.classes)
    assert Path("/x/y") == find_bundle("/x/y")
    assert manifest.classes != CLASSES


def test_a_bundle_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A file where the folder above should be: the path and the system's word."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BundleError, match="cannot write the model bundle"):
        save_bundle(tmp_path / "file" / "b", new_network(2), Manifest("b", ("a", "b"), ""), {})


def test_only_an_empty_folder_may_become_a_bundle(tmp_path: Path) -> None:
    """A file, or a folder with anything in it, is refused before an hour of training."""
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".hidden").write_text("")
    (tmp_path / "empty").mkdir()

    for name in ("file", "full"):
        with pytest.raises(BundleError, match="exists already"):
            refuse_existing(tmp_path / name)
    refuse_existing(tmp_path / "empty")
    refuse_existing(tmp_path / "new")


def test_a_bundle_is_readable_by_others_and_half_as_large_as_in_memory(bundle: Path) -> None:
    """Made in a private folder, it is given the rights of any folder; its weights are float16."""
    body, _ = split_network(new_network(len(CLASSES)))
    weights = sum(value.numel() for value in body.state_dict().values())

    assert 0o755 == bundle.stat().st_mode & 0o777
    assert weights * 2 <= (bundle / "model.safetensors").stat().st_size < weights * 2.01
