"""How long the first photo after installation takes, from the process's start until it is filed.

    python -m tests.benchmarks.first [--times 5] [--photo FILE]
    python -m tests.benchmarks.first --against CHECKOUT [--times 5]

A real `sort` with the real classifier process, in a home without a cache: nothing is known of
engines, and nothing is remembered of the photo. `--against` takes another checkout in turn, so that
what the machine does meanwhile falls on both. Beside the clock's time stands what the processes
took of the processors, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.faults.flooding import photo
from tests.faults.running import REPOSITORY

# Longer than the settle time: the photo is not to be waited for.
_OLD_ENOUGH_S = 6.0
_PATIENCE_S = 600.0
_HOMES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")


@dataclass(frozen=True)
class FirstPhoto:
    """Seconds from the process's start: by the clock until each is there, and of processors."""

    ready_s: float
    filed_s: float
    processors_s: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--photo", type=Path, help="a photo of your own; drawn otherwise")
    parser.add_argument("--against", type=Path, help="another checkout, to be measured in turn")
    options = parser.parse_args()
    checkouts = {"this": REPOSITORY}
    if options.against is not None:
        checkouts = {"other": options.against.resolve()} | checkouts
    found: dict[str, list[FirstPhoto]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory(prefix="first-") as folder:
        watch = Path(folder, "watch")
        watch.mkdir()
        if options.photo is None:
            (watch / "photo.jpg").write_bytes(photo(1))
        else:
            shutil.copyfile(options.photo, watch / f"photo{options.photo.suffix}")
        threading.Event().wait(_OLD_ENOUGH_S)
        for number in range(options.times):
            for name, checkout in checkouts.items():
                home = Path(folder, f"{name}-{number}")
                home.mkdir()
                found[name].append(first_photo(checkout, watch, home))
    _print(found)


def first_photo(checkout: Path, watch: Path, home: Path) -> FirstPhoto:
    """One `sort` of the photos in `watch`, in an empty `home`."""
    environ = {name: str(home / name.lower()) for name in _HOMES}
    # A hard link would change the photo's ctime, and the next run would wait for it to settle.
    how = ("--action", "copy", "--log-format", "json")
    words = ("sort", str(watch), "--library", str(home / "library"), *how)
    before = os.times()
    began = time.monotonic()
    with subprocess.Popen(
        (sys.executable, "-m", "gallery_daemon", *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=checkout,
        env=os.environ | environ | {"PYTHONPATH": str(checkout)},
    ) as process:
        ending = threading.Timer(_PATIENCE_S, process.kill)
        ending.start()
        assert process.stderr is not None
        seen: dict[str, float] = {}
        for line in process.stderr:
            seen.setdefault(json.loads(line)["event"], time.monotonic() - began)
        ending.cancel()
    after = os.times()
    if process.returncode or "photo_filed" not in seen:
        sys.exit(f"{checkout}: the photo was not filed, exit status {process.returncode}")
    used = after.children_user - before.children_user
    used += after.children_system - before.children_system
    return FirstPhoto(seen["classifier_started"], seen["photo_filed"], used)


def _print(found: dict[str, list[FirstPhoto]]) -> None:
    table = Table("from the process's start, s", *found)
    rows = {
        "model ready": lambda each: each.ready_s,
        "photo filed": lambda each: each.filed_s,
        "of processors, to the end": lambda each: each.processors_s,
    }
    for what, figure in rows.items():
        columns = ([figure(each) for each in runs] for runs in found.values())
        table.add_row(
            what, *(f"{statistics.median(c):.2f} ({min(c):.2f}-{max(c):.2f})" for c in columns)
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
