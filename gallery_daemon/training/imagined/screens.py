"""What screenshots are made of: a screen of a phone's shape, a status bar, rows, keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from gallery_daemon.training.imagined.writing import Hand, any_script, hand

if TYPE_CHECKING:
    from gallery_daemon.training.imagined.dice import Colour, Dice

_KEY_ROWS = (10, 9, 8, 5)


@dataclass(slots=True)
class Screen:
    """A picture that fills from top to bottom; `top` is where the next thing goes, in pixels."""

    picture: Image.Image
    dice: Dice
    small: Hand
    tiny: Hand
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

    def write(self, left: float, drop: float, some: Hand, width: float, colour: Colour) -> None:
        """A line of about that width, `drop` below the height where the screen is filled to."""
        some.write(self.draw, (left, self.top + drop), some.line(max(width, 1)), colour)


def new_screen(dice: Dice, ground: Colour) -> Screen:
    """An empty screen of a phone's shape, its letters in some script."""
    width = dice.whole(220, 339)
    size = (width, round(width * dice.between(1.6, 2.25)))
    letters, type_size = any_script(dice), width * dice.between(0.034, 0.052)
    return Screen(
        Image.new("RGB", size, ground),
        dice,
        hand(dice, letters, max(7, round(type_size))),
        hand(dice, letters, max(6, round(type_size * 0.7))),
    )


def status_bar(screen: Screen, ground: Colour, ink: Colour) -> None:
    """Time on the left, battery and signal on the right."""
    height = screen.width * 0.065
    screen.box(0, screen.width, height, ground, 0)
    screen.write(screen.width * 0.04, height * 0.25, screen.tiny, screen.width * 0.1, ink)
    for place in range(screen.dice.whole(2, 4)):
        left = screen.width * (0.94 - 0.06 * place)
        screen.draw.rectangle(
            (left, screen.top + height * 0.35, left + height * 0.5, screen.top + height * 0.7),
            fill=ink,
        )
    screen.top += height


def keyboard(screen: Screen, ground: Colour, key: Colour, ink: Colour) -> None:
    """Rows of keys at the bottom of the screen."""
    height = screen.height * screen.dice.between(0.3, 0.38)
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
    picture, dice = screen.picture, screen.dice
    if dice.chance(0.3):
        height = round(picture.height * dice.between(0.35, 0.9))
        top = dice.whole(0, picture.height - height)
        return picture.crop((0, top, picture.width, top + height))
    return picture
