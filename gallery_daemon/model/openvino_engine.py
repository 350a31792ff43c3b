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

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.engine import Logits, Pictures
    from gallery_daemon.model.int8 import Int8


class OpenVinoEngine:
    """A bundle's 8-bit network. Not for two threads at once."""

    kind = INT8

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """Load the bundle in `folder`.

        Raises:
            BundleError: it has no 8-bit network, or not the one that its manifest describes.
        """
        files = _read(folder, read_manifest(folder).int8)
        openvino = silent("openvino")
        core = openvino.Core()
        try:
            model = core.read_model(
                files[XML_FILE], openvino.Tensor(np.frombuffer(files[BIN_FILE], np.uint8))
            )
            compiled = core.compile_model(model, "CPU", _settings(threads))
        except RuntimeError as error:
            first_line = str(error).strip().splitlines()[0]
            raise BundleError(f"{folder / XML_FILE} cannot be run: {first_line}") from error
        self._request = compiled.create_infer_request()

    def logits(self, pictures: Pictures) -> Logits:
        """What the network makes of uint8 (N, S, S, 3), RGB: float32 (N, C), before softmax."""
        (logits,) = self._request.infer({0: pictures}, share_inputs=True).values()
        return np.array(logits, np.float32)


def _settings(threads: int | None) -> dict[str, str]:
    """One batch at a time by all threads: the decoders keep the processor busy meanwhile."""
    # Not bound to cores: the decoders and other programs want those as well.
    settings = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": "NO"}
    return settings if threads is None else settings | {"INFERENCE_NUM_THREADS": str(threads)}


def _read(folder: Path, int8: Int8 | None) -> dict[str, bytes]:
    """The two files by name, which are those of the manifest."""
    if int8 is None:
        raise BundleError(
            f"the model bundle {folder} has no 8-bit network",
            hint="make one with `gallery-daemon export --int8`, or use engine: torch",
        )
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
