"""Chats and pages: what a chat has, and that a page is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from gallery_daemon.training.synthetic import chats, documents
from gallery_daemon.training.synthetic.canvas import Rng, Screen

GREY = Image.new("RGB", (224, 224), (128, 128, 128))


def _photo() -> Image.Image:
    return GREY.copy()


@pytest.mark.parametrize("draw", [chats.chat, documents.page])
def test_a_screenshot_is_of_a_phone(draw: Any) -> None:
    """Of a phone's width; a whole screen is taller than broad; it is not of one colour."""
    for seed in range(20):
        drawn = draw(_photo(), _photo, Rng(seed))

        assert 220 <= drawn.width <= 339
        assert drawn.height > drawn.width * 0.5
        assert np.array(drawn).std((0, 1)).min() > 2


def test_messages_are_on_both_sides_in_two_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Theirs at the left, mine at the right: what makes a chat a chat."""
    boxes: list[tuple[bool, float, float, tuple[int, int, int], int]] = []
    message, box = chats._message, Screen.box

    def noted(screen: Screen, theme: Any, scene: Any, *, is_mine: bool, is_group: bool) -> None:
        def first(
            self: Screen, left: float, width: float, height: float, colour: Any, radius: float
        ) -> None:
            boxes.append((is_mine, left, left + width, colour, self.width))
            monkeypatch.setattr(Screen, "box", box)
            box(self, left, width, height, colour, radius)

        monkeypatch.setattr(Screen, "box", first)
        message(screen, theme, scene, is_mine=is_mine, is_group=is_group)

    monkeypatch.setattr(chats, "_message", noted)
    for seed in range(10):
        chats.chat(_photo(), _photo, Rng(seed))

    assert {True, False} == {is_mine for is_mine, *_ in boxes}
    for is_mine, left, right, _, width in boxes:
        assert -1 <= left < right <= width
        assert right > width * 0.95 if is_mine else left < width * 0.05
    mine, theirs = ({box[3] for box in boxes if box[0] is side} for side in (True, False))
    assert not mine & theirs


def test_every_theme_can_be_read() -> None:
    """Ink differs from what it stands on, by a good part of the way from black to white."""
    for theme in chats._THEMES:
        for ink, ground in (
            (theme.ink, theme.mine),
            (theme.ink, theme.theirs),
            (theme.bar_ink, theme.bar),
        ):
            assert abs(sum(ink) - sum(ground)) > 250


def test_pages_are_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, articles, feeds, letters and bills."""
    kinds: set[str] = set()
    for name in ("_settings", "_articles", "_paper"):
        drawn = getattr(documents, name)

        def noted(*args: Any, _name: str = name, _drawn: Any = drawn, **rest: Any) -> None:
            kinds.add(_name + "".join(f" {key}" for key, value in rest.items() if value))
            _drawn(*args, **rest)

        monkeypatch.setattr(documents, name, noted)
    for seed in range(40):
        documents.page(_photo(), _photo, Rng(seed))

    assert {
        "_settings", "_articles", "_articles is_feed", "_paper", "_paper is_bill"
    } == kinds  # fmt: skip


@pytest.mark.parametrize("is_dark", [True, False])
def test_a_pages_ink_can_be_read(*, is_dark: bool) -> None:
    """Dark on light or light on dark, and the faint one between them."""
    for seed in range(20):
        ground, ink, faint = documents._colours(Rng(seed), is_dark=is_dark)

        assert abs(sum(ink) - sum(ground)) > 400
        assert min(sum(ink), sum(ground)) < sum(faint) < max(sum(ink), sum(ground))
