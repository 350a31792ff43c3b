"""Photos that wait for a person's word, for the review of a scene."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from tests.journey.foretold import Scene

RULES = """\
rules:
  - {name: cars, when: {class: cars, min_confidence: 0.9}, to: "Cars/"}
  - {name: memes, when: {class: memes, min_confidence: 0.9}, to: "Memes/"}
uncertain: Review/{class}/
"""


def picture(says: str, number: int) -> bytes:
    """A photo one can look at, of which the classifier process will say `says`."""
    draw = random.Random(number)
    image = Image.new("RGB", (480, 320 + 40 * (number % 9)), _colour(draw))
    canvas = ImageDraw.Draw(image)
    for _ in range(6):
        x, y, size = draw.randrange(400), draw.randrange(300), draw.randrange(40, 200)
        canvas.ellipse((x, y, x + size, y + size), fill=_colour(draw))
    out = io.BytesIO()
    image.save(out, "JPEG")
    jpeg, comment = out.getvalue(), f"says={says};{number};".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def _colour(draw: random.Random) -> tuple[int, ...]:
    return tuple(draw.randrange(30, 230) for _ in range(3))


def let_wait(scene: Scene, count: int, names: tuple[str, ...] = ()) -> None:
    """So many photos were filed as uncertain, memes and cars by turns, called IMG_1.jpg and on.

    Further ones have those names.
    """
    scene.rules = RULES
    called = (*(f"IMG_{number}.jpg" for number in range(1, count + 1)), *names)
    for number, name in enumerate(called, 1):
        scene.put(name, picture(("maybe-cars", "maybe-memes")[number % 2], number))
    scene.sort()
    scene.clock.wait(3600)
