"""Whose a sidecar is: to each file that belongs to a photo, the one photo among a folder's names.

Each sidecar has exactly one owner, so that it is never taken twice. Where several could own it
(`a.jpg`, `a.nef`, `a.xmp`), what names the photo in full comes first; what an XMP says of itself
next; then the order of the endings: edits are written for RAW files first, because other formats
hold them inside, while films and Apple's recipes belong to what the phone shows.

RAW files and pictures that this program leaves where they are own sidecars like photos, so those
stay with them.

Sources: ExifTool's, LibRaw's and darktable's lists of RAW endings; the manuals of the programs for
their sidecars; icloudpd's and kei's `live-photo-mov-filename-policy` for films; AOSP and
GooglePhotosTakeoutHelper for a Pixel's `.MP` and `.MV`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from gallery_daemon.filing.takeout import counter_of, cut_name, names_in_json
from gallery_daemon.filing.versions import original_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A live photo's still is a HEIC, or a JPEG on older phones; the rest can only be copies of it.
PHOTOS: Final = (
    ".heic", ".heif", ".hif", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".avif", ".webp", ".png",
    ".tif", ".tiff", ".gif", ".bmp",
)  # fmt: skip
RAWS: Final = (
    ".dng", ".3fr", ".ari", ".arw", ".bay", ".bmq", ".cap", ".cr2", ".cr3", ".crw", ".cs1", ".dc2",
    ".dcr", ".dcs", ".drf", ".dxo", ".eip", ".erf", ".fff", ".gpr", ".iiq", ".k25", ".kc2", ".kdc",
    ".mdc", ".mef", ".mfw", ".mos", ".mrw", ".nef", ".nefx", ".nrw", ".orf", ".ori", ".pef", ".ptx",
    ".pxn", ".qtk", ".raf", ".raw", ".rdc", ".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw", ".sti",
    ".x3f",
)  # fmt: skip
_OTHER_PICTURES: Final = (".jxl", ".jp2", ".j2k", ".psd", ".psb", ".exr", ".hdr")
_RAW_FIRST: Final = (*RAWS, *PHOTOS, *_OTHER_PICTURES)
_PHOTO_FIRST: Final = (*PHOTOS, *RAWS, *_OTHER_PICTURES)
_OWNERS = _PHOTO_FIRST

_EDITS: Final = {
    ".xmp": "Adobe, darktable, digiKam, Capture One, Apple Photos and others",
    ".acr": "Adobe Camera Raw: masks and what its AI made",
    ".pp3": "RawTherapee",
    ".arp": "ART",
    ".dop": "DxO PhotoLab",
    ".on1": "ON1 Photo RAW",
    ".cos": "Capture One, where a session keeps them beside the photo",
    ".nksc": "Nikon NX Studio, where they were taken out of NKSC_PARAM",
    ".vrd": "Canon Digital Photo Professional",
    ".dr4": "Canon Digital Photo Professional 4",
    ".ufraw": "UFRaw",
    ".exv": "Exiv2",
    ".mie": "ExifTool",
}
_RECIPE: Final = ".aae"
_FILMS: Final = (".mov", ".mp4", ".mp", ".mv")
_JSON: Final = ".json"
_THUMBNAIL: Final = ".thm"
_VOICE: Final = ".wav"
_SURE: Final = (*_EDITS, _RECIPE)
_ALL: Final = (*_SURE, *_FILMS, _JSON, _THUMBNAIL)
# Only a camera's own names: any other sound may be music beside its cover.
_OF_A_CAMERA = re.compile(r"[A-Z0-9_]{4}[0-9]{4}", re.IGNORECASE)

_FILM_MARK = re.compile(r"(.+)_(?:HEVC|HEIC)", re.IGNORECASE)
_APPLE_MARK = re.compile(r"(IMG_)[EO](\d.*)", re.IGNORECASE)
# darktable's second edit of IMG_1.jpg is IMG_1_01.jpg.xmp.
_DUPLICATE = re.compile(r"(.+)_\d\d((?:\.[^.]+)?)")
_COUNTED = re.compile(r"(IMG_)(\d.*)", re.IGNORECASE)
_PIXEL_MARK = re.compile(r"(.+)(?:\.MP(?:\.COVER)?|-01\.COVER)", re.IGNORECASE)
_LAST_LETTER: Final = "\U0010ffff"
# So much of a long name is left in the name of its JSON.
_KEPT = 40
# What may follow a photo's stem in the name of a sidecar.
_JOINTS: Final = "._-(~ "


class FolderNames:
    """The names in one folder, to be asked for many sidecars."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_key: dict[str, list[str]] = {}
        for name in sorted(names):
            self._by_key.setdefault(_key(name), []).append(name)
        self._keys = sorted(self._by_key)

    @cached_property
    def has_sidecars(self) -> bool:
        """Whether any of them may be a sidecar."""
        return any(is_sidecar_name(name) for names in self._by_key.values() for name in names)

    def called(self, name: str) -> list[str]:
        """Those of that name, whatever their case."""
        return self._by_key.get(_key(name), [])

    def ending_in(self, endings: tuple[str, ...]) -> Iterator[str]:
        """Those with one of these endings, in small letters with their dot."""
        for key, names in self._by_key.items():
            if key.endswith(endings):
                yield from names

    def beginning(self, start: str) -> Iterator[str]:
        """Those that begin so, whatever their case, the shortest first."""
        key = _key(start)
        last = bisect_left(self._keys, f"{key}{_LAST_LETTER}")
        found = self._keys[bisect_left(self._keys, key) : last]
        for each in sorted(found, key=lambda name: (len(name), name)):
            yield from self._by_key[each]

    def beside(self, photo: str) -> Iterator[str]:
        """Those that may be sidecars of the photo, by how they begin."""
        stem = _parts(photo)[0]
        yield from self.called(stem)
        for start in dict.fromkeys(_starts_of_sidecars(stem)):
            yield from self.beginning(start)


class _Group(NamedTuple):
    """Names that are as likely as each other but for their order; `beginning` as it is spelled."""

    beginning: str
    names: tuple[str, ...]


def is_sidecar_name(name: str) -> bool:
    """Whether a file of this name can belong to a photo, if it is none itself."""
    stem, ending = _parts(name)
    return bool(stem) and (
        ending in _ALL or (ending == _VOICE and _OF_A_CAMERA.fullmatch(stem) is not None)
    )


def is_thumbnail_name(name: str) -> bool:
    """Whether a picture of this name is a camera's thumbnail of another file."""
    return _parts(name)[1] == _THUMBNAIL


def is_surely_sidecar(name: str) -> bool:
    """Whether a file of this name is nothing but a sidecar, unlike a film, say."""
    return _parts(name)[1] in _SURE


def may_say_whose(name: str) -> bool:
    """Whether the file itself may say which photo it belongs to."""
    return _parts(name)[1] == ".xmp"


def owner_of(name: str, names: FolderNames, named: str | None = None) -> str | None:
    """The photo among `names` that the file called `name` belongs to.

    `named` is the extension of its photo that an XMP says itself. A photo belongs to the one that
    it is a version of.
    """
    for group in _groups(name, named):
        found = [each for wanted in group.names for each in names.called(wanted) if each != name]
        # `img_1.jpg` beside `IMG_1.JPG` is another photo: the same case wins.
        exact = [each for each in found if each.startswith(group.beginning)]
        if found:
            return (exact or found)[0]
    return _owner_of_cut(name, names)


def beginnings_of(name: str) -> tuple[str, ...]:
    """How the name of its photo may begin; each photo of it begins like one of them."""
    cut = cut_name(_parts(name)[0])
    found = [group.beginning for group in _groups(name, None)]
    if cut is not None and _parts(name)[1] == _JSON:
        found.append(cut.beginning)
    stems = {each.rpartition(".")[0] if each.lower().endswith(_OWNERS) else each for each in found}
    return tuple(sorted(each.removesuffix(".") for each in stems if each))


def _starts_of_sidecars(stem: str) -> Iterator[str]:
    """How the names of all sidecars of a photo begin; those of other files may, too."""
    for joint in _JOINTS:
        yield stem + joint
    if found := _COUNTED.fullmatch(stem):
        yield from (found[1] + letter + found[2] for letter in "EO")
    if found := _PIXEL_MARK.fullmatch(stem):
        yield from (found[1] + joint for joint in ".-")
    if counter := counter_of(stem):
        yield stem.removesuffix(counter) + "."
    if len(stem) > _KEPT:
        yield stem[:_KEPT]


def _groups(name: str, named: str | None) -> Iterator[_Group]:
    stem, ending = _parts(name)
    if ending in PHOTOS:
        yield from _groups_of_version(name, ending)
        return
    if not is_sidecar_name(name):
        return
    yield from _in_full(stem)
    if ending == ".xmp" and (found := _DUPLICATE.fullmatch(stem)):
        yield from _in_full(found[1] + found[2])
    if ending in {".mp", ".mv"}:
        # The film of PXL_1.MP.jpg is PXL_1.MP.
        yield _of_stem(name, _PHOTO_FIRST)
    described = tuple(names_in_json(stem)) if ending == _JSON else (stem,)
    for whole in described:
        yield from _in_full(whole)
    for whole in described:
        if _parts(whole)[1] in _FILMS:
            # It describes the film, which goes with its photo.
            yield from _groups(whole, None)
    for each in _stems_of(stem, ending):
        yield from _of_stems(each, ending, named)


def _in_full(stem: str) -> Iterator[_Group]:
    """`IMG_1.jpg.xmp` names its photo in full."""
    if stem.lower().endswith(_OWNERS):
        yield _Group(stem, (stem,))


def _of_stems(stem: str, ending: str, named: str | None) -> Iterator[_Group]:
    if named is None:
        yield _of_stem(stem, _RAW_FIRST if ending in _EDITS else _PHOTO_FIRST)
    elif f".{named.lower()}" in _FILMS:
        yield from _groups(f"{stem}.{named}", None)
    elif f".{named.lower()}" in _OWNERS:
        yield _of_stem(stem, (f".{named}",))
    if ending in _FILMS:
        yield _Group(f"{stem}.", (f"{stem}.MP.jpg", f"{stem}.MP.COVER.jpg"))


def _of_stem(stem: str, endings: tuple[str, ...]) -> _Group:
    return _Group(f"{stem}.", tuple(stem + ending for ending in endings))


def _stems_of(stem: str, ending: str) -> Iterator[str]:
    """The stems that the photo can have, the likeliest first."""
    yield stem
    if ending in _FILMS and (found := _FILM_MARK.fullmatch(stem)):
        yield found[1]
    if ending == ".xmp" and (found := _DUPLICATE.fullmatch(stem)):
        yield found[1] + found[2]
    if found := _APPLE_MARK.fullmatch(stem):
        # The recipe of IMG_1's original is IMG_O1.AAE, the film of its edited one IMG_E1.MOV.
        yield found[1] + found[2]


def _groups_of_version(name: str, ending: str) -> Iterator[_Group]:
    original = original_stem(name)
    if original is not None:
        yield _of_stem(original, (ending,))
        yield _of_stem(original, PHOTOS)


def _owner_of_cut(name: str, names: FolderNames) -> str | None:
    """The photo of a JSON whose name was cut: the first that begins so, with its counter."""
    stem, ending = _parts(name)
    cut = cut_name(stem) if ending == _JSON else None
    if cut is None:
        return None
    for each in names.beginning(cut.beginning[:_KEPT]):
        photo_stem, photo_ending = _parts(each)
        counter = counter_of(photo_stem)
        whole = photo_stem.removesuffix(counter) + photo_ending
        is_cut = _key(whole).startswith(_key(cut.beginning))
        if is_cut and counter == cut.counter and photo_ending in _OWNERS:
            return each
    return None


def _parts(name: str) -> tuple[str, str]:
    """The name before the last dot, and the ending in lower case with the dot."""
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending.lower()}") if dot else (name, "")


def _key(name: str) -> str:
    """The same for names that people take for the same: macOS writes accents as letters apart."""
    return unicodedata.normalize("NFC", name).lower()
