"""Ours from end to end: `gallery-daemon sort` on the photos, with a fresh library and journal.

When each photo was done is read from the log, and that each was filed once from log and library: a
fast program that loses a photo has no figures.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.benchmarks.inputs import wait_until_settled
from tests.benchmarks.processes import ROOT, Broken, run_module, run_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.figures import Run
    from tests.benchmarks.processes import Ended

BATCH_SIZE = 16


@dataclass(frozen=True)
class SortPass:
    """A pass that filed each photo once, and when it did, in seconds since 1970.

    `starts` of the classifier process are more than one where a photo took too long, as on a
    machine that is busy: then the figures are of no use.
    """

    ended: Ended
    finishes: tuple[float, ...]
    starts: int


def sort_once(photos: Sequence[Path], scene: Path, environ: Mapping[str, str]) -> Run:
    """The figures of one pass, as of `sort_pass`.

    Raises:
        Broken: the pass failed, or a photo was not filed exactly once.
    """
    done = sort_pass(photos, scene, environ)
    return run_of(done.ended, done.finishes, BATCH_SIZE)


def sort_pass(
    photos: Sequence[Path], scene: Path, environ: Mapping[str, str], checkout: Path = ROOT
) -> SortPass:
    """One pass of a checkout's program.

    Args:
        photos: all that their folder holds.
        scene: a folder on the photos' disk that does not exist, before and after.
        environ: more of the environment.
        checkout: where the program is.

    Raises:
        Broken: the pass failed, or a photo was not filed exactly once.
    """
    # Else the pass waits for the settle time: a hard link, made or taken away, changes the ctime.
    wait_until_settled(photos)
    library = scene / "library"
    words = ("sort", os.fspath(photos[0].parent), "--library", os.fspath(library))
    try:
        ended = run_module(
            "gallery_daemon",
            *words,
            *("--action", "hardlink", "--log-format", "json"),
            environ=dict(environ) | {"XDG_STATE_HOME": os.fspath(scene / "state")},
            checkout=checkout,
        )
        filed = filed_at(ended.errors)
        refuse_unfaithful(photos, filed, library)
    finally:
        shutil.rmtree(scene, ignore_errors=True)
    starts = sum(event["event"] == "classifier_started" for event in _events(ended.errors))
    return SortPass(ended, tuple(at for _, at in filed), starts)


def filed_at(log: str) -> list[tuple[str, float]]:
    """Which photos were filed, and when, in seconds since 1970."""
    return [
        (event["photo"], datetime.fromisoformat(event["timestamp"]).timestamp())
        for event in _events(log)
        if event["event"] == "photo_filed"
    ]


def _events(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def refuse_unfaithful(
    photos: Sequence[Path], filed: Sequence[tuple[str, float]], library: Path
) -> None:
    """Raise Broken unless log and library have each photo once, and nothing else."""
    told = Counter(photo for photo, _ in filed)
    if told != Counter(map(os.fspath, photos)):
        raise Broken(f"of {len(photos)} photos the log has {len(told)} in {told.total()} lines")
    inodes = Counter(path.stat().st_ino for path in library.rglob("*") if path.is_file())
    if inodes != Counter(path.stat().st_ino for path in photos):
        raise Broken(f"the library has {inodes.total()} files, of {len(photos)} photos")
