"""Which engine runs the network here. Nobody waits for a measurement.

The fastest depends on the processor, on a graphics card and on the versions of the libraries; a
fixed table would not stay right. So engines are measured (`measure`), but only when no photo waits,
and the result is used from the next start on. Until there is one, the 8-bit network serves where it
can: it is loaded in under a second, on the processors measured so far it is the fastest, and the
probes find out where it answers otherwise than it should. Where it cannot be used, torch serves in
the way that is likely the fastest.

Later the 8-bit network is only taken if it agrees with float32 well enough and is fast enough to be
worth it. Asked for by name it is taken anyway, as long as it gives the right answers to the probes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.errors import BundleError, GalleryError
from gallery_daemon.model.engines.engine import LIBRARIES, libraries
from gallery_daemon.model.engines.measured import EngineCache, circumstances
from gallery_daemon.model.engines.predict import Predictor, kinds_of, load_predictor
from gallery_daemon.model.engines.probes import probes
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.model.tensors import refuse_misfits
from gallery_daemon.model.version_files import read_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gallery_daemon.model.engines.engine import EngineKind
    from gallery_daemon.model.manifest import Manifest

ENGINES = ("auto", *LIBRARIES)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which bundle to run, and what is asked of the engine.

    `version` is the folder of a version that was learned on the bundle, whose head serves. `engine`
    is one of `ENGINES`; only `auto` is measured, `torch` takes the first of
    `torch_kinds`, `openvino` the 8-bit network. `device` is `auto`, `cpu`, `cuda` or `mps`,
    `memory` the file of measurements.
    """

    bundle: Path
    memory: Path
    engine: str = "auto"
    device: str = "auto"
    threads: int | None = None
    version: Path | None = None


@dataclass(frozen=True, slots=True)
class ChosenEngine:
    """The engine, and the pictures per second that were measured of each, by name.

    `wants_measuring`: they were not measured yet, or only beside other work.
    """

    kind: EngineKind
    measured: Mapping[str, float]
    wants_measuring: bool = False


def load_best(options: EngineOptions) -> tuple[Predictor, ChosenEngine]:
    """The bundle on the engine chosen for it, which has answered a picture; and the choice.

    A remembered engine that no longer runs (a driver is gone, a file is damaged) is forgotten. Then
    and at first use, the likely engines are tried in turn.

    Raises:
        BundleError: the bundle cannot be read, or the machine does not have what is asked for.
    """
    manifest = read_manifest(options.bundle)
    # No engine would run it, and to find that out by trying takes long.
    refuse_misfits(options.bundle, manifest)
    if options.version is not None:
        manifest, _ = read_version(options.version, options.bundle, manifest)
    if options.engine not in ENGINES:
        raise BundleError(
            f"there is no engine {options.engine!r}", hint=f"the engines are {', '.join(ENGINES)}"
        )
    if options.engine != "auto":
        kind = kinds_of(options.engine, options.device)[0]
        return _load(options, kind, manifest), ChosenEngine(kind, {})
    cache = cache_of(options, manifest)
    known = cache.recall()
    if known is not None:
        speeds = {str(kind): speed for kind, speed in known.speeds.items()}
        choice = ChosenEngine(known.kind, speeds, wants_measuring=not known.is_settled)
        try:
            return _load(options, known.kind, manifest), choice
        except (GalleryError, RuntimeError):
            cache.forget()
    return _first_that_runs(options, manifest)


def cache_of(options: EngineOptions, manifest: Manifest) -> EngineCache:
    """What is remembered of the bundle's engines on this machine."""
    return EngineCache(options.memory, circumstances(manifest, options.engine, options.device))


def _first_that_runs(options: EngineOptions, manifest: Manifest) -> tuple[Predictor, ChosenEngine]:
    """The first of the likely engines that answers a picture.

    Raises:
        BundleError: there is none; it is what the last of them said.
    """
    trouble: Exception | None = None
    for kind in _likely(manifest, options.device):
        try:
            return _load(options, kind, manifest), ChosenEngine(kind, {}, wants_measuring=True)
        except (GalleryError, RuntimeError) as error:
            trouble = error
    assert trouble is not None, "each library has a kind, or says why not"
    raise trouble


def _likely(manifest: Manifest, device: str) -> Iterator[EngineKind]:
    """The engines, the likely fastest first; torch is not imported before it is its turn."""
    for library in libraries(manifest, device):
        yield from kinds_of(library, device)


def _load(options: EngineOptions, kind: EngineKind, manifest: Manifest) -> Predictor:
    """The predictor, after it has answered a picture: a failure shows now, not at a photo."""
    predictor = load_predictor(options.bundle, kind, options.threads, manifest, options.version)
    predictor.predict(probes(manifest.full.size)[:1])
    return predictor
