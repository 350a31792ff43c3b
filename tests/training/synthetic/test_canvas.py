"""Writing: every script has its letters, and lines fit."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw

from gallery_daemon.training.synthetic import canvas
from gallery_daemon.training.synthetic.canvas import Rng

WITH_LETTERS = [script for script in canvas._SCRIPTS if script != canvas.STROKES]


@pytest.mark.parametrize("letters", WITH_LETTERS)
@pytest.mark.parametrize("bold", [False, True])
def test_every_font_has_the_letters_it_is_used_for(letters: str, *, bold: bool) -> None:
    """No letter comes out as the box that stands for a missing one."""
    for seed in range(20):
        font = FT2Font(str(canvas.any_typeface(Rng(seed), letters, 20, bold=bold).font.path))
        for case in (letters, letters.upper()):
            assert not [letter for letter in case if not font.get_char_index(ord(letter))]


@pytest.mark.parametrize("letters", canvas._SCRIPTS)
def test_a_line_fits_its_width_and_is_never_empty(letters: str) -> None:
    """From a single pixel to a whole screen."""
    for seed, width in enumerate((1, 15, 100, 300)):
        some = canvas.any_typeface(Rng(seed), letters, 12)

        line = some.line(width)

        assert line
        assert some.width(line) <= max(width, some.width(line[:1]))


@pytest.mark.parametrize("letters", canvas._SCRIPTS)
def test_writing_leaves_ink(letters: str) -> None:
    """Black on white, and with an edge more of it."""
    inked = []
    for edge in (None, (200, 0, 0)):
        some = canvas.any_typeface(Rng(1), letters, 16)
        page = Image.new("RGB", (100, 30), "white")
        some.write(ImageDraw.Draw(page), (4, 4), some.line(80), (0, 0, 0), edge)
        inked.append(int((np.array(page).min(2) < 200).sum()))

    assert 0 < inked[0] < inked[1]
