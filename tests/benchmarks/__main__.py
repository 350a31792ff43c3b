"""How fast, against others and against what the machine allows, measured in one run.

    python -m tests.benchmarks [--photos N] [--article-photos N] [--rounds N] [--json FILE]
                               [--only contest previews lone]

The photos are the JPEGs of 7 megapixels and more of `../shared/data/phone`, or drawn ones, under
new names. Exit status 1 if a contestant fails, or if ours does not file each photo exactly once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from os import getloadavg
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tests.benchmarks import contest, lone, ours, tables
from tests.benchmarks.inputs import copies, drawn_photos, phone_photos
from tests.benchmarks.machine import machine
from tests.benchmarks.previews import savings_in
from tests.benchmarks.processes import Broken, run_module
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PARTS = ("contest", "previews", "lone")
# Fewer photos have no steady rate: two batches.
_LEAST_PHOTOS, _LEAST_ARTICLE_PHOTOS = 32, 10
_WARM_TIMES, _COLD_TIMES = 20, 5


def main() -> None:
    """Print the tables; exit with 1 if there are no figures to print."""
    options = _options()
    console = Console(width=110)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=options.work) as work:
            told = _Benchmark(options, Path(work), console).run()
    except Broken as broken:
        sys.exit(str(broken))
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=_at_least(_LEAST_PHOTOS), default=300)
    parser.add_argument("--article-photos", type=_at_least(_LEAST_ARTICLE_PHOTOS), default=60)
    parser.add_argument("--rounds", type=_at_least(1), default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", type=Path, help="where the photos are copied to for the time")
    return parser.parse_args()


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"must be {least} or more")
        return int(text)

    return number


class _Benchmark:
    """The parts, one after the other; what they give for the JSON is their value."""

    def __init__(self, options: argparse.Namespace, work: Path, console: Console) -> None:
        self._options, self._work, self._console = options, work, console
        # What the program remembers from run to run, as it would on a person's machine.
        self._environ = {"XDG_CACHE_HOME": str(work / "cache")}

    def run(self) -> dict[str, object]:
        """All parts that were asked for."""
        sources = phone_photos(SHARED_DATA / "phone") or drawn_photos(self._work / "drawn")
        photos = copies(sources, self._work / "photos", self._options.photos)
        names = [source.name for source in sources]
        told: dict[str, object] = {
            "machine": machine(),
            "load_before": getloadavg()[0],
            "sources": names,
            "rounds": self._options.rounds,
        }
        self._console.print(f"{len(photos)} photos, copies of {', '.join(names)}")
        self._console.print(f"other work on the machine: load {told['load_before']:.2f}")
        parts: dict[str, Callable[[Sequence[Path]], object]] = {
            "contest": self._contest,
            "previews": lambda _: self._previews(),
            "lone": self._lone,
        }
        return told | {name: parts[name](photos) for name in PARTS if name in self._options.only}

    def _contest(self, photos: Sequence[Path]) -> Mapping[str, object]:
        scene = self._work / "scene"
        ours.sort_once(photos, scene, self._environ)  # not counted: what is remembered is made
        acts = contest.contestants(
            photos, min(self._options.article_photos, len(photos)), scene, self._environ
        )
        runs = contest.play(acts, self._options.rounds, self._console.print)
        self._console.print(tables.contest_table(runs), tables.ratio_table(runs))
        return {
            "runs": {name: [asdict(run) for run in found] for name, found in runs.items()},
            "roofline_per_s": contest.rooflines(runs),
            "ours_against": [asdict(each) for each in contest.comparisons(runs)],
        }

    def _previews(self) -> list[object]:
        folder = SHARED_DATA / "phone"
        if not folder.is_dir():
            self._console.print("previews: needs ../shared/data")
            return []
        rounds = str(max(3, self._options.rounds))
        ended = run_module(
            "tests.benchmarks.previews", str(folder), "--rounds", rounds, environ=self._environ
        )
        savings = savings_in(ended.output)
        self._console.print(tables.saving_table(savings))
        return [asdict(each) for each in savings]

    def _lone(self, photos: Sequence[Path]) -> Mapping[str, object]:
        scene = self._work / "scene"
        found = {
            "warm": lone.warm(photos, _WARM_TIMES, scene, self._environ),
            "cold": lone.cold(photos, _COLD_TIMES, scene, self._environ),
        }
        self._console.print(tables.lone_table(found))
        keys = ("waited_ms", "classify_ms", "total_ms")
        return {
            name: [{key: event[key] for key in keys} for event in events]
            for name, events in found.items()
        }


if __name__ == "__main__":
    main()
