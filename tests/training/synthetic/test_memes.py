"""Memes: the caption can be read whole, and the photo can still be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from gallery_daemon.training.synthetic.canvas import Rng, Typeface
from gallery_daemon.training.synthetic.memes import meme

if TYPE_CHECKING:
    import pytest
    from PIL.ImageDraw import ImageDraw

GREEN = (0, 120, 0)


def _photo() -> Image.Image:
    return Image.new("RGB", (224, 224), GREEN)


def test_no_caption_runs_out_of_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 memes in all scripts and styles: no line begins or ends beyond an edge."""
    boxes: list[tuple[float, float, float, float]] = []
    write = Typeface.write

    def noted(
        self: Typeface, draw: ImageDraw, at: tuple[float, float], line: str, *inks: Any
    ) -> None:
        boxes.append((at[0], at[1], at[0] + self.width(line), at[1] + self.size))
        write(self, draw, at, line, *inks)

    monkeypatch.setattr(Typeface, "write", noted)
    for seed in range(100):
        meme(_photo(), _photo, Rng(seed))

    assert len(boxes) > 100
    for left, top, right, bottom in boxes:
        assert -1 <= left < right <= 225
        assert -1 <= top < bottom <= 225


def test_a_meme_is_a_photo_with_writing_of_its_size() -> None:
    """Much of the picture is the photo, some of it is not."""
    for seed in range(40):
        drawn = meme(_photo(), _photo, Rng(seed))

        is_photo = (np.array(drawn) == GREEN).all(2).mean()
        assert (224, 224) == drawn.size
        assert 0.2 < is_photo < 0.999


def test_the_picture_in_whose_place_it_stands_is_not_in_it() -> None:
    """Another meme would bring its own caption along."""
    own = Image.new("RGB", (224, 224), (255, 0, 255))

    for seed in range(40):
        assert not (np.array(meme(own, _photo, Rng(seed))) == (255, 0, 255)).all(2).any()


def test_captions_are_of_every_style() -> None:
    """On the photo, on bands of white and of black, and in panels."""
    corners = {
        tuple(int(part) for part in np.array(meme(_photo(), _photo, Rng(seed)))[0, 0])
        for seed in range(80)
    }

    assert {GREEN, (255, 255, 255), (0, 0, 0)} <= corners
