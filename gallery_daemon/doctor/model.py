"""The model bundle: whole, and its engine known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gallery_daemon.config.settings import EngineChoice
from gallery_daemon.doctor.finding import bad, well
from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.measured import EngineCache, circumstances, engines_file
from gallery_daemon.model.manifest import (
    BIN_FILE,
    WEIGHTS_FILE,
    XML_FILE,
    find_bundle,
    read_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.config.settings import ModelChoice
    from gallery_daemon.doctor.finding import Finding
    from gallery_daemon.model.manifest import Manifest

ABOUT = "model"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The bundle as it was found: `engine` was measured to be the fastest, of these `speeds`.

    `problem` is why it cannot be used; `is_measured` that the engine is measured at all,
    `is_settled` that it will not be again.
    """

    name: str
    problem: str | None
    hint: str | None = None
    classes: int = 0
    is_measured: bool = True
    is_settled: bool = True
    engine: str | None = None
    speeds: Mapping[str, float] = field(default_factory=dict)


def look_at_model(choice: ModelChoice) -> Bundle:
    """The bundle's files are read once, against the hashes in its manifest."""
    folder = find_bundle(choice.bundle)
    try:
        manifest = read_manifest(folder)
    except BundleError as error:
        return Bundle(choice.bundle, error.sentence, error.hint)
    problem = _damage(folder, manifest)
    if choice.engine is not EngineChoice.AUTO:
        said = f"{choice.engine}, as configured"
        return Bundle(
            *(manifest.model_id, problem),
            classes=len(manifest.classes),
            is_measured=False,
            engine=said,
        )
    memory = EngineCache(engines_file(), circumstances(manifest, choice.engine, choice.device))
    known = memory.recall()
    classes = len(manifest.classes)
    if known is None:
        return Bundle(manifest.model_id, problem, classes=classes)
    speeds = {str(kind): speed for kind, speed in known.speeds.items()}
    return Bundle(
        manifest.model_id,
        problem,
        classes=classes,
        is_settled=known.is_settled,
        engine=str(known.kind),
        speeds=speeds,
    )


def judge_model(seen: Bundle) -> Iterator[Finding]:
    """The bundle, and by which engine it runs."""
    if seen.problem is not None:
        advice = (
            seen.hint or "copy or train it again; for the shipped one, install the package anew"
        )
        yield bad(ABOUT, f"{seen.name}: {seen.problem}", advice)
        return
    yield well(ABOUT, f"{seen.name} is whole, {seen.classes} classes")
    if seen.engine is None:
        yield well(ABOUT, "its engine is measured when the first photo comes, which takes seconds")
        return
    by_speed = sorted(seen.speeds.items(), key=lambda each: -each[1])
    speeds = ", ".join(f"{name} {speed:.0f}" for name, speed in by_speed)
    measured = f" (pictures/s: {speeds})" if seen.is_measured and speeds else ""
    again = "" if seen.is_settled else "; measured beside other work, and soon again"
    yield well(ABOUT, f"its engine is {seen.engine}{measured}{again}")


def _damage(folder: Path, manifest: Manifest) -> str | None:
    """The first of the bundle's files that is not the one which the manifest describes."""
    hashes = {WEIGHTS_FILE: manifest.weights_sha256}
    if manifest.int8 is not None:
        hashes |= {XML_FILE: manifest.int8.xml_sha256, BIN_FILE: manifest.int8.bin_sha256}
    for name, wanted in hashes.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return f"{name} cannot be read: {(error.strerror or '').lower()}"
        if found != wanted:
            return f"{name} is not the file that its manifest describes"
    return None
