"""Which pictures a bundle was made from, by their content: on these it looks better than it is.

A bundle keeps eight bytes of a hash of each picture that trained or validated it, and neither names
nor places. The hash is over the size and 64 KiB at each end of the file, so a copy is known, a
picture that was edited or saved again is not, and thousands take a moment.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PICTURES_FILE = "pictures.json"
_END_BYTES = 64 * 1024
_HASH_BYTES = 8
# A million pictures take 20 MB.
_MOST_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class SeenPictures:
    """How many of some pictures trained a model, and how many others validated it."""

    trained: int
    validated: int


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """The hashes of the pictures that trained and of those that validated."""

    trained: frozenset[str]
    validated: frozenset[str]

    @classmethod
    def of(cls, trained: Iterable[Path], validated: Iterable[Path]) -> MadeFrom:
        """Those of pictures on disk."""
        return cls(_hashes(trained), _hashes(validated))

    @classmethod
    def read(cls, bundle: Path) -> MadeFrom | None:
        """What the bundle says; None: nothing that can be read, as one of an earlier version."""
        try:
            with (bundle / PICTURES_FILE).open("rb") as file:
                said = json.loads(file.read(_MOST_BYTES))
            return cls(_texts(said["trained"]), _texts(said["validated"]))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def to_json(self) -> bytes:
        """The text of the bundle's file."""
        said = {"trained": sorted(self.trained), "validated": sorted(self.validated)}
        return (json.dumps(said, indent=0) + "\n").encode()

    def among(self, pictures: Sequence[Path]) -> SeenPictures:
        """How many of the pictures it has."""
        hashes = [_hash_of(picture) for picture in pictures]
        others = self.validated - self.trained
        trained = sum(each in self.trained for each in hashes)
        validated = sum(each in others for each in hashes)
        return SeenPictures(trained, validated)


def _texts(said: object) -> frozenset[str]:
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise TypeError("no list of hashes")
    return frozenset(said)


def _hashes(pictures: Iterable[Path]) -> frozenset[str]:
    return frozenset(each for picture in pictures if (each := _hash_of(picture)) is not None)


def _hash_of(picture: Path) -> str | None:
    """None: it cannot be read any more."""
    try:
        with picture.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            found = hashlib.blake2b(f"{size} ".encode(), digest_size=_HASH_BYTES)
            found.update(file.read(_END_BYTES))
            file.seek(max(_END_BYTES, size - _END_BYTES))
            found.update(file.read(_END_BYTES))
    except OSError:
        return None
    return found.hexdigest()
