"""The 8-bit network in OpenVINO, on the processor. It needs no torch, so it starts at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engine import INT8
from gallery_daemon.model.int8 import BIN_FILE, XML_FILE
from gallery_daemon.model.intel import silent
from gallery_daemon.model.manifest import MANIFEST_FILE, read_manifest
from gallery_daemon.model.probes import probes
from gallery_daemon.model.softmax import softmax

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.engine import Logits, Pictures
    from gallery_daemon.model.int8 import Int8
    from gallery_daemon.model.manifest import Manifest

# Between processors that add bytes in another order the probes' probabilities differ by less.
_TOLERANCE = 0.05


class OpenVinoEngine:
    """A bundle's 8-bit network. Not for two threads at once."""

    kind = INT8

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load the bundle in `folder`.

        Raises:
            BundleError: it has no 8-bit network, or not the one that its manifest describes; or it
                answers otherwise here than where it was made; or OpenVINO cannot be imported.
        """
        manifest = read_manifest(folder)
        int8 = _int8_of(manifest, folder)
        files = _read(folder, int8)
        try:
            openvino = silent("openvino")
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
        self._refuse_other_answers(manifest, int8)

    def logits(self, pictures: Pictures) -> Logits:
        """What the network makes of uint8 (N, S, S, 3), RGB: float32 (N, C), before softmax."""
        (logits,) = self._request.infer({0: pictures}, share_inputs=True).values()
        return np.array(logits, np.float32)

    def _refuse_other_answers(self, manifest: Manifest, int8: Int8) -> None:
        """Processors differ in how they add bytes; the probes, which also warm it, tell."""
        answers = softmax(self.logits(probes(manifest.input_size)) / manifest.temperature)
        difference = float(np.abs(answers - np.array(int8.answers)).max())
        if not difference <= _TOLERANCE:
            raise BundleError(
                f"the 8-bit network answers {difference:.2f} otherwise here than where it was made",
                hint="use engine: torch",
            )


def _settings(threads: int | None) -> dict[str, str]:
    """One batch at a time by all threads: the decoders keep the processor busy meanwhile."""
    # Not bound to cores: the decoders and other programs want those as well.
    settings = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": "NO"}
    return settings if threads is None else settings | {"INFERENCE_NUM_THREADS": str(threads)}


def _int8_of(manifest: Manifest, folder: Path) -> Int8:
    if manifest.int8 is None:
        raise BundleError(
            f"the model bundle {folder} has no 8-bit network",
            hint="make one with `gallery-daemon export --int8`, or use engine: torch",
        )
    return manifest.int8


def _read(folder: Path, int8: Int8) -> dict[str, bytes]:
    """The two files by name, which are those of the manifest."""
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
