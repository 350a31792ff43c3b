"""Which engine is taken: measured once, remembered, and never one that answers wrongly."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines import choose as choosing
from gallery_daemon.model.engines.choose import EngineOptions, choose, fastest, load_best
from gallery_daemon.model.engines.engine import INT8, REFERENCE, EngineKind
from gallery_daemon.model.engines.measured import (
    EngineCache,
    Measurement,
    circumstances,
    engines_file,
)
from gallery_daemon.model.manifest import read_manifest
from tests.classifier.loop import is_running, until_true

if TYPE_CHECKING:
    from collections.abc import Iterator

HALF = EngineKind("torch", "cpu", "bfloat16")


def recalled(memory: EngineCache) -> Measurement:
    """What it remembers, which there must be."""
    measurement = memory.recall()
    assert measurement is not None
    return measurement


@contextlib.contextmanager
def trials_say(python: Path, *lines: str) -> Iterator[None]:
    """Every trial is this program, which says all these lines."""
    python.write_text("#!/bin/sh\n" + "\n".join(f"echo '{each}'" for each in lines) + "\n")
    python.chmod(0o755)
    with patch.object(sys, "executable", str(python)):
        yield


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
    expected: EngineKind, measured: dict[EngineKind, float]
) -> None:
    """Eight bits are preferred from a fifth more speed on."""
    assert expected == fastest(measured)


@pytest.mark.long
def test_engines_are_measured_once(wanted: EngineOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first choice tries all engines, each in a process of its own; the second remembers."""
    # The other tests run beside this one.
    monkeypatch.setattr(choosing, "_BUSY", math.inf)
    first = choose(wanted)
    second = choose(wanted)

    assert {str(INT8), str(REFERENCE)} <= set(first.measured)
    assert all(speed > 0 for speed in first.measured.values())
    assert (first.kind, {}) == (second.kind, second.measured)


def test_what_is_remembered_holds_for_one_set_of_circumstances(wanted: EngineOptions) -> None:
    """Another device, another bundle and a broken file are not remembered."""
    manifest = read_manifest(wanted.bundle)
    key = circumstances(manifest, "auto", "auto")
    memory = EngineCache(wanted.memory, key)
    measurement = Measurement(HALF, {HALF: 50.0})
    memory.remember(measurement)

    assert measurement == memory.recall()
    assert (HALF, {}) == (choose(wanted).kind, choose(wanted).measured)
    assert key != circumstances(manifest, "auto", "cpu")
    assert key != circumstances(replace(manifest, weights_sha256="0" * 64), "auto", "auto")
    assert EngineCache(wanted.memory, "other").recall() is None
    for text in ("", "[]", f'{{"{key}": 7}}', f'{{"{key}": {{"engine": "warp"}}}}', "[" * 100_000):
        wanted.memory.write_text(text)
        assert memory.recall() is None


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


@pytest.mark.long
def test_an_engine_that_does_not_run_any_more_is_forgotten(wanted: EngineOptions) -> None:
    """A card that was taken out: what can run is measured again, and remembered instead."""
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    key = circumstances(read_manifest(wanted.bundle), "auto", "auto")
    memory = EngineCache(wanted.memory, key)
    memory.remember(Measurement(EngineKind("torch", "cuda", "float16"), {}))

    predictor, choice = load_best(wanted)

    assert choice.measured
    assert choice.kind == predictor.kind == recalled(memory).kind


@pytest.mark.long
def test_a_damaged_8_bit_network_leaves_the_others(wanted: EngineOptions, tmp_path: Path) -> None:
    """It was remembered and then cut: torch runs the bundle, and nobody has to do anything."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    key = circumstances(read_manifest(folder), "auto", "auto")
    EngineCache(wanted.memory, key).remember(Measurement(INT8, {}))
    (folder / "int8.bin").write_bytes(b"cut")

    predictor, choice = load_best(replace(wanted, bundle=folder))

    assert "torch" == predictor.kind.library
    assert str(INT8) not in choice.measured


def test_what_a_trial_babbles_is_not_believed(wanted: EngineOptions, tmp_path: Path) -> None:
    """Lines that are no measurement are passed over; a speed must be a number above 0."""
    with trials_say(
        tmp_path / "python",
        "{ some library said",
        '{"kind": "torch cpu float32"}',
        '{"kind": "warp", "pictures_per_s": 9, "others": 0}',
        '{"kind": "torch cpu bfloat16", "pictures_per_s": NaN, "others": 0}',
        '{"kind": "torch cpu float32", "pictures_per_s": 7, "others": 0}',
    ):
        choice = choose(wanted)

    assert (REFERENCE, {str(REFERENCE): 7.0}) == (choice.kind, choice.measured)


def test_an_entry_of_an_older_version_is_measured_again(wanted: EngineOptions) -> None:
    """It did not say whether the machine was quiet."""
    wanted.memory.parent.mkdir()
    wanted.memory.write_text('{"key": {"engine": "torch cpu bfloat16", "pictures_per_s": {}}}')

    assert EngineCache(wanted.memory, "key").recall() is None


def test_a_trial_ends_with_who_started_it(tmp_path: Path) -> None:
    """Killed with -9 in the middle, the parent leaves no trial behind."""
    code = (
        "import subprocess, sys, time\n"
        "from pathlib import Path\n"
        "from gallery_daemon.model.manifest import find_bundle\n"
        "words = (sys.executable, '-m', 'gallery_daemon.model.engines.trial')\n"
        "bundle = str(find_bundle('default'))\n"
        "words = (*words, bundle, 'torch', 'cpu', '1')\n"
        "trial = subprocess.Popen(words, stdout=subprocess.PIPE)\n"
        "trial.stdout.readline()\n"
        f"Path({os.fspath(tmp_path / 'pid')!r}).write_text(str(trial.pid))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        until_true(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
        pid = int((tmp_path / "pid").read_text())
        parent.kill()

    until_true(lambda: not is_running(pid))


@pytest.mark.long
def test_eight_bits_that_answer_otherwise_here_are_not_taken(
    wanted: EngineOptions, tmp_path: Path
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
    wanted: EngineOptions, engine: str, device: str, message: str
) -> None:
    """An unknown engine or device, and one without the other."""
    with pytest.raises(BundleError, match=message):
        choose(replace(wanted, engine=engine, device=device))
