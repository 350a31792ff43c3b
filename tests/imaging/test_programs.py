"""Photos that real programs edited, with the camera's thumbnail still in them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.imaging.formats import JPEG
from gallery_daemon.imaging.look import look
from gallery_daemon.photo import LookKind
from tests.imaging.pictures import difference, drawn, identity_of
from tests.imaging.programs import (
    EDITED_BY,
    LIBJPEGS,
    NOT_EDITED_BY,
    OWN_TABLES,
    by_camera,
    is_installed,
)

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.imaging.look import Look

# Not found where the camera codes as libjpeg does: the words begin below the rows that are read,
# which are the fewer the better the picture was coded.
PASSES = {"an app: words at the top"}


@cache
def camera_photo(make: str) -> bytes:
    """A photo of 3 megapixels, with colours and contrast at its top."""
    coarse = np.random.default_rng(3).integers(40, 216, (12, 16, 3), np.uint8)
    hills = Image.fromarray(coarse).resize((2016, 1512), Image.Resampling.BICUBIC)
    return by_camera(Image.blend(hills, drawn(2016, 1512), 0.4), make)


def looked(path: Path, content: bytes, kind: LookKind) -> Look:
    path.write_bytes(content)
    identity = identity_of(path)
    return look(
        str(path), identity, max_bytes=1 << 30, max_pixels=1 << 30, want_hash=False, kind=kind
    )


def run(program: str, make: str, folder: Path) -> bytes:
    """What the program makes of the photo."""
    if not is_installed(program):
        pytest.skip(f"needs {program.partition(':')[0]}")
    return (EDITED_BY | NOT_EDITED_BY)[program](camera_photo(make), folder)


@pytest.mark.parametrize("make", [OWN_TABLES, LIBJPEGS])
@pytest.mark.parametrize("program", EDITED_BY)
def test_an_edited_photo_is_looked_at_itself(program: str, make: str, tmp_path: Path) -> None:
    """Or, of a camera that codes as programs do, the edit is below what is read."""
    seen = looked(tmp_path / "x.jpg", run(program, make, tmp_path), LookKind.QUICK)

    is_known_gap = make == LIBJPEGS and program in PASSES
    assert (LookKind.QUICK if is_known_gap else LookKind.FULL) is seen.kind


@pytest.mark.parametrize("make", [OWN_TABLES, LIBJPEGS])
@pytest.mark.parametrize("program", NOT_EDITED_BY)
def test_who_changes_no_pixel_leaves_the_quick_look(
    program: str, make: str, tmp_path: Path
) -> None:
    """And it shows what the picture shows, however its tag turns it."""
    content = run(program, make, tmp_path)
    quick = looked(tmp_path / "x.jpg", content, LookKind.QUICK)
    full = looked(tmp_path / "x.jpg", content, LookKind.FULL)

    assert (LookKind.QUICK, LookKind.FULL) == (quick.kind, full.kind)
    smaller = Image.fromarray(full.picture).resize((128, 128), Image.Resampling.BOX)
    assert difference(np.asarray(smaller), quick.picture) < 6
    assert JPEG.name == quick.facts.format
