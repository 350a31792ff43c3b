"""Hostile photos by the thousand: `python -m tests.faults.fuzz --minutes 10 [--seed 1]`.

A third of the time they are shown to the product's `look` alone, in a process that may die of it;
the rest they are put into the watch folder of a real daemon with the real classifier process.
Prints a table, and exits with 1 if a line of it that must be zero is not. What broke something is
kept in a folder that is named, and can be made again from its seed and number.

With `--thumbnails` the photos are whole and only their thumbnails are bad. Each is looked at
quickly, and what is shown must be what the photo shows.
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
from tests.faults.quick_looker import ANOTHER, TAKEN
from tests.faults.thumbnails import CONTROLS, NOT_FINDABLE, WAYS, make, scene

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


@dataclass
class QuickLooks:
    """How many photos of each way came to which end; the slowest, and the largest process."""

    outcomes: dict[str, Counter[str]] = field(
        default_factory=lambda: {way: Counter() for way in WAYS}
    )
    kept: list[str] = field(default_factory=list)
    slowest_ms: int = 0
    process_mb: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(counts.total() for counts in self.outcomes.values())

    def faults(self) -> list[str]:
        """What must not be, in words."""
        return [
            f"{way}: {outcome} {count} times"
            for way, counts in self.outcomes.items()
            for outcome, count in counts.items()
            if outcome in {CRASHED, SLOW, UNEXPECTED}
            or (outcome == ANOTHER and way not in NOT_FINDABLE)
            or (outcome != TAKEN and way in CONTROLS)
        ]


def look_quickly(seed: int, is_enough: Callable[[int], bool], keep: Path) -> QuickLooks:
    """Quick looks at photos with bad thumbnails until it `is_enough`, asked as by `look_at`."""
    looks = QuickLooks()
    with (
        tempfile.TemporaryDirectory() as folder,
        Looker("tests.faults.quick_looker") as looker,
    ):
        while not is_enough(looks.total):
            bad = make(seed, looks.total)
            path, picture = Path(folder, bad.hostile.name), Path(folder, f"{bad.scene}.png")
            path.write_bytes(bad.hostile.content)
            if not picture.exists():
                scene(bad.scene).save(picture)
            outcome, words = looker.look(path, picture)
            path.unlink()
            looks.outcomes[bad.way][outcome] += 1
            if outcome in {READ, TAKEN, ANOTHER}:
                took_ms, process_mb = map(int, words.split())
                looks.slowest_ms = max(looks.slowest_ms, took_ms)
                looks.process_mb.append(process_mb)
            elif outcome != REFUSED:
                looks.kept.append(_kept(bad.hostile, keep, f"{outcome}: {words}"))
    return looks


def print_quick_looks(looks: QuickLooks) -> None:
    """A line for each way."""
    columns = (TAKEN, READ, REFUSED, ANOTHER, CRASHED, SLOW, UNEXPECTED)
    titles = ("taken", "full look", "refused", "another", "crash", "hang", "other")
    print(f"{'':<38}{'photos':>8}{''.join(f'{title:>11}' for title in titles)}")
    for way, counts in looks.outcomes.items():
        name = f"{way}{' (not findable)' if way in NOT_FINDABLE else ''}"
        cells = "".join(f"{counts[column]:>11}" for column in columns)
        print(f"{name:<38}{counts.total():>8}{cells}")
    print(f"{looks.total} photos; the slowest look {looks.slowest_ms} ms of a processor")
    print(f"the process {looks.process_mb[0]} MB after the first, {max(looks.process_mb)} at most")


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
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--seconds", type=float, help="how long, about")
    length.add_argument("--minutes", type=float, help="how long, about")
    parser.add_argument("--thumbnails", action="store_true", help="photos with bad thumbnails")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to keep what broke something")
    chosen = parser.parse_args()
    keep = chosen.keep or Path(tempfile.gettempdir(), f"gallery-daemon-fuzz-{chosen.seed}")
    seconds = chosen.seconds or 60 * chosen.minutes
    began = time.monotonic()
    if chosen.thumbnails:
        quick = look_quickly(chosen.seed, lambda _: time.monotonic() - began > seconds, keep)
        print_quick_looks(quick)
        print(*quick.faults() or ["no fault"], sep="\n")
        sys.exit(1 if quick.faults() else 0)
    mutations = Mutations(SHARED_DATA, chosen.seed)
    looks = look_at(
        map(mutations.make, itertools.count()),
        lambda _: time.monotonic() - began > seconds * _LOOKING_SHARE,
        keep,
    )
    verdict = feed(
        map(mutations.make, itertools.count(_FED_FROM)),
        lambda _: time.monotonic() - began > seconds,
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
