"""Two builds of the program, this one and another checkout's, measured by turns.

So a slow minute of the machine hits both; and the order changes from round to round, as the second
finds the disk's cache warmer.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from tests.benchmarks.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Build:
    """A checkout, and where its program keeps what it remembers of the machine."""

    name: str
    checkout: Path
    cache: Path

    @property
    def environ(self) -> dict[str, str]:
        """Of its processes."""
        return {"XDG_CACHE_HOME": str(self.cache)}

    @property
    def revision(self) -> str:
        """The commit, with a mark if files were changed since."""
        words = ("git", "-C", str(self.checkout), "describe", "--always", "--dirty", "--abbrev=7")
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        return said.stdout.strip() or "unknown"


@dataclass(frozen=True, slots=True)
class Both(Generic[T_co]):
    """The same of ours and theirs."""

    ours: T_co
    theirs: T_co


def builds(against: Path, work: Path) -> Both[Build]:
    """This checkout and the other one, each with a cache of its own below `work`."""
    return Both(
        Build("ours", ROOT, work / "cache-ours"),
        Build("theirs", against.resolve(), work / "cache-theirs"),
    )


def in_turn(both: Both[Build], act: Callable[[Build], T], turn: int) -> Both[T]:
    """What `act` gives for each; theirs first in even turns."""
    if turn % 2:
        ours = act(both.ours)
        return Both(ours, act(both.theirs))
    theirs = act(both.theirs)
    return Both(act(both.ours), theirs)
