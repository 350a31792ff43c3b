"""A mistyped command, option or value is said as every other error is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("words", [("run", "--watch"), ("sort",), ("plan",)])
def test_a_mistyped_folder_ends_the_command(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """A daemon that waits for it would wait for ever; a configuration's disk may yet come."""
    (tmp_path / "Sync/Camera").mkdir(parents=True)
    (tmp_path / "c.yaml").write_text(
        "version: 1\nwatch: /in\nlibrary: /out\nrules: [{name: a, to: A/}]\n"
    )
    more = ("--config", tmp_path / "c.yaml") if words == ("plan",) else ("--library", tmp_path)

    done = run(*words, tmp_path / "Sync/Camrea", *more)

    assert (2, "") == (done.returncode, done.stdout)
    assert f"error: there is no folder {tmp_path}/Sync/Camrea\n" in done.stderr
    assert f"hint: did you mean {tmp_path}/Sync/Camera?\n" in done.stderr


def test_a_library_of_windows_is_made_nowhere(run: Run, tmp_path: Path) -> None:
    """Neither by one pass nor by the daemon."""
    for words in (("sort",), ("run", "--watch")):
        done = run(*words, tmp_path, "--library", r"D:\Photos")

        assert 2 == done.returncode
        assert "hint: this program runs on Linux; under WSL write /mnt/d/Photos" in done.stderr


def test_no_command_at_all_is_answered_with_the_help(run: Run) -> None:
    """Once, and with no error below it."""
    done = run()

    assert 2 == done.returncode
    assert "Usage: gallery-daemon" in done.stdout + done.stderr
    assert "error:" not in done.stderr
