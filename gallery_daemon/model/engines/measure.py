"""How fast each engine runs a bundle here: measured while nobody waits, and remembered.

Each library that may run the bundle is tried in a process of its own (`trial`), which takes some
seconds, and the result is kept until one of the circumstances changes (`measured`). It is begun
only on a quiet machine, and given up at once when a photo comes. If others set to work meanwhile,
the result is used and is not final: each engine counts by its best figure.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.codec import CodecError, object_of, value_of
from gallery_daemon.model.engines.choose import cache_of
from gallery_daemon.model.engines.engine import EngineKind, libraries
from gallery_daemon.model.engines.measured import Measurement
from gallery_daemon.model.engines.trial import share_of_others
from gallery_daemon.model.manifest_file import read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from gallery_daemon.model.engines.choose import EngineOptions

# How much faster than an exact engine another must be to be preferred.
WORTH_IT = 1.2
# Of the machine, taken by others: from here on figures are not final.
_BUSY = 0.1
# A machine that is never quiet is measured this often; each engine's best figure counts.
_MOST_TRIES = 3
# For all trials together: torch from a cold disk, and a batch in float32 on a slow processor.
_TRIALS_S = 100.0
# How soon a trial is ended for a photo.
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a trial prints of one engine; `others` is their share of the machine, 0..1."""

    kind: str
    pictures_per_s: float
    others: float


def measure(options: EngineOptions, in_use: EngineKind, stop: Event) -> Measurement | None:
    """What is remembered from now on of the bundle's engines.

    None if the machine was not quiet to begin with, or `stop` was set meanwhile.

    Args:
        options: of the bundle in use.
        in_use: the engine that runs it, which stays if no trial says anything.
        stop: is looked at ten times a second.

    Raises:
        BundleError: the bundle cannot be read any more.
    """
    manifest = read_manifest(options.bundle)
    cache = cache_of(options, manifest)
    if share_of_others() >= _BUSY:
        return None
    trials = _try_all(libraries(manifest, options.device), options, stop)
    if stop.is_set():
        return None
    found = _combined(trials, cache.recall(), in_use)
    cache.remember(found)
    return found


def fastest(measured: Mapping[EngineKind, float]) -> EngineKind:
    """The fastest engine; one that is not exact must be `WORTH_IT` times as fast."""
    return max(measured, key=lambda kind: measured[kind] * (WORTH_IT if kind.is_exact else 1.0))


def _combined(
    trials: Mapping[EngineKind, _Trial], known: Measurement | None, in_use: EngineKind
) -> Measurement:
    """The trials together with earlier ones: each engine counts by its best figure."""
    speeds = {kind: trial.pictures_per_s for kind, trial in trials.items()}
    if known is not None:
        speeds = {kind: max(speed, known.speeds.get(kind, 0.0)) for kind, speed in speeds.items()}
    tries = 1 if known is None else known.tries + 1
    # No trial in time means a busy machine, though none could report it.
    was_quiet = bool(trials) and all(trial.others < _BUSY for trial in trials.values())
    kind = fastest(speeds) if speeds else in_use
    return Measurement(kind, speeds, tries, is_settled=was_quiet or tries >= _MOST_TRIES)


def _try_all(
    names: tuple[str, ...], options: EngineOptions, stop: Event
) -> dict[EngineKind, _Trial]:
    """The engines that could be tried in time."""
    deadline = time.monotonic() + _TRIALS_S
    trials: dict[EngineKind, _Trial] = {}
    for library in names:
        if stop.is_set():
            break
        for line in _try(library, options, deadline, stop):
            with contextlib.suppress(CodecError, ValueError):
                trial = value_of(_Trial, object_of(line), "trial", exact=False)
                if trial.pictures_per_s > 0:
                    trials[EngineKind.parse(trial.kind)] = trial
    return trials


def _try(library: str, options: EngineOptions, deadline: float, stop: Event) -> list[bytes]:
    """The lines that the library's trial printed before it ended, crashed or was ended."""
    words = ("-P", "-m", "gallery_daemon.model.engines.trial", os.fspath(options.bundle), library)
    try:
        trial = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            (sys.executable, *words, options.device, str(options.threads or 0)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
    except OSError:
        return []
    # A few lines, which the pipe holds until the end.
    with trial:
        while trial.poll() is None:
            if stop.wait(_LOOK_S) or time.monotonic() > deadline:
                trial.kill()
        said, _ = trial.communicate()
    return said.splitlines()
