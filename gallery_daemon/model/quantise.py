"""The 8-bit network: made of the trained one, and compared with it.

Post-training quantisation by NNCF: some hundred pictures show the range of each layer's values, and
the biases are corrected for the rounding. Nothing is trained. The 8-bit network includes the
preprocessing (`network.normalise`), so it takes pictures and gives logits.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.openvino import is_installed, without_telemetry
from gallery_daemon.model.engines.probes import probes, softmax
from gallery_daemon.model.manifest import BIN_FILE, XML_FILE, Int8Look, Int8Network, LookKind
from gallery_daemon.model.network import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery_daemon.model.engines.engine import Logits, PictureBatch
    from gallery_daemon.model.manifest import Manifest

# NNCF's own default; with 1,000 the agreement is no better.
CALIBRATION_PICTURES = 300
_BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class Quantised:
    """An 8-bit network: what the manifest says of it, and its files by name."""

    int8: Int8Network
    files: dict[str, bytes]


class WithPreprocessing(nn.Module):
    """A network that takes pictures, uint8 (N, S, S, 3), and gives logits, float32 (N, C)."""

    def __init__(self, network: nn.Module, manifest: Manifest) -> None:
        super().__init__()
        self.network, self._manifest = network, manifest

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Normalise and run."""
        logits: torch.Tensor = self.network(
            normalise(pictures, self._manifest.mean, self._manifest.std)
        )
        return logits


def quantise(
    network: nn.Module, manifest: Manifest, calibration: PictureBatch, held_out: PictureBatch
) -> Quantised:
    """The network in 8 bits.

    Args:
        network: float32, on the processor.
        manifest: has its preprocessing and temperature.
        calibration: uint8 (N, S, S, 3), of all classes; N about `CALIBRATION_PICTURES`.
        held_out: uint8 (M, S, S, 3), M > 0, not trained on; both networks are compared on them.

    Raises:
        BundleError: OpenVINO or NNCF is not installed.
    """
    refuse_missing_packages()
    whole = WithPreprocessing(network.eval(), manifest)
    model = _quantised(whole, manifest.full.size, calibration)
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-") as folder:
        without_telemetry("openvino").save_model(model, Path(folder) / XML_FILE)
        files = {name: (Path(folder) / name).read_bytes() for name in (XML_FILE, BIN_FILE)}
    ask = _asker(model)
    exact = _probabilities(lambda batch: _run(whole, batch), held_out, manifest)
    rounded = _probabilities(ask, held_out, manifest)
    answers = softmax(ask(probes(manifest.full.size)) / manifest.full.temperature)
    int8 = Int8Network(
        xml_sha256=hashlib.sha256(files[XML_FILE]).hexdigest(),
        bin_sha256=hashlib.sha256(files[BIN_FILE]).hexdigest(),
        pictures=len(held_out),
        looks={
            LookKind.FULL: Int8Look(
                agreement=float((exact.argmax(1) == rounded.argmax(1)).mean()),
                difference=float(np.abs(exact.max(1) - rounded.max(1)).mean()),
                answers=tuple(tuple(round(float(p), 4) for p in row) for row in answers),
            )
        },
    )
    return Quantised(int8, files)


def refuse_missing_packages() -> None:
    """Raise BundleError if OpenVINO or NNCF is not installed."""
    for name in ("openvino", "nncf"):
        if not is_installed(name):
            raise BundleError(f"{name} is not installed", hint=f"pip install {name}")


def with_int8(manifest: Manifest, quantised: Quantised | None) -> Manifest:
    """The manifest of a bundle that also has this 8-bit network."""
    return manifest if quantised is None else replace(manifest, int8=quantised.int8)


def _quantised(whole: nn.Module, size: int, calibration: PictureBatch) -> Any:  # noqa: ANN401 - untyped
    openvino, nncf = without_telemetry("openvino"), without_telemetry("nncf")
    for name in ("nncf", "torch.utils.cpp_extension"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # The libraries warn each other's developers of deprecations.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(
            whole,
            example_input=torch.zeros(1, size, size, 3, dtype=torch.uint8),
            input=[openvino.PartialShape([-1, size, size, 3])],
        )
    order = model.get_ordered_ops()
    layers = [each for each in order if each.get_type_name() in {"Convolution", "MatMul"}]
    # The first and the last layer are a fiftieth of the work and a quarter of the error.
    ends = [layers[0].get_friendly_name(), layers[-1].get_friendly_name()]
    # Its progress bars would come between what our commands print.
    with contextlib.redirect_stdout(io.StringIO()):
        return nncf.quantize(
            model,
            nncf.Dataset(calibration, lambda picture: picture[None]),
            subset_size=len(calibration),
            preset=nncf.QuantizationPreset.MIXED,
            # Slower to make by a minute, and half as far from float32.
            fast_bias_correction=False,
            ignored_scope=nncf.IgnoredScope(names=ends),
        )


def _asker(model: object) -> Callable[[PictureBatch], Logits]:
    """The 8-bit network as a function from pictures to logits."""
    request = without_telemetry("openvino").compile_model(model, "CPU").create_infer_request()

    def ask(pictures: PictureBatch) -> Logits:
        (logits,) = request.infer({0: pictures}).values()
        return np.array(logits, np.float32)

    return ask


def _run(whole: nn.Module, pictures: PictureBatch) -> Logits:
    with torch.inference_mode():
        logits: Logits = whole(torch.from_numpy(pictures)).numpy()
    return logits


def _probabilities(
    ask: Callable[[PictureBatch], Logits], pictures: PictureBatch, manifest: Manifest
) -> Logits:
    """Float32 (M, C), batch by batch."""
    parts = [
        ask(np.ascontiguousarray(pictures[start : start + _BATCH_SIZE]))
        for start in range(0, len(pictures), _BATCH_SIZE)
    ]
    return softmax(np.concatenate(parts) / manifest.full.temperature)
