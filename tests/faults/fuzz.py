"""Hostile photos by the thousand: `python -m tests.faults.fuzz --seconds 600 [--seed 1]`.

A third of the time they are shown to the product's `look` alone, in a process that may die of it;
the rest they are put into the watch folder of a real daemon with the real classifier process.
Prints a table, and exits with 1 if a line of it that must be zero is not. What broke something is
kept in a folder that is named, and can be made again from its seed and number.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import SHARED_DATA
from tests.faults.feeding import Feeding, Verdict
from tests.faults.looker import CRASHED, READ, REFUSED, SLOW, UNEXPECTED, Looker
from tests.faults.mutate import Mutations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.mutate import Hostile

_LOOKING_SHARE = 1 / 3
# So that the daemon sees other inputs than `look` alone did.
_FED_FROM = 5_000_000


@dataclass
class Looks:
    """How many files came to which end, and those that broke something."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)


def look_at(inputs: Iterator[Hostile], is_enough: Callable[[int], bool], keep: Path) -> Looks:
    """Show one after the other until it `is_enough`, asked with how many there were."""
    looks = Looks()
    with tempfile.TemporaryDirectory() as folder, Looker() as looker:
        while not is_enough(looks.outcomes.total()):
            hostile = next(inputs)
            path = Path(folder, hostile.name)
            path.write_bytes(hostile.content)
            outcome, words = looker.look(path)
            path.unlink()
            looks.outcomes[outcome] += 1
            if outcome not in {READ, REFUSED}:
                looks.kept.append(_kept(hostile, keep, f"{outcome}: {words}"))
    return looks


def feed(inputs: Iterator[Hostile], is_enough: Callable[[int], bool], keep: Path) -> Verdict:
    """Give them to a daemon until it `is_enough`, asked with how many there were."""
    with tempfile.TemporaryDirectory() as folder:
        feeding = Feeding(Path(folder))
        verdict = feeding.run(inputs, is_enough)
        for path in {*verdict.not_one_end, *verdict.not_placed, *verdict.changed}:
            if path in feeding.fed:
                _kept(feeding.fed[path][0], keep, f"after: {verdict.last_words[-30:]}")
    return verdict


def table(looks: Looks, verdict: Verdict) -> tuple[list[tuple[str, int, bool]], bool]:
    """Lines of words, a count, and whether it must be zero; and whether all of these are."""
    seen, ends, classifier = looks.outcomes, verdict.ends, verdict.classifier
    lines = [
        ("files shown to look", seen.total(), False),
        ("  read", seen[READ], False),
        ("  refused with a reason", seen[REFUSED], False),
        ("  decoder crashes, survived", seen[CRASHED], False),
        ("  decoders slower than 30 s, killed", seen[SLOW], False),
        ("  errors that are not documented", seen[UNEXPECTED], True),
        ("files given to the daemon", ends.total(), False),
        ("  filed", ends["photo_filed"], False),
        ("  left", ends["photo_left"], False),
        ("  quarantined", ends["photo_quarantined"], False),
        ("  failed", ends["photo_failed"], False),
        ("classifier crashes, survived", classifier["crashed"], False),
        ("classifier hangs, survived", classifier["hung"], False),
        ("crashes of the daemon", verdict.crashes, True),
        ("hangs of the daemon", verdict.hangs, True),
        ("photos without exactly one end", len(verdict.not_one_end), True),
        ("filed photos that are not in the library", len(verdict.not_placed), True),
        ("files changed in the watch folder", len(verdict.changed), True),
        ("files elsewhere", len(verdict.astray), True),
    ]
    return lines, not any(count for _, count, is_zero in lines if is_zero)


def _kept(hostile: Hostile, keep: Path, words: str) -> str:
    """The input lies in the folder of what broke something, with a word on how it was made."""
    keep.mkdir(parents=True, exist_ok=True)
    (keep / hostile.name).write_bytes(hostile.content)
    (keep / f"{hostile.name}.why").write_text(f"{hostile.recipe}\n{words}\n", "utf-8", "replace")
    return hostile.name


def main() -> None:
    """Run for the time that was given."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--seconds", type=float, required=True, help="how long, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to keep what broke something")
    chosen = parser.parse_args()
    keep = chosen.keep or Path(tempfile.gettempdir(), f"gallery-daemon-fuzz-{chosen.seed}")
    mutations = Mutations(SHARED_DATA, chosen.seed)
    began = time.monotonic()
    looks = look_at(
        map(mutations.make, itertools.count()),
        lambda _: time.monotonic() - began > chosen.seconds * _LOOKING_SHARE,
        keep,
    )
    verdict = feed(
        map(mutations.make, itertools.count(_FED_FROM)),
        lambda _: time.monotonic() - began > chosen.seconds,
        keep,
    )
    lines, is_well = table(looks, verdict)
    print(f"{time.monotonic() - began:.0f} s, seed {chosen.seed}, {len(mutations)} samples")
    for words, count, is_zero in lines:
        print(f"{words:<44}{count:>8}{'  (must be 0)' if is_zero else ''}")
    if keep.is_dir():
        print(f"kept in {keep}")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
