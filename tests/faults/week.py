"""A week in fast motion: photos come, a person puts right what is wrong, and the program learns.

    python -m tests.faults.week DATA... [--photos 2000] [--sources A B C] [--seed 1] [--cache DIR]

The daemon runs on three watch folders (one links, one copies, one moves) with a head and a bank
that have seen nothing of three sources, of whose photos about 285 come on each of seven days. In
the evening the person drags what was filed wrongly to its class's folder, and a third of `Review/`;
then the daemon learns, if enough is new. Each day has a mishap besides: drags undone, a program
that moves a whole class, a backup that is restored, a folder renamed, photos deleted and the daemon
killed, a program that sorts by date. A drag is believed after two seconds, not after thirty.

After each step the library must be, to the byte, what the program filed and the person did since,
and the lessons those that the person meant; anything else ends the week with an error. Prints a row
for each day. The first time the features of all pictures are computed, which takes ten minutes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gallery_daemon.model.manifest import find_bundle
from tests.benchmarks.body_features import body_features
from tests.benchmarks.bundle_without import write_bundle_without
from tests.faults.week_home import WATCH_FOLDERS, WeekHome
from tests.faults.week_photo import PlayedPhoto
from tests.faults.week_story import DayRow, play

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gallery_daemon.training.dataset import Gallery

SOURCES = ("afroozsheikh", "henrikgrubbe", "mehdishah57")


def main() -> None:
    """Print the table."""
    options = _options()
    bundle = find_bundle("default")
    features = body_features(options.data, bundle, options.cache)
    console = Console(width=200)
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        scratch = Path(folder)
        write_bundle_without(features, bundle, options.sources, scratch / "model")
        home = WeekHome(scratch / "home", str(scratch / "model"))
        photos = photos_of(features.gallery, options.sources, options.photos, options.seed)
        rows, began = list[DayRow](), time.monotonic()
        try:
            for row in play(home, photos, options.seed):
                rows.append(row)
                print(f"{row.name}: {time.monotonic() - began:.0f} s", flush=True)
        finally:
            # What was so far is to be seen, too, when a day was not as it should be.
            console.print(table_of(rows))
        print(home.ask("model", "list"))


def table_of(rows: Sequence[DayRow]) -> Table:
    """A row for each day, and the sums."""
    table = Table("day", "version", "photos", "filed", "wrongly", "in Review", "lessons", "in all",
                  "learned", "what else happened")  # fmt: skip
    for row in rows:
        figures = (row.version, row.photos, row.filed, row.wrong, row.review, row.lessons, row.held)
        table.add_row(row.name, *map(str, figures), row.learned, row.mishap)
    return table


def photos_of(
    gallery: Gallery, sources: Collection[str], count: int, seed: int
) -> list[PlayedPhoto]:
    """So many photos of the sources, in random order, each to come into one watch folder."""
    pictures = [each for each in gallery.pictures if each.source in sources]
    chosen = random.Random(seed).sample(pictures, count)
    folders = cycle(WATCH_FOLDERS)
    return [
        PlayedPhoto(each.path.name, each.path, gallery.classes[each.label], next(folders))
        for each in chosen
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--sources", nargs="+", default=SOURCES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--scratch", type=Path, help="a folder on the disk to play on")
    return parser.parse_args()


if __name__ == "__main__":
    main()
