"""Names that claim a photo: with other content such a file is a broken photo, and not litter."""

from __future__ import annotations

import pytest

from gallery_daemon.imaging.names import claims_to_be_a_photo


@pytest.mark.parametrize(
    "name", ["a.jpg", "A.JPEG", "IMG_1.HEIC", "x.tif", "b.mpo", "c.avif", "odd\udcff.png", ".gif"]
)
def test_a_photo_s_ending_is_a_claim(name: str) -> None:
    """In capitals, too; whatever stands before it."""
    assert claims_to_be_a_photo(name)


@pytest.mark.parametrize(
    "name", ["", "a", "jpg", "a.jpg.xmp", "a.mov", "a.dng", "notes.txt", "a.jpg ", "photo.jpg2"]
)
def test_nothing_else_is(name: str) -> None:
    """Films, RAW files and sidecars have names of their own; their content alone is judged."""
    assert not claims_to_be_a_photo(name)
