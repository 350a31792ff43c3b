"""What is in some folders, examined without touching anything: each file once, in one order."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from gallery_daemon.commands.inspection import Inspection, _path
from gallery_daemon.commands.plan import scopes_of
from gallery_daemon.daemon.journals import open_to_plan
from gallery_daemon.intake.arrivals import Arrival, NoFile
from gallery_daemon.intake.scan import Unlisted
from gallery_daemon.journey.examined import Examined, Predicted, Unpredicted
from tests.commands.test_plan import Blind
from tests.filing.conftest import read_files
from tests.journey import foretold
from tests.journey.foretold import AtOnceAnswers, Scene, photo_bytes, stood_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gallery_daemon.classifier.host import HostEvent
    from gallery_daemon.photo import Photo


@contextmanager
def inspecting(scene: Scene) -> Iterator[Inspection]:
    """With the journal open and no process."""
    with stood_in(scene.clock), closing(open_to_plan()) as journal:
        yield Inspection(scene.config(), journal, scene.clock, Blind())


def inspected(scene: Scene) -> tuple[list[tuple[str, type]], Inspection]:
    """Each file below the watch folder with what it came as, and the counts."""
    with inspecting(scene) as inspection:
        found = [
            (_path(each).removeprefix(f"{scene.watch}/"), type(each))
            for each in inspection.files(scopes_of(scene.config()), list)
        ]
    return found, inspection


def test_every_file_is_there_once_in_the_order_of_its_folder(scene: Scene) -> None:
    """Photos, what is none, sidecars, links, and what is passed over by name."""
    for name in ("b.jpg", "a.jpg", "sub/c.jpg", "notes.txt", "a.xmp", ".hidden.jpg"):
        scene.put(name, photo_bytes("cars", 0) if name.endswith(".jpg") else b"text")
    scene.put_no_file("link.jpg", "link")
    before = read_files(scene.watch)

    found, _ = inspected(scene)

    assert [
        (".hidden.jpg", Unlisted),
        ("a.jpg", Predicted),
        ("a.xmp", Arrival),
        ("b.jpg", Predicted),
        ("link.jpg", NoFile),
        ("notes.txt", Unpredicted),
        ("sub/c.jpg", Predicted),
    ] == found
    assert before == read_files(scene.watch)


@pytest.mark.parametrize("photos", [1, 130])
def test_what_was_examined_once_is_remembered(scene: Scene, photos: int) -> None:
    """The second look asks for nothing; what failed for now, is asked about again."""
    for number in range(photos):
        scene.put(f"{number:03}.jpg", photo_bytes("cars", number))
    scene.put("later.jpg", photo_bytes("failing", 0))

    counts = []
    for _ in range(2):
        _, inspection = inspected(scene)
        counts.append((inspection.remembered, inspection.classified))

    assert [(0, photos + 1), (photos, 1)] == counts


def test_what_a_model_saw_before_an_interruption_is_kept(scene: Scene) -> None:
    """A person who gives up in the middle does not wait for the same photos again."""
    for number in range(3):
        scene.put(f"{number}.jpg", photo_bytes("cars", number))
    with inspecting(scene) as inspection:
        photos = [each.photo for each in inspection.files(scopes_of(scene.config()), list)
                  if isinstance(each, Examined)]  # fmt: skip

    with inspecting(scene) as inspection:
        kept = [inspection.recall(photo) for photo in photos]

    assert photos == [each.photo for each in kept if each is not None]


def test_what_cannot_be_opened_any_more_is_not_remembered(scene: Scene) -> None:
    """Nothing can be filed that cannot be read: it fails in a plan as in a pass."""
    scene.put("a.jpg", photo_bytes("cars", 0))
    scene.plan()
    (scene.watch / "a.jpg").rename(scene.watch / "denied.jpg")

    planned = {each.photo: each.reason for each in scene.plan().files}
    done = {path: end.reason for path, end in scene.sort().items()}

    assert {os.fspath(scene.watch / "denied.jpg"): "Permission denied"} == planned == done


def test_photos_count_as_seen_in_the_order_of_their_paths(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever the classifier process answers first, as in a pass."""

    class LastFirst(AtOnceAnswers):
        def of(self, photos: Iterable[Photo], *, want_hash: bool) -> Iterator[HostEvent]:
            return iter([*super().of(photos, want_hash=want_hash)][::-1])

    monkeypatch.setattr(foretold, "AtOnceAnswers", LastFirst)
    scene.rules = "rules: [{name: twins, when: {near_duplicate: true}, to: Twins/}]"
    names = ["a.jpg", "b.jpg", "c.jpg"]
    for number, name in enumerate(names):
        scene.put(name, photo_bytes("cars", number))

    rules = [each.rule for each in scene.plan().files]

    assert [None, "twins", "twins"] == rules
