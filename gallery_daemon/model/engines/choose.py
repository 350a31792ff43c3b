"""Which engine runs the network here: measured at first use, and remembered.

The fastest depends on the processor, on a graphics card and on the versions of the libraries; a
fixed table would not stay right. So each library that can run the bundle is tried in a process of
its own (`trial`), which takes some seconds once, and the result is kept until one of these changes
(`measured`). A result from a busy machine is used, and measured again at a start that finds the
machine quiet.

The 8-bit network is only taken if it agrees with float32 well enough and is fast enough to be worth
it. Asked for by name it is taken anyway, as long as it gives the right answers to the probes.
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
from gallery_daemon.errors import BundleError, GalleryError
from gallery_daemon.model.engines.engine import INT8, LIBRARIES, REFERENCE, EngineKind
from gallery_daemon.model.engines.measured import EngineCache, Measurement, circumstances
from gallery_daemon.model.engines.openvino import is_installed
from gallery_daemon.model.engines.predict import Predictor, kinds_of, load_predictor
from gallery_daemon.model.engines.probes import probes
from gallery_daemon.model.engines.trial import share_of_others
from gallery_daemon.model.manifest import LEAST_AGREEMENT
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.tensors import refuse_misfits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest

ENGINES = ("auto", *LIBRARIES)
# How much faster than an exact engine another must be to be preferred.
WORTH_IT = 1.2
# Of the machine, taken by others during a trial: from here on its figures are not final.
_BUSY = 0.1
# A machine that is never quiet is measured this often; each engine's best figure counts.
_MOST_TRIES = 3
# For all trials together: torch from a cold disk, and a batch in float32 on a slow processor. The
# host waits longer for the process to be ready (`classifier.host.Timeouts`).
_TRIALS_S = 100.0


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which bundle to run, and what is asked of the engine.

    `engine` is one of `ENGINES`; only `auto` is measured, `torch` takes the first of
    `torch_kinds`, `openvino` the 8-bit network. `device` is `auto`, `cpu`, `cuda` or `mps`,
    `memory` the file of measurements.
    """

    bundle: Path
    memory: Path
    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenEngine:
    """The engine, and the pictures per second of all that were tried just now, by name."""

    kind: EngineKind
    measured: Mapping[str, float]
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a trial prints of one engine; `others` is their share of the machine, 0..1."""

    kind: str
    pictures_per_s: float
    others: float


def load_best(options: EngineOptions) -> tuple[Predictor, ChosenEngine]:
    """The bundle on the engine chosen for it, which has answered a picture; and the choice.

    A remembered engine that no longer runs (a driver is gone, a file is damaged) is forgotten, and
    all are measured again.

    Raises:
        BundleError: the bundle cannot be read, or the machine does not have what is asked for.
    """
    choice = choose(options)
    try:
        return _load(options, choice), choice
    except (GalleryError, RuntimeError):
        if not choice.is_remembered:
            raise
    _cache(options).forget()
    choice = choose(options)
    return _load(options, choice), choice


def choose(options: EngineOptions) -> ChosenEngine:
    """The engine for the bundle on this machine.

    Raises:
        BundleError: the bundle cannot be read, or the machine does not have what is asked for.
    """
    manifest = read_manifest(options.bundle)
    # No engine would run it, and to find that out by measuring takes a minute.
    refuse_misfits(options.bundle, manifest)
    if options.engine not in ENGINES:
        raise BundleError(
            f"there is no engine {options.engine!r}", hint=f"the engines are {', '.join(ENGINES)}"
        )
    if options.engine != "auto":
        return ChosenEngine(kinds_of(options.engine, options.device)[0], {})
    cache = _cache(options)
    known = cache.recall()
    # No second round on a busy machine: it takes longest there and says least.
    if known is not None and (known.is_settled or share_of_others() >= _BUSY):
        return ChosenEngine(known.kind, {}, is_remembered=True)
    trials = _try_all(_libraries(manifest, options.device), options)
    found = _combined(trials, known, options.device)
    cache.remember(found)
    return ChosenEngine(
        found.kind, {str(each): trial.pictures_per_s for each, trial in trials.items()}
    )


def fastest(measured: Mapping[EngineKind, float]) -> EngineKind:
    """The fastest engine; one that is not exact must be `WORTH_IT` times as fast."""
    return max(measured, key=lambda kind: measured[kind] * (WORTH_IT if kind.is_exact else 1.0))


def _combined(
    trials: Mapping[EngineKind, _Trial], known: Measurement | None, device: str
) -> Measurement:
    """The trials together with earlier ones: each engine counts by its best figure."""
    speeds = {kind: trial.pictures_per_s for kind, trial in trials.items()}
    if known is not None:
        speeds = {kind: max(speed, known.speeds.get(kind, 0.0)) for kind, speed in speeds.items()}
    tries = 1 if known is None else known.tries + 1
    # No trial in time means a busy machine, though none could report it.
    was_quiet = bool(trials) and all(trial.others < _BUSY for trial in trials.values())
    kind = fastest(speeds) if speeds else kinds_of(REFERENCE.library, device)[0]
    return Measurement(kind, speeds, tries, is_settled=was_quiet or tries >= _MOST_TRIES)


def _libraries(manifest: Manifest, device: str) -> tuple[str, ...]:
    """The libraries to try: that of the 8-bit network only if it can be used."""
    can_int8 = (
        device in {"auto", INT8.device}
        and manifest.int8 is not None
        and manifest.int8.agreement >= LEAST_AGREEMENT
        and is_installed(INT8.library)
    )
    return (INT8.library, REFERENCE.library) if can_int8 else (REFERENCE.library,)


def _cache(options: EngineOptions) -> EngineCache:
    manifest = read_manifest(options.bundle)
    return EngineCache(options.memory, circumstances(manifest, options.engine, options.device))


def _load(options: EngineOptions, choice: ChosenEngine) -> Predictor:
    """The predictor, after it has answered a picture: a failure shows now, not at a photo."""
    predictor = load_predictor(options.bundle, choice.kind, options.threads)
    predictor.predict(probes(predictor.manifest.full.size)[:1])
    return predictor


def _try_all(libraries: tuple[str, ...], options: EngineOptions) -> dict[EngineKind, _Trial]:
    """The engines that could be tried in time."""
    deadline = time.monotonic() + _TRIALS_S
    trials: dict[EngineKind, _Trial] = {}
    for library in libraries:
        for line in _try(library, options, deadline - time.monotonic()):
            with contextlib.suppress(CodecError, ValueError):
                trial = value_of(_Trial, object_of(line), "trial", exact=False)
                if trial.pictures_per_s > 0:
                    trials[EngineKind.parse(trial.kind)] = trial
    return trials


def _try(library: str, options: EngineOptions, patience_s: float) -> list[bytes]:
    """The lines that the library's trial printed before it ended, crashed or ran out of time."""
    words = ("-P", "-m", "gallery_daemon.model.engines.trial", os.fspath(options.bundle), library)
    try:
        trial = subprocess.run(  # noqa: S603 - our own interpreter and module
            (sys.executable, *words, options.device, str(options.threads or 0)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=patience_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return (error.stdout or b"").splitlines()
    except OSError:
        return []
    return trial.stdout.splitlines()
