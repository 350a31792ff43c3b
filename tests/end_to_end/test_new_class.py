"""A class of one's own: a folder of receipts is learned, a rule names it, and a plan shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
version: 1
watch: {{name: phone, path: {home}/phone, settle: 300ms}}
library: {home}/library
rules:
  - {{name: receipts, when: {{class: receipts, min_confidence: 0.6}}, to: Receipts/}}
  - {{name: all, when: {{min_confidence: 0.6}}, to: "{{class}}/"}}
uncertain: Review/
"""
LEARNED, NEW = 60, 20


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real program with a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gallery_daemon", *words, "--config", f"{home}/config.yaml"],
        env=os.environ | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.data
@pytest.mark.long
@pytest.mark.timeout(600)
def test_receipts_are_learned_and_filed(shared_data: Path, tmp_path: Path) -> None:
    """The rule stands there already; cars stay cars, and nothing in the folder is touched."""
    receipts = sorted((shared_data / "gallery/other").glob("zzzdavid__*"))[: LEARNED + NEW]
    cars = sorted((shared_data / "gallery/cars").glob("mehdishah57__*"))[:NEW]
    own, phone = tmp_path / "library/Receipts", tmp_path / "phone"
    own.mkdir(parents=True)
    phone.mkdir()
    for picture in receipts[:LEARNED]:
        shutil.copy2(picture, own)
    for picture in (*receipts[LEARNED:], *cars):
        shutil.copy2(picture, phone)
    (tmp_path / "config.yaml").write_text(CONFIG.format(home=tmp_path))
    before = {path.name: path.read_bytes() for path in own.iterdir()}

    unknown = command(tmp_path, "check")
    learned = command(tmp_path, "learn", "--new-class", "receipts", str(own), "--yes", "--json")
    checked = command(tmp_path, "check")
    planned = command(tmp_path, "plan", "--json")
    sorted_ = command(tmp_path, "sort", str(phone))

    assert (2, True) == (unknown.returncode, "learn --new-class" in unknown.stderr)
    assert 0 == learned.returncode, learned.stdout + learned.stderr
    said = json.loads(learned.stdout)
    assert ("adopted", {"receipts"}) == (said["result"], set(said["by_class"]))
    assert 0 == checked.returncode, checked.stderr
    plan = [json.loads(line) for line in planned.stdout.splitlines()]
    folders = {each["photo"].rpartition("/")[2]: each["destination"] for each in plan}
    names = [picture.name for picture in receipts[LEARNED:]]
    assert sum("/Receipts/" in (folders[name] or "") for name in names) >= 0.8 * NEW
    assert not any("/Receipts/" in (folders[picture.name] or "") for picture in cars)
    assert 0 == sorted_.returncode, sorted_.stderr
    filed = {path.name: path.read_bytes() for path in own.iterdir()}
    assert before.items() <= filed.items()
    assert sum(name in filed for name in names) >= 0.8 * NEW
