"""The network in 8 bits is made of any network, sends nothing, and says what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model import quantise as quantising
from gallery_daemon.model.bundle import head_of
from gallery_daemon.model.engines.probes import RECORDED
from gallery_daemon.model.manifest import (
    PROBES,
    QUICK_SIZE,
    Int8Look,
    Int8Network,
    LookSettings,
    Manifest,
    find_bundle,
)
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.network import new_network, normalise
from gallery_daemon.model.quantise import (
    Quantised,
    WithPreprocessing,
    quantise,
    refuse_missing_packages,
    with_int8,
)
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
@pytest.mark.timeout(600)
def test_any_network_can_be_made_8_bits() -> None:
    """The files have the hashes that are returned, and the network of random weights runs."""
    network = new_network(3).eval()
    manifest = read_manifest(find_bundle("default"))
    pictures = np.random.default_rng(0).integers(0, 256, (24, 224, 224, 3), np.uint8)

    looks = {LookKind.FULL: LookSettings(), LookKind.QUICK: LookSettings(QUICK_SIZE)}
    manifest = replace(manifest, looks=looks)
    shown = {LookKind.FULL: pictures, LookKind.QUICK: pictures[:, :128, :128]}

    made = quantise(
        network,
        head_of(network),
        manifest,
        {look: each[:12] for look, each in shown.items()},
        {look: each[12:] for look, each in shown.items()},
    )

    assert {"int8.xml", "int8.bin"} == set(made.files)
    assert 12 == made.int8.pictures
    for look in looks:
        assert [RECORDED] * PROBES == [len(row) for row in made.int8.looks[look].answers]
    assert 0 <= made.int8.agreement <= 1


@pytest.mark.long
@pytest.mark.timeout(900)
def test_making_one_sends_nothing_anywhere(tmp_path: Path, shared_data: Path) -> None:
    """The command adds the network to a bundle; its makers' telemetry leaves no trace at home."""
    data = tmp_path / "data"
    for name in ("cars", "trees"):
        some = sorted((shared_data / "gallery" / name).glob("*.jpg"))[:20]
        (data / name).mkdir(parents=True)
        for path in some:
            shutil.copy(path, data / name)
    command = (sys.executable, "-m", "gallery_daemon", "export", "--int8", os.fspath(data))

    told = subprocess.run(
        (*command, "--out", os.fspath(tmp_path / "out")),
        env=os.environ | {"HOME": os.fspath(tmp_path / "home")},
        check=True,
        capture_output=True,
        text=True,
    )

    before, after = read_manifest(find_bundle("default")), read_manifest(tmp_path / "out")
    assert "the same class as float32 for" in told.stdout
    assert after.int8 is not None
    assert 2 == after.format_version
    assert after.weights_sha256 == before.weights_sha256
    assert after.head_sha256 == before.head_sha256
    assert not (tmp_path / "home" / "intel").exists()


@pytest.mark.parametrize("missing", ["openvino", "nncf"])
def test_a_missing_package_is_named_before_the_work_begins(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """The hint is the command that installs it."""
    monkeypatch.setattr(quantising, "is_installed", lambda name: name != missing)

    with pytest.raises(BundleError, match=f"{missing} is not installed") as caught:
        refuse_missing_packages()

    assert f"pip install {missing}" == caught.value.hint


def test_the_8_bit_network_is_part_of_the_manifest_if_there_is_one() -> None:
    """Without one the manifest is unchanged."""
    manifest = Manifest("m", ("a", "b"), "0" * 64)
    look = Int8Look(0.99, 0.01, ((0.5, 0.5),) * PROBES)
    int8 = Int8Network("1" * 64, "2" * 64, 12, {LookKind.FULL: look})

    assert manifest is with_int8(manifest, None)
    assert int8 == with_int8(manifest, Quantised(int8, {})).int8


def test_a_network_with_its_preprocessing_takes_pictures() -> None:
    """Its logits are those of the network on normalised pictures."""
    torch.manual_seed(2)
    manifest = Manifest("m", ("a", "b"), "0" * 64)
    network = new_network(2).eval()
    pictures = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)

    with torch.inference_mode():
        found = WithPreprocessing(network, manifest)(pictures)
        expected = network(normalise(pictures, manifest.mean, manifest.std))

    torch.testing.assert_close(found, expected)
