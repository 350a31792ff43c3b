"""Two builds of `sort` on the same photos: how fast, in how much processor time, how much is read.

What one photo costs is the difference between a long pass and a short one, so that the start and
the model fall out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.builds import Both, in_turn
from tests.benchmarks.figures import each_more, rate_after_first
from tests.benchmarks.ours import sort_pass
from tests.benchmarks.processes import run_contestant
from tests.benchmarks.rows import at_least, at_most, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.benchmarks.builds import Build
    from tests.benchmarks.ours import SortPass
    from tests.benchmarks.rows import Row, Target

# More photos than any of the two files at once.
_BURST = 64


@dataclass(frozen=True, slots=True)
class Passes:
    """Who runs how often, and on which disk: `scene` does not exist before and after a pass."""

    both: Both[Build]
    rounds: int
    scene: Path
    say: Callable[[str], None]

    def warm_up(self, photos: Sequence[Path]) -> None:
        """One pass of each that does not count: what a machine remembers is remembered."""
        in_turn(self.both, lambda build: self._sorted(build, photos), 0)

    def rate_row(self, what: str, photos: Sequence[Path], target: Target) -> Row:
        """Photos a second, from the first to the last."""
        rates = [
            in_turn(self.both, lambda build: _rate(self._sorted(build, photos)), turn)
            for turn in range(self.rounds)
        ]
        return _row(what, "photos/s", rates, target)

    def cost_rows(self, what: str, many: Sequence[Path], few: Sequence[Path]) -> list[Row]:
        """The rate in the long pass, and what a photo costs."""
        found = [
            in_turn(
                self.both,
                lambda build: (self._sorted(build, few), self._sorted(build, many)),
                turn,
            )
            for turn in range(self.rounds)
        ]
        more = len(many) - len(few)
        rates = [Both(_rate(each.ours[1]), _rate(each.theirs[1])) for each in found]
        spent = [Both(_spent_ms(*each.ours, more), _spent_ms(*each.theirs, more)) for each in found]
        read = [Both(_read_kb(*each.ours, more), _read_kb(*each.theirs, more)) for each in found]
        return [
            _row(what, "photos/s", rates, at_least(3)),
            _row("processor time in it", "ms a photo", spent, at_most(1 / 3)),
            _row("read in it", "kB a photo", read, at_most(1 / 15)),
        ]

    def article_row(self, photos: Sequence[Path], few: int) -> Row:
        """Against the article's loop, which gets the first `few` photos; the rest is reckoned."""
        folder, count = str(photos[0].parent), len(photos)
        words = ("tests.benchmarks.article", folder, "--photos", str(few))
        rates = []
        for _ in range(self.rounds):
            run = run_contestant(*words, burst=1, environ=self.both.ours.environ)
            self.say(f"article: {run.whole_s:.1f} s for {run.photos} photos")
            ours = self._sorted(self.both.ours, photos)
            rates.append(Both(count / ours.ended.whole_s, count / run.whole_s_for(count)))
        return _row("theirs: the article's loop, start to exit", "photos/s", rates, at_least(12))

    def _sorted(self, build: Build, photos: Sequence[Path]) -> SortPass:
        done = sort_pass(photos, self.scene, build.environ, build.checkout)
        ended = done.ended
        self.say(
            f"{build.name}: {len(photos)} photos in {ended.whole_s:.1f} s, "
            f"{_rate(done):.1f}/s, {ended.processor_s:.1f} s of processors, "
            f"{ended.read_bytes / 1e6:.0f} MB read"
            + (f"; BUSY: the classifier process started {done.starts} times" * (done.starts > 1))
        )
        return done


def _rate(done: SortPass) -> float:
    return rate_after_first(done.finishes, _BURST)


def _spent_ms(few: SortPass, many: SortPass, more: int) -> float:
    return each_more(many.ended.processor_s, few.ended.processor_s, more) * 1e3


def _read_kb(few: SortPass, many: SortPass, more: int) -> float:
    return each_more(many.ended.read_bytes, few.ended.read_bytes, more) / 1e3


def _row(what: str, unit: str, found: Sequence[Both[float]], target: Target) -> Row:
    ours, theirs = [each.ours for each in found], [each.theirs for each in found]
    return row(what, unit, ours, theirs, target)
