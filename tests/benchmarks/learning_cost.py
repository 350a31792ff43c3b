"""What one `learn` takes: seconds, and memory with the classifier process.

    python -m tests.benchmarks.learning_cost DATA... [--lessons 100]

So many pictures of class folders lie in a library, and each is a lesson; then `gallery-daemon learn
--json` runs as a person starts it, with the shipped model: it looks at every photo, fits, and is
judged. Memory is the sum over both processes of what they hold (Pss), where it was largest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.lesson import LessonKind, NewLesson
from gallery_daemon.photo import Identity
from gallery_daemon.training.dataset import find_gallery
from tests.benchmarks.cost import cpu_s, memory
from tests.benchmarks.processes import ROOT

_LOOK_S = 0.02


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--lessons", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), options.data, options.lessons)


def _measure(home: Path, data: list[Path], count: int) -> None:
    library, state = home / "library", home / "state" / "gallery-daemon"
    library.mkdir()
    state.mkdir(parents=True)
    (home / "in").mkdir()
    config = home / "config.yaml"
    config.write_text(
        f"version: 1\nwatch: {home}/in\nlibrary: {library}\n"
        'rules:\n  - name: all\n    to: "{class}/"\n'
    )
    with closing(Journal(state / "journal.sqlite3")) as journal:
        journal.lessons.give(_lessons(library, data, count), datetime.now(UTC))
    environ = os.environ | {"XDG_STATE_HOME": str(home / "state"), "HOME": str(home)}
    words = (sys.executable, "-m", "gallery_daemon", "learn", "--config", str(config), "--json")
    for title in ("first time", "photos looked at before"):
        seconds, cpu, peak_mb, said = _run(words, environ)
        print(
            f"{title}: {seconds:.1f} s ({cpu:.1f} s of processor), {peak_mb:.0f} MB at most; "
            f"{said.get('lessons')} lessons, {said.get('result')}"
        )


def _lessons(library: Path, data: list[Path], count: int) -> list[NewLesson]:
    gallery = find_gallery(data)
    chosen = np.random.default_rng(0).permutation(len(gallery.pictures))[:count]
    found = []
    for number, place in enumerate(chosen.tolist()):
        picture = gallery.pictures[place]
        name = gallery.classes[picture.label]
        path = library / name / f"{number}{picture.path.suffix}"
        path.parent.mkdir(exist_ok=True)
        shutil.copy(picture.path, path)
        identity = Identity.of(path.lstat())
        found.append(NewLesson(str(library), str(path), identity, LessonKind.LABEL, name))
    return found


def _run(
    words: tuple[str, ...], environ: dict[str, str]
) -> tuple[float, float, float, dict[str, object]]:
    """Seconds, seconds of processor, MB at most, and what it said."""
    began, peak_mb, cpu = time.perf_counter(), 0.0, 0.0
    process = subprocess.Popen(words, cwd=ROOT, env=environ, stdout=subprocess.PIPE)
    while process.poll() is None:
        try:
            peak_mb, cpu = max(peak_mb, memory(process.pid).pss_mb), max(cpu, cpu_s(process.pid))
        except (OSError, ValueError, IndexError):
            break  # it ended between two looks
        time.sleep(_LOOK_S)  # noqa: TID251 - the machine's own time is measured
    said, _ = process.communicate()
    seconds = time.perf_counter() - began
    return seconds, cpu, peak_mb, json.loads(said)


if __name__ == "__main__":
    main()
