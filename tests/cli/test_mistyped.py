"""A mistyped command, option or value is said as every other error is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "says", "hint"),
    [
        (("frobnicate",), "no such command 'frobnicate'", "see gallery-daemon --help"),
        (("plans",), "no such command 'plans'", "did you mean 'plan'"),
        (("run", "--bogus"), "no such option: --bogus", "see gallery-daemon run --help"),
        (("undo", "--last", "0"), "invalid value for", "see gallery-daemon undo --help"),
    ],
)
def test_a_mistake_in_typing_is_an_error_like_others(
    run: Run, words: tuple[str, ...], says: str, hint: str
) -> None:
    """Lower case, no full stop, no box, and what to do on a line of its own."""
    done = run(*words)

    first, *hints = done.stderr.splitlines()
    assert (2, "") == (done.returncode, done.stdout)
    assert first.startswith(f"error: {says}")
    assert any(each.startswith(f"  hint: {hint}") for each in hints)


def test_no_command_at_all_is_answered_with_the_help(run: Run) -> None:
    """Once, and with no error below it."""
    done = run()

    assert 2 == done.returncode
    assert "Usage: gallery-daemon" in done.stdout + done.stderr
    assert "error:" not in done.stderr
