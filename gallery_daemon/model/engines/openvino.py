"""The 8-bit network in OpenVINO, on the processor. It needs no torch, so it starts at once.

One compiled network of dynamic size serves both looks. On two cores of a Xeon with AMX it is as
fast as one network for each size, and takes 50 MB less; what a size needs is compiled when the
first picture of that size comes.

OpenVINO and NNCF report their use to their maker unless a person declines (openvino-telemetry
2025.2, `enable_opt_in_dialog=False`: no consent file counts as consent). This program promises that
nothing leaves the machine, so `without_telemetry` hides the telemetry package from both; they work
without it.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.engine import INT8
from gallery_daemon.model.engines.probes import probes, record, relative_error, softmax
from gallery_daemon.model.manifest import BIN_FILE, MANIFEST_FILE, WHOLE_NETWORK_VERSION, XML_FILE
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.engines.engine import EngineKind, Features, PictureBatch
    from gallery_daemon.model.manifest import Int8Network, Manifest

# Of the probes' features. Measured with the default model: AVX-512 without VNNI, which saturates
# where others do not, is 0.009 from AMX, and the float32 body 0.17.
_TOLERATED_ERROR = 0.05
# Of the probes' probabilities, which a network of format version 1 gives.
_TOLERANCE = 0.05
_TELEMETRY = "openvino_telemetry"


def without_telemetry(name: str) -> Any:  # noqa: ANN401 - neither package is typed
    """The package `name`, `openvino` or `nncf`, without its telemetry."""
    # None makes `import` raise ImportError, which both packages expect.
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    return importlib.import_module(name)


def openvino_kinds(device: str = "auto") -> tuple[EngineKind, ...]:
    """How OpenVINO can run a network here.

    Args:
        device: `auto` or `cpu`.

    Raises:
        BundleError: it does not run on another device.
    """
    if device not in {"auto", INT8.device}:
        raise BundleError(
            f"engine openvino does not run on the device {device}",
            hint="use engine: torch, or device: cpu",
        )
    return (INT8,)


class OpenVinoEngine:
    """A bundle's 8-bit network, for one thread at a time."""

    kind = INT8

    def __init__(
        self, folder: Path, threads: int | None = None, manifest: Manifest | None = None
    ) -> None:
        """Load the bundle in `folder`; `manifest` is its own, if it was read already.

        Raises:
            BundleError: it has no 8-bit network, or not the one that its manifest describes; the
                network gives other answers here than where it was made; or OpenVINO cannot be
                imported.
        """
        self._manifest = manifest or read_manifest(folder)
        self.has_head = self._manifest.format_version == WHOLE_NETWORK_VERSION
        self._int8 = int8 = _int8_of(self._manifest, folder)
        files = _read(folder, int8)
        try:
            openvino = without_telemetry("openvino")
            core = openvino.Core()
            model = core.read_model(
                files[XML_FILE], openvino.Tensor(np.frombuffer(files[BIN_FILE], np.uint8))
            )
            compiled = core.compile_model(model, "CPU", _settings(threads))
        except (ImportError, RuntimeError) as error:
            first_line = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise BundleError(
                f"OpenVINO cannot run {folder / XML_FILE}: {first_line}", hint="use engine: torch"
            ) from error
        self._request = compiled.create_infer_request()
        self._unchecked = {each.size: look for look, each in self._manifest.looks.items()}
        self._refuse_other_answers(LookKind.FULL)

    def features(self, pictures: PictureBatch) -> Features:
        """The pooled features, float32 (N, F), of pictures uint8 (N, S, S, 3), RGB.

        Those of a bundle of format version 1 are logits (N, C).

        Raises:
            BundleError: pictures of this size come for the first time, and the network gives other
                answers here than where it was made.
        """
        look = self._unchecked.get(pictures.shape[1])
        if look is not None:
            self._refuse_other_answers(look)
        return self._run(pictures)

    def _run(self, pictures: PictureBatch) -> Features:
        (outputs,) = self._request.infer({0: pictures}, share_inputs=True).values()
        return np.array(outputs, np.float32)

    def _refuse_other_answers(self, look: LookKind) -> None:
        """Compare the answers to the probes with the manifest's; this also warms the network."""
        settings, expected = self._manifest.looks[look], np.array(self._int8.looks[look].answers)
        outputs = self._run(probes(settings.size))
        if self.has_head:
            difference = float(np.abs(softmax(outputs / settings.temperature) - expected).max())
            is_right = difference <= _TOLERANCE
        else:
            difference = relative_error(record(outputs), expected)
            is_right = difference <= _TOLERATED_ERROR
        if not is_right:
            raise BundleError(
                f"the 8-bit network answers {difference:.2f} otherwise here than where it was made",
                hint="use engine: torch",
            )
        self._unchecked.pop(settings.size, None)


def _settings(threads: int | None) -> dict[str, str]:
    """All threads work on one batch: the decoders keep the processor busy between batches."""
    # Not bound to cores: the decoders and other programs use those as well.
    settings = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": "NO"}
    return settings if threads is None else settings | {"INFERENCE_NUM_THREADS": str(threads)}


def _int8_of(manifest: Manifest, folder: Path) -> Int8Network:
    if manifest.int8 is None:
        raise BundleError(
            f"the model bundle {folder} has no 8-bit network",
            hint="make one with `gallery-daemon export --int8`, or use engine: torch",
        )
    return manifest.int8


def _read(folder: Path, int8: Int8Network) -> dict[str, bytes]:
    """The two files by name, each with the hash that the manifest gives."""
    files = {}
    for name, digest in ((XML_FILE, int8.xml_sha256), (BIN_FILE, int8.bin_sha256)):
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise BundleError(f"cannot read {folder / name}: {error.strerror}") from error
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise BundleError(
                f"{folder / name} is not the file that {MANIFEST_FILE} describes",
                hint="the bundle is damaged or mixed from two; copy it again",
            )
    return files
