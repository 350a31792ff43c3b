"""Which photo another one is a version of, by their names.

Phones and programs put what a person made of a photo beside it, under its name with a mark. The two
are one photo in two versions, so they belong into one folder, whatever the model sees in each. A
copy with a counter (`IMG_1 (1).jpg`, `IMG_1 copy.jpg`) is none: two photos may have one name.

Sources: files of iPhones (PhotoPrism's `IMG_4120.JPG`, `IMG_E4120.JPG`); GooglePhotosTakeoutHelper,
gpth-rs and others for Google's words; the Pixel names in immich-go's pixel.go; osxphotos'
`--edited-suffix`; icloudpd's `--size`; Lightroom's "Edit In".
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Google's word for "edited", in the language of the account, and its automatic effects.
_EDITED: Final = (
    "edited", "effects", "smile", "mix", "bearbeitet", "modifié", "modifie", "modificato",
    "modificata", "editado", "editada", "ha editado", "editat", "bewerkt", "edytowane",
    "redigerad", "redigeret", "redigert", "muokattu", "upraveno", "düzenlendi", "изменено",
    "編集済み", "已修改", "已编辑", "已編輯", "편집됨",
)  # fmt: skip
_ANY_EDITED = "|".join(_EDITED)
# The mark is what is between the groups; the original's stem is what they hold.
_MARKED: Final = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        # Apple: the edited one of IMG_1234 is IMG_E1234
        r"(IMG_)E(\d.*)",
        # Google Takeout: IMG_1-edited, and IMG_1-edited(1) of IMG_1(1)
        rf"(.+)-(?:{_ANY_EDITED})((?:\(\d+\))?)",
        # osxphotos, Samsung: IMG_1_edited
        r"(.+)_edited()",
        # Google Photos and Samsung's gallery on the phone: IMG_1~2
        r"(.+)~\d+()",
        # icloudpd: one asset in other sizes
        r"(.+)-(?:adjusted|alternative|medium|thumb)()",
        # Lightroom: IMG_1-Edit, IMG_1-Edit-2
        r"(.+)-edit(?:-\d+)?()",
    )
)
# A Pixel's two of one shot; Takeout cuts the last letters off.
_PIXEL = re.compile(r"(.+)-02\.ORIGIN(?:AL?)?", re.IGNORECASE)


def is_version_name(name: str) -> bool:
    """Whether a photo of this name may be a version of another."""
    return original_stem(name) is not None


def original_stem(name: str) -> str | None:
    """The name without extension of the photo that this one is a version of, if it is one."""
    stem = unicodedata.normalize("NFC", name.rpartition(".")[0])
    if found := _PIXEL.fullmatch(stem):
        return f"{found[1]}-01.COVER"
    for mark in _MARKED:
        if found := mark.fullmatch(stem):
            return found[1] + found[2]
    return None
