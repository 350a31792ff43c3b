"""Undoing what the journal has: the newest first, photos with their sidecars, errors beside."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from gallery_daemon.commands.undo import Undoing, UndoResult
from gallery_daemon.daemon.journals import journal_path
from gallery_daemon.filing.disk import Disk
from gallery_daemon.journal.journal import Journal
from gallery_daemon.journal.query import Query
from gallery_daemon.journal.record import Row, State
from tests.filing.conftest import read_files
from tests.journey.foretold import Scene, photo_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def undoing(scene: Scene) -> Iterator[tuple[Journal, Undoing]]:
    """An open journal, and who takes back what it has."""
    with closing(Journal(journal_path())) as journal:
        yield journal, Undoing(journal, Disk(), scene.clock)


def of_state(journal: Journal, *states: State) -> list[Row]:
    """The photos in these states."""
    return journal.find(Query(states=states, is_photo=True))


def names(results: list[UndoResult]) -> list[str]:
    """What was asked for, in the order of the answers."""
    return [result.asked.relative.rpartition("/")[2] for result in results]


def test_the_newest_is_undone_first_and_its_sidecars_follow(scene: Scene) -> None:
    """Moved files are back where they came from, byte for byte."""
    scene.rules = "rules: [{name: all, to: All/, action: move}]"
    for name in ("a.jpg", "b.jpg"):
        scene.put(name, photo_bytes("cars", ord(name[0])))
    scene.put("a.xmp", b"<x:xmpmeta/>")
    before = read_files(scene.watch)
    scene.sort()

    with undoing(scene) as (journal, undo):
        results = list(undo.run(of_state(journal, State.FILED)))

    assert ["b.jpg", "a.jpg", "a.xmp"] == names(results)
    assert not [result.error for result in results if result.error]
    assert (before, {}) == (read_files(scene.watch), read_files(scene.library))


def test_an_undo_of_an_undo_files_again(scene: Scene) -> None:
    """At the same place; what was undone stays so for a pass."""
    scene.rules = "rules: [{name: all, to: All/, action: move}]"
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.sort()
    filed = read_files(scene.library)
    with undoing(scene) as (journal, undo):
        list(undo.run(of_state(journal, State.FILED)))

    passed_over = scene.sort()
    with undoing(scene) as (journal, undo):
        again = list(undo.run(of_state(journal, State.UNDO)))

    assert {} == passed_over
    assert [None] == [result.error for result in again]
    assert filed == read_files(scene.library)


def test_one_that_cannot_be_undone_does_not_keep_the_others(scene: Scene) -> None:
    """What was edited in the library since is the person's; the error says so."""
    scene.rules = "rules: [{name: all, to: All/, action: copy}]"
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        scene.put(name, photo_bytes("cars", ord(name[0])))
    scene.sort()
    (scene.library / "All" / "b.jpg").write_bytes(b"edited")

    with undoing(scene) as (journal, undo):
        results = list(undo.run(of_state(journal, State.FILED)))

    errors = {name: result.error for name, result in zip(names(results), results, strict=True)}
    assert [None, None] == [errors["a.jpg"], errors["c.jpg"]]
    assert errors["b.jpg"] is not None
    assert "was changed since it was filed" in errors["b.jpg"].sentence
    assert {"All/b.jpg": b"edited"} == read_files(scene.library)


def test_what_was_asked_for_twice_is_undone_once(scene: Scene) -> None:
    """A sidecar by itself and with its photo; the second answer says that it was undone."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("a.xmp", b"<x:xmpmeta/>")
    scene.sort()

    with undoing(scene) as (journal, undo):
        results = list(undo.run(journal.find(Query(states=(State.FILED,)))))

    sentences = [result.error.sentence for result in results if result.error]
    assert {} == read_files(scene.library)
    assert all("was undone already" in sentence for sentence in sentences)
    assert len({result.asked.id for result in results if result.done}) == 2


def test_every_state_says_why_there_is_nothing_to_undo(scene: Scene) -> None:
    """In words that name the row."""
    scene.rules = 'rules: [{name: cars, when: {class: cars}, to: All/, as: "same.{ext}"}]'
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.put("b.jpg", photo_bytes("cars", 0))
    scene.put("c.jpg", photo_bytes("memes", 0))
    scene.sort()

    with undoing(scene) as (journal, undo):
        rows = of_state(journal, State.IDENTICAL, State.LEFT)
        results = list(undo.run(rows))

    sentences = sorted(result.error.sentence for result in results if result.error)
    assert [
        f"#{number} {words}"
        for number, words in (
            (2, "was not filed: the same bytes lay in the library already"),
            (3, "was left, so there is nothing to undo"),
        )
    ] == sentences
