"""The manifest of a bundle, read from outside: what is right comes back, what is wrong is named."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, cast

import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import MANIFEST_FILE, PROBES, LookSettings
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind
from tests.model.manifests import MANIFEST, OLD, TALLY, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Every field, and the 8-bit network's words."""
    (tmp_path / MANIFEST_FILE).write_text(MANIFEST.to_json(), "utf-8")

    assert MANIFEST == read_manifest(tmp_path)


def test_what_may_be_missing_is_none_and_what_is_new_is_passed_over(tmp_path: Path) -> None:
    """Older programs wrote less, newer ones may write more without a new format version."""
    raw = asdict(MANIFEST) | {"new": [1]}
    gone = ("provenance", "metrics", "int8", "bank_sha256", "familiarity")
    for key in gone:
        del raw[key]

    found = read_manifest(write(tmp_path, raw))

    assert replace(MANIFEST, **dict.fromkeys(gone)) == found  # type: ignore[arg-type]


def test_what_an_older_program_wrote_is_read(tmp_path: Path) -> None:
    """One look, no tallies, no bank, and a head inside the weights."""
    found = read_manifest(write(tmp_path, OLD))

    assert {LookKind.FULL: LookSettings(192, 1.5, {})} == found.looks
    assert (None, None, None) == (found.head_sha256, found.bank_sha256, found.familiarity)
    assert "b@00000000" == found.model_id
    assert found.int8 is not None
    assert (0.995, 0.01, 12) == (
        found.int8.agreement, found.int8.difference, found.int8.pictures
    )  # fmt: skip
    assert ((0.5, 0.25, 0.25),) * PROBES == found.int8.looks[LookKind.FULL].answers


def test_a_model_has_the_same_id_when_it_is_read_again(tmp_path: Path) -> None:
    """Tuples come back, numbers to the last bit."""
    (tmp_path / MANIFEST_FILE).write_text(MANIFEST.to_json(), "utf-8")

    assert MANIFEST.model_id == read_manifest(tmp_path).model_id


def test_a_report_may_have_numbers_that_are_none(tmp_path: Path) -> None:
    """A metric over no pictures is NaN; nothing is computed with it."""
    raw = asdict(MANIFEST) | {"metrics": {"ece": float("nan")}}

    assert read_manifest(write(tmp_path, raw)).metrics is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format_version": 3}, " has format version 3, this program reads 1 and 2"),
        ({"format_version": None}, " has format version None, this program reads 1 and 2"),
        ({"name": 5}, ": 5 is not a text"),
        ({"name": "\ud800"}, ": '\\ud800' is not a text"),
        ({"classes": "cars"}, ": 'cars' is not a list"),
        ({"classes": ["a", None]}, ": None is not a text"),
        ({"classes": ["a", "\udfff"]}, ": '\\udfff' is not a text"),
        ({"classes": []}, ": it has no classes"),
        ({"classes": ["a", "a", "b"]}, ": a class is named twice"),
        ({"classes": ["a", " ", "b"]}, ": a class has an empty name or one with a slash"),
        ({"weights_sha256": "00"}, ": the weights' hash is not a SHA-256"),
        ({"head_sha256": None}, ": the head's hash is not a SHA-256"),
        ({"head_sha256": "A" * 64}, ": the head's hash is not a SHA-256"),
        ({"bank_sha256": "../" * 20}, ": the bank's hash is not a SHA-256"),
        ({"bank_sha256": None}, ": it has a bank or a scale of familiarity, not both"),
        ({"familiarity": None}, ": it has a bank or a scale of familiarity, not both"),
        ({"looks": {}}, ": it has no full look"),
        ({"looks": {"slow": {}}}, ": 'slow' is not a key of looks"),
        ({"mean": 0.5}, ": 0.5 is not a list"),
        ({"mean": [0.5, "x", 0.5]}, ": 'x' is not a number"),
        ({"std": [0.5, 0.5]}, ": mean and std are not three numbers each"),
        ({"std": [0.5, 0.5, 0]}, ": mean and std are not three numbers each"),
        ({"provenance": []}, ": [] is not a mapping"),
        ({"metrics": "good"}, ": 'good' is not a mapping"),
        ({"int8": 5}, ": 5 is not a mapping"),
        ({"classes": ["a", "b"]}, ": it has a tally of 'cars', which is no class"),
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


@pytest.mark.parametrize("key", ["name", "classes", "weights_sha256", "looks", "mean", "std"])
def test_what_is_missing_is_named(tmp_path: Path, key: str) -> None:
    """Nothing about a model is guessed."""
    raw = asdict(MANIFEST)
    del raw[key]

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE} lacks {key!r}" == caught.value.sentence


@pytest.mark.parametrize(
    "key", ["name", "classes", "weights_sha256", "temperature", "input_size", "mean", "std"]
)
def test_what_is_missing_in_an_older_one_is_named_too(tmp_path: Path, key: str) -> None:
    """In the words of its time."""
    raw = {name: value for name, value in OLD.items() if name != key}

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE} lacks {key!r}" == caught.value.sentence


@pytest.mark.parametrize("key", ["size", "temperature", "tallies"])
@pytest.mark.parametrize("look", LookKind)
def test_what_is_missing_in_a_look_is_named_with_the_look(
    tmp_path: Path, look: LookKind, key: str
) -> None:
    """A temperature is nothing to be guessed: with another, 0.8 means something else."""
    raw = asdict(MANIFEST)
    del raw["looks"][look][key]

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE} lacks {key!r} in looks.{look}" == caught.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"temperature": "hot"}, ": 'hot' is not a number"),
        ({"temperature": True}, ": True is not a number"),
        ({"temperature": float("nan")}, ": nan is not a number"),
        ({"temperature": -1}, ": the temperature is not above 0"),
        ({"size": "big"}, ": 'big' is not a number"),
        ({"size": 8}, ": the input size is not between 32 and 1024"),
        ({"size": 8.5}, ": 8.5 is not a whole number"),
        ({"tallies": []}, ": [] is not a mapping"),
        ({"tallies": {"dogs": asdict(TALLY)}}, ": it has a tally of 'dogs', which is no class"),
        ({"tallies": {"cars": {"called": [1], "right": [1]}}},
         ": the tally of 'cars' has not 100 places"),
        ({"tallies": {"cars": {"called": [1] * 100, "right": [2] * 100}}},
         ": the tally of 'cars' has more right than called"),
        ({"tallies": {"cars": {"called": [1] * 100, "right": [-1] * 100}}},
         ": the tally of 'cars' has more right than called"),
    ],
)  # fmt: skip
def test_a_look_that_cannot_be_is_one_sentence(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    """Either look's."""
    for look in LookKind:
        raw = asdict(MANIFEST)
        raw["looks"][look] |= change

        with pytest.raises(BundleError) as caught:
            read_manifest(write(tmp_path, raw))

        assert f"{tmp_path / MANIFEST_FILE}{sentence}" == caught.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"neighbours": 0}, ": the familiarity has no neighbours"),
        ({"distances": [0.5]}, ": the familiarity has not 101 distances"),
        ({"distances": [*[0.5] * 100, 0.4]},
         ": the familiarity's distances do not ascend from 0 to 2"),
        ({"distances": [*[0.5] * 100, 2.5]},
         ": the familiarity's distances do not ascend from 0 to 2"),
        ({"distances": [float("inf")] * 101}, ": inf is not a number"),
    ],
)  # fmt: skip
def test_a_scale_that_cannot_be_is_one_sentence(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    """Its quantiles are distances in order."""
    raw = asdict(MANIFEST)
    raw["familiarity"] |= change

    with pytest.raises(BundleError) as caught:
        read_manifest(write(tmp_path, raw))

    assert f"{tmp_path / MANIFEST_FILE}{sentence}" == caught.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"agreement": "much"}, ": 'much' is not a number"),
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
    """Its answers are for the probes, and its shares are shares; in either format."""
    raw = asdict(MANIFEST)
    raw["int8"]["looks"]["quick"] |= change
    old = OLD | {"int8": cast("dict[str, object]", OLD["int8"]) | change}

    for written in (raw, old):
        with pytest.raises(BundleError) as caught:
            read_manifest(write(tmp_path, written))

        assert f"{tmp_path / MANIFEST_FILE}{sentence}" == caught.value.sentence


def test_an_8_bit_network_of_other_looks_or_classes_is_refused(tmp_path: Path) -> None:
    """It was made for another model."""
    raw = asdict(MANIFEST)
    del raw["int8"]["looks"]["quick"]

    with pytest.raises(BundleError, match="int8 has not the looks of the model"):
        read_manifest(write(tmp_path, raw))
    with pytest.raises(BundleError, match="int8 has not an answer for each class"):
        read_manifest(write(tmp_path, OLD | {"classes": ["a", "b"]}))


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
