"""Hints: "did you mean", quotes, and the number in a text."""

from __future__ import annotations

import pytest

from gallery_daemon.config.mistakes import did_you_mean, meant_number, quote_it

KEYS = ("name", "when", "to", "min_confidence", "min_precision", "familiar")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("namex", "did you mean name?"),
        ("When", "did you mean when?"),
        ("min-confidence", "did you mean min_confidence?"),
        ("threshold", "did you mean min_confidence?"),
        ("precision", "did you mean min_precision?"),
        ("strange", "did you mean familiar?"),
        ("Destination", "did you mean to?"),
        ("zebra", None),
        ("", None),
        ("name" * 100, None),
    ],
)
def test_the_nearest_key_is_named(word: str, expected: str | None) -> None:
    """By its letters, or because a neighbouring program calls it so."""
    assert expected == did_you_mean(word, KEYS)


ACTIONS = ("hardlink", "copy", "move", "symlink")
CLASSES = ("cats", "memes", "whatsapp_screenshots")


@pytest.mark.parametrize(
    ("word", "options", "expected"),
    [
        *((word, ACTIONS, "hardlink") for word in ("link", "Link", "hard", "hard-link", "ln")),
        *((word, ACTIONS, "symlink") for word in ("softlink", "soft link", "sym-link", "simlink")),
        *((word, ACTIONS, "copy") for word in ("cp", "reflink", "clone", "copie")),
        *((word, ACTIONS, "move") for word in ("mv", "moved")),
        ("rename", ACTIONS, None),
        *((word, CLASSES, "memes") for word in ("meme", "mems", "Memes", "emes")),
        *((word, CLASSES, "cats") for word in ("cat", "cts", "chats")),
        *((word, CLASSES, "whatsapp_screenshots") for word in ("screenshots", "whatsapp_screens")),
        *((word, CLASSES, None) for word in ("trees", "themes of mine", "houses")),
    ],
)
def test_what_is_meant_is_named_and_nothing_else(
    word: str, options: tuple[str, ...], expected: str | None
) -> None:
    """Of two links the one that nothing can break; three letters by chance are no typo."""
    hint = None if expected is None else f"did you mean {expected}?"

    assert hint == did_you_mean(word, options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*.tmp", 'write it in quotes: "*.tmp"'),
        ('say "x"', "write it in quotes: 'say \"x\"'"),
        ("a\\b", "write it in quotes: 'a\\b'"),
    ],
)
def test_quotes_are_those_that_yaml_takes_as_they_are(text: str, expected: str) -> None:
    """A backslash or a quote inside needs single ones."""
    assert expected == quote_it(text)


@pytest.mark.parametrize(
    ("text", "fraction", "expected"),
    [
        (">=0.8", True, 0.8),
        ("0,8", True, 0.8),
        ("80%", True, 0.8),
        ("80", True, 0.8),
        ("1.5", True, 1.5),
        ("80", False, 80.0),
        ("about 12 px", False, 12.0),
        ("high", True, None),
        ("8" * 100, False, None),
    ],
)
def test_a_number_is_seen_in_a_text(text: str, fraction: object, expected: float | None) -> None:
    """Where a fraction is wanted, a percentage is one."""
    assert expected == meant_number(text, fraction=bool(fraction))
