"""Which engine is taken: measured once, remembered, and never one that answers wrongly."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
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
)
from gallery_daemon.model.manifest_file import read_manifest

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
    """Every trial is this program, which notes its arguments beside it and says these lines."""
    log = python.with_suffix(".log")
    said = "\n".join(f"echo '{each}'" for each in lines)
    python.write_text(f"#!/bin/sh\necho $* >> {log}\n{said}\n")
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
    """It was remembered and then cut: torch runs the bundle without anyone's help."""
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


@pytest.mark.long
def test_eight_bits_that_answer_otherwise_here_are_not_taken(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """A processor that adds bytes wrongly is found out by the probes, and torch runs the bundle."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    raw = json.loads((folder / "model.json").read_text())
    for look in raw["int8"]["looks"].values():
        look["answers"] = [list(reversed(row)) for row in look["answers"]]
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


@pytest.mark.parametrize(("agreement", "installed"), [(0.98, True), (0.999, False)])
def test_eight_bits_that_cannot_be_used_are_not_tried(
    wanted: EngineOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    agreement: float,
    installed: bool,
) -> None:
    """A network that agrees too rarely, or a machine without OpenVINO: torch alone is tried."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    raw = json.loads((wanted.bundle / "model.json").read_text())
    for look in raw["int8"]["looks"].values():
        look["agreement"] = agreement
    for path in wanted.bundle.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "model.json").unlink()
    (folder / "model.json").write_text(json.dumps(raw))
    monkeypatch.setattr(choosing, "is_installed", lambda _name: installed)

    with trials_say(tmp_path / "python"):
        choose(replace(wanted, bundle=folder))

    tried = (tmp_path / "python").with_suffix(".log")
    assert ["torch"] == [line.split()[4] for line in tried.read_text().splitlines()]


def test_an_engine_that_is_asked_for_by_name_is_not_measured(
    wanted: EngineOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No trial runs and nothing is remembered: a person has decided."""
    monkeypatch.setattr(choosing, "_try", lambda *_: pytest.fail("a trial was started"))

    eight = choose(replace(wanted, engine="openvino"))
    torch_s = choose(replace(wanted, engine="torch", device="cpu"))

    assert (INT8, {}) == (eight.kind, eight.measured)
    assert ("torch", "cpu", {}) == (torch_s.kind.library, torch_s.kind.device, torch_s.measured)
    assert not wanted.memory.exists()


def test_a_trial_that_hangs_is_ended_and_what_it_told_counts(
    wanted: EngineOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One engine was timed before the library hung; the daemon does not wait for the rest."""
    python = tmp_path / "python"
    line = json.dumps({"kind": str(REFERENCE), "pictures_per_s": 7, "others": 0.0})
    python.write_text(f"#!/bin/sh\necho '{line}'\nexec sleep 60\n")
    python.chmod(0o755)
    monkeypatch.setattr(choosing, "_TRIALS_S", 0.5)
    monkeypatch.setattr(sys, "executable", str(python))

    choice = choose(replace(wanted, device="cpu"))

    assert (REFERENCE, {str(REFERENCE): 7.0}) == (choice.kind, choice.measured)


def test_trials_that_cannot_be_started_leave_what_torch_prefers(
    wanted: EngineOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is out of processes, or Python is gone: photos are classified all the same."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    choice = choose(replace(wanted, device="cpu"))

    assert ("torch", {}) == (choice.kind.library, choice.measured)
