"""Head and bank on disk: each way in which they do not fit is one sentence, without numpy."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from gallery_daemon.config.settings import ModelChoice
from gallery_daemon.daemon.configuration import classes_of
from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.engines.predict import load_predictor
from gallery_daemon.model.manifest import BANK_FILE, HEAD_FILE
from gallery_daemon.photo import LookKind
from tests.model.conftest import CLASSES

HASHES = {HEAD_FILE: "head_sha256", BANK_FILE: "bank_sha256"}


@pytest.fixture
def copied(banked: Path, tmp_path: Path) -> Path:
    """A copy of the bundle with a bank that a test may damage."""
    return Path(shutil.copytree(banked, tmp_path / "copied"))


def put(folder: Path, name: str, content: bytes) -> None:
    """The file is another, and the manifest says so: whoever made it did it on purpose."""
    (folder / name).write_bytes(content)
    manifest = folder / "model.json"
    raw = json.loads(manifest.read_text())
    raw[HASHES[name]] = hashlib.sha256(content).hexdigest()
    manifest.write_text(json.dumps(raw))


def changed(folder: Path, name: str, **tensors: np.ndarray | None) -> bytes:
    """The file's content with other tensors; without one that is None."""
    found = load((folder / name).read_bytes()) | tensors
    return save({key: value for key, value in found.items() if value is not None})


def test_a_bundle_that_fits_is_read(copied: Path) -> None:
    """By the daemon before it takes the model, and by the process that runs it."""
    assert CLASSES == classes_of(ModelChoice(str(copied)))
    predictor = load_predictor(copied)
    assert (1, 512) == predictor.features(np.zeros((1, 128, 128, 3), np.uint8)).shape
    assert [224, 128] == [predictor.manifest.looks[look].size for look in LookKind]


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"weight": np.zeros((2, 512), np.float32), "bias": np.zeros(2, np.float32)},
         " has 2 classes, model.json 3"),
        ({"weight": np.full((3, 512), np.nan, np.float32)}, " has a number that is none"),
        ({"bias": np.array([0, np.inf, 0], np.float32)}, " has a number that is none"),
        ({"bias": np.zeros(2, np.float32)}, " is not the head of a network"),
        ({"weight": np.zeros((3, 512), np.float16)}, " is not the head of a network"),
        ({"weight": np.zeros(3, np.float32)}, " is not the head of a network"),
        ({"weight": np.zeros((3, 0), np.float32)}, " is not the head of a network"),
        ({"weight": None}, " lacks 'weight'"),
    ],
)  # fmt: skip
def test_a_head_that_cannot_be_is_one_sentence(
    copied: Path, tensors: dict[str, np.ndarray | None], sentence: str
) -> None:
    """The daemon hears it at a reload, and the process before it is ready."""
    put(copied, HEAD_FILE, changed(copied, HEAD_FILE, **tensors))

    for read in (lambda: classes_of(ModelChoice(str(copied))), lambda: load_bundle(copied)):
        with pytest.raises(BundleError) as caught:
            read()
        assert f"{copied / HEAD_FILE}{sentence}" == caught.value.sentence


ROWS = np.zeros((30, 512), np.float16)


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({"full": ROWS[:, 1:], "quick": ROWS[:, 1:]},
         " does not fit head.safetensors: it has features of 511 numbers, the head takes 512"),
        ({"full": ROWS * np.float16(np.nan)}, " has a number that is none"),
        ({"quick": ROWS - np.float16(np.inf)}, " has a number that is none"),
        ({"quick": ROWS[1:]}, " is not a bank of features"),
        ({"labels": np.zeros(29, np.int32)}, " is not a bank of features"),
        ({"labels": np.zeros(30, np.int64)}, " is not a bank of features"),
        ({"full": ROWS.astype(np.float32)}, " is not a bank of features"),
        ({"labels": np.full(30, 3, np.int32)},
         " has a row of a class that model.json does not name"),
        ({"labels": np.full(30, -1, np.int32)},
         " has a row of a class that model.json does not name"),
        ({"full": ROWS[:4], "quick": ROWS[:4], "labels": np.zeros(4, np.int32)},
         " has 4 rows, fewer than the neighbours that are sought"),
        ({"labels": None}, " lacks 'labels'"),
        ({"more": np.zeros(4_000_000, np.uint8)}, " has more than 4 MB"),
    ],
)  # fmt: skip
def test_a_bank_that_cannot_be_is_one_sentence(
    copied: Path, tensors: dict[str, np.ndarray | None], sentence: str
) -> None:
    """Before a distance to it would mean anything."""
    put(copied, BANK_FILE, changed(copied, BANK_FILE, **tensors))

    for read in (lambda: classes_of(ModelChoice(str(copied))), lambda: load_predictor(copied)):
        with pytest.raises(BundleError) as caught:
            read()
        assert f"{copied / BANK_FILE}{sentence}" == caught.value.sentence


@pytest.mark.parametrize("name", [HEAD_FILE, BANK_FILE])
def test_a_file_that_is_cut_or_of_another_bundle_is_one_sentence(copied: Path, name: str) -> None:
    """The hash tells; and where that was made to fit, the format does."""
    whole = (copied / name).read_bytes()
    for content in (whole[:-10], whole[:4], b"", whole + b" "):
        (copied / name).write_bytes(content)
        with pytest.raises(BundleError, match=f"{name} is not the file that model.json describes"):
            classes_of(ModelChoice(str(copied)))
        put(copied, name, content)
        with pytest.raises(BundleError, match=f"{name} is not a safetensors file"):
            classes_of(ModelChoice(str(copied)))
    (copied / name).unlink()
    with pytest.raises(BundleError, match="No such file"):
        classes_of(ModelChoice(str(copied)))


def test_they_are_checked_without_numpy(banked: Path) -> None:
    """The daemon, which never classifies by itself, does not pay for it."""
    code = (
        "import sys\n"
        "from gallery_daemon.config.settings import ModelChoice\n"
        "from gallery_daemon.daemon.configuration import classes_of\n"
        f"assert classes_of(ModelChoice({str(banked)!r}))\n"
        "sys.exit(bool({'numpy', 'torch'} & set(sys.modules)))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
