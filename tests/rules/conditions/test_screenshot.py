"""Screenshots by name and by size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from gallery_daemon.decision import Check, Truth
from gallery_daemon.rules.conditions.screenshot import Screenshot
from tests.rules.photos import FACTS, any_facts, facts, photo, photos, prediction, truth_of

if TYPE_CHECKING:
    from gallery_daemon.photo import Facts

IS_ONE = Screenshot(wanted=True)


@pytest.mark.parametrize(
    "name",
    [
        "Screenshot_20260801-101112.png",
        "Screenshot_20260801-101112_WhatsApp.jpg",
        "Screenshot_2026-08-01-10-11-12-345_com.whatsapp.jpg",
        "Screenshot_20220818_032821_Gallery.jpg",
        "Screenshot 2019-05-21 at 10.45.52.png",
        "Screenshot 2026-05-21 at 10.45.52\N{NARROW NO-BREAK SPACE}AM.png",
        "Screenshot (12).png",
        "screenshot-2026.png",
        "Screenshot20260801.png",
        "Screen Shot 2018-05-21 at 10.45.52.png",
        "Bildschirmfoto 2026-08-01 um 10.11.12.png",
        "Bildschirmfoto_2026-08-01_10-11-12.png",
        "Capture d\N{RIGHT SINGLE QUOTATION MARK}e\N{COMBINING ACUTE ACCENT}cran 2026-08-01.png",
        "Capture d'\u00e9cran du 2026-08-01.png",
        "Captura de pantalla 2026-08-01.png",
        "Schermata 2026-08-01.png",
    ],
)
def test_a_screenshot_is_known_by_its_name(name: str) -> None:
    """As phones and computers call it, composed or not; then even a camera does not matter."""
    assert Truth.YES == truth_of(IS_ONE, photo(f"in/{name}"))
    assert Truth.NO == truth_of(Screenshot(wanted=False), photo(f"in/{name}"))


@pytest.mark.parametrize(
    "name", ["IMG_1234.PNG", "my screenshot.png", "Screenshots.png", "Capture.png", "SVG_1.png"]
)
def test_another_name_says_nothing(name: str) -> None:
    """Only what a device writes counts."""
    assert Truth.NO == truth_of(IS_ONE, photo(name))


def sized(width: int, height: int, form: str = "jpeg", camera: str | None = None) -> Facts:
    return facts(width=width, height=height, format=form, camera=camera)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (sized(1170, 2532, "png"), "yes"),
        (sized(1170, 2532), "yes"),
        (sized(2532, 1170), "yes"),
        (sized(1080, 2400), "yes"),
        (sized(1440, 2960), "yes"),
        (sized(720, 1600), "yes"),
        (sized(1080, 2400, camera="Google Pixel 7"), "no"),
        (sized(1080, 1920), "no"),
        (sized(1080, 1920, "png"), "yes"),
        (sized(1920, 1080, "png"), "no"),
        (sized(1080, 1080, "png"), "no"),
        (sized(320, 700, "png"), "no"),
        (sized(1080, 3000, "png"), "no"),
        (sized(1536, 2048), "no"),
        (sized(3000, 4000), "no"),
        (sized(0, 0), "no"),
    ],
)
def test_a_screenshot_is_known_by_its_size(known: Facts, expected: str) -> None:
    """A phone's screen in any format, and a PNG as tall as one, where no camera is known."""
    assert expected == truth_of(IS_ONE, known=known)


def test_a_screenshot_says_why() -> None:
    """Which sign it was, or that there is none."""
    checks = [
        condition.check(on, known, prediction())
        for condition, on, known in (
            (IS_ONE, photo("Screenshot_1.png"), FACTS),
            (IS_ONE, photo(), sized(1170, 2532)),
            (IS_ONE, photo(), sized(1080, 1920, "png")),
            (Screenshot(wanted=False), photo(), FACTS),
        )
    ]

    assert [
        'a screenshot: the name "Screenshot_1.png" matches "Screenshot[_ -]*"',
        "a screenshot: 1170x2532 is a phone's screen, and no camera is known",
        "a screenshot: a PNG of 1080x1920, and no camera is known",
        "nothing says that it is a screenshot",
    ] == [check.reason for check in checks]
    expected = Check("screenshot: false", Truth.YES, "nothing says that it is a screenshot")
    assert expected == checks[-1]


@given(photos, any_facts)
def test_every_photo_is_a_screenshot_or_is_none(on, known) -> None:
    """Exactly one of the two conditions holds."""
    truths = [truth_of(Screenshot(wanted), on, known) for wanted in (True, False)]

    assert {Truth.YES, Truth.NO} == set(truths)
