"""The properties of an XMP packet, read as XML: by name space, whatever its prefix is.

The one reader of XMP, for a packet in a picture as for a sidecar; who asks says which properties.

Only the picture's own properties count: those of the node elements in `rdf:RDF`, as attributes or
as elements. What lies deeper describes something else (an ingredient of a collage, a step of the
history, a face), except for the values of a list or of a property with qualifiers: there the first
one counts. Of two properties with the same name the first counts as well.

A packet that breaks off or breaks the rules of XML gives what stands before that place, or before
its first megabyte ends. But it is text of strangers, and some of it is made to do harm: one that
declares a document type (and so entities), or whose elements stand in one another more deeply than
any program writes them, says nothing. Prefixes are looked up here and not by expat, which writes
the whole name space before each name: 150 KB are enough for 1.6 GB then.

The part that a JPEG may keep in extension segments is not read: writers move only large properties
there (ISO 16684-1, part 3 of Adobe's specification, section 1.1.3.1), and none of those used here
is large.

Sources: XMP specification, parts 1 (ISO 16684-1: serialisation) and 2 (name spaces); Namespaces in
XML 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.parsers.expat import ExpatError, ParserCreate

from gallery_daemon.imaging.xmp_text import mended, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# A packet may be at most 64 KB in a JPEG; elsewhere nothing bounds it but this.
PACKET_BYTES_LIMIT: Final = 1 << 20
# Of 94 packets of phones, cameras and their programs the deepest has 10.
DEPTH_LIMIT: Final = 100
# Of those the longest has 267; what stands before the last one counts.
ELEMENTS_LIMIT: Final = 20_000

# Without the final slash, which some writers forget.
_SPACES: Final = {
    "http://ns.adobe.com/exif/1.0": "exif",
    "http://ns.adobe.com/tiff/1.0": "tiff",
    "http://ns.adobe.com/xap/1.0": "xmp",
    "http://ns.adobe.com/photoshop/1.0": "photoshop",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
# What may stand between a property and its value: a list, or a value with qualifiers.
_WRAPPINGS: Final = frozenset({
    "rdf:Alt", "rdf:Seq", "rdf:Bag", "rdf:li", "rdf:Description", "rdf:value",
})  # fmt: skip
_DECLARES_A_TYPE: Final = "<!DOCTYPE"
_DECLARES_A_SPACE: Final = "xmlns"


@dataclass(frozen=True, slots=True)
class Xmp:
    """The wanted properties by their usual names (`tiff:Make`), trimmed, not empty.

    `refused` says why there are none although there is a packet, for people.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


def read_xmp(packet: bytes, wanted: frozenset[str]) -> Xmp:
    """What the packet says of the wanted properties, whatever else stands in it."""
    text = text_of(packet[:PACKET_BYTES_LIMIT])
    if _DECLARES_A_TYPE in text:
        return Xmp(refused="it declares a document type")
    found, is_whole = _read(text, wanted)
    if is_whole:
        return found
    again = mended(text)
    return found if again == text else _read(again, wanted)[0]


def _read(text: str, wanted: frozenset[str]) -> tuple[Xmp, bool]:
    """The properties, and whether all of it is XML; what stands before the fault counts."""
    properties = _Properties(wanted)
    parser = ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True
    parser.StartElementHandler = properties.start
    parser.CharacterDataHandler = properties.data
    parser.EndElementHandler = properties.end
    try:
        parser.Parse(text, True)  # noqa: FBT003 - it takes no names
    except ExpatError:
        return Xmp(properties.found), False
    except _TooMany:
        return Xmp(properties.found), True
    except _TooDeep:
        return Xmp(refused=f"more than {DEPTH_LIMIT} of its elements stand in one another"), True
    return Xmp(properties.found), True


class _TooDeep(Exception):
    """No program writes so."""


class _TooMany(Exception):
    """The rest is not worth the time."""


class _Prefixes:
    """The usual prefixes of the name spaces in force, by the packet's own prefixes."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}
        # For each open element what its declarations hid.
        self._hidden: list[list[tuple[str, str]]] = []

    def enter(self, pairs: list[tuple[str, str]]) -> None:
        """An element begins, with these attributes."""
        hidden = []
        for key, space in pairs:
            declares, _, prefix = key.partition(":")
            if declares == _DECLARES_A_SPACE:
                hidden.append((prefix, self._now.get(prefix, "")))
                self._now[prefix] = _SPACES.get(space) or _SPACES.get(space.rstrip("/"), "")
        self._hidden.append(hidden)

    def leave(self) -> None:
        """The last element that began ends."""
        self._now.update(reversed(self._hidden.pop()))

    def name_of(self, written: str, *, is_element: bool = False) -> str:
        """The usual name, with its prefix; empty for one of a name space that is not used here."""
        prefix, _, name = written.rpartition(":")
        # An attribute without a prefix is in no name space.
        usual = self._now.get(prefix) if prefix or is_element else None
        return f"{usual}:{name}" if usual else ""


class _Properties:
    """What the parser tells, element by element; `found` are the properties so far."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.found: dict[str, str] = {}
        self._wanted = wanted
        self._prefixes = _Prefixes()
        self._depth = self._elements = 0
        self._path: list[str] = []  # below rdf:RDF: the node, its property, what is inside
        self._foreign = 0  # how many of those inside are no wrapping of the property's value
        self._is_inside = False
        self._text: list[str] = []

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element begins; its attributes are names and values by turns.

        Raises:
            _TooDeep: within too many others.
            _TooMany: after too many others.
        """
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH_LIMIT:
            raise _TooDeep
        if self._elements > ELEMENTS_LIMIT:
            raise _TooMany
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        self._prefixes.enter(pairs)
        name = self._prefixes.name_of(tag, is_element=True)
        if not self._is_inside:
            self._is_inside = name == "rdf:RDF"
            return
        self._path.append(name)
        self._foreign += self._is_foreign()
        self._text = []
        named = ((self._prefixes.name_of(key), value) for key, value in pairs)
        if len(self._path) == 1:
            for key, value in named:
                self._keep(key, value)
        elif self._is_value():
            self._keep(self._path[1], next((text for key, text in named if key == "rdf:value"), ""))

    def data(self, text: str) -> None:
        """Text, perhaps a part of it."""
        if self._path:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        """The last element that began ends."""
        self._depth -= 1
        self._prefixes.leave()
        if not self._path:
            self._is_inside = False
            return
        if self._is_value():
            self._keep(self._path[1], "".join(self._text))
        self._text = []
        self._foreign -= self._is_foreign()
        self._path.pop()

    def _is_value(self) -> bool:
        """Whether the element is a property, or the value of one."""
        return len(self._path) > 1 and not self._foreign

    def _is_foreign(self) -> bool:
        """Whether the innermost element, within a property, is no wrapping of its value."""
        return len(self._path) > 2 and self._path[-1] not in _WRAPPINGS  # noqa: PLR2004

    def _keep(self, name: str, text: str) -> None:
        value = text.strip()
        if name in self._wanted and value:
            self.found.setdefault(name, value)
