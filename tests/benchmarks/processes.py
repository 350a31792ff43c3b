"""Contestants run in processes of their own, one after the other, and say when photos were done."""

from __future__ import annotations

import json
import os
import resource
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
    """What a process said, and how long it took from its start to its exit, by clock and cores.

    `read_bytes` are all that it and its children asked the kernel for by `read` and its kin: from
    files, cached or not, and from pipes; not what was mapped into memory.
    """

    whole_s: float
    processor_s: float
    read_bytes: int
    output: str
    errors: str


def run_module(*words: str, environ: Mapping[str, str], checkout: Path = ROOT) -> Ended:
    """`python -m WORDS` of a checkout has ended well.

    Raises:
        Broken: it ended badly.
    """
    began, spent, read = time.perf_counter(), _processor_s(), _read_bytes()
    process = subprocess.run(
        (sys.executable, "-m", *words),
        cwd=checkout,
        env=environ_with(environ, checkout),
        capture_output=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    whole_s = time.perf_counter() - began
    said = len(process.stdout) + len(process.stderr)
    ended = Ended(
        whole_s,
        _processor_s() - spent,
        _read_bytes() - read - said,  # which was read here
        process.stdout.decode(),
        process.stderr.decode(),
    )
    if process.returncode:
        last_words = ended.errors[-_LAST_WORDS:]
        raise Broken(f"{' '.join(words)}: exit status {process.returncode}\n{last_words}")
    return ended


def run_of(ended: Ended, finishes: Sequence[float], burst: int) -> Run:
    """The figures of a pass; `finishes` and `burst` are those of `steady_rate`."""
    steady_per_s = steady_rate(finishes, burst)
    return Run(len(finishes), ended.whole_s, ended.processor_s, steady_per_s)


def environ_with(environ: Mapping[str, str], checkout: Path = ROOT) -> dict[str, str]:
    """The environment of every process here: ours, the checkout first, and `environ`."""
    return dict(os.environ) | {"PYTHONPATH": os.fspath(checkout)} | dict(environ)


def run_contestant(*words: str, burst: int, environ: Mapping[str, str]) -> Run:
    """A module that ends with `tell_finishes`, run once."""
    ended = run_module(*words, environ=environ)
    return run_of(ended, json.loads(ended.output.splitlines()[-1]), burst)


def _processor_s() -> float:
    """Seconds of all processes that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_bytes() -> int:
    """What this process has read, and its children that have ended, and theirs.

    The kernel adds a child's to its parent's when it is waited for. Source: proc_pid_io(5) and
    `wait_task_zombie` of the kernel's exit.c.
    """
    return int(Path("/proc/self/io").read_text().split()[1])


def tell_finishes(finishes: Sequence[float]) -> None:
    """The last line of a contestant: when each photo was done, in seconds of any clock."""
    print(json.dumps(list(finishes)))
