"""Which photo an XMP sidecar says that it belongs to: `photoshop:SidecarForExtension`.

Lightroom, Camera Raw, Apple Photos and others write `DSC1.xmp` for one of several files that may be
called `DSC1`, and say in it for which: `ARW`. It is read as XML, by name space, and only where it
is a property of the file itself. No tree is built, a document type is refused, and reading ends
where the property is found or after `_BYTES_LIMIT`, so a hostile or endless file costs little.

Source: the XMP specification, part 2 (the Photoshop name space); ISO 16684-1 (both forms of a
simple property).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_WANTED: Final = "{http://ns.adobe.com/photoshop/1.0/}SidecarForExtension"
# It stands near the beginning; a quarter of a mebibyte of the smallest elements takes 0.2 s.
_BYTES_LIMIT = 1 << 18
_CHUNK = 1 << 16
_LETTERS_LIMIT = 16


class _Target:
    """Takes what the parser finds, and keeps only the property."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._text: str | None = None
        self.found: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        above = self._path[-2:]
        self._path.append(tag)
        if self.found is not None:
            return
        if tag == f"{_RDF}Description" and above[-1:] == [f"{_RDF}RDF"]:
            self.found = _extension(attributes.get(_WANTED))
        elif tag == _WANTED and above == [f"{_RDF}RDF", f"{_RDF}Description"]:
            self._text = ""

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._text is not None and len(self._text) <= _LETTERS_LIMIT:
            self._text += text

    def end(self, _tag: str) -> None:
        """An element ends."""
        self._path.pop()
        if self._text is not None:
            self.found = _extension(self._text)
            self._text = None

    def close(self) -> None:
        """The document ends."""


def extension_named(file: BinaryIO) -> str | None:
    """The extension, without a dot, that the XMP in the file names; None if it names none.

    Raises:
        OSError: the file cannot be read.
    """
    # Most files that arrive are no XMP, and the idle daemon needs no parser.
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # noqa: PLC0415

    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    file.seek(0)
    left = _BYTES_LIMIT
    while target.found is None and left > 0 and (chunk := file.read(min(_CHUNK, left))):
        left -= len(chunk)
        try:
            parser.feed(chunk)
        except (ParseError, ValueError, LookupError):
            break
    return target.found


def _extension(text: str | None) -> str | None:
    """What may be an extension; anything else says nothing."""
    stripped = (text or "").strip().removeprefix(".")
    return stripped if stripped.isalnum() and len(stripped) <= _LETTERS_LIMIT else None
