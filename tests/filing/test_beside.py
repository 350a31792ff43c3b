"""What sidecars are called beside a photo that has another name than it came with."""

from __future__ import annotations

import pytest

from gallery_daemon.filing.beside import is_older_name, name_beside, older_name
from gallery_daemon.filing.steps import names_to_try

LONG = "Backyard_ceremony_wedding_photography_xxxxxxx_"


@pytest.mark.parametrize(
    ("photo", "placed", "sidecar", "beside"),
    [
        ("IMG_1.HEIC", "IMG_1.HEIC", "img_1.MOV", "img_1.MOV"),
        ("IMG_1.HEIC", "IMG_1 (2).HEIC", "IMG_1.MOV", "IMG_1 (2).MOV"),
        ("IMG_1.HEIC", "IMG_1 (2).HEIC", "IMG_1.HEIC.xmp", "IMG_1 (2).HEIC.xmp"),
        ("IMG_1.HEIC", "IMG_1 (2).HEIC", "IMG_1_HEVC.MOV", "IMG_1 (2)_HEVC.MOV"),
        ("IMG_1.jpg", "IMG_1 (2).jpg", "IMG_1_01.jpg.xmp", "IMG_1 (2)_01.jpg.xmp"),
        ("IMG_1.HEIC", "IMG_1 (2).HEIC", "IMG_O1.AAE", "IMG_O1 (2).AAE"),
        ("IMG_1.HEIC", "IMG_1 (2).HEIC", "IMG_E1.JPG", "IMG_E1 (2).JPG"),
        ("IMG_1.HEIC", "2024-05-01.HEIC", "IMG_O1.AAE", "2024-05-01_O.AAE"),
        ("IMG_1.HEIC", "2024-05-01.HEIC", "IMG_1.MOV", "2024-05-01.MOV"),
        ("IMG_1.jpg", "2024-05-01.jpg", "IMG_1-edited.jpg", "2024-05-01-edited.jpg"),
        ("PXL_1.MP.jpg", "PXL_1.MP (2).jpg", "PXL_1.MP", "PXL_1.MP (2).MP"),
        ("PXL_1.MP.jpg", "2024-05-01.jpg", "PXL_1.MP", "2024-05-01.MP"),
        ("PXL_1.MP.jpg", "2024-05-01.jpg", "PXL_1.mp4", "2024-05-01.mp4"),
        ("P-01.COVER.jpg", "2024.jpg", "P-02.ORIGINAL.jpg", "2024-02.ORIGINAL.jpg"),
        ("IMG_1.jpg", "a.jpg", "IMG_1.jpg.json", "a.jpg.json"),
        (
            "IMG_1.jpg",
            "a.jpg",
            "IMG_1.jpg.supplemental-metadata.json",
            "a.jpg.supplemental-metadata.json",
        ),
        ("IMG_1(1).jpg", "a.jpg", "IMG_1.jpg(1).json", "a.jpg.json"),
        (
            "IMG_1(1).jpg",
            "a.jpg",
            "IMG_1.jpg.supplemental-metadata(1).json",
            "a.jpg.supplemental-metadata.json",
        ),
        (f"{LONG}m(4).jpg", "a.jpg", f"{LONG}(4).json", "a.jpg.json"),
        ("noending", "b", "noending.xmp", "b.xmp"),
        ("IMG_1.jpg", "a.jpg", "strange.xmp", "strange.xmp"),
    ],
)
def test_a_sidecar_is_called_as_its_photo(
    photo: str, placed: str, sidecar: str, beside: str
) -> None:
    """What both names have in common follows the photo's new one, and the rest stays."""
    assert beside == name_beside(sidecar, photo, placed)


def test_an_older_version_is_numbered_as_gnu_numbers_backups() -> None:
    """Under names that no program takes for a sidecar."""
    tried = names_to_try(older_name("IMG_1.xmp"))

    assert ["IMG_1.xmp.~1~", "IMG_1.xmp.~2~"] == [next(tried), next(tried)]
    assert is_older_name("IMG_1.xmp.~12~")
    assert not is_older_name("IMG_1.xmp")
    assert not is_older_name("a~1~.xmp")
