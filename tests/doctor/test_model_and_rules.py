"""The model bundle: each of its files against its hash, and the engine that is remembered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.config.settings import EngineChoice, ModelChoice
from gallery_daemon.daemon.configuration import versions_of
from gallery_daemon.doctor.model_and_rules import judge_model, look_at_model
from gallery_daemon.model.engines.engine import EngineKind
from gallery_daemon.model.engines.measured import (
    EngineCache,
    Measurement,
    circumstances,
    engines_file,
)
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from tests.doctor.lines import said, statuses
from tests.model.learned import adopt

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A copy of the shipped bundle."""
    return shutil.copytree(find_bundle("default"), tmp_path / "bundle")


def test_the_shipped_model_is_whole() -> None:
    """All of its files, and what is known of its engine or will be."""
    findings = list(judge_model(look_at_model(ModelChoice())))

    assert ["ok", "ok"] == statuses(findings)
    assert "is whole, 7 classes" in said(findings)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("model.safetensors", b"other", "is not the file that its manifest describes"),
        ("int8.bin", b"other", "int8.bin is not the file"),
        ("int8.bin", None, "int8.bin cannot be read: no such file"),
        ("model.json", b"{", "is not valid JSON"),
    ],
)
def test_a_damaged_bundle_fails(bundle: Path, name: str, content: bytes | None, says: str) -> None:
    """Whichever file it is, changed or gone."""
    (bundle / name).unlink()
    if content is not None:
        (bundle / name).write_bytes(content)

    findings = list(judge_model(look_at_model(ModelChoice(str(bundle)))))

    assert ["fail"] == statuses(findings)
    assert says in said(findings)


def test_the_engine_that_was_measured_is_told_with_its_speed(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the very circumstances that the classifier process goes by; the fastest first."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    unknown = said(judge_model(look_at_model(ModelChoice(str(bundle)))))
    kinds = {
        EngineKind("torch", "cpu", "bfloat16"): 50.4,
        EngineKind("openvino", "cpu", "int8"): 201.0,
    }
    key = circumstances(read_manifest(bundle), "auto", "auto")
    memory = EngineCache(engines_file(), key)
    measurement = Measurement(EngineKind("openvino", "cpu", "int8"), kinds)
    memory.remember(replace(measurement, is_settled=False))

    doubtful = said(judge_model(look_at_model(ModelChoice(str(bundle)))))
    memory.remember(measurement)
    known = said(judge_model(look_at_model(ModelChoice(str(bundle)))))
    chosen = ModelChoice(str(bundle), engine=EngineChoice.TORCH)

    assert "the 8-bit network serves until the daemon is idle and measures engines" in unknown
    assert "openvino cpu int8 (pictures/s: openvino cpu int8 201, torch cpu bfloat16 50)" in known
    assert "measured beside other work, and again when idle" in doubtful
    assert "again" not in known
    assert "its engine is torch, as configured" in said(judge_model(look_at_model(chosen)))


def test_a_damaged_version_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before serves, and what to do is said."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    versions = versions_of("default", "/photos/Sorted")
    first, second = adopt(versions, 0), adopt(versions, 1)
    assert second.folder is not None
    (second.folder / "head.safetensors").unlink()

    choice = ModelChoice(version=str(first.folder))
    findings = list(judge_model(look_at_model(choice, "/photos/Sorted")))

    assert ["ok", "warn", "ok"] == statuses(findings)
    assert f"{first.manifest.model_id} is whole" in said(findings)
    assert "version 2 does not serve" in said(findings)
