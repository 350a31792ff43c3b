"""`export` as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--onnx", "x", "--int8", "y", "--out", "z"),
        ("--int8", "y"),
        ("--onnx", "x", "--out", "z"),
    ],
)
def test_one_of_both_is_to_be_said(run: Run, words: tuple[str, ...]) -> None:
    """Neither, both, or half of one is a mistake of usage."""
    done = run("export", *words)

    assert 2 == done.returncode
    assert "either --onnx FILE" in done.stderr


def test_a_model_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    """No traceback for a mistyped folder."""
    done = run("export", "--model", tmp_path / "nowhere", "--onnx", tmp_path / "it.onnx")

    assert 2 == done.returncode
    assert "error: cannot read the model bundle" in done.stderr
    assert "Traceback" not in done.stderr
