"""A bundle like the shipped one, whose head and bank have seen nothing of some sources.

Its body is the shipped one, which has: as in `learning`, that flatters what it makes of them.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import (
    BANK_FILE,
    BIN_FILE,
    HEAD_FILE,
    MANIFEST_FILE,
    WEIGHTS_FILE,
    XML_FILE,
)
from gallery_daemon.model.manifest_file import read_manifest
from tests.benchmarks.played import base_without

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from tests.benchmarks.body_features import BodyFeatures


def write_bundle_without(
    features: BodyFeatures, bundle: Path, sources: Collection[str], out: Path
) -> None:
    """The new folder `out` holds the bundle without those sources; it has full looks only."""
    base = base_without(features, read_manifest(bundle), sources)
    out.mkdir()
    for name in (WEIGHTS_FILE, XML_FILE, BIN_FILE):
        shutil.copyfile(bundle / name, out / name)
    parts = {HEAD_FILE: base.head.to_bytes(), BANK_FILE: base.bank.to_bytes()}
    for name, content in parts.items():
        (out / name).write_bytes(content)
    int8 = base.manifest.int8
    manifest = replace(
        base.manifest,
        name="without",
        head_sha256=hashlib.sha256(parts[HEAD_FILE]).hexdigest(),
        bank_sha256=hashlib.sha256(parts[BANK_FILE]).hexdigest(),
        int8=int8 and replace(int8, looks={look: int8.looks[look] for look in base.manifest.looks}),
        metrics=None,
        provenance=None,
    )
    (out / MANIFEST_FILE).write_text(manifest.to_json())
