"""What a process is said to have read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.processes import Broken, run_module

if TYPE_CHECKING:
    from pathlib import Path

_READS = """
import pathlib, subprocess, sys
print("x" * 300_000)
if sys.argv[1:] == ["itself"]:
    print(len(pathlib.Path("/dev/zero").open("rb").read(50_000_000)))
elif sys.argv[1:]:
    subprocess.run([sys.executable, "-m", "reads", "itself"], check=True, stdout=-3)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a program that reads 50 MB, or starts one that does."""
    (tmp_path / "reads.py").write_text(_READS)
    return tmp_path


@pytest.mark.parametrize("word", ["itself", "child"])
def test_all_that_is_read_counts(word: str, checkout: Path) -> None:
    """By the process or by one that it started; what it says is read here, and does not count."""
    nothing = run_module("reads", environ={}, checkout=checkout).read_bytes
    much = run_module("reads", word, environ={}, checkout=checkout).read_bytes

    assert 0 <= nothing < 20_000_000
    assert 50_000_000 <= much < 70_000_000


def test_a_failure_is_no_figure(checkout: Path) -> None:
    """The last words are told."""
    (checkout / "reads.py").write_text("raise SystemExit('no film')")

    with pytest.raises(Broken, match="exit status 1\nno film"):
        run_module("reads", environ={}, checkout=checkout)
