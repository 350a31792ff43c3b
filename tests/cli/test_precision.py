"""What a precision comes to with the present model, in `check`, `plan` and `explain`."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save

from gallery_daemon.decision import Action, Decision, Destination, OnConflict, Outcome
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import Intent, JournalEntry, State
from gallery_daemon.model.manifest_file import read_manifest
from gallery_daemon.photo import Candidate, Facts, Identity, Photo, Prediction
from tests.cli.test_cli import photo
from tests.daemon.test_precision_limits import KNOWS, OLD
from tests.filing.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.model.manifest import Manifest
    from tests.cli.conftest import Run

LIMIT = "min_precision: 0.95 = confidence 0.61 for cars (0.96..1.00 of 100 pictures)"


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration whose model knows its precision, as far as the command line looks at it."""
    (tmp_path / "inbox").mkdir()
    return configuration(tmp_path, KNOWS)


def configuration(folder: Path, manifest: Manifest) -> Path:
    """A rule for cars with the precision of the defaults, and the model of this manifest."""
    bundle, classes = folder / "bundle", len(manifest.classes)
    bundle.mkdir()
    rows = np.zeros((10, 4), np.float16)
    head = save(
        {"weight": np.zeros((classes, 4), np.float32), "bias": np.zeros(classes, np.float32)}
    )
    bank = save({"full": rows, "quick": rows, "labels": np.zeros(10, np.int32)})
    for name, content in (("head", head), ("bank", bank), ("model", head)):
        (bundle / f"{name}.safetensors").write_bytes(content)
    digests = {
        f"{name}_sha256": hashlib.sha256(content).hexdigest()
        for name, content in (("head", head), ("bank", bank))
    }
    raw = json.loads(manifest.to_json()) | digests
    if manifest.format_version == 1:
        raw |= {"temperature": 1.0, "input_size": 224}
    (bundle / "model.json").write_text(json.dumps(raw))
    config = folder / "c.yaml"
    config.write_text(
        f"version: 1\nwatch: {folder}/inbox\nlibrary: {folder}/library\nmodel: {bundle}\n"
        "defaults: {min_precision: 0.95, action: copy}\n"
        "rules:\n  - {name: cars, when: {class: cars}, to: Cars/}\nuncertain: Review/\n"
        "tests:\n  - {name: sure, given: {class: cars}, expect: {rule: cars}}\n"
    )
    return config


def test_check_says_the_confidence_of_each_class(run: Run, configured: Path) -> None:
    """And a test of the rules that gives no precision has the model's."""
    done = run("check", "--config", configured)
    lines = run("check", "--json", "--config", configured).stdout.splitlines()
    told = [json.loads(line) for line in lines]

    assert (0, "") == (done.returncode, done.stderr)
    # Between them: the model of this test knows nothing of quick looks.
    assert [LIMIT, "ok      sure"] == done.stdout.splitlines()[1:4:2]
    (limit,) = (each for each in told if each["kind"] == "precision_limit")
    assert ("cars", 0.61, 100, ["cars"], LIMIT) == tuple(
        limit[key] for key in ("class", "confidence", "pictures", "rules", "message")
    )


def test_plan_says_it_in_a_line_below_the_tree(quick_run: Run, configured: Path) -> None:
    """Class by class and without the figures of `check`; JSON has one object a file, no more."""
    plan, planned = (
        quick_run("plan", "--config", configured, *words) for words in ([], ["--json"])
    )

    assert "min_precision: 0.95 = confidence 0.61 for cars" == plan.stdout.splitlines()[-1]
    assert "" == planned.stdout


def test_a_model_of_version_0_1_is_warned_of(run: Run, tmp_path: Path) -> None:
    """The test fails, too, with the way out."""
    (tmp_path / "inbox").mkdir()

    done = run("check", "--config", configuration(tmp_path, OLD))

    assert 2 == done.returncode
    assert "c.yaml:7: warning: the model m@00000000 of version 0.1 does not know" in done.stderr
    assert "never reached for cars: not known" in done.stdout
    assert "given may say precision: 0.97" in done.stdout


def test_explain_says_what_the_figures_mean(run: Run, configured: Path, tmp_path: Path) -> None:
    """With how sure the precision itself is, where the present model is that of the filing."""
    path = photo(tmp_path / "inbox/a.jpg")
    model = read_manifest(tmp_path / "bundle").model_id
    record(tmp_path, path, Prediction({"cars": 0.95, "trees": 0.05}, model, 1.0, 0.03))

    done = run("explain", "--config", configured, path)
    told = json.loads(run("explain", "--json", "--config", configured, path).stdout)

    assert (0, "") == (done.returncode, done.stderr)
    means = "of a hundred pictures called cars as surely, 100 are so (0.96..1.00 of 100 pictures)"
    assert f"  precision 1.000: {means}" in done.stdout
    share = "3 of a hundred pictures of known kinds are as far from what was taught"
    assert f"  familiarity 0.03: {share}; it counts as strange" in done.stdout
    assert "today: rule cars -> copy to" in done.stdout
    assert (1.0, 0.03) == (told["then"]["precision"], told["then"]["familiarity"])
    assert [0.61] == [limit["confidence"] for limit in told["today"]["precision_limits"]]


def record(folder: Path, path: Path, says: Prediction) -> None:
    """The journal has the photo as filed."""
    identity = Identity.of(os.lstat(path))
    candidate = Candidate("inbox", str(path.parent), path.name)
    place = Destination(("Cars",), path.name, Action.COPY, OnConflict.DEDUPE, with_sidecars=True)
    entry = JournalEntry(
        Photo(candidate, identity, NOW),
        State.LEFT,
        decision=Decision(Outcome.RULE, "cars", place, ()),
        facts=Facts.unread(NOW),
        prediction=says,
        intent=Intent("copy", place.folder, path.name, "token"),
    )
    state = folder / "home/.local/state/gallery-daemon"
    with closing(Journal(state / "journal.sqlite3")) as journal:
        journal.record(entry, f"{folder}/library", NOW)
