"""One version on disk: a head that was learned on a base, and the lessons that it was learned from.

A version is a folder of kilobytes:

- `model.json`, a whole manifest (classes, temperatures, tallies, familiarity), and in it `learned`:
  from what, when, and what the gate said;
- `head.safetensors`, the head, as in a bundle;
- `lessons.safetensors`, the features of the lessons in the bank's format: they extend the bank of
  the base.

The body, the 8-bit network and the bank stay in the base. So a version serves only on the very base
that it was made for, and each of its files is compared with its hash before it does. Needs no
numpy: the daemon reads it whenever it reads its configuration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import MANIFEST_FILE, Json, Manifest
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.tensors import (
    Tensor,
    head_tensors,
    labelled_features,
    read_verified,
)

if TYPE_CHECKING:
    from pathlib import Path

LESSONS_FILE = "lessons.safetensors"
LESSONS_LIMIT_BYTES = 256_000_000
"""Some hundred thousand lessons, which no person gives."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate said of a candidate: whether it may be adopted, and why, in clauses.

    `wanted_more`: about so many more lessons could change it; None: not known, or none are wanted.
    """

    passed: bool
    reasons: tuple[str, ...] = ()
    wanted_more: int | None = None


@dataclass(frozen=True, slots=True)
class LearnedRecord:
    """How a version came to be.

    `base` is the base's `model_id`, `parent` the number of the version that served when it was
    made. `created_at` is when its lessons were read, so what was given later is new to it.
    `lessons` and `kinds` count its lessons by class and by kind. `figures` are those that it was
    judged by.
    """

    base: str
    number: int
    parent: int
    created_at: datetime
    lessons: Mapping[str, int]
    kinds: Mapping[str, int]
    lessons_sha256: str
    gate: GateResult
    figures: Json

    @property
    def count(self) -> int:
        """How many lessons it was learned from."""
        return sum(self.lessons.values())


def manifest_text(manifest: Manifest, learned: LearnedRecord) -> str:
    """The text of a version's `model.json`."""
    said = asdict(learned) | {"created_at": learned.created_at.isoformat()}
    whole = json.loads(manifest.to_json()) | {"learned": said}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def read_learned(folder: Path) -> LearnedRecord:
    """How the version in `folder` came to be.

    Raises:
        BundleError: it does not say.
    """
    path = folder / MANIFEST_FILE
    try:
        raw = object_of(path.read_bytes()).get("learned")
        learned: LearnedRecord = value_of(LearnedRecord, raw, "learned", exact=False)
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error
    except CodecError as error:
        raise BundleError(f"{path}: {error}") from error
    return learned


def read_version(folder: Path, bundle: Path, base: Manifest) -> tuple[Manifest, LearnedRecord]:
    """The manifest of the version in `folder`, and how it came to be; all its files fit.

    Args:
        folder: of the version.
        bundle: the base's folder.
        base: its manifest.

    Raises:
        BundleError: it is missing, damaged, or of another base.
    """
    manifest, learned = read_manifest(folder), read_learned(folder)
    if problem := _why_of_another(manifest, learned, base):
        raise BundleError(f"{folder} {problem}")
    head, base_head = head_tensors(folder, manifest), head_tensors(bundle, base)
    if head is None or base_head is None:
        raise BundleError(f"{folder} has no head of its own")
    features = base_head[0][0].shape[1]
    if head[0][0].shape[1] != features:
        raise BundleError(f"{folder} has a head that takes other features than the base gives")
    lesson_tensors(folder, manifest, learned, features)
    return manifest, learned


def lesson_tensors(
    folder: Path, manifest: Manifest, learned: LearnedRecord, features: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The features of a version's lessons at both looks (K, F), and their labels (K,).

    Raises:
        BundleError: the file is missing, damaged, or does not fit the head.
    """
    path = folder / LESSONS_FILE
    content = read_verified(path, learned.lessons_sha256, LESSONS_LIMIT_BYTES)
    return labelled_features(content, path, features, len(manifest.classes))


def _why_of_another(manifest: Manifest, learned: LearnedRecord, base: Manifest) -> str | None:
    """Why the version does not go with this base, in a clause; None: it does."""
    if learned.base != base.model_id:
        return f"was learned on {learned.base}, and the base is {base.model_id}"
    parts = ("weights_sha256", "bank_sha256", "mean", "std", "int8")
    sizes = {look: each.size for look, each in manifest.looks.items()}
    is_same = all(getattr(manifest, part) == getattr(base, part) for part in parts)
    if not is_same or sizes != {look: each.size for look, each in base.looks.items()}:
        return "does not name the parts of its base"
    if manifest.classes[: len(base.classes)] != base.classes:
        return "has not the classes of its base"
    return None
