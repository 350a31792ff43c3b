"""To each sidecar its photo, among the names in one folder."""

from __future__ import annotations

from itertools import permutations

import pytest

from gallery_daemon.filing.steps import owner_of


@pytest.mark.parametrize(
    ("sidecar", "owner", "names"),
    [
        ("IMG_1.AAE", "IMG_1.JPG", ("IMG_1.JPG", "img_1.jpg", "Img_1.Jpg")),
        ("img_1.mov", "img_1.jpg", ("IMG_1.JPG", "img_1.jpg")),
        ("IMG_1.MOV", "IMG_1.png", ("img_1.heic", "IMG_1.png")),
        ("IMG_1.mov", "img_1.HEIC", ("img_1.HEIC", "img_1.jpg")),
        ("IMG_1.JPG.xmp", "IMG_1.JPG", ("IMG_1.JPG", "IMG_1.jpg", "img_1.jpg")),
        ("IMG_1.jpg.xmp", "IMG_1.JPG", ("IMG_1.JPG", "IMG_1.HEIC")),
        ("IMG_1.xmp", "IMG_1.HEIC", ("IMG_1.JPG", "IMG_1.HEIC", "img_1.heic")),
        ("IMG_O1.AAE", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_2.HEIC")),
        ("IMG_O1.AAE", "IMG_1.HEIC", ("IMG_1.HEIC", "img_1.heic")),
        ("IMG_1.mov", None, ("IMG_1.txt", "IMG_10.jpg", "IMG_1.mov")),
        ("IMG_1.jpg", None, ("IMG_1.heic",)),
    ],
)
def test_each_sidecar_has_one_owner(
    sidecar: str, owner: str | None, names: tuple[str, ...]
) -> None:
    """The same, in whichever order the names are listed; the same case comes first."""
    assert {owner} == {owner_of(sidecar, each) for each in permutations(names)}
