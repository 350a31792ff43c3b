"""The canvas: chance by its seed, letters of every script that fit, screens of a phone's shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
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


@given(st.integers(0, 2**62))
def test_the_same_seed_draws_the_same_numbers(seed: int) -> None:
    """Of every kind, in any order of kinds."""

    def drawn() -> list[object]:
        rng = Rng(seed)
        return [
            rng.chance(0.5), rng.between(-1, 1), rng.whole(0, 9), rng.colour(), rng.one_of("abc"),
        ]  # fmt: skip

    assert drawn() == drawn()


def test_chance_is_as_often_as_it_says() -> None:
    """Never, always, a quarter of the time; numbers reach both ends and go no further."""
    rng = Rng(0)

    assert not any(rng.chance(0) for _ in range(200))
    assert all(rng.chance(1) for _ in range(200))
    assert 200 < sum(rng.chance(0.25) for _ in range(1000)) < 300
    assert {2, 3, 4} == {rng.whole(2, 4) for _ in range(200)}
    assert all(1.5 <= rng.between(1.5, 2) <= 2 for _ in range(200))
    assert all(60 <= part <= 70 for _ in range(200) for part in rng.colour(60, 70))


def test_some_are_drawn_more_often_than_others() -> None:
    """By their chances; without any, all alike."""
    rng = Rng(1)
    drawn = [rng.one_of("abc", [0.7, 0.3, 0.0]) for _ in range(500)]
    alike = [rng.one_of("abc") for _ in range(600)]

    assert 300 < drawn.count("a") < 400
    assert "c" not in drawn
    assert all(150 < alike.count(letter) < 250 for letter in "abc")


@pytest.mark.parametrize("letters", canvas._SCRIPTS)
@pytest.mark.parametrize("edge", [None, (200, 0, 0)])
def test_no_letter_of_a_line_is_cut_off(letters: str, edge: tuple[int, int, int] | None) -> None:
    """Its ink is within the width that it says, give or take the edge, and within two heights."""
    for seed in range(6):
        some = canvas.any_typeface(Rng(seed), letters, 20, bold=seed % 2 == 0)
        page = Image.new("RGB", (400, 100), "white")
        line = some.line(200)

        some.write(ImageDraw.Draw(page), (100, 30), line, (0, 0, 0), edge)

        rows, columns = np.nonzero(np.array(page).min(2) < 200)
        assert 100 - 6 <= columns.min()
        assert columns.max() <= 100 + some.width(line) + 6
        assert 30 - 6 <= rows.min()
        assert rows.max() <= 30 + 2 * some.size


def test_scripts_are_drawn_by_their_shares() -> None:
    """Latin half of the time, and every other now and then."""
    drawn = [canvas.any_script(Rng(seed)) for seed in range(600)]

    assert set(canvas._SCRIPTS) == set(drawn)
    assert 240 < drawn.count(canvas._SCRIPTS[0]) < 360
    assert pytest.approx(1.0) == sum(canvas._CHANCES)


def test_a_screen_has_a_phones_shape_and_fills_from_the_top() -> None:
    """Taller than broad; a status bar moves on where the next thing goes, a keyboard ends it."""
    for seed in range(30):
        screen = canvas.new_screen(Rng(seed), (9, 9, 9))
        assert 1.59 < screen.height / screen.width < 2.26
        assert screen.tiny.size < screen.small.size < screen.width / 12

        canvas.status_bar(screen, (200, 0, 0), (255, 255, 255))
        assert 0 < screen.top < screen.height / 10
        assert (200, 0, 0) == screen.picture.getpixel((screen.width // 2, 1))

        canvas.keyboard(screen, (0, 0, 200), (0, 0, 200), (255, 255, 255))
        assert screen.height * 0.9 < screen.top < screen.height
        assert (9, 9, 9) == screen.picture.getpixel((2, screen.height // 2))


def test_a_screen_is_now_and_then_cut_but_keeps_its_width() -> None:
    """As people cut them: a part from somewhere, never less than a third."""
    heights = []
    for seed in range(120):
        screen = canvas.new_screen(Rng(seed), (9, 9, 9))
        cut = canvas.cropped(screen)
        assert screen.width == cut.width
        heights.append(cut.height / screen.height)

    assert 0.2 < sum(height < 1 for height in heights) / len(heights) < 0.42
    assert 0.34 < min(heights)


def test_boxes_and_discs_are_where_the_screen_is_filled_to() -> None:
    """And have at least a pixel, however small they were asked for."""
    screen = canvas.new_screen(Rng(3), (0, 0, 0))
    screen.top = 50
    screen.box(10, 20, 0, (255, 0, 0), 0)
    screen.round(60, 10, (0, 255, 0), drop=5)

    pixels = np.array(screen.picture)
    rows, columns = np.nonzero(pixels[..., 0])
    assert (50, 51, 10, 30) == (rows.min(), rows.max(), columns.min(), columns.max())
    rows, columns = np.nonzero(pixels[..., 1])
    assert (55, 65, 60, 70) == (rows.min(), rows.max(), columns.min(), columns.max())
