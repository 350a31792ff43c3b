"""Screenshots of WhatsApp: chats and lists of chats, in many themes, scripts and sizes.

What they share is the layout: a bar above with a round picture, messages in boxes to the left and,
in another colour, to the right, each with its time; a field to write in below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from gallery_daemon.training.synthetic.canvas import (
    Screen,
    cropped,
    keyboard,
    new_screen,
    status_bar,
)

if TYPE_CHECKING:
    from gallery_daemon.training.synthetic.canvas import Colour, Rng, Scene

_TICKS: Colour = (83, 189, 235)


@dataclass(frozen=True, slots=True)
class _Theme:
    """Colours of one version of the app; `bar` is the one above."""

    ground: Colour
    bar: Colour
    bar_ink: Colour
    theirs: Colour
    mine: Colour
    ink: Colour
    faint: Colour
    accent: Colour


# As seen in versions of 2014 to 2025 on Android, iOS and the web.
_THEMES = (
    _Theme((236, 229, 221), (7, 94, 84), (255, 255, 255), (255, 255, 255), (220, 248, 198),
           (30, 30, 30), (130, 140, 140), (18, 140, 126)),
    _Theme((239, 231, 222), (0, 128, 105), (255, 255, 255), (255, 255, 255), (217, 253, 211),
           (17, 27, 33), (102, 119, 129), (0, 168, 132)),
    _Theme((245, 241, 235), (255, 255, 255), (20, 20, 20), (255, 255, 255), (216, 253, 210),
           (10, 10, 10), (110, 115, 115), (27, 170, 97)),
    _Theme((239, 231, 222), (246, 246, 246), (20, 20, 20), (255, 255, 255), (222, 247, 199),
           (10, 10, 10), (120, 120, 125), (0, 122, 255)),
    _Theme((11, 20, 26), (31, 44, 52), (233, 237, 239), (31, 44, 52), (0, 92, 75),
           (233, 237, 239), (134, 150, 160), (0, 168, 132)),
    _Theme((11, 16, 20), (11, 16, 20), (235, 235, 235), (29, 37, 42), (20, 77, 55),
           (235, 238, 238), (140, 150, 155), (33, 192, 99)),
    _Theme((0, 0, 0), (24, 24, 26), (240, 240, 240), (38, 38, 40), (5, 70, 64),
           (240, 240, 240), (140, 140, 145), (37, 211, 102)),
)  # fmt: skip


def chat(
    own: Image.Image,  # noqa: ARG001 - every drawer is given the picture in whose place it draws
    scene: Scene,
    rng: Rng,
) -> Image.Image:
    """A chat, now and then a list of chats; a whole screen or a part of it."""
    theme = rng.one_of(_THEMES)
    screen = new_screen(rng, theme.ground)
    if rng.chance(0.15):
        _chat_list(screen, theme, scene)
        return cropped(screen)
    if rng.chance(0.45):
        _wallpaper(screen, theme, scene)
    if rng.chance(0.9):
        status_bar(screen, theme.bar, theme.bar_ink)
        _bar(screen, theme, scene)
    _messages(screen, theme, scene)
    _field(screen, theme)
    if rng.chance(0.15):
        keyboard(screen, theme.bar, theme.theirs, theme.ink)
    return cropped(screen)


def _wallpaper(screen: Screen, theme: _Theme, scene: Scene) -> None:
    """A photo behind the messages, or little drawings in a colour close to the ground's."""
    rng = screen.rng
    if rng.chance(0.4):
        photo = scene().resize(screen.picture.size)
        ground = Image.new("RGB", photo.size, theme.ground)
        screen.picture.paste(Image.blend(photo, ground, rng.between(0, 0.7)))
        return
    red, green, blue = (max(0, min(255, part + rng.whole(-18, 18))) for part in theme.ground)
    for _ in range(150):
        left, top, size = (rng.between(0, most) for most in (screen.width, screen.height, 14))
        screen.draw.arc(
            (left, top, left + size + 2, top + size + 2),
            rng.between(0, 360),
            rng.between(0, 360),
            fill=(red, green, blue),
        )


def _bar(screen: Screen, theme: _Theme, scene: Scene) -> None:
    width, height = screen.width, screen.width * screen.rng.between(0.13, 0.18)
    screen.box(0, width, height, theme.bar, 0)
    _face(screen, width * 0.1, height * 0.7, height * 0.15, scene)
    screen.write(width * 0.25, height * 0.2, screen.small, width * 0.3, theme.bar_ink)
    if screen.rng.chance(0.6):
        screen.write(width * 0.25, height * 0.58, screen.tiny, width * 0.25, theme.bar_ink)
    for place in range(screen.rng.whole(1, 3)):
        screen.round(width * (0.92 - 0.11 * place), height * 0.22, theme.bar_ink, height * 0.4)
    screen.top += height


def _face(screen: Screen, left: float, size: float, drop: float, scene: Scene) -> None:
    """A round picture, or a disc of one colour."""
    if screen.rng.chance(0.5):
        screen.round(left, size, screen.rng.colour(60, 230), drop)
        return
    side = max(2, round(size))
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    screen.picture.paste(
        scene().resize((side, side)), (round(left), round(screen.top + drop)), mask
    )


def _messages(screen: Screen, theme: _Theme, scene: Scene) -> None:
    rng, width = screen.rng, screen.width
    end = screen.height * 0.92
    is_mine, is_group = rng.chance(0.5), rng.chance(0.3)
    screen.top += rng.between(0, width * 0.06)
    while screen.top < end:
        if rng.chance(0.1):
            _date(screen, theme)
        if rng.chance(0.6):
            is_mine = not is_mine
        _message(screen, theme, scene, is_mine=is_mine, is_group=is_group)
        screen.top += width * rng.between(0.008, 0.04)


def _date(screen: Screen, theme: _Theme) -> None:
    width, height = screen.width * 0.26, screen.tiny.size * 1.8
    left = (screen.width - width) / 2
    screen.box(left, width, height, theme.theirs, height * 0.4)
    screen.write(left + width * 0.15, height * 0.2, screen.tiny, width * 0.7, theme.faint)
    screen.top += height * 1.4


def _message(screen: Screen, theme: _Theme, scene: Scene, *, is_mine: bool, is_group: bool) -> None:
    """One box: a name in a group, a picture, a voice or lines of words, and the time."""
    rng, step, pad = screen.rng, screen.small.size * 1.3, screen.width * 0.025
    kind = rng.one_of(["words", "photo", "voice", "quote"], [0.72, 0.12, 0.08, 0.08])
    lines = rng.one_of([1, 2, 3, 5], [0.5, 0.25, 0.15, 0.1])
    width = screen.width * (rng.between(0.55, 0.8) if kind != "words" or lines > 1
                            else rng.between(0.15, 0.7))  # fmt: skip
    name = step if is_group and not is_mine else 0.0
    tall = {"photo": width * rng.between(0.6, 1.1), "voice": step * 2, "quote": step * 3}
    height = name + tall.get(kind, 0.0) + lines * step * (kind != "voice") + step * 0.8 + pad
    left = screen.width * 0.965 - width if is_mine else screen.width * 0.035
    screen.box(left, width, height, theme.mine if is_mine else theme.theirs, pad)
    if name:
        screen.write(left + pad, pad * 0.5, screen.small, width * 0.4, rng.colour(40, 220))
    drop = name + pad * 0.6
    if kind == "photo":
        side = (round(width - pad), round(tall[kind]))
        at = (round(left + pad / 2), round(screen.top + drop))
        screen.picture.paste(scene().resize(side), at)
        drop += tall[kind]
    elif kind == "voice":
        _voice(screen, theme, left + pad, width - 2 * pad, drop)
    elif kind == "quote":
        _quote(screen, theme, (left + pad, width - 2 * pad, step * 2.6), drop)
        drop += tall[kind]
    for row in range(lines if kind != "voice" else 0):
        part = rng.between(0.3, 0.9) if row == lines - 1 else 1
        screen.write(
            left + pad, drop + row * step, screen.small, (width - 2 * pad) * part, theme.ink
        )
    _time(screen, theme, left + width - pad, height - step * 0.75, is_mine=is_mine)
    screen.top += height


def _voice(screen: Screen, theme: _Theme, left: float, width: float, drop: float) -> None:
    """A disc and bars of many heights."""
    size = screen.small.size * 1.8
    screen.round(left, size, theme.accent, drop)
    for at in range(round(left + size * 1.3), round(left + width), 4):
        tall = screen.rng.between(0.1, 1) * size / 2
        middle = screen.top + drop + size / 2
        screen.draw.line((at, middle - tall, at, middle + tall), fill=theme.faint, width=2)


def _quote(screen: Screen, theme: _Theme, box: tuple[float, float, float], drop: float) -> None:
    """What is answered to: a paler box with a stripe at its left."""
    left, width, height = box
    screen.top += drop
    shade = tuple((3 * part + 128) // 4 for part in theme.theirs)
    screen.box(left, width, height, (shade[0], shade[1], shade[2]), 4)
    screen.box(left, 3, height, theme.accent, 0)
    screen.write(left + 8, height * 0.1, screen.small, width * 0.4, theme.accent)
    screen.write(left + 8, height * 0.5, screen.small, width * 0.7, theme.faint)
    screen.top -= drop


def _time(screen: Screen, theme: _Theme, right: float, drop: float, *, is_mine: bool) -> None:
    width = screen.width * 0.09
    ticks = screen.tiny.size * 1.3 if is_mine else 0
    screen.write(right - width - ticks, drop, screen.tiny, width, theme.faint)
    if is_mine:
        ink = _TICKS if screen.rng.chance(0.7) else theme.faint
        low, size = screen.top + drop + screen.tiny.size * 0.8, screen.tiny.size * 0.5
        for shift in (0, size * 0.7):
            at = right - ticks * 0.8 + shift
            screen.draw.line((at, low - size * 0.4, at + size * 0.4, low), fill=ink)
            screen.draw.line((at + size * 0.4, low, at + size, low - size), fill=ink)


def _field(screen: Screen, theme: _Theme) -> None:
    """Where one writes: a round field and a round button."""
    height = screen.width * 0.12
    screen.top = screen.height - height * 1.2
    screen.box(0, screen.width, height * 1.2, theme.ground, 0)
    screen.box(screen.width * 0.02, screen.width * 0.8, height, theme.theirs, height / 2)
    screen.write(screen.width * 0.12, height * 0.3, screen.small, screen.width * 0.25, theme.faint)
    screen.round(screen.width * 0.85, height, theme.accent)


def _chat_list(screen: Screen, theme: _Theme, scene: Scene) -> None:
    """Rows of a round picture, a name, a line, a time; some with a count."""
    status_bar(screen, theme.bar, theme.bar_ink)
    width, rng = screen.width, screen.rng
    screen.box(0, width, width * 0.15, theme.bar, 0)
    screen.write(width * 0.05, width * 0.045, screen.small, width * 0.3, theme.bar_ink)
    screen.top += width * 0.15
    screen.box(0, width, screen.height, theme.theirs if rng.chance(0.7) else theme.ground, 0)
    step = width * rng.between(0.17, 0.23)
    while screen.top < screen.height:
        _face(screen, width * 0.04, step * 0.72, step * 0.14, scene)
        screen.write(
            width * 0.24, step * 0.2, screen.small, width * rng.between(0.15, 0.4), theme.ink
        )
        screen.write(
            width * 0.24, step * 0.55, screen.small, width * rng.between(0.2, 0.6), theme.faint
        )
        screen.write(width * 0.85, step * 0.22, screen.tiny, width * 0.09, theme.faint)
        if rng.chance(0.3):
            screen.round(width * 0.88, step * 0.25, theme.accent, step * 0.55)
        screen.top += step
