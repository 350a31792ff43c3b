"""`explain --resembles`: what the model, and the person's lessons, have like a photo."""

from __future__ import annotations

import json
import os
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from gallery_daemon.journal.journal import Journal
from gallery_daemon.model.manifest import find_bundle
from gallery_daemon.model.model_versions import ModelVersions
from tests.classifier.fake_worker import features_of
from tests.cli.test_cli import photo
from tests.learning.given import give

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_the_nearest_pictures_and_lessons_are_named(
    quick_run: Run, explained: Path, tmp_path: Path
) -> None:
    """A dog is like the dog that was taught, and less like the road."""
    state = tmp_path / "home/.local/state/gallery-daemon"
    state.mkdir(parents=True)
    library = tmp_path / "library"
    names = ["road-1", "dog-1"]
    ids = give(state / "journal.sqlite3", library, names, {"road": "trees", "dog": "memes"})
    versions = ModelVersions.of(find_bundle("default"), os.fspath(library), state)
    looks = [(features_of(name).astype(np.float16).tobytes(),) * 2 for name in names]
    with closing(Journal(state / "journal.sqlite3")) as journal:
        rows = dict(zip(ids, looks, strict=True))
        journal.lessons.keep_features(versions.base.weights_sha256, rows)
    shot = photo(tmp_path / "inbox/dog-7.jpg")

    said = quick_run("explain", "--config", explained, "--resembles", shot)
    told = json.loads(
        quick_run("explain", "--config", explained, "--resembles", "--json", shot).stdout
    )

    assert (0, "") == (said.returncode, said.stderr)
    found = told["resembles"]
    assert 10 == sum(each["pictures"] for each in found["classes"])
    assert {each["class"] for each in found["classes"]} <= set(versions.base.classes)
    near, far = found["lessons"]
    assert (os.fspath(library / "dog-1.jpg"), "memes") == (near["photo"], near["class"])
    assert 1 > near["similarity"] > far["similarity"] + 0.3
    assert "resembles: " in said.stdout
    assert "of the 10 nearest of the model's pictures" in said.stdout
    assert f"of your lessons dog-1.jpg (memes, {near['similarity']:.2f})" in said.stdout


def test_what_cannot_be_read_is_an_error(quick_run: Run, explained: Path, tmp_path: Path) -> None:
    """After all else that was to be said of it; without --resembles there is none."""
    text = tmp_path / "inbox/notes.txt"
    text.parent.mkdir()
    text.write_text("hello")

    plain = quick_run("explain", "--config", explained, text)
    asked = quick_run("explain", "--config", explained, "--resembles", text)

    assert 0 == plain.returncode
    assert 0 != asked.returncode
    assert f"error: {text}: a text" in asked.stderr
