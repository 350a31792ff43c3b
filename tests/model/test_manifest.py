"""A manifest: what it says of a model, and under which name the model is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from gallery_daemon.model.manifest import (
    LookKind,
    lacks,
)
from gallery_daemon.model.manifest_file import read_manifest
from tests.model.manifests import AGREES, EIGHT_BITS, MANIFEST, OLD, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_manifest_is_short_enough_to_be_read() -> None:
    """A tally is two lines, not two hundred; what has nothing in it is one line."""
    text = MANIFEST.to_json()

    assert len(text.splitlines()) < 80
    assert '"std": [0.229, 0.224, 0.225]' in text
    assert '"classes": ["cars", "é", "memes"]' in text


def test_a_new_head_is_another_model_and_a_new_bank_is_not() -> None:
    """The name in the log says which answers to expect."""
    other_head = replace(MANIFEST, head_sha256="c" * 64)

    assert len("b@") + 8 == len(MANIFEST.model_id)
    assert MANIFEST.model_id != other_head.model_id
    assert MANIFEST.model_id != replace(MANIFEST, weights_sha256="c" * 64).model_id
    assert MANIFEST.model_id == replace(MANIFEST, bank_sha256="c" * 64).model_id


def test_two_looks_are_known_by_the_worse() -> None:
    """An 8-bit network that agrees at one look alone does not agree."""
    looks = {LookKind.FULL: AGREES, LookKind.QUICK: replace(AGREES, agreement=0.9, difference=0.2)}
    int8 = replace(EIGHT_BITS, looks=looks)

    assert (0.9, 0.2) == (int8.agreement, int8.difference)


def test_the_manifest_needs_no_torch() -> None:
    """A fresh interpreter that reads the manifest has not imported torch."""
    code = "import sys, gallery_daemon.model.manifest_file; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_a_model_lacks_is_said_in_a_clause(tmp_path: Path) -> None:
    """An old one all of it, one of today that was trained without quick looks only those."""
    old, today = (
        read_manifest(write(tmp_path, OLD)),
        read_manifest(write(tmp_path, asdict(MANIFEST))),
    )

    assert lacks(today) is None
    assert (
        "of format version 1, it knows nothing of quick looks, no precision (`min_precision`), not "
        "what is familiar: train it anew"
    ) == lacks(old)
    full_alone = {LookKind.FULL: MANIFEST.full}
    assert "it knows nothing of quick looks: train it anew" == lacks(
        replace(today, looks=full_alone)
    )
