"""`tests`: photos as they might come, and what the rules should do with them.

`expect` says what should become of the photo; all that it says must come true.

    tests:
      - name: a meme that is not sure enough
        given: {path: Chats/a.jpg, class: memes, confidence: 0.85}
        expect: {outcome: uncertain}
      - file: tests/matterhorn.jpg
        expect: {class: mountains, rule: outdoors}
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gallery_daemon.config.document import Node, SequenceNode
from gallery_daemon.config.given import GivenReader, PrecisionAt, unknown_precision
from gallery_daemon.config.kinds.base import Flag, OneOf, Raw, Text, refuse_unknown
from gallery_daemon.config.kinds.local import AbsolutePath
from gallery_daemon.config.mistakes import Mistakes, quoted
from gallery_daemon.config.section import Key, Table, Written
from gallery_daemon.decision import Outcome
from gallery_daemon.rules.ruletest import AnyTest, Expected, PictureTest, RuleTest

NAME = Key("name", Text(), "What the test is called when it fails.")
GIVEN: Key[Node] = Key(
    "given", Raw("a photo"), "A photo that might come; what is not given is not so."
)
FILE: Key[Node] = Key(
    "file",
    Raw("a picture such as tests/matterhorn.jpg"),
    "A picture instead, by its path from here; `check` reads and classifies it.",
)
FILE_PATH = AbsolutePath()
EXPECT: Key[Node] = Key(
    "expect",
    Raw("what becomes of it"),
    "What must become of it; each key must come true.",
    example="{to: Memes/}",
)
TEST = Table("a test", (NAME, GIVEN, FILE, EXPECT))


@dataclass(frozen=True, slots=True)
class RuleTestReader:
    """Reads `tests`; names that could not be read are None, and no test is checked against them."""

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    rules: tuple[str, ...] | None
    mistakes: Mistakes
    precision: PrecisionAt = unknown_precision

    def read(self, node: Node) -> tuple[AnyTest, ...]:
        """All tests that could be read, in their order."""
        if not isinstance(node, SequenceNode):
            hint = "begin each test with - given: {...}"
            self.mistakes.error(node.mark, "tests must be a list of tests", hint)
            return ()
        tests = (self._test(item) for item in node.items)
        return tuple(test for test in tests if test is not None)

    def _test(self, node: Node) -> AnyTest | None:
        found = TEST.read(node, self.mistakes)
        if found is None:
            return None
        name = found.get_or(NAME, f"line {node.mark.line}")
        written = found.get(EXPECT)
        expected = ExpectReader(self.classes, self.rules, self.mistakes)
        expect = None if written is None else expected.read(written)
        if FILE in found:
            return self._of_picture(name, found, expect)
        return self._of_photo(name, found, expect)

    def _of_photo(self, name: str, found: Written, expected: Expected | None) -> RuleTest | None:
        written = found.get(GIVEN)
        if written is None:
            hint = "add given: {class: memes, confidence: 0.95}, or file: PICTURE"
            self.mistakes.error(found.mark, "a test lacks the key given", hint)
            return None
        reader = GivenReader(self.classes, self.sources, self.mistakes, self.precision)
        given = reader.read(written)
        if given is None or expected is None:
            return None
        mark = found.mark
        return RuleTest(
            name,
            mark.line,
            mark.column,
            given.photo,
            given.facts,
            given.prediction,
            expected,
            given.unknown,
            given.mtime_to,
        )

    def _of_picture(
        self, name: str, found: Written, expected: Expected | None
    ) -> PictureTest | None:
        if GIVEN in found:
            sentence = "a test says both given and file"
            self.mistakes.error(found.mark_of(FILE), sentence, "remove one of them")
        written = found.get(FILE)
        path = None if written is None else FILE_PATH.read(written, FILE.name, self.mistakes)
        if path is None or expected is None:
            return None
        return PictureTest(name, found.mark.line, found.mark.column, path, expected)


class NoRule(StrEnum):
    """What becomes of a photo that no rule takes."""

    UNCERTAIN = Outcome.UNCERTAIN.value
    OTHERWISE = Outcome.OTHERWISE.value


CLASS = Key("class", Text("a class"), "The class that the model finds the most probable.")
RULE = Key("rule", Text("a rule's name"), "The rule that takes it.")
TO = Key(
    "to",
    Text("a folder in the library such as Memes/"),
    "The folder in the library where it comes to lie.",
)
AS = Key(
    "as",
    Text("a file name such as 2026-07-01.jpg"),
    "The file's name there, if none has it yet; a {sequence} begins with 1.",
)
OUTCOME = Key("outcome", OneOf(NoRule), "What becomes of it if no rule takes it.")
LEAVE = Key("leave", Flag(), "true: it stays where it is.")
EXPECT_MAP = Table("expect", (CLASS, RULE, TO, AS, OUTCOME, LEAVE))
_ONE_OF = ((RULE, OUTCOME), (TO, LEAVE), (AS, LEAVE))


@dataclass(frozen=True, slots=True)
class ExpectReader:
    """Reads `expect`; classes or rules that could not be read are None and not checked against."""

    classes: tuple[str, ...] | None
    rules: tuple[str, ...] | None
    mistakes: Mistakes

    def read(self, node: Node) -> Expected | None:
        """What is expected; none means that a mistake has been reported."""
        found = EXPECT_MAP.read(node, self.mistakes)
        if found is None:
            return None
        if not found.nodes:
            self.mistakes.error(node.mark, "expect says nothing", "say expect: {rule: memes}")
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

    def _refuse_contradictions(self, found: Written) -> None:
        for one, other in _ONE_OF:
            if one in found and other in found:
                sentence = f"expect says both {one.name} and {other.name}"
                self.mistakes.error(found.mark_of(other), sentence, "remove one of them")
        if found.get(LEAVE) is False:
            mark = found.mark_of(LEAVE)
            self.mistakes.error(mark, "expect cannot say leave: false", "say to: FOLDER/")

    def _refuse_names(self, found: Written) -> None:
        """Report a class or rule that is not there, and a name that is none."""
        name = found.get(AS)
        if name is not None and "/" in name:
            sentence = f"{quoted(name)} is not a file name"
            self.mistakes.error(found.mark_of(AS), sentence, "write the folder in to")
        for key, names in ((CLASS, self.classes), (RULE, self.rules)):
            said = found.get(key)
            if said is not None:
                refuse_unknown(said, names, key.name, found.mark_of(key), self.mistakes)
