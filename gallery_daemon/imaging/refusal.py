"""Whatever a decoder raises becomes a `BadPhoto` with one sentence for a person.

Real I/O errors cannot occur here, as the bytes are in memory, so a failing disk is never called a
broken photo.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.ending import ending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BytesIO

    from gallery_daemon.imaging.kinds import Kind

_REASON_LIMIT = 120
_SAYS_CUT = re.compile(r"truncated|end of file", re.IGNORECASE)


@contextmanager
def in_one_sentence(kind: Kind, file: BytesIO) -> Iterator[None]:
    """Within this, all that is raised is a BadPhoto."""
    try:
        yield
    except BadPhoto:
        raise
    except MemoryError as error:
        raise BadPhoto(f"the {_label(kind)} needs more memory than there is") from error
    except Exception as error:  # nearly anything: SyntaxError, struct.error, OSError, KeyError ...
        if not ending(file, kind).whole or _SAYS_CUT.search(str(error)):
            raise cut(kind) from error
        raise BadPhoto(f"the {_label(kind)} data are broken ({_first_line(error)})") from error


def cut(kind: Kind) -> BadPhoto:
    """The refusal of a photo whose end is missing."""
    return BadPhoto(f"the {_label(kind)} data end early (truncated file)")


def _label(kind: Kind) -> str:
    """What people call the format: `JPEG` of "a JPEG photo"."""
    return kind.words.split()[1]


def _first_line(error: Exception) -> str:
    line = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return "".join(letter for letter in line if letter.isprintable())[:_REASON_LIMIT]
