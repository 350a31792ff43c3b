"""A cache of measured engine speeds, in a file below the user's cache folder.

One entry for each set of circumstances. The file may be deleted at any time: the engines are then
measured again. A failed write is ignored, because the cache only saves time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
from collections.abc import Mapping  # noqa: TC003 - the codec reads annotations
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.model.engines.engine import LIBRARIES, EngineKind

if TYPE_CHECKING:
    from gallery_daemon.model.manifest import Manifest

_MODEL_NAMES = ("model name", "Hardware", "CPU part")
# An NVIDIA card has this device node as soon as its driver is loaded.
_CARD = Path("/dev/nvidiactl")
_FILE = "engines.json"
# More circumstances than a machine has; the file stays small.
_ENTRIES_LIMIT = 50


def engines_file() -> Path:
    """The file of this user's measurements: XDG_CACHE_HOME/gallery-daemon/engines.json.

    In the journal's folder where the cache folder cannot be written.
    """
    cache = platformdirs.user_cache_path("gallery-daemon")
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
    is_usable = os.access(cache, os.W_OK | os.X_OK)
    return (cache if is_usable else platformdirs.user_state_path("gallery-daemon")) / _FILE


def circumstances(manifest: Manifest, engine: str, device: str) -> str:
    """A key of 16 hexadecimal digits, of everything that an engine's speed depends on.

    Head and bank are not: they cost next to nothing, and a new head must not be waited for.
    """
    facts = {
        "weights": manifest.weights_sha256,
        "int8": manifest.int8 and manifest.int8.bin_sha256,
        "engine": engine,
        "device": device,
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "card": has_graphics_card(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def has_graphics_card() -> bool:
    """Whether there is an NVIDIA card with its driver."""
    return _CARD.exists()


@dataclass(frozen=True, slots=True)
class Measurement:
    """The chosen engine, and the pictures per second of all that were tried.

    `tries` counts the rounds of trials; `is_settled` means that no other round is needed.
    """

    kind: EngineKind
    speeds: Mapping[EngineKind, float]
    tries: int = 1
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class _Entry:
    """A measurement as the file has it; engines by their names."""

    engine: str
    pictures_per_s: Mapping[str, float]
    tries: int
    settled: bool


class EngineCache:
    """The measurement for one set of circumstances, kept in the file `path` under `key`."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key

    def recall(self) -> Measurement | None:
        """The measurement kept last; None if there is none."""
        try:
            entry = value_of(_Entry, self._entries().get(self._key), "entry", exact=False)
            speeds = {EngineKind.parse(kind): speed for kind, speed in entry.pictures_per_s.items()}
            return Measurement(EngineKind.parse(entry.engine), speeds, entry.tries, entry.settled)
        except (CodecError, ValueError):
            # A damaged entry, or one of an older version.
            return None

    def remember(self, measurement: Measurement) -> None:
        """`measurement` is kept from now on, in place of the one before."""
        speeds = {str(kind): speed for kind, speed in measurement.speeds.items()}
        entry = _Entry(str(measurement.kind), speeds, measurement.tries, measurement.is_settled)
        others = list(self._others().items())[-_ENTRIES_LIMIT + 1 :]
        self._write(dict(others) | {self._key: asdict(entry)})

    def forget(self) -> None:
        """Nothing is kept for these circumstances."""
        self._write(self._others())

    def _others(self) -> dict[str, object]:
        return {key: entry for key, entry in self._entries().items() if key != self._key}

    def _write(self, entries: dict[str, object]) -> None:
        part = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
            part.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()

    def _entries(self) -> dict[str, object]:
        try:
            return object_of(self._path.read_bytes())
        except (OSError, CodecError):
            return {}


def _processor() -> str:
    """The processor's name for itself."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in _MODEL_NAMES:
                return value.strip()
    return platform.machine()


def _version(name: str) -> str | None:
    # The daemon only needs `engines_file`, and saves the 1.5 MB of this import.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

    try:
        return version(name)
    except PackageNotFoundError:
        return None
