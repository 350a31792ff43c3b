"""Bundles: written whole, read back the same, refused when anything is wrong."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle, refuse_existing, save_bundle
from gallery_daemon.model.manifest import (
    LookKind,
    LookSettings,
    Manifest,
    find_bundle,
    read_manifest,
)
from gallery_daemon.model.network import new_network
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
        ({"classes": ["a", "b"]}, "does not fit"),
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


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
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
    weights = sum(value.numel() for value in new_network(len(CLASSES)).state_dict().values())

    assert 0o755 == bundle.stat().st_mode & 0o777
    assert weights * 2 <= (bundle / "model.safetensors").stat().st_size < weights * 2.01
