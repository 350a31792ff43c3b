"""Which photo an XMP sidecar says that it belongs to: `photoshop:SidecarForExtension`.

Lightroom, Camera Raw, Apple Photos and others write `DSC1.xmp` for one of several files that may be
called `DSC1`, and say in it for which: `ARW`. `xmp` reads it, from the beginning of the file only:
the property stands near it, and so a hostile or endless file costs little.

Source: the XMP specification, part 2 (the Photoshop name space).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import BinaryIO

_PROPERTY: Final = "photoshop:SidecarForExtension"
_BYTES_LIMIT: Final = 1 << 18
_LETTERS_LIMIT: Final = 16


def extension_named(file: BinaryIO) -> str | None:
    """The extension, without a dot, that the XMP in the file names; None if it names none.

    Raises:
        OSError: the file cannot be read.
    """
    # Most files that arrive are no XMP, and the idle daemon needs no parser.
    from gallery_daemon.imaging.xmp import read_xmp  # noqa: PLC0415

    file.seek(0)
    said = read_xmp(file.read(_BYTES_LIMIT), frozenset({_PROPERTY})).properties
    named = said.get(_PROPERTY, "").removeprefix(".")
    return named if named.isalnum() and len(named) <= _LETTERS_LIMIT else None
