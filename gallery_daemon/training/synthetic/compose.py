"""Which class gets synthetic pictures, of what kind and how often.

By the names of the article's classes, which the shipped model has; a person's own class of the same
name gets the same, any other name none. Backgrounds are training pictures, never validating ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gallery_daemon.training.synthetic.canvas import Rng
from gallery_daemon.training.synthetic.chats import chat
from gallery_daemon.training.synthetic.cutouts import above_shoulders, in_a_scene
from gallery_daemon.training.synthetic.documents import page
from gallery_daemon.training.synthetic.memes import meme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gallery_daemon.imaging.decode import Pixels
    from gallery_daemon.training.dataset import Gallery
    from gallery_daemon.training.synthetic.canvas import Scene

    Drawer = Callable[[Image.Image, Scene, Rng], Image.Image]

# The share of a class's pictures that are replaced, and the function that draws the others.
_DRAWERS: dict[str, tuple[float, Drawer]] = {
    "cars": (0.05, in_a_scene),
    "memes": (0.1, meme),
    "other": (0.03, page),
    "selfies": (0.05, above_shoulders),
    "whatsapp_screenshots": (0.35, chat),
}
# Drawn letters and bills are none of the article's classes, but may be one of a person's own.
_ONLY_AMONG_KNOWN = "other"
_KNOWN = {"mountains", "trees", *_DRAWERS}
# Classes whose pictures can stand behind something else without being that themselves.
_SCENES = ("mountains", "other", "trees")


@dataclass(frozen=True, slots=True)
class Synthesiser:
    """Replaces some pictures by synthetic ones; `scenes` are the places of possible backgrounds."""

    classes: tuple[str, ...]
    labels: tuple[int, ...]
    scenes: tuple[int, ...]

    def maybe(self, pixels: Pixels, place: int, seed: int) -> Pixels:
        """The picture at `place` of `pixels` (N, S, S, 3), or by chance a synthetic one.

        Returns:
            uint8 (S, S, 3), squeezed to the square like every picture.
        """
        name, rng, own = self.classes[self.labels[place]], Rng(seed), pixels[place]
        share, draw = _DRAWERS.get(name, (0.0, in_a_scene))
        if name == _ONLY_AMONG_KNOWN and not _KNOWN.issuperset(self.classes):
            share = 0.0
        if not self.scenes or not rng.chance(share):
            return np.array(own)

        def scene() -> Image.Image:
            return Image.fromarray(np.array(pixels[rng.one_of(self.scenes)]))

        drawn = draw(Image.fromarray(np.array(own)), scene, rng)
        return np.array(drawn.resize((own.shape[1], own.shape[0])))


def new_synthesiser(gallery: Gallery, train: Sequence[int]) -> Synthesiser:
    """For the pictures of a gallery of which those at `train` train."""
    return Synthesiser(
        gallery.classes,
        tuple(gallery.labels),
        tuple(place for place in train if gallery.classes[gallery.labels[place]] in _SCENES),
    )
