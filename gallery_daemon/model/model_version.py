"""A version of a model, as the base or as a folder of its own, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.model.version_files import LearnedRecord


class ModelVersionState(StrEnum):
    """What became of a version."""

    CURRENT = "current"  # it serves
    ADOPTED = "adopted"  # it served, and another does now
    CANDIDATE = "candidate"  # it may be adopted
    REFUSED = "refused"  # by the gate
    UNUSABLE = "unusable"  # damaged, or of another base


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version that is whole; the base has no `folder`, and was not `learned` here."""

    number: int
    manifest: Manifest
    folder: Path | None = None
    learned: LearnedRecord | None = None


@dataclass(frozen=True, slots=True)
class ListedModelVersion:
    """A version with its state; `version` is None where it is unusable: `problem` says why."""

    number: int
    state: ModelVersionState
    version: ModelVersion | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ServingVersion:
    """The version that serves, and what is the matter with one that should, in a sentence."""

    version: ModelVersion
    problem: str | None = None
