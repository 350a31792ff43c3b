"""Whether a photo is a picture of a screen, by its name and its size alone.

No model is asked: this is for rules that must be sure and say why. It errs towards "no": it does
not see what a messenger has made smaller and renamed; `class: whatsapp_screenshots` is for that.
A photo of a camera is never a screenshot by its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.rules.condition import FILE, Boolean, Needs, yes_or_no
from gallery_daemon.rules.glob import name_matches

if TYPE_CHECKING:
    from gallery_daemon.decision import Check
    from gallery_daemon.photo import Facts, Photo, Prediction

NAMES = (
    "Screenshot[_ -]*",  # Android, Samsung, macOS since 10.15, Windows, GNOME, KDE
    "Screenshot[0-9]*",
    "Screen Shot *",  # macOS before
    "Bildschirmfoto[_ ]*",  # the same in German, French ...
    "Capture d['\N{RIGHT SINGLE QUOTATION MARK}]\u00e9cran*",
    "Captura de pantalla*",
    "Captura de tela*",
    "Captura de ecr\u00e3*",
    "Schermata *",
    "Schermafbeelding *",
    "Sk\u00e4rmavbild *",
    "Zrzut ekranu *",
)
"""What phones and computers call them.

Sources: names that Android, Samsung and macOS give; the translations of "Screenshot" by macOS and
GNOME.
"""

_APPLE = (
    (640, 1136), (750, 1334), (828, 1792), (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622),
    (1242, 2208), (1242, 2688), (1260, 2736), (1284, 2778), (1290, 2796), (1320, 2868),
    (1488, 2266), (1640, 2360), (1668, 2224), (1668, 2388),
)  # fmt: skip
"""iPhone 5 to 17, and those iPads that are not 4:3, which is the shape of many pictures, too.

Source: Apple, Human Interface Guidelines, "Layout": device screen dimensions.
"""

_ANDROID_WIDTHS = (720, 1080, 1220, 1280, 1344, 1440)
_ANDROID_ASPECTS = (2.0, 2.4)
"""Android screens since 2017 are 18:9 to 21:9 (2.33) and have one of these widths.

Sources: Android's compatibility definition, 7.1.1.2, which has no upper limit since; the makers'
own tables, where 1220 is Xiaomi, 1280 and 1344 are Pixels. No camera takes this shape by default.
"""

_TALL_ASPECTS = (1.77, 2.4)
_TALL_WIDTHS = (640, 1600)
"""A PNG that stands upright in a phone's shape: no phone's camera writes PNG, its screen does."""


class Screenshot(Boolean):
    """The photo is a screenshot, by its name or by its size; or is none."""

    __slots__ = ()
    KEY = "screenshot"

    def check(self, photo: Photo, facts: Facts, _prediction: Prediction | None) -> Check:
        """Yes or no."""
        why = _by_name(photo.name) or _by_size(facts)
        reason = "nothing says that it is a screenshot" if why is None else f"a screenshot: {why}"
        return yes_or_no(self, holds=(why is not None) is self.wanted, reason=reason)

    @property
    def needs(self) -> Needs:
        """The file, which alone says its size and its camera."""
        return FILE


def _by_name(name: str) -> str | None:
    pattern = next((each for each in NAMES if name_matches(each, name)), None)
    return None if pattern is None else f'the name "{name}" matches "{pattern}"'


def _by_size(facts: Facts) -> str | None:
    if facts.camera is not None:
        return None
    sides = f"{facts.width}x{facts.height}"
    if _is_screen(facts):
        return f"{sides} is a phone's screen, and no camera is known"
    if _is_tall_png(facts):
        return f"a PNG of {sides}, and no camera is known"
    return None


def _is_screen(facts: Facts) -> bool:
    short, long = sorted((facts.width, facts.height))
    least, most = _ANDROID_ASPECTS
    is_android = short in _ANDROID_WIDTHS and least * short <= long <= most * short
    return is_android or (short, long) in _APPLE


def _is_tall_png(facts: Facts) -> bool:
    narrow, wide = _TALL_WIDTHS
    least, most = _TALL_ASPECTS
    is_phone_wide = narrow <= facts.width <= wide
    is_tall = least * facts.width <= facts.height <= most * facts.width
    return facts.format == "png" and is_phone_wide and is_tall
