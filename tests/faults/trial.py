"""One trial: the daemon is killed, started again, left to finish, and what is there is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.material import material
from tests.faults.oracle import Broken, Finding, judge_ended, judge_killed
from tests.faults.running import QUICK, Running, Stuck, run_command
from tests.faults.scene import made
from tests.faults.tracing import census, last_call, traced

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.scene import Case, Scene
    from tests.faults.tracing import Kill


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, with what in its environment, and how long it may take at most."""

    command: tuple[str, ...] = QUICK
    environ: dict[str, str] = field(default_factory=dict)
    deadline_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it: which of the kills happened, the calls they cut, what was wrong."""

    cuts: tuple[str, ...]
    findings: tuple[Finding, ...]


def try_kills(case: Case, kills: Sequence[Kill], program: Program) -> Trial:
    """The first start is killed by the first of `kills`, the next one by the second, and so on.

    A start that makes too few of its calls is not killed; then it was the last one.
    """
    cuts, findings = [], list[Finding]()
    with made(case, material()) as scene:
        try:
            for kill in (*kills, None):
                if _runs_out(scene, kill, program):
                    break
                cuts.append(last_call(_trace(scene)))
                findings += judge_killed(scene)
        except Stuck as stuck:
            findings.append(Finding(Broken.STUCK, str(stuck)))
        findings += judge_ended(scene)
    return Trial(tuple(cuts), tuple(findings))


def count_calls(case: Case, program: Program) -> Counter[str]:
    """How often each call is made by a daemon that is not killed."""
    with made(case, material()) as scene:
        command = traced(run_command(program.command, scene), _trace(scene), None, ())
        with Running(command, scene.environ | program.environ, program.deadline_s) as daemon:
            daemon.run_out()
        return census(_trace(scene), scene.scratch)


def _runs_out(scene: Scene, kill: Kill | None, program: Program) -> bool:
    command: Sequence[str] = run_command(program.command, scene)
    if kill is not None:
        command = traced(command, _trace(scene), kill, scene.made_into)
    with Running(command, scene.environ | program.environ, program.deadline_s) as daemon:
        return daemon.run_out()


def _trace(scene: Scene) -> Path:
    return scene.home / "trace"
