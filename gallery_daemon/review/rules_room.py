"""What the page of the rules is about between two requests: the plan of a change that is under way.

One plan at a time: whoever asks for another ends the one before, in whatever tab that was asked.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from gallery_daemon.commands.background import Background
from gallery_daemon.commands.rules_plan import plan_change
from gallery_daemon.commands.rules_text import check_rules
from gallery_daemon.daemon.configuration import read_configuration
from gallery_daemon.daemon.reload import changes_between
from gallery_daemon.errors import GalleryError
from gallery_daemon.photo import Identity

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.clock import Clock
    from gallery_daemon.commands.rules_plan import RulesPlan
    from gallery_daemon.commands.sort import ProgressDisplay


@dataclass(frozen=True, slots=True)
class PlannedText:
    """A text, what it changes in words, and what becomes of the photos; `looks` as it was asked."""

    text: str
    changes: tuple[str, ...]
    plan: RulesPlan
    looks: bool


class NoSuchPlan(GalleryError):
    """The plan that is asked about was ended, or another was asked for."""

    def __init__(self) -> None:
        super().__init__("another plan was asked for meanwhile", hint="ask for this one again")


class RulesRoom:
    """The plan under way, or the latest."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file, self._clock = file, clock
        self._numbers = count(1)
        self._latest: tuple[int, Background[PlannedText]] | None = None

    def begin(self, text: str, *, looks: bool) -> int:
        """A plan of the change to this text is under way; its number."""
        if self._latest is not None:
            self._latest[1].cancel()
        number = next(self._numbers)
        self._latest = number, Background(lambda display: self._plan(text, display, looks=looks))
        return number

    def under_way(self, number: int) -> Background[PlannedText]:
        """The plan of that number.

        Raises:
            NoSuchPlan: there is another by now.
        """
        if self._latest is None or self._latest[0] != number:
            raise NoSuchPlan
        return self._latest[1]

    def file_of(self, number: int, way: int, place: int) -> tuple[str, Identity]:
        """Where a photo of a plan that is done lies, as an absolute path, and which file that is.

        Raises:
            GalleryError: there is none, or it is gone.
        """
        plan = self.under_way(number)
        ways = plan.result().plan.ways if plan.is_done else ()
        if way >= len(ways) or place >= len(ways[way].photos):
            raise NoSuchPlan
        path = ways[way].photos[place].path
        try:
            return path, Identity.of(os.lstat(path))
        except OSError as error:
            raise GalleryError("it is not where it was: moved or deleted since") from error

    def _plan(self, text: str, display: ProgressDisplay, *, looks: bool) -> PlannedText:
        checked = check_rules(text, self._file, self._clock, looks=False)
        if checked.config is None:
            raise GalleryError(checked.why_not or "", hint="mend it, then ask for the plan")
        was, now = read_configuration(self._file), checked.config
        plan = plan_change(was, now, self._clock, display, looks=looks)
        return PlannedText(text, changes_between(was, now), plan, looks)
