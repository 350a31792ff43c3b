"""Words in many scripts that mean nothing: a network shall know writing, not what is written.

The fonts are DejaVu, which come with matplotlib: Latin, Cyrillic, Greek, Arabic, Hebrew. Scripts
that they lack are imitated by a few strokes in a square, which is what small type comes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from PIL import ImageFont

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from gallery_daemon.training.imagined.dice import Colour, Dice

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
class Hand:
    """One font at one size in one script; `letters` is empty for the script of strokes."""

    dice: Dice
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
        draw: ImageDraw,
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
        return "".join(self.dice.one_of(self.letters) for _ in range(self.dice.whole(1, 8)))

    def _strokes(
        self, draw: ImageDraw, at: tuple[float, float], colour: Colour, edge: Colour | None
    ) -> None:
        """Five strokes in a square, nearly all of them level or upright."""
        for _ in range(5):
            left, top, right, bottom = (self.dice.between(0.1, 0.9) * self.size for _ in range(4))
            if self.dice.chance(0.4):
                right = left
            elif self.dice.chance(0.7):
                bottom = top
            line = (at[0] + left, at[1] + top, at[0] + right, at[1] + bottom)
            if edge is not None:
                draw.line(line, fill=edge, width=max(3, round(self.size / 4)))
            draw.line(line, fill=colour, width=max(1, round(self.size / 10)))


def any_script(dice: Dice) -> str:
    """The letters of a script, some more often than others."""
    return dice.one_of(_SCRIPTS, _CHANCES)


def hand(dice: Dice, letters: str, size: int, *, bold: bool = False) -> Hand:
    """Some font of that size in pixels."""
    fonts: tuple[str, ...] = _BOLD if bold else _PLAIN
    if letters.lower() in _ONLY_SANS:
        fonts = fonts[:1] if bold else fonts[:2]
    return Hand(dice, letters, _font(dice.one_of(fonts), size))


@lru_cache(maxsize=256)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", f"{name}.ttf"), size)
