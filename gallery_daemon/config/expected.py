"""`expect`: what shall become of the photo of a test; all that is said must come true."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gallery_daemon.config.kinds.base import Flag, OneOf, Text, refuse_unknown
from gallery_daemon.config.report import Report, quoted
from gallery_daemon.config.tables import Found, Key, Table
from gallery_daemon.decision import Outcome
from gallery_daemon.rules.ruletest import Expected

if TYPE_CHECKING:
    from gallery_daemon.config.document import Node


class NoRule(StrEnum):
    """What becomes of a photo that no rule takes."""

    UNCERTAIN = Outcome.UNCERTAIN.value
    OTHERWISE = Outcome.OTHERWISE.value


CLASS = Key("class", Text("a class"))
RULE = Key("rule", Text("a rule's name"))
TO = Key("to", Text("a folder in the library such as Memes/"))
AS = Key("as", Text("a file name such as 2026-07-01.jpg"))
OUTCOME = Key("outcome", OneOf(NoRule))
LEAVE = Key("leave", Flag())
EXPECT_MAP = Table("expect", (CLASS, RULE, TO, AS, OUTCOME, LEAVE))
_ONE_OF = ((RULE, OUTCOME), (TO, LEAVE), (AS, LEAVE))


@dataclass(frozen=True, slots=True)
class ExpectReader:
    """Reads `expect`; classes or rules that could not be read are None and asked for nothing."""

    classes: tuple[str, ...] | None
    rules: tuple[str, ...] | None
    report: Report

    def read(self, node: Node) -> Expected | None:
        """What is expected; none means that a mistake has been reported."""
        found = EXPECT_MAP.read(node, self.report)
        if found is None:
            return None
        if not found.nodes:
            self.report.error(node.place, "expect says nothing", "say expect: {rule: memes}")
        self._refuse_contradictions(found)
        self._refuse_names(found)
        to, outcome = found.get(TO), found.get(OUTCOME)
        return Expected(
            rule=found.get(RULE),
            folder=None if to is None else tuple(to.strip("/").split("/")),
            outcome=None if outcome is None else Outcome(outcome.value),
            is_left=found.get_or(LEAVE, default=False),
            name=found.get(AS),
            top_class=found.get(CLASS),
        )

    def _refuse_contradictions(self, found: Found) -> None:
        for one, other in _ONE_OF:
            if one in found and other in found:
                sentence = f"expect says both {one.name} and {other.name}"
                self.report.error(found.place_of(other), sentence, "remove one of them")
        if found.get(LEAVE) is False:
            place = found.place_of(LEAVE)
            self.report.error(place, "expect cannot say leave: false", "say to: FOLDER/")

    def _refuse_names(self, found: Found) -> None:
        """Report a class or rule that is not there, and a name that is none."""
        name = found.get(AS)
        if name is not None and "/" in name:
            sentence = f"{quoted(name)} is not a file name"
            self.report.error(found.place_of(AS), sentence, "write the folder in to")
        for key, names in ((CLASS, self.classes), (RULE, self.rules)):
            said = found.get(key)
            if said is not None:
                refuse_unknown(said, names, key.name, found.place_of(key), self.report)
