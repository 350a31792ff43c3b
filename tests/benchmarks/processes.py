"""Contestants run in processes of their own, one after the other, and say when photos were done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Run, steady_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
_DEADLINE_S = 3600
_LAST_WORDS = 2000


class Broken(Exception):
    """A contestant did not do its work; the benchmark has no figures then."""


@dataclass(frozen=True)
class Ended:
    """What a process said, and how long it took from its start to its exit."""

    whole_s: float
    output: str
    errors: str


def run_module(*words: str, environ: Mapping[str, str]) -> Ended:
    """`python -m WORDS` has ended well.

    Raises:
        Broken: it ended badly.
    """
    began = time.perf_counter()
    process = subprocess.run(
        (sys.executable, "-m", *words),
        cwd=ROOT,
        env=environ_with(environ),
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    whole_s = time.perf_counter() - began
    if process.returncode:
        said = process.stderr[-_LAST_WORDS:]
        raise Broken(f"{' '.join(words)}: exit status {process.returncode}\n{said}")
    return Ended(whole_s, process.stdout, process.stderr)


def environ_with(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process here: ours, this checkout first, and `environ`."""
    return dict(os.environ) | {"PYTHONPATH": os.fspath(ROOT)} | dict(environ)


def run_contestant(*words: str, burst: int, environ: Mapping[str, str]) -> Run:
    """A module that ends with `tell_finishes`, run once."""
    ended = run_module(*words, environ=environ)
    finishes = json.loads(ended.output.splitlines()[-1])
    return Run(len(finishes), ended.whole_s, steady_rate(finishes, burst))


def tell_finishes(finishes: Sequence[float]) -> None:
    """The last line of a contestant: when each photo was done, in seconds of any clock."""
    print(json.dumps(list(finishes)))
