"""Quick looks at photos with bad thumbnails: `python -m tests.faults.quick_looker`.

As `looker`, and it is told what the photo shows: a path, a zero byte, and the path of a picture of
it. What a look gives must show the same, by the product's own measure of a preview, over all of it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from functools import cache
from pathlib import Path

from PIL import Image

from gallery_daemon.config.settings import Limits
from gallery_daemon.errors import BadPhoto
from gallery_daemon.imaging.look import Look, look
from gallery_daemon.imaging.top_rows import _DOWN, Top, _cells, _compared
from gallery_daemon.photo import LookKind
from tests.faults.looker import READ, REFUSED, UNEXPECTED, limit_memory
from tests.imaging.pictures import identity_of

TAKEN, ANOTHER = "thumbnail taken", "another picture shown"


def outcome_of(path: Path, picture: Path) -> tuple[str, str]:
    """What a quick look makes of the photo; in words, the processor's ms and the process's MB."""
    began = time.process_time()
    try:
        seen = _look(path, LookKind.QUICK)
    except BadPhoto as error:
        return _refused_too(path, error)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return UNEXPECTED, repr(error)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    words = f"{1000 * (time.process_time() - began):.0f} {used}"
    if not shows(Image.fromarray(seen.picture), _opened(picture)):
        return ANOTHER, words
    # Who reads the whole file has its hash.
    return (READ if seen.facts.content_hash else TAKEN), words


def _look(path: Path, kind: LookKind) -> Look:
    return look(
        os.fspath(path),
        identity_of(path),
        max_bytes=Limits.photo_bytes,
        max_pixels=Limits.photo_pixels,
        want_hash=False,
        kind=kind,
    )


def _refused_too(path: Path, error: BadPhoto) -> tuple[str, str]:
    """A full look must say the same."""
    try:
        _look(path, LookKind.FULL)
    except BadPhoto as other:
        return (REFUSED if other.sentence == error.sentence else UNEXPECTED), error.sentence
    return UNEXPECTED, f"only a quick look says: {error.sentence}"


def shows(seen: Image.Image, picture: Image.Image) -> bool:
    """Whether both are materially the same."""
    cells = (_cells(image, (0, 0, *image.size), _DOWN) for image in (seen, picture))
    return _compared(*cells) is Top.SAME


@cache
def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def main() -> None:
    """Answer until there is no more to look at."""
    limit_memory()
    for line in sys.stdin.buffer:
        path, _, picture = os.fsdecode(line.rstrip(b"\n")).partition("\0")
        print(json.dumps(outcome_of(Path(path), Path(picture))), flush=True)


if __name__ == "__main__":
    main()
