"""Memes: an ordinary photo with a caption on it, above it, or on bands.

Those of one folder share jokes and a language; what they have in common with the next person's is
the large type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from gallery_daemon.training.synthetic.canvas import any_script, any_typeface

if TYPE_CHECKING:
    from gallery_daemon.training.synthetic.canvas import Colour, Rng, Scene, Typeface

_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)


def meme(
    own: Image.Image,  # noqa: ARG001 - every drawer is given the picture in whose place it draws
    scene: Scene,
    rng: Rng,
) -> Image.Image:
    """An ordinary picture with a caption, of its size."""
    picture, letters = scene(), any_script(rng)
    style = rng.one_of(["on it", "beside it", "in panels"], [0.45, 0.35, 0.2])
    if style == "in panels":
        return _panels(picture, scene(), letters, rng)
    if style == "beside it":
        return _banded(picture, letters, rng)
    _write_on(picture, letters, rng)
    return picture


def _write_on(picture: Image.Image, letters: str, rng: Rng) -> None:
    """White on the picture, with a black edge: the classic, above and below."""
    where = rng.one_of(["both", "above", "below", "middle"], [0.45, 0.2, 0.25, 0.1])
    large = any_typeface(rng, _capitals(letters, rng), rng.whole(16, 33), bold=True)
    colour = _WHITE if rng.chance(0.8) else rng.colour()
    for place in ("above", "below") if where == "both" else (where,):
        lines = rng.whole(1, 3)
        height = lines * large.size * 1.15
        top = {
            "above": 3.0,
            "below": picture.height - height - 5,
            "middle": (picture.height - height) / 2,
        }[place]
        _centred(picture, large, lines, top, (colour, _BLACK))


def _banded(picture: Image.Image, letters: str, rng: Rng) -> Image.Image:
    """The picture below, above or between bands of one colour with writing on them."""
    is_dark = rng.chance(0.3)
    ground, ink = (_BLACK, _WHITE) if is_dark else (_WHITE, _BLACK)
    small = any_typeface(rng, letters, rng.whole(13, 23), bold=rng.chance(0.5))
    width, height = picture.size
    above, below = rng.one_of([(1, 0), (2, 0), (3, 0), (1, 1), (0, 1), (0, 2)])
    step = small.size * 1.2
    top, bottom = round(above * step + 8 * bool(above)), round(below * step + 8 * bool(below))
    canvas = Image.new("RGB", (width, height), ground)
    margin = rng.whole(0, 11)
    canvas.paste(picture.resize((width - 2 * margin, height - top - bottom)), (margin, top))
    _centred(canvas, small, above, 4, (ink, None))
    _centred(canvas, small, below, height - bottom + 3, (ink, None))
    return canvas


def _panels(first: Image.Image, second: Image.Image, letters: str, rng: Rng) -> Image.Image:
    """Two pictures one above the other, each with its line."""
    width, height = first.size
    canvas = Image.new("RGB", (width, height), _WHITE)
    large = any_typeface(rng, letters, rng.whole(12, 21), bold=True)
    for place, picture in enumerate((first, second)):
        top = place * height // 2
        if rng.chance(0.5):  # the writing beside the picture
            canvas.paste(picture.resize((width // 2, height // 2)), (0, top))
            for row in range(rng.whole(1, 3)):
                line = large.line(width * 0.42)
                at = (width * 0.54, top + 12 + row * large.size * 1.2)
                large.write(ImageDraw.Draw(canvas), at, line, _BLACK)
        else:
            canvas.paste(picture.resize((width, height // 2)), (0, top))
            low = top + height / 2 - large.size * 1.5
            _centred(canvas, large, 1, low, (_WHITE, _BLACK))
    return canvas


def _centred(
    canvas: Image.Image,
    typeface: Typeface,
    lines: int,
    top: float,
    inks: tuple[Colour, Colour | None],
) -> None:
    """Lines in the middle from `top` on, in a colour and, if there is a second, with an edge."""
    draw = ImageDraw.Draw(canvas)
    for row in range(lines):
        line = typeface.line(canvas.width * typeface.rng.between(0.5, 0.95))
        left = (canvas.width - typeface.width(line)) / 2
        typeface.write(draw, (left, top + row * typeface.size * 1.15), line, *inks)


def _capitals(letters: str, rng: Rng) -> str:
    return letters.upper() if rng.chance(0.7) else letters
