"""What synthetic pictures are drawn with: seeded chance, typefaces of many scripts, phone screens.

Words mean nothing: a network is to know writing, not what is written. The fonts are DejaVu, which
come with matplotlib: Latin, Cyrillic, Greek, Arabic, Hebrew. Scripts that they lack are imitated by
a few strokes in a square, which is what small type comes to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

# Gives a copy of another ordinary picture each time.
Scene = Callable[[], Image.Image]
Colour = tuple[int, int, int]

_Some = TypeVar("_Some")


class Rng:
    """A generator of random numbers that has been seeded."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def chance(self, share: float) -> bool:
        """True that often, 0..1."""
        return bool(self._random.random() < share)

    def between(self, low: float, high: float) -> float:
        """Some number from `low` to `high`."""
        return float(self._random.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """Some whole number from `low` up to and with `high`."""
        return int(self._random.integers(low, high + 1))

    def one_of(self, some: Sequence[_Some], chances: Sequence[float] | None = None) -> _Some:
        """One of them, each as likely as the others if no chances (which add up to 1) are given."""
        return some[int(self._random.choice(len(some), p=chances))]

    def colour(self, low: int = 0, high: int = 255) -> Colour:
        """Some colour, each of red, green and blue from `low` to `high`."""
        return self.whole(low, high), self.whole(low, high), self.whole(low, high)


_LATIN = "aaabcdeeeefghiiijklmnnooopqrrssttuuvwxyz"
_ACCENTED = "aeiouáäåçéèêíïñóöøőßúüýžšłabcdefghiklmnoprstuv"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщыэюя"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
STROKES = ""
_SCRIPTS = (_LATIN, _ACCENTED, _CYRILLIC, _GREEK, _ARABIC, _HEBREW, STROKES)
_CHANCES = (0.5, 0.15, 0.1, 0.03, 0.06, 0.04, 0.12)

_PLAIN = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSansMono")
_BOLD = ("DejaVuSans-Bold", "DejaVuSerif-Bold")
_ONLY_SANS = (_ARABIC, _HEBREW)  # the other fonts lack their letters


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font at one size in one script; `letters` is empty for the script of strokes."""

    rng: Rng
    letters: str
    font: ImageFont.FreeTypeFont

    @property
    def size(self) -> float:
        """The height of its type in pixels."""
        return self.font.size

    def line(self, width: float) -> str:
        """Words that together are at most about `width` pixels wide, at least one letter."""
        if self.letters == STROKES:
            return " " * max(1, int(width / self.size))
        words = self._word()
        while self.font.getlength(words) < width:
            words += f" {self._word()}"
        while len(words) > 1 and self.font.getlength(words) > width:
            words = words[:-1]
        return words

    def width(self, line: str) -> float:
        """How wide a line is, in pixels."""
        return len(line) * self.size if self.letters == STROKES else self.font.getlength(line)

    def write(
        self,
        draw: ImageDraw.ImageDraw,
        at: tuple[float, float],
        line: str,
        colour: Colour,
        edge: Colour | None = None,
    ) -> None:
        """The line stands with its upper left corner at `at`, with an edge if given."""
        if self.letters == STROKES:
            for place in range(len(line)):
                self._strokes(draw, (at[0] + place * self.size, at[1]), colour, edge)
            return
        stroke = 0 if edge is None else max(1, round(self.size / 14))
        draw.text(at, line, fill=colour, font=self.font, stroke_width=stroke, stroke_fill=edge)

    def _word(self) -> str:
        return "".join(self.rng.one_of(self.letters) for _ in range(self.rng.whole(1, 8)))

    def _strokes(
        self,
        draw: ImageDraw.ImageDraw,
        at: tuple[float, float],
        colour: Colour,
        edge: Colour | None,
    ) -> None:
        """Five strokes in a square, nearly all of them level or upright."""
        for _ in range(5):
            left, top, right, bottom = (self.rng.between(0.1, 0.9) * self.size for _ in range(4))
            if self.rng.chance(0.4):
                right = left
            elif self.rng.chance(0.7):
                bottom = top
            line = (at[0] + left, at[1] + top, at[0] + right, at[1] + bottom)
            if edge is not None:
                draw.line(line, fill=edge, width=max(3, round(self.size / 4)))
            draw.line(line, fill=colour, width=max(1, round(self.size / 10)))


def any_script(rng: Rng) -> str:
    """The letters of a script, some more often than others."""
    return rng.one_of(_SCRIPTS, _CHANCES)


def any_typeface(rng: Rng, letters: str, size: int, *, bold: bool = False) -> Typeface:
    """Some font of that size in pixels."""
    fonts: tuple[str, ...] = _BOLD if bold else _PLAIN
    if letters.lower() in _ONLY_SANS:
        fonts = fonts[:1] if bold else fonts[:2]
    return Typeface(rng, letters, _font(rng.one_of(fonts), size))


@lru_cache(maxsize=256)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", f"{name}.ttf"), size)


_KEY_ROWS = (10, 9, 8, 5)


@dataclass(slots=True)
class Screen:
    """A picture that fills from top to bottom; `top` is where the next thing goes, in pixels."""

    picture: Image.Image
    rng: Rng
    small: Typeface
    tiny: Typeface
    top: float = 0.0
    draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.draw = ImageDraw.Draw(self.picture)

    @property
    def width(self) -> int:
        """In pixels."""
        return self.picture.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.picture.height

    def box(self, left: float, width: float, height: float, colour: Colour, radius: float) -> None:
        """A rounded box at the height where the screen is filled to."""
        corners = (left, self.top, left + max(width, 1), self.top + max(height, 1))
        self.draw.rounded_rectangle(corners, radius=radius, fill=colour)

    def round(self, left: float, size: float, colour: Colour, drop: float = 0.0) -> None:
        """A disc, `drop` below the height where the screen is filled to."""
        top = self.top + drop
        self.draw.ellipse((left, top, left + size, top + size), fill=colour)

    def write(
        self, left: float, drop: float, typeface: Typeface, width: float, colour: Colour
    ) -> None:
        """A line of about that width, `drop` below the height where the screen is filled to."""
        typeface.write(self.draw, (left, self.top + drop), typeface.line(max(width, 1)), colour)


def new_screen(rng: Rng, ground: Colour) -> Screen:
    """An empty screen of a phone's shape, its letters in some script."""
    width = rng.whole(220, 339)
    size = (width, round(width * rng.between(1.6, 2.25)))
    letters, type_size = any_script(rng), width * rng.between(0.034, 0.052)
    return Screen(
        Image.new("RGB", size, ground),
        rng,
        any_typeface(rng, letters, max(7, round(type_size))),
        any_typeface(rng, letters, max(6, round(type_size * 0.7))),
    )


def status_bar(screen: Screen, ground: Colour, ink: Colour) -> None:
    """Time on the left, battery and signal on the right."""
    height = screen.width * 0.065
    screen.box(0, screen.width, height, ground, 0)
    screen.write(screen.width * 0.04, height * 0.25, screen.tiny, screen.width * 0.1, ink)
    for place in range(screen.rng.whole(2, 4)):
        left = screen.width * (0.94 - 0.06 * place)
        screen.draw.rectangle(
            (left, screen.top + height * 0.35, left + height * 0.5, screen.top + height * 0.7),
            fill=ink,
        )
    screen.top += height


def keyboard(screen: Screen, ground: Colour, key: Colour, ink: Colour) -> None:
    """Rows of keys at the bottom of the screen."""
    height = screen.height * screen.rng.between(0.3, 0.38)
    screen.top = screen.height - height
    screen.box(0, screen.width, height, ground, 0)
    step = height / (len(_KEY_ROWS) + 0.5)
    for keys in _KEY_ROWS:
        wide = screen.width / max(_KEY_ROWS)
        left = (screen.width - keys * wide) / 2
        for place in range(keys):
            at = left + place * wide
            screen.box(at + 1, wide - 3, step - 5, key, 3)
            screen.write(at + wide * 0.35, step * 0.2, screen.small, 1, ink)
        screen.top += step


def cropped(screen: Screen) -> Image.Image:
    """The screen, now and then only a part of it, as people cut them."""
    picture, rng = screen.picture, screen.rng
    if rng.chance(0.3):
        height = round(picture.height * rng.between(0.35, 0.9))
        top = rng.whole(0, picture.height - height)
        return picture.crop((0, top, picture.width, top + height))
    return picture
