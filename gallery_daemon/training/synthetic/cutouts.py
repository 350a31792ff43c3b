"""A thing in front of another background: a car in a street, a face above shoulders in a room.

Source: Dwibedi, Misra, Hebert 2017, "Cut, Paste and Learn", arXiv 1708.01642: pasting works
although it looks wrong, if the edges are blended in more than one way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from gallery_daemon.training.synthetic.canvas import Rng, Scene


def in_a_scene(own: Image.Image, scene: Scene, rng: Rng) -> Image.Image:
    """The picture, smaller, somewhere in the lower part of another one."""
    ground = scene()
    share = rng.between(0.45, 0.85)
    width = round(ground.width * share)
    height = round(ground.height * share * rng.between(0.75, 1.1))
    left = round(rng.between(0, ground.width - width))
    top = round(rng.between(0.3, 1) * max(0, ground.height - height))
    _paste(own, ground, (left, top, width, height), rng, round_share=0.3)
    return ground


def above_shoulders(own: Image.Image, scene: Scene, rng: Rng) -> Image.Image:
    """A face above shoulders in front of a scene, as held at arm's length."""
    ground = scene()
    side = ground.width * rng.between(0.32, 0.62)
    middle = ground.width * rng.between(0.3, 0.7)
    top = ground.height * rng.between(0.03, 0.3)
    cloth = rng.colour(20, 220)
    body = Image.new("L", ground.size, 0)
    neck = top + side * 0.85
    broad = side * rng.between(0.9, 1.4)
    pen = ImageDraw.Draw(body)
    pen.ellipse((middle - broad, neck, middle + broad, neck + 2.4 * side), fill=255)
    body = body.filter(ImageFilter.GaussianBlur(rng.between(0.5, 2.5)))
    # Cloth has folds and shade: a piece of the scene's texture shows through its colour.
    texture = Image.blend(Image.new("RGB", ground.size, cloth), scene(), rng.between(0.1, 0.4))
    ground.paste(texture, (0, 0), body)
    box = (round(middle - side / 2), round(top), round(side), round(side * rng.between(1, 1.3)))
    _paste(own, ground, box, rng, round_share=0.9)
    return ground


def _paste(
    own: Image.Image,
    ground: Image.Image,
    box: tuple[int, int, int, int],
    rng: Rng,
    *,
    round_share: float,
) -> None:
    """`own` fills the box (left, top, width, height), with soft edges, round ones at a chance."""
    left, top, width, height = box
    soft = rng.between(0, 0.06) * width
    mask = Image.new("L", (width, height), 0)
    inside = (soft, soft, width - soft - 1, height - soft - 1)
    pen = ImageDraw.Draw(mask)
    if rng.chance(round_share):
        pen.ellipse(inside, fill=255)
    else:
        pen.rounded_rectangle(inside, radius=rng.between(0, 0.3) * width, fill=255)
    ground.paste(
        own.resize((width, height)), (left, top), mask.filter(ImageFilter.GaussianBlur(soft / 2))
    )
