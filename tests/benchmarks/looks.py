"""Two looks against an older build that always looks in full: one table, and whether it is enough.

    python -m tests.benchmarks.looks --against CHECKOUT [--only thumbnails bare heic article flood
                                     idle] [--rounds N] [--photos N] [--json FILE]

CHECKOUT is a worktree of version 0.1.0 (`git worktree add --detach CHECKOUT ef41827`). Both builds
run with the same interpreter, by turns and on the same photos: copies of some that are made here,
as phones write them (`camera_photos`), of pictures that the shipped model was not trained on
(`held_out`). `sort` runs with its built-in rules. Exit status 1 if a build fails, or does not file
each photo exactly once; a target that is not met is only printed.

The article's loop is told from 60 photos how long it would take for all. On a processor with
AVX-512 its float32 network is faster than the target supposes; the heading says so.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from os import getloadavg
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from rich.console import Console
from rich.table import Table

from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.manifest_file import read_manifest
from tests.benchmarks.builds import builds
from tests.benchmarks.camera_photos import Camera, dated_copies, drawn_pictures, is_short, take_all
from tests.benchmarks.held_out import NO_CAMERAS, held_out
from tests.benchmarks.machine import machine
from tests.benchmarks.processes import Broken
from tests.benchmarks.rows import HEADINGS, at_least
from tests.benchmarks.versus_run import Rest, flood_row, idle_rows
from tests.benchmarks.versus_sort import Passes
from tests.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.builds import Both, Build
    from tests.benchmarks.rows import Row

PARTS = ("thumbnails", "bare", "heic", "article", "flood", "idle")
_LEAST_PHOTOS = 32
# A HEIC takes six seconds of a core to make, a JPEG half a one.
_DIFFERENT = {Camera.WITH_THUMBNAIL: 40, Camera.WITHOUT: 40, Camera.HEIC: 12}
# The short pass has this part of the photos.
_FEW = 4


def main() -> None:
    """Print the table; exit with 1 if there are no figures to print."""
    options = _options()
    console = Console(width=130)
    try:
        with tempfile.TemporaryDirectory(prefix="looks-", dir=options.work) as name:
            work = Path(name)
            both = builds(options.against, work)
            benchmark = _Benchmark(options, work, console, both)
            told: dict[str, object] = {
                "machine": machine(),
                "load_before": getloadavg()[0],
                "builds": {each.name: each.revision for each in (both.ours, both.theirs)},
                "photos": options.photos,
            }
            console.print(told)
            rows = benchmark.run()
    except Broken as broken:
        sys.exit(str(broken))
    console.print(_table(rows))
    if options.json:
        told["load_after"] = getloadavg()[0]
        told["rows"] = [each.to_json() for each in rows]
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another build")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--article-photos", type=int, default=60)
    parser.add_argument("--flood-files", type=int, default=50_000)
    parser.add_argument("--known-files", type=int, default=100_000)
    parser.add_argument("--idle-seconds", type=float, default=300)
    parser.add_argument("--idle-rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--work", type=Path, help="where the photos lie for the time")
    options = parser.parse_args()
    if options.photos < _LEAST_PHOTOS:
        parser.error(f"--photos must be {_LEAST_PHOTOS} or more")
    return options


@dataclass(frozen=True, slots=True)
class _Benchmark:
    """The parts, one after the other."""

    options: argparse.Namespace
    work: Path
    console: Console
    both: Both[Build]

    def run(self) -> list[Row]:
        """All that was asked for."""
        rows: list[Row] = []
        only = self.options.only
        if {"thumbnails", "article"} & set(only):
            rows += self._with_thumbnails()
        rows += self._rates("bare", Camera.WITHOUT, 1.4)
        rows += self._rates("heic", Camera.HEIC, 2)
        if "flood" in only:
            files, rounds = self.options.flood_files, self.options.rounds
            rows.append(flood_row(self.both, files, rounds, self._say))
        if "idle" in only:
            rest = Rest(self.options.known_files, self.options.idle_seconds)
            rows += idle_rows(self.both, rest, self.work, self.options.idle_rounds, self._say)
        return rows

    def _with_thumbnails(self) -> list[Row]:
        camera = Camera.WITH_THUMBNAIL
        many, few = self._photos(camera)
        passes = self._passes()
        rows: list[Row] = []
        passes.warm_up(few)
        if "thumbnails" in self.options.only:
            rows += passes.cost_rows(camera.value, many, few)
        if "article" in self.options.only:
            photos = min(self.options.article_photos, len(many))
            rows.append(passes.article_row(many, photos))
        self._remove(many, few)
        return rows

    def _rates(self, part: str, camera: Camera, times: float) -> list[Row]:
        if part not in self.options.only:
            return []
        many, few = self._photos(camera)
        passes = self._passes()
        passes.warm_up(few)
        found = passes.rate_row(camera.value, many, at_least(times))
        self._remove(many, few)
        return [found]

    def _passes(self) -> Passes:
        return Passes(self.both, self.options.rounds, self.work / "scene", self._say)

    def _photos(self, camera: Camera) -> tuple[list[Path], list[Path]]:
        """All of them, and a quarter as many others."""
        count = min(_DIFFERENT[camera], self.options.photos)
        taken = take_all(self._pictures(count), camera, self.work / "taken")
        many = dated_copies(taken, self.work / "many", self.options.photos)
        few = dated_copies(taken, self.work / "few", self.options.photos // _FEW)
        shutil.rmtree(self.work / "taken")
        sizes = [path.stat().st_size for path in many]
        mean_mb = sum(sizes) / len(sizes) / 1e6
        self._say(f"{len(many)} photos of {count} pictures, {camera.value}, {mean_mb:.1f} MB each")
        return many, few

    def _pictures(self, count: int) -> Sequence[Image.Image]:
        if not SHARED_DATA.is_dir():
            return drawn_pictures(count)
        manifest = read_manifest(find_bundle("default"))
        found = []
        for labelled in held_out(SHARED_DATA, manifest):
            with Image.open(labelled.path) as image:
                if manifest.classes[labelled.label] not in NO_CAMERAS and is_short(image.size):
                    found.append(image.convert("RGB"))
            if len(found) == count:
                break
        return found

    def _remove(self, *photos: Sequence[Path]) -> None:
        for each in photos:
            shutil.rmtree(each[0].parent)

    def _say(self, words: str) -> None:
        self.console.print(words, highlight=False)


def _table(rows: Sequence[Row]) -> Table:
    table = Table(*HEADINGS, title="Medians of the rounds (least..most)")
    for each in rows:
        table.add_row(*each.cells())
    return table


if __name__ == "__main__":
    main()
