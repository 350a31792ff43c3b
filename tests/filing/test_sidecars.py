"""To each sidecar its photo, among the names in one folder, as real libraries have them."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.filing.sidecars import (
    PHOTOS,
    RAWS,
    FolderNames,
    beginnings_of,
    is_sidecar_name,
    is_surely_sidecar,
    is_thumbnail_name,
    may_say_whose,
    owner_of,
)

LONG = "Backyard_ceremony_wedding_photography_xxxxxxx_"
EMOJI = "😀😃😄😁😆😅😂🤣🥲☺️😊😇🙂🙃😉😌😍🥰😘😗😙😚😋"


@pytest.mark.parametrize(
    ("sidecar", "owner", "names"),
    [
        # The same case comes first, and then the likeliest original.
        ("IMG_1.AAE", "IMG_1.JPG", ("IMG_1.JPG", "img_1.jpg", "Img_1.Jpg")),
        ("img_1.mov", "img_1.jpg", ("IMG_1.JPG", "img_1.jpg")),
        ("IMG_1.MOV", "IMG_1.png", ("img_1.heic", "IMG_1.png")),
        ("IMG_1.mov", "img_1.HEIC", ("img_1.HEIC", "img_1.jpg")),
        ("IMG_1.JPG.xmp", "IMG_1.JPG", ("IMG_1.JPG", "IMG_1.jpg", "img_1.jpg")),
        ("IMG_1.jpg.xmp", "IMG_1.JPG", ("IMG_1.JPG", "IMG_1.HEIC")),
        ("IMG_1.xmp", "IMG_1.HEIC", ("IMG_1.JPG", "IMG_1.HEIC", "img_1.heic")),
        # RAW files: Lightroom writes STEM.xmp for them alone, darktable the full name.
        ("DSC1.xmp", "DSC1.ARW", ("DSC1.JPG", "DSC1.ARW")),
        ("DSC1.xmp", "DSC1.dng", ("DSC1.JPG", "DSC1.dng")),
        ("DSC1.xmp", "DSC1.JPG", ("DSC1.JPG", "DSC2.ARW")),
        ("DSC1.ARW.xmp", "DSC1.ARW", ("DSC1.JPG", "DSC1.ARW")),
        ("DSC1.JPG.xmp", "DSC1.JPG", ("DSC1.JPG", "DSC1.ARW")),
        ("DSC1.ARW.xmp", None, ("DSC1.JPG", "DSC1.xmp")),
        ("DSC1.acr", "DSC1.NEF", ("DSC1.JPG", "DSC1.NEF")),
        ("DSC1_01.ARW.xmp", "DSC1.ARW", ("DSC1.JPG", "DSC1.ARW")),
        ("IMG_1.AAE", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.DNG")),
        ("IMG_1.MOV", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.DNG")),
        ("IMG_1.MOV", "IMG_1.DNG", ("IMG_1.DNG",)),
        ("a.xmp", "a.jxl", ("a.jxl",)),
        # darktable's duplicates; the counter of a phone is none.
        ("IMG_1_01.jpg.xmp", "IMG_1.jpg", ("IMG_1.jpg", "IMG_1.heic")),
        ("IMG_1_01.xmp", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1_01.jpg.xmp", "IMG_1_01.jpg", ("IMG_1.jpg", "IMG_1_01.jpg")),
        ("20240501_101112.jpg.xmp", None, ("20240501.jpg",)),
        # Other programs' edits.
        ("IMG_1.jpg.pp3", "IMG_1.jpg", ("IMG_1.jpg", "IMG_1.cr2")),
        ("IMG_1.jpg.arp", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.JPG.dop", "IMG_1.JPG", ("IMG_1.JPG",)),
        ("IMG_1.on1", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg.cos", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.vrd", "IMG_1.CR2", ("IMG_1.JPG", "IMG_1.CR2")),
        ("IMG_1.dr4", "IMG_1.CR3", ("IMG_1.JPG", "IMG_1.CR3")),
        ("IMG_1.exv", "IMG_1.jpg", ("IMG_1.jpg",)),
        # The films of live and motion photos.
        ("IMG_9881_HEVC.MOV", "IMG_9881.HEIC", ("IMG_9881.HEIC", "IMG_988.HEIC")),
        ("IMG_9881_HEVC.MOV", "IMG_9881.JPG", ("IMG_9881.JPG",)),
        ("IMG_100_HEIC.MOV", "IMG_100.HEIC", ("IMG_100.HEIC",)),
        ("IMG_7409_QVk2Yyt_HEVC.MOV", "IMG_7409_QVk2Yyt.HEIC", ("IMG_7409_QVk2Yyt.HEIC",)),
        ("IMG_1.MP4", "IMG_1.HEIC", ("IMG_1.HEIC",)),
        ("IMG_1(1).MP4", "IMG_1(1).HEIC", ("IMG_1.HEIC", "IMG_1(1).HEIC")),
        ("IMG_1(1).MP4", None, ("IMG_1.HEIC",)),
        ("IMG_1.HEIC.MOV", "IMG_1.HEIC", ("IMG_1.HEIC",)),
        ("PXL_1.MP", "PXL_1.MP.jpg", ("PXL_1.MP.jpg", "PXL_1.jpg")),
        ("PXL_1.MP", "PXL_1.jpg", ("PXL_1.jpg",)),
        ("PXL_1.MP.mp4", "PXL_1.MP.jpg", ("PXL_1.MP.jpg",)),
        ("PXL_1.mp4", "PXL_1.MP.jpg", ("PXL_1.MP.jpg",)),
        ("PXL_1.MP", "PXL_1.MP.COVER.jpg", ("PXL_1.MP.COVER.jpg",)),
        ("MVIMG_1.MV", "MVIMG_1.jpg", ("MVIMG_1.jpg",)),
        ("20220514_102409.mp4", "20220514_102409.jpg", ("20220514_102409.jpg",)),
        ("IMG_1_edited.mov", "IMG_1_edited.jpeg", ("IMG_1.heic", "IMG_1_edited.jpeg")),
        # Apple's recipes, and what describes a film.
        ("IMG_O1.AAE", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_2.HEIC")),
        ("IMG_O1.AAE", "IMG_1.HEIC", ("IMG_1.HEIC", "img_1.heic")),
        ("IMG_E1.MOV", "IMG_E1.JPG", ("IMG_1.HEIC", "IMG_E1.JPG")),
        ("IMG_E1.MOV", "IMG_1.HEIC", ("IMG_1.HEIC",)),
        ("IMG_Olympia.AAE", None, ("IMG_lympia.HEIC",)),
        ("IMG_1.MOV.xmp", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.MOV")),
        ("IMG_1.MP4.json", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.MP4")),
        ("IMG_1.MP4.supplemental-metadata.json", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.MP4")),
        ("IMG_1.MOV.suppl.json", "IMG_1.HEIC", ("IMG_1.HEIC", "IMG_1.MOV")),
        ("IMG_1.MOV.supplemental-metadata(1).json", None, ("IMG_1.HEIC", "IMG_2(1).HEIC")),
        ("IMG_1.MP4(1).json", "IMG_1(1).HEIC", ("IMG_1(1).HEIC", "IMG_1.HEIC")),
        ("VID_1.MP4.supplemental-metadata.json", None, ("IMG_1.HEIC", "VID_1.MP4")),
        # Google Takeout.
        ("IMG_1.jpg.json", "IMG_1.jpg", ("IMG_1.jpg", "IMG_1.png")),
        ("IMG_1.json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg.supplemental-metad.json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg.suppl.json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg.s.json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg..json", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1.jpg(1).json", "IMG_1(1).jpg", ("IMG_1.jpg", "IMG_1(1).jpg")),
        ("IMG_1.jpg(1).json", None, ("IMG_1.jpg",)),
        ("IMG_1(1).jpg.json", "IMG_1(1).jpg", ("IMG_1.jpg", "IMG_1(1).jpg")),
        ("DSC_4.JPG.json", "DSC_4.JPG", ("DSC_4.JPG", "DSC_4(1).JPG")),
        ("DSC_4.JPG.json", None, ("DSC_4(1).JPG",)),
        (
            "IMG_1.jpg.supplemental-metadata(1).json",
            "IMG_1(1).jpg",
            ("IMG_1.jpg", "IMG_1(1).jpg"),
        ),
        ("PXL_1.MP.jpg.json", "PXL_1.MP.jpg", ("PXL_1.MP.jpg", "PXL_1.MP")),
        ("PXL_1.MP~2.jpg.json", "PXL_1.MP~2.jpg", ("PXL_1.MP.jpg", "PXL_1.MP~2.jpg")),
        (f"{LONG}(494).json", f"{LONG}m(494).jpg", (f"{LONG}m(494).jpg", f"{LONG}m(185).jpg")),
        (f"{LONG}(494).json", None, (f"{LONG}m(185).jpg", f"{LONG}m.jpg")),
        (
            "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGIN.json",
            "PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg",
            ("PXL_20230809_203449253.LONG_EXPOSURE-02.ORIGINA.jpg",),
        ),
        (
            "13039_327707840323_537645323_9470255_27214_n.j(1).json",
            "13039_327707840323_537645323_9470255_27214_n(1).jpg",
            ("13039_327707840323_537645323_9470255_27214_n(1).jpg",),
        ),
        (f"{EMOJI}.json", f"{EMOJI}😛.jpg", (f"{EMOJI}😛.jpg",)),
        ("IMG_1.json", None, ("IMG_12.jpg",)),
        ("metadata.json", None, ("IMG_1.jpg",)),
        # A camera's thumbnail and voice memo; any other sound may be music.
        ("MVI_1.THM", "MVI_1.JPG", ("MVI_1.JPG",)),
        ("DSC_0001.WAV", "DSC_0001.JPG", ("DSC_0001.JPG", "DSC_0001.NEF")),
        ("song.wav", None, ("song.jpg",)),
        # Nothing of it.
        ("IMG_1.mov", None, ("IMG_1.txt", "IMG_10.jpg", "IMG_1.mov")),
        ("IMG_1.jpg", None, ("IMG_1.heic",)),
        ("IMG_1.txt", None, ("IMG_1.jpg",)),
        (".xmp", None, (".jpg", "a.jpg")),
        ("xmp", None, ("xmp.jpg",)),
        # macOS writes accents apart.
        ("cafe\u0301.xmp", "café.jpg", ("café.jpg",)),
    ],
)
def test_each_sidecar_has_one_owner(
    sidecar: str, owner: str | None, names: tuple[str, ...]
) -> None:
    """The same, in whichever order the names are listed."""
    found = {owner_of(sidecar, FolderNames((*each, sidecar))) for each in permutations(names)}

    assert {owner} == found


@pytest.mark.parametrize(
    ("version", "original", "names"),
    [
        ("IMG_E4120.JPG", "IMG_4120.JPG", ("IMG_4120.JPG", "IMG_4120.HEIC")),
        ("IMG_E4120.JPG", "IMG_4120.HEIC", ("IMG_4120.HEIC", "IMG_4120.AAE")),
        ("IMG_E4120.JPG", None, ("IMG_412.JPG", "IMG_4120.DNG")),
        ("IMG_1-edited.jpg", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1-edited(1).jpg", "IMG_1(1).jpg", ("IMG_1.jpg", "IMG_1(1).jpg")),
        ("IMG_1-bearbeitet.jpg", "IMG_1.HEIC", ("IMG_1.HEIC",)),
        ("IMG_1-modifie\u0301.jpg", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("IMG_1-編集済み.jpg", "IMG_1.jpg", ("IMG_1.jpg",)),
        ("PXL_1.PORTRAIT-edited.jpg", "PXL_1.PORTRAIT.jpg", ("PXL_1.PORTRAIT.jpg",)),
        ("IMG_1_edited.jpeg", "IMG_1.heic", ("IMG_1.heic",)),
        ("IMG_1~2.jpg", "IMG_1.jpg", ("IMG_1.jpg", "IMG_1~3.jpg")),
        ("PXL_1.MP~2.jpg", "PXL_1.MP.jpg", ("PXL_1.MP.jpg",)),
        ("IMG_1-adjusted.JPG", "IMG_1.HEIC", ("IMG_1.HEIC",)),
        ("IMG_1-Edit-2.tif", "IMG_1.jpg", ("IMG_1.jpg",)),
        (
            "PXL_1.PORTRAIT-02.ORIGINAL.jpg",
            "PXL_1.PORTRAIT-01.COVER.jpg",
            ("PXL_1.PORTRAIT-01.COVER.jpg",),
        ),
        ("IMG_1 (1).jpg", None, ("IMG_1.jpg",)),
        ("IMG_1 copy.JPG", None, ("IMG_1.JPG",)),
        ("IMG_1.jpg", None, ("IMG_E1.jpg", "IMG_1-edited.jpg")),
        ("IMG_Eiffel.jpg", None, ("IMG_iffel.jpg",)),
    ],
)
def test_a_version_belongs_to_its_original(
    version: str, original: str | None, names: tuple[str, ...]
) -> None:
    """But a copy with a counter may be another photo of that name."""
    assert original == owner_of(version, FolderNames((*names, version)))


@pytest.mark.parametrize(
    ("sidecar", "named", "owner"),
    [
        ("a.xmp", "ARW", "a.arw"),
        ("a.xmp", "jpg", "a.JPG"),
        ("a.xmp", "HEIC", None),
        ("a.xmp", "MP4", "a.JPG"),
        ("a.xmp", "pdf", None),
        ("a.xmp", "../a", None),
        ("a.JPG.xmp", "ARW", "a.JPG"),
    ],
)
def test_what_an_xmp_says_of_itself_counts(sidecar: str, named: str, owner: str | None) -> None:
    """More than any order of endings, and less than the whole name of a photo that is there."""
    names = FolderNames(("a.JPG", "a.arw", "a.mp4", sidecar))

    assert owner == owner_of(sidecar, names, named)


@pytest.mark.parametrize("ending", RAWS)
def test_every_raw_file_keeps_its_edits(ending: str) -> None:
    """Whichever camera wrote it, and in capitals too."""
    names = FolderNames(("a.jpg", f"a{ending.upper()}"))

    assert f"a{ending.upper()}" == owner_of("a.xmp", names)
    assert f"a{ending.upper()}" == owner_of(f"a{ending}.xmp", names)
    assert ending not in PHOTOS


names = st.text("aE1_IMG-.~()mpovjxs", min_size=1, max_size=14)


@given(name=names, others=st.lists(names, max_size=5), named=st.none() | names)
def test_whatever_the_names_the_owner_is_another_file(
    name: str, others: list[str], named: str | None
) -> None:
    """One of those that are there, and found again among all that begin as it may."""
    listed = FolderNames((*others, name))
    owner = owner_of(name, listed, named)

    assert owner is None or (owner in others and owner != name)
    if owner is not None and named is None:
        assert owner.lower().startswith(
            tuple(beginning.lower() for beginning in beginnings_of(name))
        )


@pytest.mark.parametrize(
    ("photo", "sidecar"),
    [
        ("IMG_1.HEIC", "IMG_1_HEVC.MOV"),
        ("IMG_1.HEIC", "IMG_O1.AAE"),
        ("IMG_1(1).jpg", "IMG_1.jpg(1).json"),
        ("PXL_1.MP.jpg", "PXL_1.MP"),
        ("PXL_1.MP.jpg", "PXL_1.mp4"),
        (f"{LONG}m(494).jpg", f"{LONG}(494).json"),
    ],
)
def test_a_photo_finds_the_sidecars_beside_it(photo: str, sidecar: str) -> None:
    """The other way round: a photo that comes later looks for those that were there."""
    assert sidecar in set(FolderNames((photo, sidecar, "IMG_2.MOV")).beside(photo))


def test_what_the_name_alone_says_of_a_sidecar() -> None:
    """A film may be a film, but an XMP is nothing without its photo."""
    assert is_sidecar_name("a.XMP")
    assert is_sidecar_name("a.mov")
    assert is_sidecar_name("a.json")
    assert is_surely_sidecar("a.xmp")
    assert is_surely_sidecar("a.AAE")
    assert not is_surely_sidecar("a.mov")
    assert not is_sidecar_name("a.txt")
    assert is_thumbnail_name("a.THM")
    assert not is_thumbnail_name("a.jpg")
    assert may_say_whose("a.xmp")
    assert not may_say_whose("a.aae")
