"""Pictures of kinds that no model of photos was taught, drawn anew from a seed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gallery_daemon.imaging.decode import Pixels

SIDE = 224


def drawn(kind: str, count: int) -> Iterator[Pixels]:
    """The first `count` pictures of one of `KINDS`, uint8 (224, 224, 3); the same each time."""
    for number in range(count):
        picture = KINDS[kind](np.random.default_rng([number, *kind.encode()]))
        yield np.asarray(picture.convert("RGB").resize((SIDE, SIDE)))


def _noise(random: np.random.Generator) -> Image.Image:
    """As of a broken sensor: every pixel by itself, or in blotches."""
    side = int(random.choice([7, 28, 112, 224]))
    pixels = random.integers(0, 256, (side, side, 3), np.uint8)
    return Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _plain(random: np.random.Generator) -> Image.Image:
    """The inside of a pocket, a lens cap, a wall: one colour, or from one to another."""
    ends = random.integers(0, 256, (2, 3)).astype(float)
    if random.random() < 0.5:
        ends[1] = ends[0]
    shares = np.linspace(0, 1, SIDE)[:, None, None]
    pixels = ends[0] * (1 - shares) + ends[1] * shares + random.normal(0, 3, (SIDE, SIDE, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _chart(random: np.random.Generator) -> Image.Image:
    """Bars, lines, dots or a pie, with axes."""
    figure = Figure(figsize=(4, 4), dpi=60)
    axes, values = figure.add_subplot(), random.random(int(random.integers(3, 12)))
    match int(random.integers(4)):
        case 0:
            axes.bar(range(len(values)), values, color=random.random(3))
        case 1:
            axes.plot(values, color=random.random(3))
        case 2:
            axes.scatter(random.random(80), random.random(80), color=random.random(3))
        case _:
            axes.pie(values)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return Image.open(file)


def _doodle(random: np.random.Generator) -> Image.Image:
    """A child's drawing of a few shapes on paper."""
    image = Image.new("RGB", (SIDE, SIDE), tuple(random.integers(225, 256, 3).tolist()))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(3, 12))):
        ink = tuple(random.integers(0, 200, 3).tolist())
        x, y, across, down = random.integers(0, SIDE, 4).tolist()
        box, width = (x, y, x + across // 2, y + down // 2), int(random.integers(1, 6))
        match int(random.integers(4)):
            case 0:
                draw.ellipse(box, outline=ink, width=width)
            case 1:
                draw.rectangle(box, outline=ink, width=width)
            case 2:
                draw.arc(box, 0, 300, fill=ink, width=width)
            case _:
                draw.line(random.integers(0, SIDE, 8).tolist(), fill=ink, width=width)
    return image.filter(ImageFilter.SMOOTH)


def _code(random: np.random.Generator) -> Image.Image:
    """Black and white squares, as a label's code has them."""
    cells = int(random.integers(21, 60))
    bits = (random.random((cells, cells)) < 0.5).astype(np.uint8) * 255
    framed = np.pad(bits, cells // 6, constant_values=255)
    return Image.fromarray(framed).resize((SIDE, SIDE), Image.Resampling.NEAREST)


KINDS: Mapping[str, Callable[[np.random.Generator], Image.Image]] = {
    "noise": _noise,
    "plain": _plain,
    "charts": _chart,
    "doodles": _doodle,
    "codes": _code,
}
