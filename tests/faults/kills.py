"""Exactly once under kill -9: the real daemon, killed at every call that changes anything.

    python -m tests.faults.kills [--action move copy] [--where far into-exfat] [--call renameat2]
        [--again] [--deed run refile undo] [--patience 120]

For each case (action, same disk, another, or exFAT by FUSE) and each system call that changes a
name, a file or what is safe on the disk: a daemon with real photos is killed by strace at the first
such call, a second one at the second, and so on until one comes through. Then it is started once
more without strace, stopped when it has nothing to do, and `oracle` judges what lies there. Prints
a table; the exit status is 1 if anything is lost, doubled, half-written, left over, wrong in the
journal or overwritten, if the daemon got stuck, or if a call was not reached. The same for `refile
--yes` of photos that were filed (`anew`): after a kill a daemon clears up, it is said twice, and
undone; and for `undo` (`undone`), after which every photo has the rights that it had. The daemon's
part took half an hour with `--jobs 2` on two cores that others used, too, and each other one as
long.

The classifier process is a stand-in that starts in no time (`--real` takes the real one, which
needs some seconds a start). `--planted` plants bugs instead and says whether they are found.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from tests.faults.oracle import Broken
from tests.faults.proof import PROOFS
from tests.faults.running import REAL, warm_up
from tests.faults.scene import ORIGINALS, Where, why_not_there
from tests.faults.sweep import REFILE, RUN, UNDO, sweep
from tests.faults.tracing import CALLS, OPENAT, why_not
from tests.faults.trial import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.scene import Case
    from tests.faults.sweep import Deed, Tally

# Of each row of the table; the others mostly say the same.
_SHOWN = 3
_DEEDS = {deed.name: deed for deed in (RUN, REFILE, UNDO)}
_LINE = "{:<28}{:<16}{:>7}{:>7}" + "{:>10}" * len(Broken)


def main() -> int:
    """The exit status: 0 if every promise was kept (or every planted bug found)."""
    options = _options()
    if reason := why_not():
        print(reason, file=sys.stderr)
        return 2
    if options.planted:
        return _find_planted(*filter(None, [options.patience]))
    return _sweep_all(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--action", nargs="+", type=Action, default=list(Action))
    parser.add_argument("--deed", nargs="+", choices=_DEEDS, default=list(_DEEDS))
    parser.add_argument(
        "--where", nargs="+", type=Where, default=list(Where), help=", ".join(Where)
    )
    parser.add_argument("--call", nargs="+", choices=CALLS, metavar="CALL")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="every K-th point only")
    parser.add_argument("--again", action="store_true", help="the second start is killed, too")
    parser.add_argument("--real", action="store_true", help="with the real classifier process")
    parser.add_argument("--jobs", type=int, default=1, help="daemons at the same time")
    parser.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="how long a daemon may take before it counts as stuck: 30, or 300 with --real; more "
        "on a machine that others use",
    )
    parser.add_argument("--planted", action="store_true", help="find bugs planted on purpose")
    return parser.parse_args()


def _sweep_all(options: argparse.Namespace) -> int:
    program = Program(REAL, deadline_s=300.0) if options.real else Program()
    if options.patience:
        program = replace(program, deadline_s=options.patience)
    warm_up(program.command)
    print(_LINE.format("case", "killed at", "kills", "files", *Broken), flush=True)
    tallies: list[Tally] = []
    never_made = set(CALLS)
    missed: list[str] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for deed, case in _cases(options):
            calls = deed.count_calls(case, program)
            made = [call for call in options.call or CALLS if calls[call]]
            again = calls if options.again else None
            work = partial(
                sweep, case, program=program, deed=deed, every=options.every, again=again
            )
            never_made.difference_update(calls)
            for tally in pool.map(work, made):
                _print_row(f"{deed.name}: {case}", tally.call, [tally])
                tallies.append(tally)
                # The filter by path must not hide an open that makes a file.
                every_one = tally.call == OPENAT and options.every == 1
                least = calls[OPENAT] if every_one else 1
                if tally.changes < least:
                    missed.append(f"{deed.name}: {case}, {tally.call}: {tally.changes} of {least}")
    _print_row("all", "", tallies)
    print("never made:", *(call for call in CALLS if call in never_made))
    for where, finding in [each for tally in tallies for each in tally.findings[:_SHOWN]]:
        print(f"{finding}\n    killed at {where}")
    # What was not killed there has proved nothing.
    if missed or not tallies:
        print("not all calls were reached:", *missed, sep="\n    ")
    return 1 if missed or not tallies or any(tally.findings for tally in tallies) else 0


def _cases(options: argparse.Namespace) -> list[tuple[Deed, Case]]:
    deeds = [_DEEDS[name] for name in options.deed]
    cases = [(deed, case) for deed in deeds for case in deed.cases if case.action in options.action]
    for where in options.where:
        if reason := why_not_there(where):
            print(f"{reason}: {where} is left out", file=sys.stderr)
            cases = [each for each in cases if each[1].where is not where]
    return [each for each in cases if each[1].where in options.where]


def _print_row(case: str, call: str, tallies: Sequence[Tally]) -> None:
    broken = sum((tally.broken for tally in tallies), Counter[str]())
    kills = sum(tally.kills for tally in tallies)
    files = sum(tally.trials for tally in tallies) * len(ORIGINALS)
    counts = (broken[kind] for kind in Broken)
    print(_LINE.format(case, call, kills, files, *counts), flush=True)


def _find_planted(*patience: float) -> int:
    """Each bug is planted and must be found as what it breaks."""
    missed = 0
    for proof in PROOFS:
        if reason := why_not_there(proof.case.where):
            print(f"{proof.bug}: not planted, for {reason}")
            continue
        tally, found = proof.find(*patience)
        missed += not found
        print(f"{proof.bug}: found as {proof.breaks} {len(found)} times in {tally.kills} kills")
        if found:
            where, finding = found[0]
            print(f"    {finding.sentence}\n    killed at {where}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
