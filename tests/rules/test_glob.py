"""Globs for names and paths."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.rules.glob import name_matches, path_matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.jpg", "a.jpg", True),
        ("*.jpg", "in/a.jpg", False),
        ("**/*.jpg", "a.jpg", True),
        ("**/*.jpg", "one/two/a.jpg", True),
        ("Trips/**", "Trips/2026/a.jpg", True),
        ("trips/**", "TRIPS/a.jpg", True),
        ("Trips/**", "Trips", False),
        ("Trips/**", "My Trips/a.jpg", False),
        ("Trips/**/a.jpg", "Trips/a.jpg", True),
        ("Trips/**/a.jpg", "Trips/x/y/a.jpg", True),
        ("Trips/**/a.jpg", "Trips/x/y/b.jpg", False),
        ("**", "a/b/c", True),
        ("**/**", "a", True),
        ("a/**/b/**/c", "a/b/c", True),
        ("a/**/b/**/c", "a/x/c", False),
        ("*/b", "a", False),
        ("a**/c", "abc/c", True),
    ],
)
def test_paths_match_component_by_component(pattern: str, path: str, *, expected: bool) -> None:
    """One star stays within a folder, two cross folders, also none."""
    assert expected == path_matches(pattern, path)


def test_composed_and_decomposed_letters_are_the_same() -> None:
    """A name from an iPhone has its umlauts in two characters, a pattern typed has them in one."""
    assert name_matches("\u00dcbung*", "U\u0308bung 1.jpg")
    assert path_matches("Zu\u0308rich/*", "z\u00fcrich/a.jpg")


@given(st.text("ab*?[!]-/", max_size=8), st.text("ab-/", max_size=8))
def test_names_match_as_in_a_shell(pattern: str, name: str) -> None:
    """In lower case there is no difference to `fnmatch`."""
    assert fnmatch.fnmatchcase(name, pattern) == name_matches(pattern, name)


def test_no_pattern_can_hang_the_daemon() -> None:
    """Patterns that make a backtracking matcher explode are answered at once."""
    began = time.process_time()

    assert not name_matches("*a" * 40 + "b", "a" * 255)
    assert not path_matches("**/a/" * 40 + "b", "/".join("a" * 500))

    assert time.process_time() - began < 2
