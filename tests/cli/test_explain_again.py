"""`explain` of what the model has seen before, which is not classified twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.test_cli import photo
from tests.cli.test_plan import starts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

# `has_exif` cannot be answered by what the journal keeps of a filing.
CONFIG = """\
version: 1
watch: {{name: phone, path: {inbox}, settle: 300ms}}
library: {library}
rules:
  - name: cars
    when: {{class: cars, has_exif: true}}
    to: Cars/
  - name: all
    to: All/
"""


def test_what_the_model_saw_before_needs_no_classifier(quick_run: Run, tmp_path: Path) -> None:
    """In a plan, and when it was filed; a file that changed since is looked at again."""
    config = tmp_path / "c.yaml"
    config.write_text(CONFIG.format(inbox=tmp_path / "inbox", library=tmp_path / "library"))
    shot = photo(tmp_path / "inbox/a.jpg")

    quick_run("plan", "--config", config)
    planned = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)
    quick_run("sort", tmp_path / "inbox", "--config", config)
    filed = json.loads(quick_run("explain", "--config", config, "--json", shot).stdout)
    before = starts(tmp_path)
    shot.write_bytes(shot.read_bytes() + b"changed")
    changed = quick_run("explain", "--config", config, shot)

    assert 1 == before
    assert planned["today"]["rule"] == filed["today"]["rule"]
    assert 0 == changed.returncode, changed.stderr
    assert 2 == starts(tmp_path)
