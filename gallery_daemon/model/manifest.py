"""What must be known of a model bundle: classes, preprocessing, temperature, origin.

A bundle is a folder with `model.safetensors` (the weights) and `model.json` (this manifest). Needs
neither torch nor numpy, because `check` and the idle daemon read it. The weights always come with
their preprocessing and labels: nothing about a model is guessed at prediction.

A bundle may hold the network a second time in 8 bits (OpenVINO's format): four times as fast on a
processor that multiplies bytes, and a quarter of the memory. How often that network gives the class
that float32 gives is measured when it is made. Processors differ in how they add bytes, so its
answers to a few fixed pictures (`engines.probes`) are kept as well: an engine that gives others is
not used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from gallery_daemon.codec import CodecError, MissingKeyError, lone_surrogate, value_of
from gallery_daemon.errors import BundleError
from gallery_daemon.openat import NotRegularError, open_regular

FORMAT_VERSION = 1
WEIGHTS_FILE = "model.safetensors"
MANIFEST_FILE = "model.json"
DEFAULT_BUNDLE = "default"

# Source: torchvision's ResNet34_Weights.IMAGENET1K_V1.transforms().
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
INPUT_SIZE = 224

XML_FILE, BIN_FILE = "int8.xml", "int8.bin"
# An 8-bit network that agrees with float32 on fewer pictures is not used.
LEAST_AGREEMENT = 0.99
PROBES = 4
"""How many pictures an 8-bit network is checked with."""

# A real manifest has a few kilobytes; anything larger is no manifest.
_MANIFEST_LIMIT = 4 * 1024 * 1024

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Int8Network:
    """What a manifest says of its bundle's 8-bit network.

    `agreement` is the share of `pictures` held-out pictures whose class is that of float32,
    `difference` the mean absolute difference of their confidence, 0..1. `answers` are the
    probabilities that it gave for the probes, (PROBES, C).
    """

    xml_sha256: str
    bin_sha256: str
    agreement: float
    difference: float
    pictures: int
    answers: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `model.json` says.

    `input_size` is the side of the square picture in pixels; `mean` and `std` are per channel, of
    RGB in 0..1; `temperature` (> 0) divides the logits (Guo et al. 2017, arXiv 1706.04599);
    `weights_sha256` is the hash of the weights file, in hexadecimal digits; `int8` is None where
    the bundle has no 8-bit network.
    """

    name: str
    classes: tuple[str, ...]
    weights_sha256: str
    temperature: float = 1.0
    input_size: int = INPUT_SIZE
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    provenance: Json | None = None
    metrics: Json | None = None
    int8: Int8Network | None = None
    format_version: int = FORMAT_VERSION

    @property
    def model_id(self) -> str:
        """`name@hash8`: what the log and the journal call this model."""
        return f"{self.name}@{self.weights_sha256[:8]}"

    def to_json(self) -> str:
        """The text of `model.json`; broken UTF-8 in the names of folders is replaced."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        return text.encode(errors="replace").decode()


def find_bundle(name_or_path: str) -> Path:
    """The folder of a bundle: `default` is the one in the package, anything else a path."""
    if name_or_path == DEFAULT_BUNDLE:
        return Path(__file__).parent.parent / "models" / DEFAULT_BUNDLE
    return Path(name_or_path).expanduser()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the bundle in `folder`, checked.

    Raises:
        BundleError: it is missing, not readable, or says something impossible.
    """
    path = folder / MANIFEST_FILE
    try:
        with open_regular(path, follow_links=True) as file:
            text = file.read(_MANIFEST_LIMIT + 1)
        raw = json.loads(text)
    except NotRegularError as error:
        raise BundleError(f"{path} is not a regular file") from error
    except OSError as error:
        raise BundleError(
            f"cannot read the model bundle {folder}: {error.strerror}",
            hint="give a folder that `gallery-daemon train` made, or `default`",
        ) from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path} is not valid JSON: {error}") from error
    if len(text) > _MANIFEST_LIMIT or not isinstance(raw, dict):
        raise BundleError(f"{path} is not a model manifest")
    return _checked(cast("dict[str, object]", raw), path)


def _checked(raw: Json, path: Path) -> Manifest:
    version = raw.get("format_version")
    if version != FORMAT_VERSION:
        raise BundleError(
            f"{path} has format version {version}, this program reads {FORMAT_VERSION}",
            hint="update gallery-daemon, or train the model again",
        )
    try:
        manifest: Manifest = value_of(Manifest, raw, "manifest", exact=False)
    except MissingKeyError as error:
        raise BundleError(f"{path} lacks {error.key!r}") from error
    except CodecError as error:
        raise BundleError(f"{path}: {error.problem}") from error
    _refuse_impossible(manifest, path)
    return manifest


def _refuse_impossible(manifest: Manifest, path: Path) -> None:
    classes = manifest.classes
    channels = 3
    texts = (manifest.name, *classes, manifest.weights_sha256)
    problems = {f"{text!r} is not a text": lone_surrogate(text) is not None for text in texts}
    problems |= {
        "it has no classes": not classes,
        "a class is named twice": len(set(classes)) != len(classes),
        "a class has an empty name or one with a slash": any(
            not name.strip() or "/" in name for name in classes
        ),
        "the temperature is not above 0": not manifest.temperature > 0,
        "the input size is not between 32 and 1024": not 32 <= manifest.input_size <= 1024,  # noqa: PLR2004
        "mean and std are not three numbers each": (
            (len(manifest.mean), len(manifest.std)) != (channels, channels)
            or not all(value > 0 for value in manifest.std)
        ),
        "the weights' hash is not a SHA-256": len(manifest.weights_sha256) != 64,  # noqa: PLR2004
    }
    if manifest.int8 is not None:
        problems |= _problems_of_int8(manifest.int8, len(classes))
    for problem, found in problems.items():
        if found:
            raise BundleError(f"{path}: {problem}")


def _problems_of_int8(int8: Int8Network, classes: int) -> dict[str, bool]:
    lengths = {len(row) for row in int8.answers}
    return {
        f"int8 has no {PROBES} answers": len(int8.answers) != PROBES or 0 in lengths,
        "int8 has answers of different lengths": len(lengths) > 1,
        "int8 has a share outside 0 to 1": not (
            0 <= int8.agreement <= 1 and 0 <= int8.difference <= 1
        ),
        "int8 has not an answer for each class": lengths != {classes},
    }
