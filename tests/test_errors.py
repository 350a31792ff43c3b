"""Errors are finished sentences."""

from __future__ import annotations

import pytest

from gallery_daemon.errors import BadPhoto, ConfigError, ConfigErrors, GalleryError, PhotoGone


def test_an_error_has_a_sentence_and_perhaps_a_hint() -> None:
    """Its text is the sentence."""
    error = GalleryError("it is so", hint="do that")

    assert ("it is so", "it is so", "do that") == (str(error), error.sentence, error.hint)
    assert GalleryError("it is so").hint is None


def test_a_mistake_has_a_place_that_an_editor_can_open() -> None:
    """File, line and column, counted from 1."""
    error = ConfigError("it is so", file="/etc/a.yaml", line=3, column=7)

    assert "/etc/a.yaml:3:7" == error.place


@pytest.mark.parametrize(("count", "words"), [(1, "1 error"), (2, "2 errors")])
def test_mistakes_are_counted(count: int, words: str) -> None:
    """In words that fit their number."""
    error = ConfigError("it is so", file="a", line=1, column=1)

    assert f"the configuration has {words}" == ConfigErrors((error,) * count).sentence


def test_a_photo_that_is_gone_is_not_tried_again() -> None:
    """Nor is the library at fault."""
    error = PhotoGone("it vanished")

    assert (False, False) == (error.transient, error.of_library)


def test_a_bad_photo_has_a_reason() -> None:
    """That is its sentence, too."""
    assert "it is cut" == BadPhoto("it is cut").reason == BadPhoto("it is cut").sentence
