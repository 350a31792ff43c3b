"""A manifest with everything in it, as today's program and as version 0.1 wrote it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import (
    MANIFEST_FILE,
    PROBES,
    QUANTILES,
    FamiliarityScale,
    Int8Look,
    Int8Network,
    LookSettings,
    Manifest,
    Tally,
)
from gallery_daemon.photo import LookKind

if TYPE_CHECKING:
    from pathlib import Path

TALLY = Tally((0,) * 98 + (3, 40), (0,) * 98 + (2, 39))
LOOKS = {
    LookKind.FULL: LookSettings(224, 1.5, {"cars": TALLY}),
    LookKind.QUICK: LookSettings(128, 1.25, {}, {"cars": 0.5, "é": 0.25, "memes": 0.75}),
}
AGREES = Int8Look(0.995, 0.01, ((0.5, -2.25),) * PROBES)
EIGHT_BITS = Int8Network("1" * 64, "2" * 64, 12, dict.fromkeys(LOOKS, AGREES))
MANIFEST = Manifest(
    name="b", classes=("cars", "é", "memes"), weights_sha256="0" * 64, head_sha256="a" * 64,
    bank_sha256="b" * 64, looks=LOOKS,
    familiarity=FamiliarityScale(10, tuple(n / 100 for n in range(QUANTILES))),
    provenance={"seed": 1}, metrics={"accuracy": 0.5}, int8=EIGHT_BITS,
)  # fmt: skip
# What version 0.1 of this program wrote.
OLD: dict[str, object] = {
    "name": "b", "classes": ["cars", "é", "memes"], "weights_sha256": "0" * 64,
    "temperature": 1.5, "input_size": 192, "mean": [0.5] * 3, "std": [0.25] * 3,
    "provenance": {"seed": 1}, "metrics": {"accuracy": 0.5}, "format_version": 1,
    "int8": {
        "xml_sha256": "1" * 64, "bin_sha256": "2" * 64, "agreement": 0.995, "difference": 0.01,
        "pictures": 12, "answers": [[0.5, 0.25, 0.25]] * PROBES,
    },
}  # fmt: skip


def write(folder: Path, raw: object) -> Path:
    """A bundle's folder with that manifest and nothing else."""
    (folder / MANIFEST_FILE).write_text(json.dumps(raw))
    return folder
