"""Measurements of engines are kept for one set of circumstances, and losing them costs nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.engines import measured
from gallery_daemon.model.engines.engine import INT8, REFERENCE, EngineKind
from gallery_daemon.model.engines.measured import (
    EngineCache,
    Measurement,
    circumstances,
    engines_file,
)
from gallery_daemon.model.manifest import Manifest, find_bundle
from gallery_daemon.model.manifest_file import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.engines.choose import EngineOptions

HALF = EngineKind("torch", "cpu", "bfloat16")


def test_a_memory_that_cannot_be_written_troubles_nobody(tmp_path: Path) -> None:
    """A cache folder that is a file is passed over."""
    (tmp_path / "cache").write_text("in the way")
    memory = EngineCache(tmp_path / "cache" / "engines.json", "key")

    memory.remember(Measurement(HALF, {HALF: 50.0}))

    assert memory.recall() is None


def test_without_a_cache_the_journal_s_folder_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache folder that cannot be made is no reason to measure at every start."""
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path))

    assert tmp_path / "gallery-daemon" / "engines.json" == engines_file()


def test_what_was_measured_can_be_read_by_a_person(wanted: EngineOptions) -> None:
    """The file names the engine and the pictures per second of all."""
    EngineCache(wanted.memory, "key").remember(Measurement(HALF, {HALF: 51.5, REFERENCE: 22.0}))

    entry = json.loads(wanted.memory.read_text())["key"]
    assert {
        "engine": "torch cpu bfloat16",
        "pictures_per_s": {"torch cpu bfloat16": 51.5, "torch cpu float32": 22.0},
        "tries": 1,
        "settled": True,
    } == entry


def test_an_entry_of_an_older_version_is_measured_again(wanted: EngineOptions) -> None:
    """It did not say whether the machine was quiet."""
    wanted.memory.parent.mkdir()
    wanted.memory.write_text('{"key": {"engine": "torch cpu bfloat16", "pictures_per_s": {}}}')

    assert EngineCache(wanted.memory, "key").recall() is None


def test_a_measurement_comes_back_whole(tmp_path: Path) -> None:
    """The engine, all speeds, the rounds and whether another is needed."""
    cache = EngineCache(tmp_path / "deep" / "engines.json", "key")
    measurement = Measurement(INT8, {INT8: 110.5, HALF: 50.0}, tries=2, is_settled=False)

    cache.remember(measurement)

    assert measurement == cache.recall()
    assert ["engines.json"] == [path.name for path in (tmp_path / "deep").iterdir()]


def test_to_forget_one_leaves_the_others(tmp_path: Path) -> None:
    """Another bundle's measurement is not lost with this one's."""
    file = tmp_path / "engines.json"
    one, other = EngineCache(file, "one"), EngineCache(file, "other")
    one.remember(Measurement(HALF, {}))
    other.remember(Measurement(REFERENCE, {}))

    one.forget()

    assert one.recall() is None
    assert Measurement(REFERENCE, {}) == other.recall()


def test_the_file_stays_small(tmp_path: Path) -> None:
    """Fifty sets of circumstances are kept, those that were written last."""
    file = tmp_path / "engines.json"
    for number in range(60):
        EngineCache(file, str(number)).remember(Measurement(HALF, {}))

    assert [str(number) for number in range(10, 60)] == list(json.loads(file.read_text()))


@pytest.mark.parametrize("change", ["weights", "int8", "engine", "device", "cores", "library"])
def test_whatever_changes_the_speed_changes_the_circumstances(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Another network, wish, number of cores or version: the old measurement does not count."""
    manifest = read_manifest(find_bundle("default"))
    int8 = manifest.int8
    assert int8 is not None
    before = circumstances(manifest, "auto", "auto")
    engine, device = "auto", "auto"
    match change:
        case "weights":
            manifest = replace(manifest, weights_sha256="0" * 64)
        case "int8":
            manifest = replace(manifest, int8=replace(int8, bin_sha256="0" * 64))
        case "engine":
            engine = "torch"
        case "device":
            device = "cpu"
        case "cores":
            monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(999)))
        case _:
            monkeypatch.setattr(measured, "_version", lambda name: f"{name} of tomorrow")

    assert before != circumstances(manifest, engine, device)
    assert 16 == len(before)


def test_a_new_head_or_bank_is_run_by_the_engine_that_was_chosen() -> None:
    """The body is what takes the time; a person who corrects the model does not wait for trials."""
    before = Manifest("b", ("a", "b"), "0" * 64, head_sha256="1" * 64)
    after = replace(before, classes=("a", "b", "c"), head_sha256="2" * 64, bank_sha256="3" * 64)

    assert circumstances(before, "auto", "auto") == circumstances(after, "auto", "auto")
