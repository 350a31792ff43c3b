"""The manifest of a bundle, read from outside: what is right comes back, what is wrong is named."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import (
    MANIFEST_FILE,
    PROBES,
    Int8Network,
    Manifest,
    read_manifest,
)

if TYPE_CHECKING:
    from pathlib import Path

EIGHT_BITS = Int8Network("1" * 64, "2" * 64, 0.995, 0.01, 12, ((0.5, 0.25, 0.25),) * PROBES)
MANIFEST = Manifest(
    name="b", classes=("cars", "é", "memes"), weights_sha256="0" * 64, temperature=1.5,
    provenance={"seed": 1}, metrics={"accuracy": 0.5}, int8=EIGHT_BITS,
)  # fmt: skip


def write(folder: Path, raw: object) -> Path:
    """A bundle's folder with that manifest and nothing else."""
    (folder / MANIFEST_FILE).write_text(json.dumps(raw))
    return folder


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Every field, and the 8-bit network's words."""
    (tmp_path / MANIFEST_FILE).write_text(MANIFEST.to_json(), "utf-8")

    assert MANIFEST == read_manifest(tmp_path)


def test_what_may_be_missing_is_none_and_what_is_new_is_passed_over(tmp_path: Path) -> None:
    """Older programs wrote less, newer ones may write more without a new format version."""
    raw = asdict(MANIFEST) | {"new": [1]}
    for key in ("provenance", "metrics", "int8"):
        del raw[key]

    found = read_manifest(write(tmp_path, raw))

    assert replace(MANIFEST, provenance=None, metrics=None, int8=None) == found


def test_a_report_may_have_numbers_that_are_none(tmp_path: Path) -> None:
    """A metric over no pictures is NaN; nothing is computed with it."""
    raw = asdict(MANIFEST) | {"metrics": {"ece": float("nan")}}

    assert read_manifest(write(tmp_path, raw)).metrics is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format_version": 2}, " has format version 2, this program reads 1"),
        ({"format_version": None}, " has format version None, this program reads 1"),
        ({"name": 5}, ": 5 is not a text"),
        ({"name": "\ud800"}, ": '\\ud800' is not a text"),
        ({"classes": "cars"}, ": 'cars' is not a list"),
        ({"classes": ["a", None]}, ": None is not a text"),
        ({"classes": ["a", "\udfff"]}, ": '\\udfff' is not a text"),
        ({"classes": []}, ": it has no classes"),
        ({"classes": ["a", "a", "b"]}, ": a class is named twice"),
        ({"classes": ["a", " ", "b"]}, ": a class has an empty name or one with a slash"),
        ({"weights_sha256": "00"}, ": the weights' hash is not a SHA-256"),
        ({"temperature": "hot"}, ": 'hot' is not a number"),
        ({"temperature": True}, ": True is not a number"),
        ({"temperature": float("nan")}, ": nan is not a number"),
        ({"temperature": -1}, ": the temperature is not above 0"),
        ({"input_size": "big"}, ": 'big' is not a number"),
        ({"input_size": 8}, ": the input size is not between 32 and 1024"),
        ({"mean": 0.5}, ": 0.5 is not a list"),
        ({"mean": [0.5, "x", 0.5]}, ": 'x' is not a number"),
        ({"std": [0.5, 0.5]}, ": mean and std are not three numbers each"),
        ({"std": [0.5, 0.5, 0]}, ": mean and std are not three numbers each"),
        ({"provenance": []}, ": [] is not a mapping"),
        ({"metrics": "good"}, ": 'good' is not a mapping"),
        ({"int8": 5}, ": 5 is not a mapping"),
        ({"classes": ["a", "b"]}, ": int8 has not an answer for each class"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    """It names the file, and the value as it was written."""
    raw = asdict(MANIFEST) | change

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE}{sentence}" == caught.value.sentence


@pytest.mark.parametrize(
    "key", ["name", "classes", "weights_sha256", "temperature", "input_size", "mean", "std"]
)
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    """Nothing about a model is guessed."""
    raw = asdict(MANIFEST)
    del raw[key]

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE} lacks {key!r}" == caught.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"agreement": 5}, ": int8 has a share outside 0 to 1"),
        ({"difference": -0.1}, ": int8 has a share outside 0 to 1"),
        ({"answers": []}, f": int8 has no {PROBES} answers"),
        ({"answers": [[]] * PROBES}, f": int8 has no {PROBES} answers"),
        ({"answers": [*[[0.5, 0.5]] * 3, [1]]}, ": int8 has answers of different lengths"),
    ],
)
def test_an_8_bit_network_that_cannot_be_is_refused(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    """Its answers are for the probes, one for each class, and its shares are shares."""
    raw = asdict(MANIFEST) | {"int8": asdict(EIGHT_BITS) | change}

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE}{sentence}" == caught.value.sentence


@pytest.mark.parametrize("text", ["[]", "1", "null", "{}" + " " * (4 << 20)])
def test_another_file_is_no_manifest(tmp_path: Path, text: str) -> None:
    """Nor is one of megabytes, whatever it says."""
    (tmp_path / MANIFEST_FILE).write_text(text)

    with pytest.raises(BundleError, match=r"is not a model manifest"):
        read_manifest(tmp_path)


def test_a_name_with_broken_utf_8_can_be_written(tmp_path: Path) -> None:
    """Class folders are called whatever they are; half a character is replaced in the manifest."""
    (tmp_path / MANIFEST_FILE).write_text(replace(MANIFEST, name="b\udcff").to_json(), "utf-8")

    assert "b?" == read_manifest(tmp_path).name


def test_the_manifest_needs_no_torch() -> None:
    """A fresh interpreter that reads the manifest has not imported torch."""
    code = "import sys, gallery_daemon.model.manifest; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
