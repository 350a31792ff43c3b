"""One file and the rules of today, as `explain` sees it: what a pass would do with it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.explain import explain_file, ignored_by_name
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.errors import GalleryError
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.record import State
from tests.journey.foretold import Scene, photo_bytes, stood_in

if TYPE_CHECKING:
    from pathlib import Path

    from gallery_daemon.commands.explain import Explained

CARS = 'rules: [{name: cars, when: {class: cars}, to: "{class}/"}]'


def explained(scene: Scene, path: Path) -> Explained:
    """What the command finds out, with what the journal knows."""
    known = None
    if journal_path().exists():
        with closing(Journal(journal_path(), read_only=True)) as journal:
            known = journal.past_decisions.on(os.fspath(path))
    with stood_in(scene.clock):
        return explain_file(os.fspath(path), scene.config(), scene.clock, known)


def test_a_new_photo_is_planned_as_a_pass_would_file_it(scene: Scene) -> None:
    """With the rule, and with the names that are taken now."""
    scene.rules = CARS
    scene.put("a.jpg", photo_bytes("cars", 0))
    (scene.library / "cars").mkdir(parents=True)
    (scene.library / "cars" / "a.jpg").write_bytes(b"another")

    found = explained(scene, scene.watch / "a.jpg")
    done = scene.sort()[f"{scene.watch}/a.jpg"]

    assert found.planned is not None
    assert (State.FILED, "cars") == (found.planned.state, found.explanation.decision.rule)
    assert f"{scene.library}/cars/a (2).jpg" == found.planned.destination == done.destination
    assert (True, False, None) == (found.is_looked_at, found.is_outside, found.passed_over)


def test_what_the_journal_keeps_is_not_looked_at_again(scene: Scene) -> None:
    """Rules on the class need no more than it keeps; those on the picture's shape do."""
    scene.rules = CARS
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()

    kept = explained(scene, scene.watch / "a.jpg")
    scene.rules = "rules: [{name: small, when: {width: {max: 10}}, to: Small/}]"
    looked_at = explained(scene, scene.library / "cars" / "a.jpg")

    assert (False, None) == (kept.is_looked_at, kept.planned)
    assert (True, "small") == (looked_at.is_looked_at, looked_at.explanation.decision.rule)


def test_a_precision_that_a_former_model_did_not_know_is_asked_of_today_s(scene: Scene) -> None:
    """The photo is looked at again; if it is gone, what the journal keeps has to do."""
    scene.rules = CARS
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    with closing(sqlite3.connect(journal_path())) as journal:
        journal.execute("UPDATE filings SET model = 'former@00000000'")
        journal.commit()

    scene.rules = CARS.replace("class: cars", "class: cars, min_precision: 0.9")
    again = explained(scene, scene.watch / "a.jpg")
    for place in (scene.watch / "a.jpg", scene.library / "cars" / "a.jpg"):
        place.unlink(missing_ok=True)
    gone = explained(scene, scene.watch / "a.jpg")

    assert (True, False) == (again.is_looked_at, gone.is_looked_at)
    assert "former@00000000" == gone.prediction.model != again.prediction.model


@pytest.mark.parametrize("says", ["unreadable", "drawing", "failing"])
def test_what_cannot_be_read_as_a_photo_is_an_error(scene: Scene, says: str) -> None:
    """With the path and the reason; a file that is gone as well."""
    scene.put("a.jpg", photo_bytes(says, 0))

    with pytest.raises(GalleryError, match=r"a\.jpg: "):
        explained(scene, scene.watch / "a.jpg")
    with pytest.raises(GalleryError, match="No such file"):
        explained(scene, scene.watch / "gone.jpg")


def test_a_file_outside_is_judged_as_in_the_first_watch_folder(scene: Scene) -> None:
    """And one in the library is passed over by `run`, but explained."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    outside, inside = scene.home / "b.jpg", scene.library / "c.jpg"
    scene.library.mkdir()
    outside.write_bytes(photo_bytes("cars", 1))
    inside.write_bytes(photo_bytes("cars", 2))

    out, within = explained(scene, outside), explained(scene, inside)

    assert out.is_outside
    assert "phone" == out.photo.candidate.source
    assert "it lies in the library" == within.passed_over


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.jpg", None),
        (".hidden.jpg", "a hidden name (.*)"),
        ("ignored/a.jpg", "ignored by the configuration (ignored/**)"),
        ("Thumbs.db", "Windows' thumbnails (thumbs.db)"),
        ("gone.tmp", None),
    ],
)
def test_a_name_that_run_ignores_is_known_before_the_file_is_opened(
    scene: Scene, name: str, reason: str | None
) -> None:
    """By which pattern; of a name where nothing is there is nothing to say."""
    if not name.startswith("gone"):
        scene.put(name, photo_bytes("cars", 0))

    assert reason == ignored_by_name(os.fspath(scene.watch / name), scene.config())


def test_a_twin_is_explained_by_what_was_seen_before_it(scene: Scene) -> None:
    """As the pass decided, and without a word of what came later."""
    scene.rules = 'rules: [{name: twins, when: {near_duplicate: true}, to: "Twins/"}]'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("b.jpg", photo_bytes("cars", 1))
    scene.sort()

    first, second = (explained(scene, scene.watch / f"{name}.jpg") for name in "ab")

    assert (None, "twins") == (
        first.explanation.decision.rule,
        second.explanation.decision.rule,
    )
    with closing(Journal(journal_path(), read_only=True)) as journal:
        states = {row.relative: row.state for row in journal.newest_first()}
    assert {"a.jpg": State.LEFT, "b.jpg": State.FILED} == states
