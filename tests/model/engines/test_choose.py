"""Which engine is taken: at once and without a measurement, and never one that answers wrongly."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines import engine as engines
from gallery_daemon.model.engines import measure as measuring
from gallery_daemon.model.engines.choose import EngineOptions, load_best
from gallery_daemon.model.engines.engine import INT8, REFERENCE, EngineKind, libraries
from gallery_daemon.model.engines.measured import EngineCache, Measurement, circumstances
from gallery_daemon.model.manifest_file import read_manifest

HALF = EngineKind("torch", "cpu", "bfloat16")


def memory_of(wanted: EngineOptions) -> EngineCache:
    """Where it is remembered for the bundle on this machine."""
    return EngineCache(
        wanted.memory, circumstances(read_manifest(wanted.bundle), wanted.engine, wanted.device)
    )


@pytest.fixture(autouse=True)
def _no_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads a bundle waits for no trial."""
    monkeypatch.setattr(measuring, "_try", lambda *_: pytest.fail("a trial was started"))


def test_at_first_use_the_8_bit_network_serves_at_once(wanted: EngineOptions) -> None:
    """Nothing was measured, nothing is, and nothing is remembered: that is for a quiet moment."""
    predictor, choice = load_best(wanted)

    assert (INT8, INT8) == (predictor.kind, choice.kind)
    assert ({}, True) == (choice.measured, choice.wants_measuring)
    assert not wanted.memory.exists()


def test_what_was_measured_is_used_and_told(wanted: EngineOptions) -> None:
    """Another device, another bundle and a broken file are other circumstances."""
    manifest = read_manifest(wanted.bundle)
    memory = memory_of(wanted)
    measurement = Measurement(REFERENCE, {REFERENCE: 50.0, INT8: 7.5})
    memory.remember(measurement)

    predictor, choice = load_best(wanted)

    assert (REFERENCE, REFERENCE) == (predictor.kind, choice.kind)
    assert {str(REFERENCE): 50.0, str(INT8): 7.5} == choice.measured
    assert not choice.wants_measuring
    key = circumstances(manifest, "auto", "auto")
    assert key != circumstances(manifest, "auto", "cpu")
    assert key != circumstances(replace(manifest, weights_sha256="0" * 64), "auto", "auto")
    assert EngineCache(wanted.memory, "other").recall() is None
    for text in ("", "[]", f'{{"{key}": 7}}', f'{{"{key}": {{"engine": "warp"}}}}', "[" * 100_000):
        wanted.memory.write_text(text)
        assert memory.recall() is None


def test_what_was_measured_beside_other_work_serves_and_is_wanted_again(
    wanted: EngineOptions,
) -> None:
    """A doubtful figure is better than none, and a quiet moment will tell."""
    memory_of(wanted).remember(Measurement(INT8, {INT8: 9.0}, is_settled=False))

    _, choice = load_best(wanted)

    assert (INT8, True) == (choice.kind, choice.wants_measuring)


def test_an_engine_that_does_not_run_any_more_is_forgotten(wanted: EngineOptions) -> None:
    """A card that was taken out: the 8-bit network serves, and engines are measured again."""
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    memory = memory_of(wanted)
    memory.remember(Measurement(EngineKind("torch", "cuda", "float16"), {}))

    predictor, choice = load_best(wanted)

    assert (INT8, INT8, True) == (predictor.kind, choice.kind, choice.wants_measuring)
    assert memory.recall() is None


@pytest.mark.parametrize("was_remembered", [False, True])
def test_a_damaged_8_bit_network_leaves_the_others(
    wanted: EngineOptions, tmp_path: Path, was_remembered: bool
) -> None:
    """It was cut, perhaps after it was measured: torch runs the bundle without anyone's help."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    there = replace(wanted, bundle=folder)
    if was_remembered:
        memory_of(there).remember(Measurement(INT8, {}))
    (folder / "int8.bin").write_bytes(b"cut")

    predictor, choice = load_best(there)

    assert "torch" == predictor.kind.library
    assert choice.wants_measuring


def test_eight_bits_that_answer_otherwise_here_are_not_taken(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """A processor that adds bytes wrongly is found out by the probes, and torch runs the bundle."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    raw = json.loads((folder / "model.json").read_text())
    for look in raw["int8"]["looks"].values():
        look["answers"] = [list(reversed(row)) for row in look["answers"]]
    (folder / "model.json").write_text(json.dumps(raw))

    predictor, _ = load_best(replace(wanted, bundle=folder))

    assert "torch" == predictor.kind.library


def test_a_bundle_that_no_engine_can_run_is_an_error_of_its_own(
    wanted: EngineOptions, tmp_path: Path
) -> None:
    """Both networks are damaged: the last engine's words are told."""
    folder = Path(shutil.copytree(wanted.bundle, tmp_path / "bundle"))
    (folder / "int8.bin").write_bytes(b"cut")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))

    with pytest.raises(BundleError, match=r"model\.safetensors"):
        load_best(replace(wanted, bundle=folder))


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
        load_best(replace(wanted, engine=engine, device=device))


@pytest.mark.parametrize(
    ("agreement", "installed", "device", "expected"),
    [
        (0.999, True, "auto", ("openvino", "torch")),
        (0.999, True, "cpu", ("openvino", "torch")),
        (0.98, True, "auto", ("torch",)),
        (0.999, False, "auto", ("torch",)),
        (0.999, True, "cuda", ("torch",)),
        (None, True, "auto", ("torch",)),
    ],
)
def test_eight_bits_that_cannot_be_used_are_not_tried(
    wanted: EngineOptions,
    monkeypatch: pytest.MonkeyPatch,
    agreement: float | None,
    installed: bool,
    device: str,
    expected: tuple[str, ...],
) -> None:
    """There is none, it agrees too rarely, or not with this device or without OpenVINO."""
    manifest = read_manifest(wanted.bundle)
    int8 = manifest.int8
    assert int8 is not None
    if agreement is None:
        manifest = replace(manifest, int8=None)
    else:
        looks = {look: replace(of, agreement=agreement) for look, of in int8.looks.items()}
        manifest = replace(manifest, int8=replace(int8, looks=looks))
    monkeypatch.setattr(engines, "is_installed", lambda _name: installed)

    assert expected == libraries(manifest, device)


def test_an_engine_that_is_asked_for_by_name_is_taken(wanted: EngineOptions) -> None:
    """Nothing wants measuring, whatever is remembered: a person has decided."""
    memory_of(wanted).remember(Measurement(HALF, {HALF: 50.0}, is_settled=False))
    _, eight = load_best(replace(wanted, engine="openvino"))
    _, torch_s = load_best(replace(wanted, engine="torch", device="cpu"))

    assert (INT8, {}, False) == (eight.kind, eight.measured, eight.wants_measuring)
    assert ("torch", "cpu") == (torch_s.kind.library, torch_s.kind.device)
    assert ({}, False) == (torch_s.measured, torch_s.wants_measuring)
