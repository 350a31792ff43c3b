"""The 8-bit network: made of the trained body, and compared with it.

Post-training quantisation by NNCF: some hundred pictures show the range of each layer's values, and
the biases are corrected for the rounding. Nothing is trained. The 8-bit network includes the
preprocessing (`network.normalise`), so it takes pictures, as either look shows them, and gives
features. It has no head, so a new head needs no new one; whether it leads to the same classes is
measured under each head.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import tempfile
import warnings
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from gallery_daemon.errors import BundleError
from gallery_daemon.model.engines.engine import is_installed
from gallery_daemon.model.engines.openvino import without_telemetry
from gallery_daemon.model.engines.probes import probes, record, softmax
from gallery_daemon.model.manifest import (
    BIN_FILE,
    INPUT_SIZE,
    XML_FILE,
    Int8Look,
    Int8Network,
)
from gallery_daemon.model.network import normalise, split_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gallery_daemon.model.engines.engine import Features, PictureBatch
    from gallery_daemon.model.head import Head
    from gallery_daemon.model.manifest import Manifest
    from gallery_daemon.photo import LookKind

    Pictures = Mapping[LookKind, PictureBatch]
    """For each look of a manifest uint8 (N, S, S, 3), S that look's; the same pictures in each."""

# NNCF's own default; with 1,000 the agreement is no better.
CALIBRATION_PICTURES = 300
_BATCH_SIZE = 16


@dataclass(frozen=True, slots=True)
class Quantised:
    """An 8-bit network: what the manifest says of it, and its files by name."""

    int8: Int8Network
    files: dict[str, bytes]


class WithPreprocessing(nn.Module):
    """A network, or its body, that takes pictures, uint8 (N, S, S, 3), RGB."""

    def __init__(self, network: nn.Module, manifest: Manifest) -> None:
        super().__init__()
        self.network, self._manifest = network, manifest

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Normalise and run."""
        outputs: torch.Tensor = self.network(
            normalise(pictures, self._manifest.mean, self._manifest.std)
        )
        return outputs


def quantise(
    network: nn.Module, head: Head, manifest: Manifest, calibration: Pictures, held_out: Pictures
) -> Quantised:
    """The network's body in 8 bits.

    Args:
        network: the whole one, float32, on the processor; its last layer is not used.
        head: under which both networks are compared.
        manifest: has its preprocessing, looks and temperatures.
        calibration: of all classes; about `CALIBRATION_PICTURES` in all.
        held_out: at least one for each look, not trained on; both networks are compared on them.

    Raises:
        BundleError: OpenVINO or NNCF is not installed.
    """
    refuse_missing_packages()
    body, _ = split_network(network.eval())
    whole = WithPreprocessing(body.eval(), manifest)
    model = _quantised(whole, list(_in_turn([calibration[look] for look in manifest.looks])))
    with tempfile.TemporaryDirectory(prefix="gallery-daemon-") as folder:
        without_telemetry("openvino").save_model(model, Path(folder) / XML_FILE)
        files = {name: (Path(folder) / name).read_bytes() for name in (XML_FILE, BIN_FILE)}
    ask = _asker(model)
    unmeasured = Int8Network(
        xml_sha256=hashlib.sha256(files[XML_FILE]).hexdigest(),
        bin_sha256=hashlib.sha256(files[BIN_FILE]).hexdigest(),
        pictures=0,
        looks={
            look: Int8Look(0.0, 0.0, _answers(ask, settings.size))
            for look, settings in manifest.looks.items()
        },
    )
    exactly = partial(_run, whole)
    rounded, exact = (
        {look: in_batches(each, held_out[look]) for look in manifest.looks}
        for each in (ask, exactly)
    )
    return Quantised(measured_under(head, unmeasured, manifest, rounded, exact), files)


def measured_under(
    head: Head,
    int8: Int8Network,
    manifest: Manifest,
    rounded: Mapping[LookKind, Features],
    exact: Mapping[LookKind, Features],
) -> Int8Network:
    """What a manifest says of an 8-bit body, with how often it leads to the class of the exact one.

    Its answers to the probes stay those of the machine that made it.

    Args:
        head: follows both bodies.
        int8: has the looks of the manifest.
        manifest: has the temperatures.
        rounded: the 8-bit body's features of some pictures, float32 (N, F), by look.
        exact: those of the same pictures that the exact body gives.
    """
    looks = {}
    for look, settings in manifest.looks.items():
        ours, theirs = (
            softmax(head.logits(features[look], look) / settings.temperature)
            for features in (rounded, exact)
        )
        looks[look] = replace(
            int8.looks[look],
            agreement=float((theirs.argmax(1) == ours.argmax(1)).mean()),
            difference=float(np.abs(theirs.max(1) - ours.max(1)).mean()),
        )
    return replace(int8, pictures=min(map(len, exact.values())), looks=looks)


def _answers(ask: Callable[[PictureBatch], Features], size: int) -> tuple[tuple[float, ...], ...]:
    """A short record of what the 8-bit body makes of the probes."""
    recorded = record(ask(probes(size)))
    return tuple(tuple(round(float(number), 4) for number in row) for row in recorded)


def refuse_missing_packages() -> None:
    """Raise BundleError if OpenVINO or NNCF is not installed."""
    for name in ("openvino", "nncf"):
        if not is_installed(name):
            raise BundleError(f"{name} is not installed", hint=f"pip install {name}")


def with_int8(manifest: Manifest, quantised: Quantised | None) -> Manifest:
    """The manifest of a bundle that also has this 8-bit network."""
    return manifest if quantised is None else replace(manifest, int8=quantised.int8)


def _in_turn(looks: Sequence[PictureBatch]) -> Iterator[PictureBatch]:
    """Each picture once, (1, S, S, 3), as one look shows it: the looks take turns."""
    for place in range(len(looks[0])):
        yield looks[place % len(looks)][place][None]


def _quantised(whole: nn.Module, calibration: Sequence[PictureBatch]) -> Any:  # noqa: ANN401 - untyped
    openvino, nncf = without_telemetry("openvino"), without_telemetry("nncf")
    for name in ("nncf", "torch.utils.cpp_extension"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # The libraries warn each other's developers of deprecations.
        warnings.simplefilter("ignore")
        model = openvino.convert_model(
            whole,
            example_input=torch.zeros(1, INPUT_SIZE, INPUT_SIZE, 3, dtype=torch.uint8),
            # Of any size: one network serves both looks.
            input=[openvino.PartialShape([-1, -1, -1, 3])],
        )
    order = model.get_ordered_ops()
    layers = [each for each in order if each.get_type_name() == "Convolution"]
    # The first layer is a thirtieth of the work, and suffers most from rounding.
    exact = [layers[0].get_friendly_name()]
    # Its progress bars would come between what our commands print.
    with contextlib.redirect_stdout(io.StringIO()):
        return nncf.quantize(
            model,
            nncf.Dataset(calibration),
            subset_size=len(calibration),
            preset=nncf.QuantizationPreset.MIXED,
            # Slower to make by a minute, and half as far from float32.
            fast_bias_correction=False,
            ignored_scope=nncf.IgnoredScope(names=exact),
        )


def _asker(model: object) -> Callable[[PictureBatch], Features]:
    """The 8-bit body as a function from pictures to features."""
    request = without_telemetry("openvino").compile_model(model, "CPU").create_infer_request()

    def ask(pictures: PictureBatch) -> Features:
        (features,) = request.infer({0: pictures}).values()
        return np.array(features, np.float32)

    return ask


def _run(whole: nn.Module, pictures: PictureBatch) -> Features:
    with torch.inference_mode():
        features: Features = whole(torch.from_numpy(pictures)).numpy()
    return features


def in_batches(ask: Callable[[PictureBatch], Features], pictures: PictureBatch) -> Features:
    """Float32 (M, F), batch by batch."""
    return np.concatenate(
        [
            ask(np.ascontiguousarray(pictures[start : start + _BATCH_SIZE]))
            for start in range(0, len(pictures), _BATCH_SIZE)
        ]
    )
