"""A manifest: what it says of a model, and under which name the model is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.model.manifest import QUANTILES, FamiliarityScale, Manifest, lacks
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import LookKind
from tests.model.manifests import AGREES, EIGHT_BITS, LOOKS, MANIFEST, OLD, TALLY, write

if TYPE_CHECKING:
    from pathlib import Path

FULL, QUICK = LOOKS[LookKind.FULL], LOOKS[LookKind.QUICK]


def test_a_manifest_is_short_enough_to_be_read() -> None:
    """A tally is two lines, not two hundred; what has nothing in it is one line."""
    text = MANIFEST.to_json()

    assert len(text.splitlines()) < 80
    assert '"std": [0.229, 0.224, 0.225]' in text
    assert '"classes": ["cars", "é", "memes"]' in text


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        ({"name": "c"}, True),
        ({"classes": ("cars", "e", "memes")}, True),
        ({"weights_sha256": "c" * 64}, True),
        ({"head_sha256": "c" * 64}, True),
        ({"bank_sha256": "c" * 64}, True),
        ({"mean": (0.5, 0.5, 0.5)}, True),
        ({"std": (0.5, 0.5, 0.5)}, True),
        ({"familiarity": FamiliarityScale(9, (0.5,) * QUANTILES)}, True),
        ({"looks": {LookKind.FULL: FULL}}, True),
        ({"looks": LOOKS | {LookKind.FULL: replace(FULL, size=192)}}, True),
        ({"looks": LOOKS | {LookKind.FULL: replace(FULL, temperature=1.25)}}, True),
        ({"looks": LOOKS | {LookKind.QUICK: replace(QUICK, tallies={"cars": TALLY})}}, True),
        ({"looks": LOOKS | {LookKind.FULL: replace(FULL, tallies={"memes": TALLY})}}, True),
        ({"looks": dict(reversed(LOOKS.items()))}, False),
        ({"provenance": {"seed": 2}}, False),
        ({"metrics": None}, False),
        ({"int8": None}, False),
        ({"int8": replace(EIGHT_BITS, bin_sha256="c" * 64)}, False),
    ],
)
def test_what_changes_an_answer_makes_another_model(
    change: dict[str, object], is_another: bool
) -> None:
    """What is remembered of a photo under an id is what the model of that id would say of it."""
    other = replace(MANIFEST, **change)  # type: ignore[arg-type]

    assert len("b@") + 8 == len(MANIFEST.model_id)
    assert is_another == (MANIFEST.model_id != other.model_id)


def test_every_field_is_known_to_change_an_answer_or_not() -> None:
    """A new field of manifests is part of the id, until somebody decides otherwise here."""
    known = {"name", "provenance", "metrics", "int8", "format_version"}
    known |= {"classes", "weights_sha256", "head_sha256", "bank_sha256", "looks", "mean", "std"}

    assert known | {"familiarity"} == {each.name for each in fields(Manifest)}


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
