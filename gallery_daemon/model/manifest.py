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
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

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

    @classmethod
    def of_json(cls, raw: Mapping[str, object]) -> Int8Network:
        """The inverse of `asdict`, after JSON.

        Raises:
            KeyError, TypeError, ValueError, OverflowError: `raw` is not of that form.
        """
        answers = cast("list[list[float]]", raw["answers"])
        found = cls(
            xml_sha256=str(raw["xml_sha256"]),
            bin_sha256=str(raw["bin_sha256"]),
            agreement=float(cast("float", raw["agreement"])),
            difference=float(cast("float", raw["difference"])),
            pictures=int(cast("int", raw["pictures"])),
            answers=tuple(tuple(float(value) for value in row) for row in answers),
        )
        if len(found.answers) != PROBES or not found.answers[0]:
            raise ValueError(f"int8 has no {PROBES} answers")
        if len({len(row) for row in found.answers}) != 1:
            raise ValueError("int8 has answers of different lengths")
        if not (0 <= found.agreement <= 1 and 0 <= found.difference <= 1):
            raise ValueError("int8 has a share outside 0 to 1")
        return found


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
        manifest = Manifest(
            name=_text(raw["name"]),
            classes=tuple(_text(name) for name in _list(raw["classes"])),
            weights_sha256=_text(raw["weights_sha256"]),
            temperature=_number(raw["temperature"]),
            input_size=int(_number(raw["input_size"])),
            mean=tuple(_number(value) for value in _list(raw["mean"])),
            std=tuple(_number(value) for value in _list(raw["std"])),
            provenance=_mapping(raw.get("provenance")),
            metrics=_mapping(raw.get("metrics")),
            int8=_int8(_mapping(raw.get("int8"))),
        )
    except KeyError as error:
        raise BundleError(f"{path} lacks {error}") from error
    except (TypeError, ValueError, OverflowError) as error:
        raise BundleError(f"{path}: {error}") from error
    _refuse_impossible(manifest, path)
    return manifest


def _refuse_impossible(manifest: Manifest, path: Path) -> None:
    classes = manifest.classes
    channels = 3
    problems = {
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
        "int8 has not an answer for each class": (
            manifest.int8 is not None and len(manifest.int8.answers[0]) != len(classes)
        ),
        "the weights' hash is not a SHA-256": len(manifest.weights_sha256) != 64,  # noqa: PLR2004
    }
    for problem, found in problems.items():
        if found:
            raise BundleError(f"{path}: {problem}")


def _text(value: object) -> str:
    # JSON can carry a lone surrogate, which neither a file name nor the journal takes.
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise TypeError(f"{value!r} is not a text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(f"{value!r} is not a number")
    return float(value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _mapping(value: object) -> Json | None:
    if value is not None and not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a mapping")
    return value


def _int8(value: Json | None) -> Int8Network | None:
    return None if value is None else Int8Network.of_json(value)
