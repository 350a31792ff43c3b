"""What a person chose: what resuming compares, and what the manifest says of it."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import gallery_daemon
from gallery_daemon.training import train_options
from gallery_daemon.training.recipe import ARTICLE, FAST, with_epochs
from gallery_daemon.training.train_options import TrainOptions, provenance_of
from tests.training.tiny import RUN, tiny_gallery

OPTIONS = TrainOptions((Path("/home/me/Labelled"),), Path("/models/family"), "none", ARTICLE)


def test_the_fingerprint_is_the_same_after_json() -> None:
    """It is kept as JSON between two runs, with tuples and paths in it."""
    some = replace(OPTIONS, validation=Path("/held"), left_out=(("a", "b"), ("c",)))

    assert some.fingerprint() == json.loads(json.dumps(some.fingerprint()))


@pytest.mark.parametrize(
    "change",
    [
        {"data": (Path("/elsewhere"),)},
        {"out": Path("/models/other")},
        {"weights": "default"},
        {"weights": None},
        {"recipe": FAST},
        {"recipe": with_epochs(ARTICLE, (5, 4))},
        {"seed": 1},
        {"validation": Path("/held")},
        {"by_source": True},
        {"validation_share": 0.3},
        {"left_out": (("a",),)},
        {"device": "cpu"},
    ],
)
def test_what_decides_the_weights_is_in_the_fingerprint(change: dict[str, Any]) -> None:
    """A training does not go on with anything else."""
    assert OPTIONS.fingerprint() != replace(OPTIONS, **change).fingerprint()


@pytest.mark.parametrize("change", [{"threads": 99}, {"resume": True}, {"int8": True}])
def test_what_does_not_decide_the_weights_may_change(change: dict[str, Any]) -> None:
    """How many decoders, whether it goes on, and what is made of the network afterwards."""
    assert OPTIONS.fingerprint() == replace(OPTIONS, **change).fingerprint()


def test_provenance_names_folders_and_not_where_they_are(tmp_path: Path) -> None:
    """Whatever was named on the command line, a bundle can be given away."""
    folder = tmp_path / "secret" / "Labelled"
    folder.mkdir(parents=True)
    options = replace(
        OPTIONS, data=(folder,), validation=folder / ".." / "Held", left_out=(("a", "b"),)
    )

    said = provenance_of(options, tiny_gallery(tmp_path), RUN, weights=str(folder / "start"))

    assert "secret" not in json.dumps(said)
    assert (["Labelled"], "Held", "start") == (said["data"], said["validation"], said["weights"])
    assert [["a", "b"]] == said["leave_source_out"]


def test_provenance_counts_what_was_read_and_says_on_what_it_ran(tmp_path: Path) -> None:
    """Pictures by class and by source, what was left out, batches, precision, versions."""
    loaded = replace(tiny_gallery(tmp_path, ("a__", "b__")), skipped=((Path("x"), "cut"),))

    said = provenance_of(OPTIONS, loaded, RUN, weights="none")

    assert {"dark": 8, "light": 8} == said["pictures"]
    assert {"dark": {"a": 4, "b": 4}, "light": {"a": 4, "b": 4}} == said["sources"]
    assert (1, RUN.batch_size, "cpu", "float32") == (
        said["skipped"], said["batch_size"], said["device"], said["precision"]
    )  # fmt: skip
    assert "article" == json.loads(json.dumps(said))["recipe"]["name"]
    versions = json.loads(json.dumps(said))["versions"]
    assert {"gallery-daemon", "python", "torch", "pillow"} < set(versions)


@pytest.mark.parametrize("trouble", [FileNotFoundError("git"), subprocess.TimeoutExpired("git", 5)])
def test_without_git_there_is_no_revision(
    trouble: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout on a machine without git, or where git hangs: the bundle is made all the same."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "gallery_daemon").mkdir()
    monkeypatch.setattr(
        gallery_daemon, "__file__", str(tmp_path / "gallery_daemon" / "__init__.py")
    )

    def fails(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(subprocess, "run", fails)

    assert train_options._git_revision() is None


def test_installed_elsewhere_there_is_no_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository of somebody else's around site-packages is not ours."""
    package = tmp_path / "site-packages" / "gallery_daemon"
    package.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(gallery_daemon, "__file__", str(package / "__init__.py"))

    assert train_options._git_revision() is None
