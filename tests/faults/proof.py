"""That the oracle bites: each planted bug, where kills must find it, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.decision import Action
from tests.faults.oracle import Broken
from tests.faults.scene import Case, Where
from tests.faults.sweep import sweep
from tests.faults.trial import Program

if TYPE_CHECKING:
    from tests.faults.oracle import Finding
    from tests.faults.sweep import Tally

_NEAR, _FAR = Case(Action.MOVE, Where.NEAR), Case(Action.MOVE, Where.FAR)
_INTO_EXFAT = Case(Action.MOVE, Where.INTO_EXFAT)


@dataclass(frozen=True, slots=True)
class Proof:
    """A bug of `planted`, the promise that it breaks, and where it is looked for."""

    bug: str
    breaks: Broken
    case: Case
    call: str

    def find(self, deadline_s: float = 10.0) -> tuple[Tally, list[tuple[str, Finding]]]:
        """The sweep, and what it found of the broken promise; some bugs leave a daemon stuck."""
        program = Program(environ={"PLANTED": self.bug}, deadline_s=deadline_s)
        tally = sweep(self.case, self.call, program)
        return tally, [found for found in tally.findings if found[1].broken is self.breaks]


PROOFS = (
    Proof("a copy is written under its final name", Broken.HALF, _FAR, "write"),
    Proof("a moved source goes before its copy is there", Broken.LOST, _FAR, "write"),
    Proof("an intent is written down after the act", Broken.JOURNAL, _NEAR, "fsync"),
    Proof("an intent is never closed", Broken.JOURNAL, _NEAR, "mkdirat"),
    Proof("recovery leaves temporaries behind", Broken.STRAY, _FAR, "utimensat"),
    Proof("a move copies and leaves the source", Broken.DOUBLED, _NEAR, "mkdirat"),
    Proof("an unfinished copy is not noted", Broken.HALF, _INTO_EXFAT, "write"),
)
