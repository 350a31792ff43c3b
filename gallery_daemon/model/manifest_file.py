"""The file `model.json`: read from outside, in today's format or that of version 0.1, and checked.

What format version 1 says differently is here alone: elsewhere a manifest is one of today.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from gallery_daemon.codec import CodecError, MissingKeyError, value_of
from gallery_daemon.errors import BundleError
from gallery_daemon.model.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    WHOLE_NETWORK_VERSION,
    Int8Look,
    Int8Network,
    Json,
    LookSettings,
    Manifest,
)
from gallery_daemon.model.manifest_checks import first_problem
from gallery_daemon.openat import NotRegularError, open_regular
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

# A real manifest has some ten kilobytes; anything larger is no manifest.
_MANIFEST_LIMIT = 4 * 1024 * 1024
_TOP = "manifest"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the bundle in `folder`, checked.

    Raises:
        BundleError: it is missing, not readable, or says something impossible.
    """
    path = folder / MANIFEST_FILE
    try:
        with open_regular(path, follow_links=True) as file:
            text = file.read(_MANIFEST_LIMIT + 1)
        raw = json.loads(text)
    except NotRegularError as error:
        raise BundleError(f"{path} is not a regular file") from error
    except OSError as error:
        raise BundleError(
            f"cannot read the model bundle {folder}: {error.strerror}",
            hint="give a folder that `gallery-daemon train` made, or `default`",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path} is not valid JSON: {error}") from error
    if len(text) > _MANIFEST_LIMIT or not isinstance(raw, dict):
        raise BundleError(f"{path} is not a model manifest")
    return _checked(cast("dict[str, object]", raw), path)


def _checked(raw: Json, path: Path) -> Manifest:
    version = raw.get("format_version")
    if version not in {FORMAT_VERSION, WHOLE_NETWORK_VERSION}:
        raise BundleError(
            f"{path} has format version {version}, this program reads {WHOLE_NETWORK_VERSION} and "
            f"{FORMAT_VERSION}",
            hint="update gallery-daemon, or train the model again",
        )
    try:
        manifest: Manifest = (
            value_of(Manifest, _completed(raw), _TOP, exact=False)
            if version == FORMAT_VERSION
            else value_of(_Manifest1, raw, _TOP, exact=False).as_today()
        )
    except MissingKeyError as error:
        place = "" if error.where == _TOP else f" in {error.where}"
        raise BundleError(f"{path} lacks {error.key!r}{place}") from error
    except CodecError as error:
        raise BundleError(f"{path}: {error.problem}") from error
    if problem := first_problem(manifest):
        raise BundleError(f"{path}: {problem}")
    return manifest


def _completed(raw: Json) -> Json:
    """With what a program from before there were quick looks did not write."""
    looks = raw.get("looks")
    if not isinstance(looks, dict):
        return raw
    written = ((name, each) for name, each in looks.items() if isinstance(each, dict))
    return {**raw, "looks": looks | {name: {"reach": {}} | each for name, each in written}}


@dataclass(frozen=True, slots=True)
class _Int8Network1:
    """The 8-bit network in a manifest of format version 1."""

    xml_sha256: str
    bin_sha256: str
    agreement: float
    difference: float
    pictures: int
    answers: tuple[tuple[float, ...], ...]

    def as_today(self) -> Int8Network:
        """The same in today's words."""
        full = Int8Look(self.agreement, self.difference, self.answers)
        return Int8Network(self.xml_sha256, self.bin_sha256, self.pictures, {LookKind.FULL: full})


@dataclass(frozen=True, slots=True)
class _Manifest1:
    """What a manifest of format version 1 says."""

    name: str
    classes: tuple[str, ...]
    weights_sha256: str
    temperature: float
    input_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    provenance: Json | None
    metrics: Json | None
    int8: _Int8Network1 | None

    def as_today(self) -> Manifest:
        """The same in today's words."""
        return Manifest(
            name=self.name,
            classes=self.classes,
            weights_sha256=self.weights_sha256,
            looks={LookKind.FULL: LookSettings(self.input_size, self.temperature)},
            mean=self.mean,
            std=self.std,
            provenance=self.provenance,
            metrics=self.metrics,
            int8=self.int8.as_today() if self.int8 else None,
            format_version=WHOLE_NETWORK_VERSION,
        )
