"""Which pictures are replaced, from what they are made, and that a seed always draws the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.training.dataset import Gallery, Labelled
from gallery_daemon.training.synthetic.canvas import Rng
from gallery_daemon.training.synthetic.chats import chat
from gallery_daemon.training.synthetic.compose import new_synthesiser
from gallery_daemon.training.synthetic.cutouts import above_shoulders, in_a_scene
from gallery_daemon.training.synthetic.documents import page
from gallery_daemon.training.synthetic.memes import meme

if TYPE_CHECKING:
    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.synthetic.compose import Drawer

DRAWERS = [meme, chat, page, in_a_scene, above_shoulders]
GREEN, GREY = (0, 120, 0), (128, 128, 128)


def _plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (224, 224), colour)


def _gallery(*classes: str, each: int = 4) -> tuple[Gallery, Pixels]:
    """Pictures of noise, `each` of every class, one after another."""
    names = tuple(sorted(classes))
    pictures = tuple(
        Labelled(Path(f"{name}/{number}.png"), label)
        for label, name in enumerate(names)
        for number in range(each)
    )
    noise = np.random.default_rng(0).integers(0, 256, (len(pictures), 224, 224, 3), dtype=np.uint8)
    return Gallery(names, pictures), noise


@pytest.mark.parametrize("draw", DRAWERS)
@pytest.mark.parametrize("seed", range(12))
def test_the_same_seed_draws_the_same_picture(draw: Drawer, seed: int) -> None:
    """To the bit, and another seed another one; whatever is drawn, it is a picture."""
    drawn = [
        draw(_plain(GREEN), lambda: _plain(GREY), Rng(number)) for number in (seed, seed, seed + 99)
    ]

    assert "RGB" == drawn[0].mode
    assert drawn[0].tobytes() == drawn[1].tobytes() != drawn[2].tobytes()


@pytest.mark.parametrize("draw", [in_a_scene, above_shoulders])
def test_what_is_pasted_and_what_is_behind_can_both_be_seen(draw: Drawer) -> None:
    """A good part of the picture is the thing, and a good part is not."""
    for seed in range(20):
        drawn = np.array(draw(_plain(GREEN), lambda: _plain(GREY), Rng(seed)))

        assert 0.05 < (drawn == GREEN).all(2).mean() < 0.95
        assert (drawn == GREY).all(2).mean() > 0.05


def test_a_class_of_another_name_is_left_as_it_is() -> None:
    """Nothing is known of what a person's own classes look like."""
    gallery, pixels = _gallery("bicycles", "other", "trees")
    some = new_synthesiser(gallery, range(12))

    for seed in range(50):
        assert (some.maybe(pixels, 0, seed) == pixels[0]).all()
        assert (some.maybe(pixels, 11, seed) == pixels[11]).all()


def test_a_known_class_is_drawn_anew_now_and_then() -> None:
    """A third of the chats are synthetic; always at the size of the others."""
    gallery, pixels = _gallery("other", "whatsapp_screenshots")
    some = new_synthesiser(gallery, range(8))

    drawn = [some.maybe(pixels, 5, seed) for seed in range(100)]

    assert {pixels[5].shape} == {picture.shape for picture in drawn}
    assert 20 < sum((picture != pixels[5]).any() for picture in drawn) < 50


def test_pictures_that_validate_are_never_behind_another() -> None:
    """Or the network would have seen them: those are magenta here, and no magenta comes through."""
    gallery, pixels = _gallery("memes", "other")
    pixels[6:] = (255, 0, 255)
    some = new_synthesiser(gallery, range(6))

    for seed in range(200):
        assert not (some.maybe(pixels, 0, seed) == (255, 0, 255)).all(2).any()


def test_without_scenes_nothing_is_drawn_anew() -> None:
    """Cars and memes alone: there is no ordinary photo to write on."""
    gallery, pixels = _gallery("cars", "memes")
    some = new_synthesiser(gallery, range(8))

    assert all((some.maybe(pixels, 7, seed) == pixels[7]).all() for seed in range(50))
