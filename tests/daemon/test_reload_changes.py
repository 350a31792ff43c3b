"""What the log says of a configuration that takes another's place."""

from __future__ import annotations

import pytest

from gallery_daemon.daemon.reload import changes_between
from tests.config.texts import HEAD, RULES, config_of

TESTS = "tests: [{given: {class: memes}, expect: {outcome: otherwise}}]\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("summary: off\n", "summary changed"),
        ('metrics: {listen: "127.0.0.1:9464"}\n', "metrics changed"),
        ("limits: {seconds: 10}\n", "limits changed"),
        (TESTS, "tests changed"),
    ],
)
def test_every_setting_s_change_is_named(more: str, expected: str) -> None:
    """Whoever saves the file finds in the log what came of it."""
    before, after = config_of(HEAD + RULES), config_of(HEAD + RULES + more)

    assert (expected,) == changes_between(before, after)


def test_a_test_that_stands_elsewhere_is_the_same() -> None:
    """A comment above it is no change."""
    before, after = config_of(HEAD + RULES + TESTS), config_of(f"{HEAD}{RULES}# why\n{TESTS}")

    assert () == changes_between(before, after)
