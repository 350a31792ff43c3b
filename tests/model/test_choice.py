"""Which engine is taken: measured once, remembered, and never one that answers wrongly."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gallery_daemon.errors import BundleError
from gallery_daemon.model.choice import Wanted, choose, fastest
from gallery_daemon.model.engine import INT8, REFERENCE, Kind
from gallery_daemon.model.manifest import find_bundle, read_manifest
from gallery_daemon.model.memory import Memory, circumstances

HALF = Kind("torch", "cpu", "bfloat16")


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    """The shipped bundle, whatever runs it best, and nothing remembered."""
    return Wanted(find_bundle("default"), tmp_path / "cache" / "engines.json")


@pytest.mark.parametrize(
    ("expected", "measured"),
    [
        (REFERENCE, {REFERENCE: 20.0}),
        (HALF, {REFERENCE: 20.0, HALF: 50.0}),
        (INT8, {INT8: 61.0, HALF: 50.0}),
        (HALF, {INT8: 59.0, HALF: 50.0}),
    ],
)
def test_the_fastest_is_taken_and_rounding_must_be_worth_it(
    expected: Kind, measured: dict[Kind, float]
) -> None:
    """Eight bits are preferred from a fifth more speed on."""
    assert expected == fastest(measured)


def test_engines_are_measured_once(wanted: Wanted) -> None:
    """The first choice tries all engines, each in a process of its own; the second remembers."""
    first = choose(wanted)
    second = choose(wanted)

    assert {str(INT8), str(REFERENCE)} <= set(first.measured)
    assert all(speed > 0 for speed in first.measured.values())
    assert (first.kind, {}) == (second.kind, second.measured)


def test_what_is_remembered_holds_for_one_set_of_circumstances(wanted: Wanted) -> None:
    """Another device, another bundle and a broken file are not remembered."""
    manifest = read_manifest(wanted.bundle)
    key = circumstances(manifest, "auto", "auto")
    memory = Memory(wanted.memory, key)
    memory.remember(HALF, {HALF: 50.0})

    assert HALF == memory.recall() == choose(wanted).kind
    assert key != circumstances(manifest, "auto", "cpu")
    assert key != circumstances(replace(manifest, weights_sha256="0" * 64), "auto", "auto")
    assert Memory(wanted.memory, "other").recall() is None
    for text in ("", "[]", f'{{"{key}": 7}}', f'{{"{key}": {{"engine": "warp"}}}}', "[" * 100_000):
        wanted.memory.write_text(text)
        assert memory.recall() is None


def test_a_memory_that_cannot_be_written_troubles_nobody(tmp_path: Path) -> None:
    """A cache folder that is a file is passed over."""
    (tmp_path / "cache").write_text("in the way")
    memory = Memory(tmp_path / "cache" / "engines.json", "key")

    memory.remember(HALF, {HALF: 50.0})

    assert memory.recall() is None


def test_what_was_measured_can_be_read_by_a_person(wanted: Wanted) -> None:
    """The file names the engine and the pictures per second of all."""
    Memory(wanted.memory, "key").remember(HALF, {HALF: 51.5, REFERENCE: 22.0})

    entry = json.loads(wanted.memory.read_text())["key"]
    assert {
        "engine": "torch cpu bfloat16",
        "pictures_per_s": {"torch cpu bfloat16": 51.5, "torch cpu float32": 22.0},
    } == entry


def test_eight_bits_that_answer_otherwise_here_are_not_taken(
    wanted: Wanted, tmp_path: Path
) -> None:
    """A processor that adds bytes wrongly is found out by the probes, and torch runs the bundle."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    raw = json.loads((folder / "model.json").read_text())
    raw["int8"]["answers"] = [list(reversed(row)) for row in raw["int8"]["answers"]]
    (folder / "model.json").write_text(json.dumps(raw))

    choice = choose(replace(wanted, bundle=folder))

    assert "torch" == choice.kind.library
    assert str(INT8) not in choice.measured


@pytest.mark.parametrize(
    ("engine", "device", "message"),
    [
        ("warp", "auto", "no engine 'warp'"),
        ("openvino", "cuda", "does not run on the device cuda"),
        ("torch", "warp", "no device 'warp'"),
        ("auto", "warp", "no device 'warp'"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(
    wanted: Wanted, engine: str, device: str, message: str
) -> None:
    """An unknown engine or device, and one without the other."""
    with pytest.raises(BundleError, match=message):
        choose(replace(wanted, engine=engine, device=device))
