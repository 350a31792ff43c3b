"""All kills of one case at one system call: the first, the second ... until none comes any more."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from tests.faults import anew, trial, undone
from tests.faults.scene import CASES, Where
from tests.faults.tracing import Kill, is_change

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.oracle import Finding
    from tests.faults.scene import Case
    from tests.faults.trial import Program, Trial


@dataclass(frozen=True, slots=True)
class Deed:
    """What is killed, in which cases: one trial of it, and how often it makes each call."""

    name: str
    cases: tuple[Case, ...]
    try_kills: Callable[[Case, Sequence[Kill], Program], Trial]
    count_calls: Callable[[Case, Program], Counter[str]]


RUN = Deed("run", CASES, trial.try_kills, trial.count_calls)
# Nothing leaves the library, so only the kind of its disk matters.
_WITHIN = tuple(case for case in CASES if case.where in {Where.NEAR, Where.INTO_EXFAT})
REFILE = Deed("refile", _WITHIN, anew.try_kills, anew.count_calls)
# By a link on one disk, by a copy where there are no links or another disk.
_THERE = tuple(case for case in CASES if case.action in {Action.MOVE, Action.COPY})
UNDO = Deed("undo", _THERE, undone.try_kills, undone.count_calls)


@dataclass(slots=True)
class Tally:
    """What came of a sweep; `changes` are the first kills that cut a call that changes anything."""

    case: Case
    call: str
    trials: int = 0
    kills: int = 0
    changes: int = 0
    findings: list[tuple[str, Finding]] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        """The trial is counted; a finding is kept with the calls that were cut."""
        self.trials += 1
        self.kills += len(trial.cuts)
        self.changes += sum(is_change(cut) for cut in trial.cuts[:1])
        where = "; then ".join(trial.cuts) or f"not killed at any {self.call}"
        self.findings += [(where, finding) for finding in trial.findings]

    @property
    def broken(self) -> Counter[str]:
        """How many findings there are of each kind."""
        return Counter(finding.broken for _, finding in self.findings)


def sweep(
    case: Case,
    call: str,
    program: Program,
    deed: Deed = RUN,
    *,
    every: int = 1,
    again: Counter[str] | None = None,
) -> Tally:
    """Killed at the first such call, at the one `every` further on, and so on, until none is left.

    With `again`, how often each call is made, the start after a kill is killed, too: at one of
    these calls, drawn by lot, the same each time.
    """
    tally = Tally(case, call)
    for at in count(1, every):
        kills = [Kill(call, at)]
        if again:
            kills.append(_drawn(again, random.Random(f"{case} {call} {at}")))
        tried = deed.try_kills(case, kills, program)
        tally.add(tried)
        if not tried.cuts:
            return tally
    raise AssertionError("calls run out")


def _drawn(calls: Counter[str], lots: random.Random) -> Kill:
    """One of the calls; those that are made often are drawn often."""
    (call,) = lots.sample(sorted(calls), 1, counts=[calls[name] for name in sorted(calls)])
    return Kill(call, lots.randint(1, calls[call]))
