"""Versions for tests: heads that say what a test wants, on a bundle of random numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.model.bank import FeatureBank
from gallery_daemon.model.head import Head
from gallery_daemon.model.model_versions import ModelVersions
from gallery_daemon.model.version_files import GateResult, LearnedRecord

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.manifest import LookSettings, Manifest
    from gallery_daemon.model.model_version import ModelVersion

LIBRARY = "/photos/Sorted"
PASSED = GateResult(passed=True, reasons=("better on lessons",))
REFUSED = GateResult(passed=False, reasons=("no better on lessons",), wanted_more=12)


def versions_on(bundle: Path, tmp_path: Path, library: str = LIBRARY) -> ModelVersions:
    """The versions on the bundle, in a state folder of the test's."""
    return ModelVersions.of(bundle, library, tmp_path / "state")


def learned(versions: ModelVersions, gate: GateResult = PASSED, lessons: int = 3) -> LearnedRecord:
    """How a version came to be whose number and hashes are not known yet."""
    return LearnedRecord(
        base=versions.base.model_id,
        number=0,
        parent=0,
        created_at=datetime(2025, 3, 1, 12, tzinfo=UTC),
        lessons={versions.base.classes[0]: lessons},
        kinds={"correction": lessons},
        lessons_sha256="",
        gate=gate,
        figures={"error": 0.25},
    )


def head_for(manifest: Manifest, favourite: int) -> Head:
    """A head that calls everything by the class of this number."""
    bias = np.zeros(len(manifest.classes), np.float32)
    bias[favourite] = 50.0
    return Head(np.zeros((len(manifest.classes), 512), np.float32), bias)


def lessons_for(manifest: Manifest, rows: int = 3) -> FeatureBank:
    """Features of so many lessons, all of the last class."""
    features = np.full((rows, 512), 0.5, np.float16)
    labels = np.full(rows, len(manifest.classes) - 1, np.int32)
    return FeatureBank(features, features, labels)


def write(
    versions: ModelVersions,
    favourite: int = 0,
    gate: GateResult = PASSED,
    more_classes: tuple[str, ...] = (),
) -> ModelVersion:
    """A new candidate that calls everything by one class; perhaps it knows more classes."""
    looks = {look: _with(each, more_classes) for look, each in versions.base.looks.items()}
    classes = versions.base.classes + more_classes
    manifest = replace(versions.base, classes=classes, looks=looks)
    head, lessons = head_for(manifest, favourite), lessons_for(manifest)
    with versions.locked():
        return versions.write_candidate(manifest, head, lessons, learned(versions, gate))


def _with(look: LookSettings, more_classes: tuple[str, ...]) -> LookSettings:
    """The reach of a look is of all classes, or of none."""
    if not look.reach:
        return look
    return replace(look, reach={**look.reach, **dict.fromkeys(more_classes, 1.0)})


def adopt(
    versions: ModelVersions, favourite: int = 0, more_classes: tuple[str, ...] = ()
) -> ModelVersion:
    """The same, and it serves."""
    version = write(versions, favourite, more_classes=more_classes)
    with versions.locked():
        versions.adopt(version.number)
    return version
