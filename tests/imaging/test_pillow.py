"""Pillow's process-wide switches."""

from __future__ import annotations

import threading
import warnings

import pytest
from PIL import Image

from gallery_daemon.imaging.pillow import decoding


def test_the_switches_are_set_back() -> None:
    """Afterwards Pillow's limit and Python's warnings are as they were."""
    before = Image.MAX_IMAGE_PIXELS, list(warnings.filters)

    with decoding(250), decoding(100):
        assert 125 == Image.MAX_IMAGE_PIXELS
        warnings.warn("nobody hears this", stacklevel=1)

    assert (Image.MAX_IMAGE_PIXELS, list(warnings.filters)) == before
    with pytest.raises(UserWarning, match="everybody"):
        warnings.warn("everybody hears this", stacklevel=1)


def test_the_last_of_several_threads_sets_them_back() -> None:
    """A thread that ends first leaves the switches to the others, in whatever order they came."""
    before = Image.MAX_IMAGE_PIXELS
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))
    heard: list[str] = []

    def first() -> None:
        with decoding(250):
            first_is_in.set()
            second_is_in.wait(10)
        first_is_out.set()

    def second() -> None:
        first_is_in.wait(10)
        with decoding(250):
            second_is_in.set()
            first_is_out.wait(10)
            try:
                warnings.warn("nobody hears this", stacklevel=1)
            except UserWarning as warning:
                heard.append(str(warning))

    threads = [threading.Thread(target=target) for target in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [] == heard
    assert before == Image.MAX_IMAGE_PIXELS


def test_an_error_sets_them_back() -> None:
    """A photo that cannot be decoded leaves nothing behind."""
    before = Image.MAX_IMAGE_PIXELS

    with pytest.raises(ValueError, match="broken"), decoding(250):
        raise ValueError("broken")

    assert before == Image.MAX_IMAGE_PIXELS


def test_no_instant_has_a_smaller_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that another thread opens while the switches are set is not refused."""
    seen: list[int | None] = []
    monkeypatch.setattr(warnings, "simplefilter", lambda _: seen.append(Image.MAX_IMAGE_PIXELS))

    with decoding(250):
        pass

    assert [125] == seen
