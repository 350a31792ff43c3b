"""`export` as a person types it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from gallery_daemon.cli.export import export
from gallery_daemon.errors import BundleError

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


@pytest.mark.parametrize("options", [{"onnx": "x"}, {"int8": ["y"], "out": "z"}])
def test_a_model_that_is_not_there_does_not_wait_for_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """What imports it is not asked for."""
    monkeypatch.setitem(sys.modules, "gallery_daemon.model.onnx_file", None)
    monkeypatch.setitem(sys.modules, "gallery_daemon.training.int8_bundle", None)

    with pytest.raises(BundleError, match="cannot read the model bundle"):
        export(model=str(tmp_path / "nowhere"), **options)


def test_a_model_that_is_not_there_is_one_sentence(run: Run, tmp_path: Path) -> None:
    """No traceback for a mistyped folder."""
    done = run("export", "--model", tmp_path / "nowhere", "--onnx", tmp_path / "it.onnx")

    assert 2 == done.returncode
    assert "error: cannot read the model bundle" in done.stderr
    assert "Traceback" not in done.stderr
