"""Screens and papers that are no chat: settings, articles, feeds, letters, bills.

Without them a network learns that all writing on a plain ground is a chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gallery_daemon.training.synthetic.canvas import (
    Screen,
    cropped,
    keyboard,
    new_screen,
    status_bar,
)

if TYPE_CHECKING:
    from PIL import Image

    from gallery_daemon.training.synthetic.canvas import Colour, Rng, Scene


def page(
    own: Image.Image,  # noqa: ARG001 - every drawer is given the picture in whose place it draws
    scene: Scene,
    rng: Rng,
) -> Image.Image:
    """Some screen or paper with writing on it."""
    is_dark = rng.chance(0.3)
    ground, ink, faint = _colours(rng, is_dark=is_dark)
    screen = new_screen(rng, ground)
    kind = rng.one_of(["settings", "article", "feed", "letter", "bill"])
    if kind in {"letter", "bill"}:
        _paper(screen, ink, is_bill=kind == "bill")
        return cropped(screen)
    accent = rng.colour()
    if rng.chance(0.8):
        bar = accent if rng.chance(0.5) else ground
        status_bar(screen, bar, ink)
        screen.box(0, screen.width, screen.width * 0.14, bar, 0)
        screen.write(screen.width * 0.06, screen.width * 0.04, screen.small, 70, ink)
        screen.top += screen.width * 0.15
    if kind == "settings":
        _settings(screen, ink, faint, accent)
    else:
        _articles(screen, ink, faint, scene, is_feed=kind == "feed")
    if rng.chance(0.1):
        keyboard(screen, faint, ground, ink)
    return cropped(screen)


def _colours(rng: Rng, *, is_dark: bool) -> tuple[Colour, Colour, Colour]:
    """Ground, ink, and something between them."""
    shade = rng.whole(0, 39)
    warm = rng.whole(0, 19)
    if is_dark:
        return (shade, shade, shade), (235, 235, 235), (130, 130, 135)
    return (
        (255 - shade // 2, 255 - shade // 2, 255 - shade // 2 - warm),
        (25, 25, 25),
        (140, 140, 140),
    )


def _settings(screen: Screen, ink: Colour, faint: Colour, accent: Colour) -> None:
    """Rows of a sign, a word or two, and a switch."""
    width, rng = screen.width, screen.rng
    step = width * rng.between(0.13, 0.22)
    while screen.top < screen.height:
        if rng.chance(0.7):
            screen.box(width * 0.05, step * 0.4, step * 0.4, accent, step * rng.between(0, 0.2))
        screen.write(width * 0.2, step * 0.1, screen.small, width * rng.between(0.2, 0.5), ink)
        if rng.chance(0.6):
            screen.write(width * 0.2, step * 0.5, screen.tiny, width * rng.between(0.2, 0.6), faint)
        if rng.chance(0.5):
            screen.box(width * 0.85, width * 0.1, step * 0.3, accent, step * 0.15)
        if rng.chance(0.5):
            screen.draw.line((0, screen.top, width, screen.top), fill=faint)
        screen.top += step


def _articles(screen: Screen, ink: Colour, faint: Colour, scene: Scene, *, is_feed: bool) -> None:
    """Words across the whole width and pictures; in a feed each with a name above."""
    width, rng = screen.width, screen.rng
    step = screen.small.size * 1.4
    while screen.top < screen.height:
        if is_feed:
            screen.round(width * 0.04, step * 2, faint)
            screen.write(width * 0.2, step * 0.4, screen.small, width * 0.3, ink)
            screen.top += step * 2.6
        if rng.chance(0.6):
            size = (round(width * rng.between(0.85, 1)), round(width * rng.between(0.4, 1)))
            at = ((width - size[0]) // 2, round(screen.top))
            screen.picture.paste(scene().resize(size), at)
            screen.top += size[1] + step / 2
        lines = rng.whole(1, 9)
        for row in range(lines):
            part = rng.between(0.2, 0.9) if row == lines - 1 else 0.92
            screen.write(width * 0.04, 0, screen.small, width * part, ink)
            screen.top += step
        screen.top += step


def _paper(screen: Screen, ink: Colour, *, is_bill: bool) -> None:
    """A letter's paragraphs, or a bill's words with numbers at their right."""
    width, rng = screen.width, screen.rng
    step, margin = screen.small.size * rng.between(1.1, 1.7), width * rng.between(0.05, 0.16)
    screen.top += margin
    screen.write(width * 0.3, 0, screen.small, width * 0.4, ink)
    screen.top += step * 2
    while screen.top < screen.height - margin:
        if rng.chance(0.15):
            screen.top += step
        part = rng.between(0.2, 0.6) if is_bill else rng.between(0.8, 1)
        screen.write(margin, 0, screen.small, (width - 2 * margin) * part, ink)
        if is_bill and rng.chance(0.7):
            screen.write(width - margin - width * 0.12, 0, screen.small, width * 0.1, ink)
        screen.top += step
