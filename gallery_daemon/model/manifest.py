"""What must be known of a model bundle: classes, looks, calibration, origin.

A bundle is a folder with this manifest, `model.json`, and:

- `model.safetensors`, the body: the layers that turn a picture into features;
- `head.safetensors`, the linear layer that turns features into logits, a few kilobytes;
- `bank.safetensors`, if there is one: features of pictures that the model was trained on.

Needs neither torch nor numpy, because `check` and the idle daemon read it. The weights always come
with their preprocessing and labels: nothing about a model is guessed at prediction.

A *look* is how a picture is shown to the network: in full, or small and quick. Each has a size, a
temperature and tallies of its own.

A bundle may hold the body a second time in 8 bits (OpenVINO's format): four times as fast on a
processor that multiplies bytes, and a quarter of the memory. How often it leads to the class that
float32 leads to is measured when it is made. Processors differ in how they add bytes, so its
answers to a few fixed pictures (`engines.probes`) are kept as well: an engine that gives others is
not used.

A bundle of format version 1 has one look, no tallies and no bank; its head is in
`model.safetensors`, and its 8-bit network gives logits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from gallery_daemon.photo import LookKind

FORMAT_VERSION = 2
WHOLE_NETWORK_VERSION = 1
"""The format in which the head is part of the weights."""
WEIGHTS_FILE, HEAD_FILE, BANK_FILE = "model.safetensors", "head.safetensors", "bank.safetensors"
MANIFEST_FILE = "model.json"
DEFAULT_BUNDLE = "default"

# Source: torchvision's ResNet34_Weights.IMAGENET1K_V1.transforms().
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
INPUT_SIZE = 224
QUICK_SIZE = 128
"""Of a quick look: nearly what a camera's thumbnail has."""

XML_FILE, BIN_FILE = "int8.xml", "int8.bin"
# An 8-bit network that agrees with float32 on fewer pictures is not used.
LEAST_AGREEMENT = 0.99
PROBES = 4
"""How many pictures an 8-bit network is checked with."""

TALLY_BINS = 100
"""Confidences are counted in hundredths, as people write them."""
QUANTILES = 101
"""A scale has the quantiles 0%, 1% and so on to 100%."""

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one class and look: how many held-out pictures were called so, and rightly.

    Place n of both (of `TALLY_BINS`) counts the confidences from n/100 up to (n + 1)/100; that of
    1 is in the last. `precision` reads it.
    """

    called: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LookSettings:
    """How one look is shown to the network, and how its answer is read.

    `size` is the side of the square picture in pixels; `temperature` (> 0) divides the logits (Guo
    et al. 2017, arXiv 1706.04599); `tallies` are by class, and may lack some. `reach` is of a quick
    look, by class: so far, in log-odds, a full look's probability may lie from this one's
    (`model.quick`); empty: not known.
    """

    size: int = INPUT_SIZE
    temperature: float = 1.0
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    reach: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FamiliarityScale:
    """How far held-out pictures of known kinds are from the bank.

    `distances` are `QUANTILES` quantiles, ascending, of the mean cosine distance (0 to 2) to the
    nearest `neighbours` rows.
    """

    neighbours: int
    distances: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Int8Look:
    """What is known of an 8-bit network at one look.

    `agreement` is the share of held-out pictures whose class is that of float32, `difference` the
    mean absolute difference of their confidence, 0..1. `answers` has a row for each probe: a short
    record of its features (`engines.probes.record`), in format version 1 its probabilities.
    """

    agreement: float
    difference: float
    answers: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Int8Network:
    """What a manifest says of its bundle's 8-bit network; `pictures` were compared at each look."""

    xml_sha256: str
    bin_sha256: str
    pictures: int
    looks: Mapping[LookKind, Int8Look]

    @property
    def agreement(self) -> float:
        """The share of pictures whose class is that of float32, at the look where it is least."""
        return min(look.agreement for look in self.looks.values())

    @property
    def difference(self) -> float:
        """The mean difference of confidence, at the look where it is largest."""
        return max(look.difference for look in self.looks.values())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `model.json` says.

    `weights_sha256`, `head_sha256` and `bank_sha256` are the hashes of the three files, in
    hexadecimal digits, None where there is no such file; `looks` always has the full one; `mean`
    and `std` are per channel, of RGB in 0..1; `familiarity` is there if the bank is; `int8` is None
    where the bundle has no 8-bit network.
    """

    name: str
    classes: tuple[str, ...]
    weights_sha256: str
    head_sha256: str | None = None
    bank_sha256: str | None = None
    looks: Mapping[LookKind, LookSettings] = field(
        default_factory=lambda: {LookKind.FULL: LookSettings()}
    )
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD
    familiarity: FamiliarityScale | None = None
    provenance: Json | None = None
    metrics: Json | None = None
    int8: Int8Network | None = None
    format_version: int = FORMAT_VERSION

    @property
    def full(self) -> LookSettings:
        """The full look, which every bundle has."""
        return self.looks[LookKind.FULL]

    @property
    def model_id(self) -> str:
        """`name@hash8`: what the log and the journal call this model.

        Two of the same id give the same answers: classes, probabilities, precision, familiarity. An
        8-bit body is another way to run the same model, so it is no part of it. In format version 1
        no two manifests have the same weights, and the id is the one that version 0.1 gave.
        """
        if self.format_version == WHOLE_NETWORK_VERSION:
            return f"{self.name}@{self.weights_sha256[:8]}"
        said = {key: value for key, value in _by_field(self).items() if key not in _NO_ANSWER}
        text = json.dumps(said, sort_keys=True, default=_by_field)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return f"{self.name}@{digest[:8]}"

    def to_json(self) -> str:
        """The text of `model.json`; broken UTF-8 in the names of folders is replaced."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        return _INNERMOST.sub(_in_one_line, text).encode(errors="replace").decode()


# What a manifest says that changes no answer.
_NO_ANSWER = frozenset({"name", "provenance", "metrics", "int8"})


def _by_field(value: Any) -> dict[str, object]:  # noqa: ANN401 - a dataclass of whatever kind
    """Its values as they are: `asdict` copies each number of a manifest, which takes 20 ms.

    An empty `reach` is left out: a bundle from before there was one keeps its id.
    """
    named = ((each.name, getattr(value, each.name)) for each in fields(value))
    return {name: its for name, its in named if name != "reach" or its}


# A list or an object without another in it, over several lines. No text has a line break: JSON
# writes them as \\n.
_INNERMOST = re.compile(r"\[\n[^\[\]{}]+\]|\{\n[^\[\]{}]+\}")


def _in_one_line(innermost: re.Match[str]) -> str:
    lines = [line.strip() for line in innermost.group().splitlines()]
    return lines[0] + " ".join(lines[1:-1]) + lines[-1]


def find_bundle(name_or_path: str) -> Path:
    """The folder of a bundle: `default` is the one in the package, anything else a path."""
    if name_or_path == DEFAULT_BUNDLE:
        return Path(__file__).parent.parent / "models" / DEFAULT_BUNDLE
    return Path(name_or_path).expanduser()


def knows_quick(manifest: Manifest) -> bool:
    """Whether it is known how far a full look may be from a quick one, so that these may serve."""
    quick = manifest.looks.get(LookKind.QUICK)
    return quick is not None and bool(quick.reach)


def lacks(manifest: Manifest) -> str | None:
    """What a model does not know that today's do, in a clause; None: nothing."""
    missing = {
        "nothing of quick looks": not knows_quick(manifest),
        "no precision (`min_precision`)": not manifest.full.tallies,
        "not what is familiar": manifest.familiarity is None,
    }
    unknown = [what for what, is_missing in missing.items() if is_missing]
    if not unknown:
        return None
    version = manifest.format_version
    made = f"of format version {version}, " if version < FORMAT_VERSION else ""
    return f"{made}it knows {', '.join(unknown)}: train it anew"
