"""`tests`: photos as they might come, and what the rules shall do with them.

tests:
  - name: a meme that is not sure enough
    given: {path: Chats/a.jpg, class: memes, confidence: 0.85}
    expect: {outcome: uncertain}
  - file: tests/matterhorn.jpg
    expect: {class: mountains, rule: outdoors}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery_daemon.config.document import Node, Sequence
from gallery_daemon.config.expected import ExpectReader
from gallery_daemon.config.folders import read_path
from gallery_daemon.config.given import GivenReader
from gallery_daemon.config.kinds.base import Raw, Text
from gallery_daemon.config.tables import Found, Key, Table
from gallery_daemon.rules.ruletest import AnyTest, Expected, PictureTest, RuleTest

if TYPE_CHECKING:
    from gallery_daemon.config.report import Report

NAME = Key("name", Text())
GIVEN: Key[Node] = Key("given", Raw("a photo"))
FILE: Key[Node] = Key("file", Raw("a picture such as tests/matterhorn.jpg"))
EXPECT: Key[Node] = Key("expect", Raw("what becomes of it"), example="{to: Memes/}")
TEST = Table("a test", (NAME, GIVEN, FILE, EXPECT))


@dataclass(frozen=True, slots=True)
class RuleTestReader:
    """Reads `tests`; what of the three could not be read itself is None and asked for nothing.

    The path of a picture begins at the folder `base`.
    """

    classes: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    rules: tuple[str, ...] | None
    base: str
    report: Report

    def read(self, node: Node) -> tuple[AnyTest, ...]:
        """All tests that could be read, in their order."""
        if not isinstance(node, Sequence):
            hint = "begin each test with - given: {...}"
            self.report.error(node.place, "tests must be a list of tests", hint)
            return ()
        tests = (self._test(item) for item in node.items)
        return tuple(test for test in tests if test is not None)

    def _test(self, node: Node) -> AnyTest | None:
        found = TEST.read(node, self.report)
        if found is None:
            return None
        name = found.get_or(NAME, f"line {node.place.line}")
        written = found.get(EXPECT)
        expected = ExpectReader(self.classes, self.rules, self.report)
        expect = None if written is None else expected.read(written)
        if FILE in found:
            return self._of_picture(name, found, expect)
        return self._of_photo(name, found, expect)

    def _of_photo(self, name: str, found: Found, expected: Expected | None) -> RuleTest | None:
        written = found.get(GIVEN)
        if written is None:
            hint = "add given: {class: memes, confidence: 0.95}, or file: PICTURE"
            self.report.error(found.place, "a test lacks the key given", hint)
            return None
        given = GivenReader(self.classes, self.sources, self.report).read(written)
        if given is None or expected is None:
            return None
        place = found.place
        return RuleTest(
            name,
            place.line,
            place.column,
            given.photo,
            given.facts,
            given.prediction,
            expected,
            given.unsaid,
        )

    def _of_picture(self, name: str, found: Found, expected: Expected | None) -> PictureTest | None:
        if GIVEN in found:
            sentence = "a test says both given and file"
            self.report.error(found.place_of(FILE), sentence, "remove one of them")
        written = found.get(FILE)
        path = None if written is None else read_path(written, FILE.name, self.base, self.report)
        if path is None or expected is None:
            return None
        return PictureTest(name, found.place.line, found.place.column, path, expected)
