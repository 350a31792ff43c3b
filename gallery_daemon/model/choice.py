"""Which engine runs the network here: measured at first use, and remembered.

What is the fastest depends on the processor, on a card that may be there, and on the libraries'
versions; no table of ours would be right for long. So each library that could run the bundle is
tried in a process of its own (`trial`), which takes some seconds once; the result is remembered
until one of the things that it depends on changes (`memory`).

A network in whole numbers is only taken if it agrees with the exact one well enough, and if it is
worth it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engine import INT8, REFERENCE, Kind
from gallery_daemon.model.int8 import LEAST_AGREEMENT
from gallery_daemon.model.intel import is_installed
from gallery_daemon.model.manifest import read_manifest
from gallery_daemon.model.memory import Memory, circumstances

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest

ENGINES = ("auto", "torch", "openvino")
# How much faster an engine must be to be preferred to one that is exact.
WORTH_IT = 1.2
# Torch from a cold disk, and three batches in float32 on a slow processor.
_TRIAL_S = 120.0


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
    memory = Memory(wanted.memory, circumstances(manifest, wanted.engine, wanted.device))
    known = memory.recall()
    if known is not None:
        return Choice(known, {})
    measured = {kind: speed for library in libraries for kind, speed in _try(library, wanted)}
    kind = fastest(measured) if measured else _first_of_torch(wanted.device)
    if measured:
        memory.remember(kind, measured)
    return Choice(kind, {str(each): speed for each, speed in measured.items()})


def fastest(measured: Mapping[Kind, float]) -> Kind:
    """The fastest engine; one that is not exact only if it is `WORTH_IT`."""
    return max(measured, key=lambda kind: measured[kind] * (WORTH_IT if kind.is_exact else 1.0))


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


def _try(library: str, wanted: Wanted) -> list[tuple[Kind, float]]:
    """What its trial said; what crashed or hung in it is not there."""
    module = "gallery_daemon.model.trial"
    threads = str(wanted.threads or 0)
    command = (sys.executable, "-P", "-m", module, os.fspath(wanted.bundle), library)
    try:
        trial = subprocess.run(  # noqa: S603 - our own interpreter and module
            (*command, wanted.device, threads),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=_TRIAL_S,
            check=False,
        )
        told = trial.stdout
    except subprocess.TimeoutExpired as error:
        told = error.stdout or b""
    except OSError:
        return []
    lines = [json.loads(line) for line in told.splitlines() if line.startswith(b"{")]
    return [(Kind.parse(line["kind"]), float(line["pictures_per_s"])) for line in lines]


def _first_of_torch(device: str) -> Kind:
    """What torch likes best here, with its own reasons if it cannot."""
    from gallery_daemon.model.torch_engine import torch_kinds  # noqa: PLC0415 - torch is large

    return torch_kinds(device)[0]
