"""The properties of an XMP packet, read as XML: by name space, whatever its prefix is.

Only the picture's own properties count: those of the node elements in `rdf:RDF`, as attributes or
as elements. What lies deeper describes something else (an ingredient of a collage, a step of the
history, a face), except for the values of a list or of a property with qualifiers: there the first
one counts. Of two properties with the same name the first counts as well.

A packet is text of strangers. Its length is bounded, entities are refused, and a packet that breaks
off or breaks the rules of XML gives what stands before that place. Only a stray ampersand and the
number of a control character, which XML forbids and programs write, are mended. The part that a
JPEG may keep in extension segments is not read: writers move only large properties there (ISO
16684-1, part 3 of Adobe's specification, section 1.1.3.1), and none of those used here is large.

Sources: XMP specification, parts 1 (ISO 16684-1: serialisation, encodings) and 2 (name spaces).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

if TYPE_CHECKING:
    from collections.abc import Mapping

# A packet may be at most 64 KB in a JPEG; elsewhere nothing bounds it but this.
PACKET_BYTES_LIMIT = 1 << 20

# Without the final slash, which some writers forget.
_PREFIXES = {
    "http://ns.adobe.com/exif/1.0": "exif",
    "http://ns.adobe.com/tiff/1.0": "tiff",
    "http://ns.adobe.com/xap/1.0": "xmp",
    "http://ns.adobe.com/photoshop/1.0": "photoshop",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
_WANTED = frozenset({
    "exif:DateTimeOriginal", "exif:DateTimeDigitized", "photoshop:DateCreated", "xmp:CreateDate",
    "tiff:Make", "tiff:Model",
    "exif:GPSLatitude", "exif:GPSLongitude", "exif:GPSLatitudeRef", "exif:GPSLongitudeRef",
    "exif:ExposureTime", "exif:FNumber", "exif:ISOSpeedRatings", "exif:FocalLength",
})  # fmt: skip
# What may stand between a property and its value: a list, or a value with qualifiers.
_WRAPPINGS = frozenset({"rdf:Alt", "rdf:Seq", "rdf:Bag", "rdf:li", "rdf:Description", "rdf:value"})

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Its encoding is wrong once the packet is text.
_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
# Which XML allows nowhere.
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WRITTEN_CONTROLS = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE | re.ASCII
)
# Of an entity that XML does not know by itself, or of none: "Smith & Sons", HTML's `&nbsp;`.
_STRAY_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)", re.IGNORECASE | re.ASCII
)


def read_xmp(packet: bytes) -> Mapping[str, str]:
    """The used properties of the packet by their usual names (`tiff:Make`), trimmed, not empty."""
    text = _text(packet[:PACKET_BYTES_LIMIT])
    try:
        found, is_whole = _properties_in(text)
        if not is_whole:
            mended = _STRAY_AMPERSAND.sub("&amp;", _WRITTEN_CONTROLS.sub("", text))
            found = found if mended == text else _properties_in(mended)[0]
    except DefusedXmlException:
        return {}
    return found


def _properties_in(text: str) -> tuple[Mapping[str, str], bool]:
    """The properties, and whether all of it is XML; what stands before the fault counts.

    Raises:
        DefusedXmlException: it defines an entity.
    """
    target = _Properties()
    try:
        DefusedXMLParser(target=target).feed(text)
    except ParseError:
        return target.found, False
    return target.found, True


def _text(packet: bytes) -> str:
    """The XML as text, from its first element or processing instruction on."""
    encoding = next((name for mark, name in _ENCODINGS if packet.startswith(mark)), "")
    if encoding:
        text = packet.decode(encoding, "replace")
    else:
        # What is behind the last tag, or behind a zero, may be anything.
        eight_bits = packet.partition(b"\0")[0].rpartition(b">")
        text = _of_eight_bits(b"".join(eight_bits[:2]))
    begins = text[max(0, text.find("<")) :].partition("\0")[0]
    return _CONTROLS.sub("", _DECLARATION.sub("", begins, count=1))


def _of_eight_bits(packet: bytes) -> str:
    try:
        return packet.decode()
    except UnicodeDecodeError:
        return packet.decode("latin-1")


class _Properties:
    """What the parser tells, element by element; `found` are the properties so far."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []  # below rdf:RDF: the node, its property, what is inside
        self._foreign = 0  # how many of those inside are no wrapping of the property's value
        self._is_inside = False
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = _name(tag)
        if not self._is_inside:
            self._is_inside = name == "rdf:RDF"
            return
        self._path.append(name)
        self._foreign += self._is_foreign()
        self._text = []
        if len(self._path) == 1:
            for key, value in attributes.items():
                self._keep(_name(key), value)
        elif self._is_value():
            value = next(
                (text for key, text in attributes.items() if _name(key) == "rdf:value"), ""
            )
            self._keep(self._path[1], value)

    def data(self, text: str) -> None:
        """Text, perhaps a part of it."""
        if self._path:
            self._text.append(text)

    def end(self, tag: str) -> None:  # noqa: ARG002 - the parser passes it
        """The last element that began ends."""
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
        if name in _WANTED and value:
            self.found.setdefault(name, value)


def _name(tag: str) -> str:
    """A tag as the parser gives it, `{name space}name`, with the usual prefix if there is one."""
    space, _, name = tag.lstrip("{").rpartition("}")
    prefix = _PREFIXES.get(space) or _PREFIXES.get(space.rstrip("/"))
    return f"{prefix}:{name}" if prefix else name
