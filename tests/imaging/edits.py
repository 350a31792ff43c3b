"""What programs do to a picture while they keep its preview, and how cameras make previews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from tests.imaging.pictures import drawn, grainy

if TYPE_CHECKING:
    from collections.abc import Callable

PREVIEW = (160, 120)


def sepia(image: Image.Image) -> Image.Image:
    return ImageOps.colorize(ImageOps.grayscale(image), (20, 10, 0), (255, 240, 200))


def cropped(share: float) -> Callable[[Image.Image], Image.Image]:
    """The middle of it, scaled back to the old size."""

    def crop(image: Image.Image) -> Image.Image:
        right, down = image.width * (1 - share) / 2, image.height * (1 - share) / 2
        box = (right, down, image.width - right, image.height - down)
        return image.resize(image.size, Image.Resampling.BICUBIC, box=box)

    return crop


def painted(top: float, height: float) -> Callable[[Image.Image], Image.Image]:
    """A white bar with words on it; both as shares of the height."""

    def paint(image: Image.Image) -> Image.Image:
        image, down = image.copy(), image.height * top
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, down, image.width, down + image.height * height), fill="white")
        size = image.height * height / 2
        draw.text((image.width / 9, down), "WHEN YOU SEE IT", fill="black", font_size=size)
        return image

    return paint


def words_at_the_top(image: Image.Image) -> Image.Image:
    """As memes have them, without a bar."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    draw.text((0, -20), "WHEN YOU SEE IT", font_size=190, stroke_width=3, stroke_fill="black")
    return image


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.15),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.4),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.6),
    "more colour": lambda image: ImageEnhance.Color(image).enhance(1.6),
    "less colour": lambda image: ImageEnhance.Color(image).enhance(0.5),
    "black and white": lambda image: ImageEnhance.Color(image).enhance(0),
    "sepia": sepia,
    "negative": ImageOps.invert,
    "mirrored": ImageOps.mirror,
    "turned by a half": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "upside down": ImageOps.flip,
    "turned a little": lambda image: image.rotate(4, Image.Resampling.BICUBIC),
    "cropped to nine tenths": cropped(0.9),
    "cropped to a half": cropped(0.5),
    "another picture": lambda image: drawn(*image.size),
    "a bar at the top": painted(0, 0.12),
    "words at the top": words_at_the_top,
}


# How cameras make their previews: not one of them is an edit.
CAMERAS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "means": lambda image: image.resize(PREVIEW, Image.Resampling.BOX),
    "a sharp filter": lambda image: image.resize(PREVIEW, Image.Resampling.LANCZOS),
    "pixels left out": lambda image: grainy(image).resize(PREVIEW, Image.Resampling.NEAREST),
    "sharpened": lambda image: image.resize(PREVIEW).filter(ImageFilter.UnsharpMask(1, 120, 0)),
    "soft": lambda image: image.filter(ImageFilter.GaussianBlur(12)).resize(PREVIEW),
    "a pixel of it off": lambda image: image.crop((8, 8, *image.size)).resize(PREVIEW),
    "a little brighter": lambda image: image.resize(PREVIEW).point(lambda level: level + 3),
    "larger": lambda image: image.resize((320, 240)),
    "rounded up": lambda image: image.resize((161, 120)),
}


def with_bars(image: Image.Image) -> Image.Image:
    """Black above and below, as old phones made previews of wide pictures."""
    return ImageOps.pad(image.crop((0, 0, image.width, image.height * 3 // 4)), image.size)
