"""Which engine runs the network here: measured at first use, and remembered.

What is the fastest depends on the processor, on a card that may be there, and on the libraries'
versions; no table of ours would be right for long. So each library that could run the bundle is
tried in a process of its own (`trial`), which takes some seconds once; the result is remembered
until one of the things that it depends on changes (`memory`). What was measured beside other work
serves for now, and is measured again by a start that finds the machine quiet.

A network in whole numbers is only taken if it agrees with the exact one well enough, and if it is
worth it; a person who asks for it by name takes it as it is, as long as it answers the probes.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import BundleError, GalleryError
from gallery_daemon.model.engine import INT8, REFERENCE, Kind
from gallery_daemon.model.int8 import LEAST_AGREEMENT
from gallery_daemon.model.intel import is_installed
from gallery_daemon.model.manifest import read_manifest
from gallery_daemon.model.memory import Measurement, Memory, circumstances
from gallery_daemon.model.others import share_of_others
from gallery_daemon.model.predict import Predictor, load_predictor
from gallery_daemon.model.probes import probes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest

ENGINES = ("auto", "torch", "openvino")
# How much faster an engine must be to be preferred to one that is exact.
WORTH_IT = 1.2
# Of the machine, by others during a trial: from there on the figures are not relied on.
_IN_COMPANY = 0.1
# A machine that never stays quiet is measured so often, and each engine's best figure counts.
_MOST_TRIES = 3
# For all trials together: torch from a cold disk, and a batch in float32 on a slow processor. The
# host waits longer than that for the process to be ready (`classifier.patience`).
_TRIALS_S = 100.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    `engine` is one of `ENGINES`; only `auto` is measured, `torch` is what torch can do best by its
    own account, `openvino` the 8-bit network. `device` is `auto`, `cpu`, `cuda` or `mps`,
    `memory` the file where measurements are remembered.
    """

    bundle: Path
    memory: Path
    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine, and the pictures per second of all that were tried just now, by their names."""

    kind: Kind
    measured: Mapping[str, float]
    is_remembered: bool = False


@dataclass(frozen=True, slots=True)
class _Trial:
    """Pictures per second, and the share of the machine that others took meanwhile."""

    speed: float
    others: float


def load_best(wanted: Wanted) -> tuple[Predictor, Choice]:
    """The bundle, run by the engine for it on this machine, which has answered; and the choice.

    What was remembered and does not run any more (a driver that is gone, a damaged file) is
    forgotten, and all are measured again.

    Raises:
        BundleError: the bundle cannot be read, or what is asked for cannot be had here.
    """
    choice = choose(wanted)
    try:
        return _load(wanted, choice), choice
    except (GalleryError, RuntimeError):
        if not choice.is_remembered:
            raise
    _memory(wanted).forget()
    choice = choose(wanted)
    return _load(wanted, choice), choice


def choose(wanted: Wanted) -> Choice:
    """The engine for the bundle on this machine.

    Raises:
        BundleError: the bundle cannot be read, or what is asked for cannot be had here.
    """
    manifest = read_manifest(wanted.bundle)
    libraries = _libraries(wanted, manifest)
    if libraries == (INT8.library,):
        return Choice(INT8, {})
    if wanted.engine == REFERENCE.library:
        return Choice(_first_of_torch(wanted.device), {})
    memory = _memory(wanted)
    known = memory.recall()
    # Nobody waits for trials on a busy machine twice: they take longest there, and say least.
    if known is not None and (known.is_settled or share_of_others() >= _IN_COMPANY):
        return Choice(known.kind, {}, is_remembered=True)
    trials = _try_all(libraries, wanted)
    found = _judge(trials, known, wanted.device)
    memory.remember(found)
    return Choice(found.kind, {str(each): trial.speed for each, trial in trials.items()})


def fastest(measured: Mapping[Kind, float]) -> Kind:
    """The fastest engine; one that is not exact only if it is `WORTH_IT`."""
    return max(measured, key=lambda kind: measured[kind] * (WORTH_IT if kind.is_exact else 1.0))


def _judge(trials: Mapping[Kind, _Trial], known: Measurement | None, device: str) -> Measurement:
    """What the trials say, with those of earlier times: other work makes none faster."""
    speeds = {kind: trial.speed for kind, trial in trials.items()}
    if known is not None:
        speeds = {kind: max(speed, known.speeds.get(kind, 0.0)) for kind, speed in speeds.items()}
    tries = 1 if known is None else known.tries + 1
    # Trials that all ran out of time had no quiet either, though none could say so.
    was_quiet = bool(trials) and all(trial.others < _IN_COMPANY for trial in trials.values())
    kind = fastest(speeds) if speeds else _first_of_torch(device)
    return Measurement(kind, speeds, tries, is_settled=was_quiet or tries >= _MOST_TRIES)


def _libraries(wanted: Wanted, manifest: Manifest) -> tuple[str, ...]:
    """Those that are to be tried.

    Raises:
        BundleError: what is asked for cannot be.
    """
    if wanted.engine not in ENGINES:
        raise BundleError(
            f"there is no engine {wanted.engine!r}", hint=f"the engines are {', '.join(ENGINES)}"
        )
    if wanted.engine == INT8.library:
        if wanted.device not in {"auto", INT8.device}:
            raise BundleError(
                f"engine openvino does not run on the device {wanted.device}",
                hint="use engine: torch, or device: cpu",
            )
        return (INT8.library,)
    can_int8 = (
        wanted.engine == "auto"
        and wanted.device in {"auto", INT8.device}
        and manifest.int8 is not None
        and manifest.int8.agreement >= LEAST_AGREEMENT
        and is_installed(INT8.library)
    )
    return (INT8.library, REFERENCE.library) if can_int8 else (REFERENCE.library,)


def _memory(wanted: Wanted) -> Memory:
    manifest = read_manifest(wanted.bundle)
    return Memory(wanted.memory, circumstances(manifest, wanted.engine, wanted.device))


def _load(wanted: Wanted, choice: Choice) -> Predictor:
    """The predictor, which has answered: what does not run is found out now, and not by a photo."""
    predictor = load_predictor(wanted.bundle, choice.kind, wanted.threads)
    predictor.predict(probes(predictor.manifest.input_size)[:1])
    return predictor


def _try_all(libraries: tuple[str, ...], wanted: Wanted) -> dict[Kind, _Trial]:
    """All that could be tried in time."""
    deadline = time.monotonic() + _TRIALS_S
    trials: dict[Kind, _Trial] = {}
    for library in libraries:
        for line in _try(library, wanted, deadline - time.monotonic()):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                trial = _Trial(float(told["pictures_per_s"]), float(told["others"]))
                kind = Kind.parse(told["kind"])
                if math.isfinite(trial.speed) and trial.speed > 0:
                    trials[kind] = trial
    return trials


def _try(library: str, wanted: Wanted, patience_s: float) -> list[bytes]:
    """The lines of its trial; what crashed or hung in it is not there."""
    words = ("-P", "-m", "gallery_daemon.model.trial", os.fspath(wanted.bundle), library)
    try:
        trial = subprocess.run(  # noqa: S603 - our own interpreter and module
            (sys.executable, *words, wanted.device, str(wanted.threads or 0)),
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


def _first_of_torch(device: str) -> Kind:
    """What torch likes best here, with its own reasons if it cannot."""
    from gallery_daemon.model.torch_engine import torch_kinds  # noqa: PLC0415 - torch is large

    return torch_kinds(device)[0]
