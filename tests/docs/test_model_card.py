"""The card of the shipped model against its manifest: the figures of its tables were measured."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gallery_daemon.model.manifest import find_bundle

BUNDLE = find_bundle("default")
CARD = (BUNDLE / "MODEL_CARD.md").read_text("utf-8")
SAID: dict[str, Any] = json.loads((BUNDLE / "model.json").read_text("utf-8"))
LARGEST_BYTES = 45_000_000
LARGEST_8_BIT_BYTES = 25_000_000


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, by cells."""
    text = CARD.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+) \|$", text, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[1:]]


def share(value: float) -> str:
    """As the card writes it."""
    return f"{value:.1%}"


@pytest.mark.parametrize(
    ("heading", "key"),
    [("Random validation split", "validation"), ("Sources left out in turn", "left_out_sources")],
)
def test_the_figures_of_each_class_are_the_manifest_s(heading: str, key: str) -> None:
    """Precision, recall, and what is filed wrongly at 0.80."""
    rows = table(heading)

    measured = {
        name: score
        for name, score in SAID["metrics"][key]["per_class"].items()
        if score["pictures"]
    }
    assert len(measured) == len(rows)
    for name, score in measured.items():
        shares = (score["precision"], score["recall"], score["filed_wrongly"])
        assert [name, str(score["pictures"]), *map(share, shares)] in rows


def test_the_figures_of_each_source_are_the_manifest_s() -> None:
    """Each source that was left out, with what the network without it made of its pictures."""
    rows = table("By source")

    measured = SAID["metrics"]["left_out_sources"]["per_source"]
    assert len(measured) == len(rows)
    for score in measured:
        shares = map(share, (score["recall"], score["filed_wrongly"]))
        assert [score["source"], score["class"], str(score["pictures"]), *shares] in rows


def test_the_data_are_the_manifest_s() -> None:
    """Every source of every class is there, with its number of pictures and a word on it."""
    rows = table("Data")

    sources = [
        [name, source, str(count)]
        for name, of_class in SAID["provenance"]["sources"].items()
        for source, count in of_class.items()
    ]
    assert sorted(sources) == sorted(row[:3] for row in rows)
    assert all(row[3] for row in rows)


def test_the_bundle_is_small_and_shows_nobody_s_pictures() -> None:
    """45 MB, 25 more for 8 bits, and no report, which would show pictures not ours to give."""
    sizes = {path.name: path.stat().st_size for path in BUNDLE.iterdir()}
    in_8_bits = sum(size for name, size in sizes.items() if name.startswith("int8."))
    assert in_8_bits < LARGEST_8_BIT_BYTES
    assert sum(sizes.values()) - in_8_bits < LARGEST_BYTES
    assert not list(BUNDLE.glob("*.html"))
    assert SAID["provenance"]["finished"] is True
