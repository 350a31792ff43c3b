"""The figures as tables for a person."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from rich.table import Table

from tests.benchmarks.contest import DECODE, INFERENCE, comparisons, rooflines
from tests.benchmarks.figures import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.benchmarks.contest import Runs
    from tests.benchmarks.previews import Saving

_NAMES = ("article with Pillow", "article with OpenCV", "DataLoader", "ours", DECODE, INFERENCE)
# What these say is their steady rate; start and end of their process are no part of any pipeline.
_CEILINGS = (DECODE, INFERENCE)
_TARGET_HEIC = 20.0
_TARGETS_MS = {"warm": 150.0, "cold": 2500.0}


def contest_table(runs: Runs) -> Table:
    """Who took how long."""
    columns = ("photos", "whole, s", "cores busy", "photos/s, whole", "photos/s, steady")
    table = Table("", *columns, title="Backlog")
    for name in _NAMES:
        if name not in runs:
            table.add_row(name, "not installed")
            continue
        found = runs[name]
        whole = Spread.of([run.whole_s for run in found])
        rate = Spread.of([run.whole_per_s for run in found])
        steady = Spread.of([run.steady_per_s for run in found])
        busy = f"{statistics.median(run.cores_busy for run in found):.2f}"
        shown = ("", "", "") if name in _CEILINGS else (str(whole), busy, str(rate))
        table.add_row(name, str(found[0].photos), *shown, str(steady))
    table.add_row("roofline of both", "", "", "", "", str(Spread.of(rooflines(runs))))
    return table


def ratio_table(runs: Runs) -> Table:
    """How ours compares."""
    table = Table("ours against", "whole", "steady", "target", title="Ratios")
    for each in comparisons(runs):
        table.add_row(each.against, str(each.whole), str(each.steady), f">= {each.target:g}")
    return table


def saving_table(savings: Sequence[Saving]) -> Table:
    """What a preview or a scaled decode saves."""
    table = Table(
        "photo", "megapixels", "ours, ms", "whole, ms", "times", "target", title="Decoding"
    )
    targets = {"heic": f">= {_TARGET_HEIC:g}", "jpeg": ""}
    for kind in ("heic", "jpeg"):
        found = [each for each in savings if each.kind == kind]
        for each in found:
            table.add_row(
                each.photo,
                f"{each.megapixels:g}",
                f"{each.ours_ms:.1f}",
                f"{each.whole_ms:.0f}",
                f"{each.times:.1f}",
            )
        if found:
            median = Spread.of([each.times for each in found])
            table.add_row(f"all {len(found)} {kind}", "", "", "", str(median), targets[kind])
    return table


def lone_table(lone: Mapping[str, Sequence[Mapping[str, float]]]) -> Table:
    """From settled to filed."""
    table = Table("classifier", "photos", "settled to filed, ms", "target", title="A lone photo")
    for name, events in lone.items():
        times = [event["total_ms"] for event in events]
        ends = f"({min(times):.0f}..{max(times):.0f})"
        figure = f"{statistics.median(times):.0f} {ends}"
        table.add_row(name, str(len(times)), figure, f"< {_TARGETS_MS[name]:g}")
    return table
