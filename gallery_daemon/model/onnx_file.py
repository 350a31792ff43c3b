"""A bundle as one ONNX file, for other tools: pictures in, calibrated probabilities out.

Input `pictures`, uint8 (N, S, S, 3), RGB, upright, of any number and size; outputs `probabilities`,
float32 (N, C), calibrated for the full look, `logits` (N, C) and `features` (N, F). Preprocessing
and temperature are part of it; the classes and the looks with their sizes and temperatures are in
its metadata, so the file is all that another program needs.
"""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from gallery_daemon.errors import BundleError
from gallery_daemon.model.bundle import load_bundle
from gallery_daemon.model.engines.engine import is_installed
from gallery_daemon.model.network import split_network
from gallery_daemon.model.quantise import WithPreprocessing

if TYPE_CHECKING:
    from gallery_daemon.model.manifest import Manifest

_NEEDED = ("onnx", "onnxscript")
_MOST_PICTURES = 1024


_OUTPUTS = ("probabilities", "logits", "features")
_SIDES = {"min": 32, "max": 1024}


class _Calibrated(nn.Module):
    """Pictures to what `_OUTPUTS` names."""

    def __init__(self, network: nn.Module, manifest: Manifest) -> None:
        super().__init__()
        body, self.head = split_network(network)
        self.body = WithPreprocessing(body, manifest)
        self._temperature = manifest.full.temperature

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        features = self.body(pictures)
        logits = self.head(features)
        return torch.softmax(logits / self._temperature, dim=1), logits, features


def write_onnx(bundle: Path, file: Path) -> None:
    """The bundle's model is in the new file `file`.

    Raises:
        BundleError: the bundle cannot be loaded, the file exists already or cannot be written, or
            the packages that write it are not installed.
    """
    for name in _NEEDED:
        if not is_installed(name):
            raise BundleError(f"{name} is not installed", hint="pip install 'gallery-daemon[onnx]'")
    if file.exists():
        raise BundleError(f"{file} exists already", hint="give a new name; nothing is overwritten")
    network, manifest = load_bundle(bundle)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as folder:
            whole = Path(folder) / file.name
            _write(network, manifest, whole)
            # A link fails where a file of that name appeared meanwhile; a rename would replace it.
            os.link(whole, file)
    except OSError as error:
        raise BundleError(f"cannot write {file}: {error.strerror}") from error


def _write(network: nn.Module, manifest: Manifest, file: Path) -> None:
    size = manifest.full.size
    with warnings.catch_warnings():
        # The exporter warns its own developers of its own deprecations.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            _Calibrated(network, manifest).eval(),
            (torch.zeros(2, size, size, 3, dtype=torch.uint8),),
            input_names=["pictures"],
            output_names=_OUTPUTS,
            dynamic_shapes={
                "pictures": {
                    0: torch.export.Dim("n", min=1, max=_MOST_PICTURES),
                    1: torch.export.Dim("height", **_SIDES),
                    2: torch.export.Dim("width", **_SIDES),
                }
            },
            verbose=False,
        )
        assert program is not None
        looks = {
            look: {"size": each.size, "temperature": each.temperature}
            for look, each in manifest.looks.items()
        }
        about = {
            "model": manifest.model_id,
            "classes": json.dumps(manifest.classes),
            "looks": json.dumps(looks),
        }
        program.model.metadata_props.update(about)
        program.save(file)
